import { checkOptions, type OptionTable } from "../../core/check-options.js";
import type { DType } from "../../core/dtype.js";
import type { PartialShape } from "../../core/shape.js";
import { build, buildOp, type TensorLike } from "../build-op.js";
import type { Operation, Tensor } from "../graph.js";

/** What every table is made with. */
export interface TableOptions {
  readonly keyDtype: DType;
  readonly valueDtype: DType;
  readonly sharedName?: string;
  readonly container?: string;
  readonly useNodeNameSharing?: boolean;
  readonly name?: string;
}

/** The same for `checkOptions`. */
const tableOptionsTable: OptionTable<TableOptions> = {
  keyDtype: "required",
  valueDtype: "required",
  sharedName: "optional",
  container: "optional",
  useNodeNameSharing: "optional",
  name: "optional",
};

function tableAttrs(options: TableOptions): Record<string, string | boolean | undefined> {
  return {
    key_dtype: options.keyDtype,
    value_dtype: options.valueDtype,
    shared_name: options.sharedName,
    container: options.container,
    use_node_name_sharing: options.useNodeNameSharing,
  };
}

/** The handle of a table that is filled once. */
export function hashTableV2(options: TableOptions): Tensor {
  checkOptions("hashTableV2", options, tableOptionsTable);
  return build("HashTableV2", [], tableAttrs(options), options.name);
}

/** The handle of a table that may change. */
export function mutableHashTableV2(options: TableOptions): Tensor {
  checkOptions("mutableHashTableV2", options, tableOptionsTable);
  return build("MutableHashTableV2", [], tableAttrs(options), options.name);
}

/** The handle of a table that may change and whose values are vectors. */
export function mutableHashTableOfTensorsV2(options: TableOptions & { readonly valueShape: PartialShape }): Tensor {
  checkOptions("mutableHashTableOfTensorsV2", options, { ...tableOptionsTable, valueShape: "required" });
  const attrs = { ...tableAttrs(options), value_shape: options.valueShape };
  return build("MutableHashTableOfTensorsV2", [], attrs, options.name);
}

/** The handle of a table of open addressing, with two keys that stand for free and freed buckets. */
export function mutableDenseHashTableV2(
  emptyKey: TensorLike,
  deletedKey: TensorLike,
  options: Omit<TableOptions, "keyDtype"> & {
    readonly valueShape?: PartialShape;
    readonly initialNumBuckets?: number;
    readonly maxLoadFactor?: number;
  },
): Tensor {
  const attrs = {
    value_dtype: options.valueDtype,
    shared_name: options.sharedName,
    container: options.container,
    use_node_name_sharing: options.useNodeNameSharing,
    value_shape: options.valueShape,
    initial_num_buckets: options.initialNumBuckets,
    max_load_factor: options.maxLoadFactor,
  };
  return build("MutableDenseHashTableV2", [emptyKey, deletedKey], attrs, options);
}

/** Fills a table from keys and values. */
export function initializeTableV2(
  tableHandle: TensorLike,
  keys: TensorLike,
  values: TensorLike,
  options: { readonly name?: string } = {},
): Operation {
  return buildOp("InitializeTableV2", [tableHandle, keys, values], {}, options);
}

/** Fills a table from a text file: column -2 is the whole line, -1 its number. */
export function initializeTableFromTextFileV2(
  tableHandle: TensorLike,
  filename: TensorLike,
  options: {
    readonly keyIndex: number;
    readonly valueIndex: number;
    readonly vocabSize?: number;
    readonly delimiter?: string;
    readonly offset?: number;
    readonly name?: string;
  },
): Operation {
  const attrs = {
    key_index: options.keyIndex,
    value_index: options.valueIndex,
    vocab_size: options.vocabSize,
    delimiter: options.delimiter,
    offset: options.offset,
  };
  return buildOp("InitializeTableFromTextFileV2", [tableHandle, filename], attrs, options);
}

/** The values of keys; the default for those that are not there. */
export function lookupTableFindV2(
  tableHandle: TensorLike,
  keys: TensorLike,
  defaultValue: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("LookupTableFindV2", [tableHandle, keys, defaultValue], {}, options);
}

/** The number of keys. */
export function lookupTableSizeV2(tableHandle: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("LookupTableSizeV2", [tableHandle], {}, options);
}

/** Replaces all of a table. */
export function lookupTableImportV2(
  tableHandle: TensorLike,
  keys: TensorLike,
  values: TensorLike,
  options: { readonly name?: string } = {},
): Operation {
  return buildOp("LookupTableImportV2", [tableHandle, keys, values], {}, options);
}

/** All keys and values. */
export function lookupTableExportV2(
  tableHandle: TensorLike,
  options: { readonly keyDtype: DType; readonly valueDtype: DType; readonly name?: string },
): { readonly keys: Tensor; readonly values: Tensor } {
  checkOptions("lookupTableExportV2", options, { keyDtype: "required", valueDtype: "required", name: "optional" });
  const attrs = { Tkeys: options.keyDtype, Tvalues: options.valueDtype };
  const [keys, values] = buildOp("LookupTableExportV2", [tableHandle], attrs, options.name).outputs;
  return { keys: keys!, values: values! };
}

/** Adds or changes entries of a mutable table. */
export function lookupTableInsertV2(
  tableHandle: TensorLike,
  keys: TensorLike,
  values: TensorLike,
  options: { readonly name?: string } = {},
): Operation {
  return buildOp("LookupTableInsertV2", [tableHandle, keys, values], {}, options);
}

/** Removes entries of a mutable table. */
export function lookupTableRemoveV2(
  tableHandle: TensorLike,
  keys: TensorLike,
  options: { readonly name?: string } = {},
): Operation {
  return buildOp("LookupTableRemoveV2", [tableHandle, keys], {}, options);
}
