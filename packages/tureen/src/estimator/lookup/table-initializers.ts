import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { type DType, isIntegerDType } from "../../core/dtype.js";
import { invalidArgument } from "../../core/status-error.js";
import { type NestedValue, type TensorValue, toTensor } from "../../core/tensor-value.js";
import { asTensor, buildOp, type TensorLike } from "../../graph/build-op.js";
import { collectionKeys } from "../../graph/collections.js";
import { type Operation, Tensor } from "../../graph/graph.js";
import { currentGraph, nameScope } from "../../graph/scope.js";
import { dtypeString } from "../feature-column/python-text.js";

/** What a table that never changes is filled from: `keyValueTensorInitializer` or `textFileInitializer`. */
export interface TableInitializer {
  readonly keyDtype: DType;
  readonly valueDtype: DType;
  /** The name that tables of the same contents share; undefined where each has its own. */
  readonly sharedName: string | undefined;
  /** Adds the operation that fills a table. */
  initialize(handle: Tensor): Operation;
}

/** Options of `keyValueTensorInitializer`. */
export interface KeyValueOptions {
  readonly keyDtype?: DType | undefined;
  readonly valueDtype?: DType | undefined;
  readonly name?: string | undefined;
}

const keyValueTable: OptionTable<KeyValueOptions> = { keyDtype: "optional", valueDtype: "optional", name: "optional" };

/**
 * Keys and the value of each (`tf.lookup.KeyValueTensorInitializer`): tensors or plain values of one shape.
 *
 * Plain whole numbers are int32 unless a dtype says otherwise, as in Python; tables of numbers have int64 or int32 keys.
 */
export function keyValueTensorInitializer(
  keys: TensorLike,
  values: TensorLike,
  options: KeyValueOptions = {},
): TableInitializer {
  checkOptions("keyValueTensorInitializer", options, keyValueTable);
  const [keyTensor, valueTensor] = [
    plainTensor(keys, options.keyDtype, "keys"),
    plainTensor(values, options.valueDtype, "values"),
  ];
  return Object.freeze({
    keyDtype: keyTensor.dtype,
    valueDtype: valueTensor.dtype,
    sharedName: undefined,
    initialize: (handle: Tensor) =>
      nameScope(options.name ?? "key_value_init", () =>
        initializing(buildOp("LookupTableImportV2", [handle, keyTensor, valueTensor])),
      ),
  });
}

/** Which part of a line `textFileInitializer` takes (`tf.lookup.TextFileIndex`); 0 and more are columns. */
export const TextFileIndex: { readonly WHOLE_LINE: -2; readonly LINE_NUMBER: -1 } = Object.freeze({
  WHOLE_LINE: -2,
  LINE_NUMBER: -1,
});

/** Options of `textFileInitializer`. */
export interface TextFileOptions {
  readonly keyDtype: DType;
  /** A `TextFileIndex` or a column. */
  readonly keyIndex: number;
  readonly valueDtype: DType;
  /** A `TextFileIndex` or a column. */
  readonly valueIndex: number;
  /** How many lines the file has, which is checked; default any number. */
  readonly vocabSize?: number | undefined;
  /** What parts columns; default a tab. */
  readonly delimiter?: string | undefined;
  /** Added to line numbers. */
  readonly valueIndexOffset?: number | undefined;
  readonly name?: string | undefined;
}

const textFileTable: OptionTable<TextFileOptions> = {
  keyDtype: "required",
  keyIndex: "required",
  valueDtype: "required",
  valueIndex: "required",
  vocabSize: "optional",
  delimiter: "optional",
  valueIndexOffset: "optional",
  name: "optional",
};

/**
 * The lines of a text file (`tf.lookup.TextFileInitializer`), which is read when the model is initialised and goes into an export's assets.
 *
 * INVALID_ARGUMENT with TensorFlow's texts for indices and dtypes that cannot be; NOT_FOUND at initialisation where there is no file.
 */
export function textFileInitializer(filename: string | Tensor, options: TextFileOptions): TableInitializer {
  checkOptions("textFileInitializer", options, textFileTable);
  const { keyDtype, keyIndex, valueDtype, valueIndex, vocabSize, delimiter = "\t", valueIndexOffset = 0 } = options;
  if (filename === "") throw invalidArgument("`filename` argument required for tf.lookup.TextFileInitializer");
  checkIndex("key", keyIndex, keyDtype);
  checkIndex("value", valueIndex, valueDtype);
  if (vocabSize !== undefined && !(vocabSize > 0)) {
    throw invalidArgument(`\`vocab_size\` should be > 0, received: ${vocabSize}`);
  }
  const parts = [typeof filename === "string" ? filename : filename.name, vocabSize, keyIndex, valueIndex];
  const named = [...parts, valueIndexOffset === 0 ? undefined : valueIndexOffset].filter((part) => part !== undefined);
  return Object.freeze({
    keyDtype,
    valueDtype,
    sharedName: `hash_table_${named.join("_")}`,
    initialize: (handle: Tensor) =>
      nameScope(options.name ?? "text_file_init", () => {
        const path = asTensor(filename, "string", "asset_filepath");
        const attrs = {
          key_index: keyIndex,
          value_index: valueIndex,
          vocab_size: vocabSize ?? -1,
          delimiter,
          offset: valueIndexOffset,
        };
        const init = initializing(buildOp("InitializeTableFromTextFileV2", [handle, path], attrs));
        if (path.op.type === "Const") currentGraph().addToCollection(collectionKeys.assetFilepaths, path);
        return init;
      }),
  });
}

/** As TensorFlow words what is wrong with an index and the dtype that it goes with. */
function checkIndex(side: "key" | "value", index: number, dtype: DType): void {
  if (index < TextFileIndex.WHOLE_LINE) {
    throw invalidArgument(`\`${side}_index\` should be >= -2, received: ${side === "key" ? `${index}.` : index}`);
  }
  if (index === TextFileIndex.LINE_NUMBER && dtype !== "int64") {
    const where = side === "key" ? "if `key_index` is" : "for `value_index`";
    throw invalidArgument(`\`${side}_dtype\` must be int64 ${where} -1, received: ${dtypeString(dtype)}`);
  }
  if (index === TextFileIndex.WHOLE_LINE && !isIntegerDType(dtype) && dtype !== "string") {
    throw invalidArgument(
      `\`${side}_dtype\` should be either integer or string for \`${side}_index\` -2, received: ${dtypeString(dtype)}`,
    );
  }
}

function initializing(operation: Operation): Operation {
  currentGraph().addToCollection(collectionKeys.tableInitializers, operation);
  return operation;
}

/** A tensor of plain values as Python would make it: whole numbers are int32, or int64 where one is too large. */
export function plainTensor(value: TensorLike, dtype: DType | undefined, name: string): Tensor {
  if (value instanceof Tensor || (typeof value === "object" && "dtype" in value)) {
    return asTensor(value as Tensor | TensorValue, dtype, name);
  }
  return asTensor(toTensor(value as NestedValue, dtype ?? wholeDType(value)), undefined, name);
}

function wholeDType(value: unknown): "int32" | "int64" | undefined {
  const numbers: readonly unknown[] = Array.isArray(value) ? value.flat(Number.POSITIVE_INFINITY) : [value];
  if (numbers.length === 0 || !numbers.every(Number.isInteger)) return undefined;
  return numbers.every((one) => one === (Number(one) | 0)) ? "int32" : "int64";
}
