import { checkOptions, nameOnly, type OptionTable } from "../../core/check-options.js";
import type { DType } from "../../core/dtype.js";
import { isFullyDefined } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { asTensor, build, buildOp, type TensorLike } from "../../graph/build-op.js";
import { collectionKeys } from "../../graph/collections.js";
import type { Operation, Tensor } from "../../graph/graph.js";
import { Saveable } from "../../graph/saveable.js";
import { currentGraph, nameScope } from "../../graph/scope.js";
import { atRoot, checkKeys, exported, lastPart } from "./static-tables.js";

/** Options of `MutableHashTable`. */
export interface MutableHashTableOptions {
  readonly keyDtype: DType;
  readonly valueDtype: DType;
  /** What keys have that are not in the table: a scalar, or a vector where values are vectors. */
  readonly defaultValue: TensorLike;
  readonly name?: string | undefined;
  /** Whether checkpoints hold it, as they do unless said. */
  readonly checkpoint?: boolean | undefined;
}

/** Options of `DenseHashTable`. */
export interface DenseHashTableOptions extends MutableHashTableOptions {
  /** Two keys that are never used, which stand for free buckets and for those that were freed. */
  readonly emptyKey: TensorLike;
  readonly deletedKey: TensorLike;
  /** Default 2^17. */
  readonly initialNumBuckets?: number | undefined;
}

const mutableOptions: OptionTable<MutableHashTableOptions> = {
  keyDtype: "required",
  valueDtype: "required",
  defaultValue: "required",
  name: "optional",
  checkpoint: "optional",
};

/** A table that operations of the model change, and that checkpoints hold. */
abstract class ChangingTable {
  readonly keyDtype: DType;
  readonly valueDtype: DType;
  readonly defaultValue: Tensor;
  readonly handle: Tensor;
  readonly name: string;

  protected constructor(
    options: MutableHashTableOptions,
    usualName: string,
    make: (defaultValue: Tensor, isShared: boolean, name: string) => Tensor,
  ) {
    const { keyDtype, valueDtype, name = usualName, checkpoint = true } = options;
    this.keyDtype = keyDtype;
    this.valueDtype = valueDtype;
    [this.defaultValue, this.handle] = atRoot(() => {
      const defaultValue = asTensor(options.defaultValue, valueDtype);
      if (!isFullyDefined(defaultValue.shape)) throw invalidArgument("The shape of defaultValue must be known");
      return [defaultValue, make(defaultValue, checkpoint, name)] as const;
    });
    this.name = lastPart(this.handle.op.name);
    if (checkpoint) atRoot(() => this.#save(name));
  }

  #save(key: string): void {
    const [keys, values] = this.export();
    const specs = [
      { key: `${key}-keys`, tensor: keys, dtype: this.keyDtype },
      { key: `${key}-values`, tensor: values, dtype: this.valueDtype },
    ];
    const restore = ([keys, values]: readonly Tensor[]): Operation =>
      nameScope(`${key}_table_restore`, () => buildOp("LookupTableImportV2", [this.handle, keys!, values!]));
    currentGraph().addToCollection(collectionKeys.saveableObjects, new Saveable(key, specs, restore));
  }

  /** Gives keys new values, which have the shape of the keys and, where values are vectors, theirs behind it. */
  insert(keys: TensorLike, values: TensorLike, options: { readonly name?: string } = {}): Operation {
    checkOptions("insert", options, nameOnly);
    return nameScope(options.name ?? `${this.name}_lookup_table_insert`, () => {
      const [k, v] = [asTensor(keys, this.keyDtype, "keys"), asTensor(values, this.valueDtype, "values")];
      return buildOp("LookupTableInsertV2", [this.handle, k, v]);
    });
  }

  /** Takes keys out; those that are not there are passed over. INVALID_ARGUMENT for keys of another dtype. */
  remove(keys: Tensor, options: { readonly name?: string } = {}): Operation {
    checkOptions("remove", options, nameOnly);
    checkKeys(keys, this.keyDtype);
    return nameScope(options.name ?? `${this.name}_lookup_table_remove`, () =>
      buildOp("LookupTableRemoveV2", [this.handle, keys]),
    );
  }

  /** The values of keys of any shape; `dynamicDefaultValues` takes the place of the table's default, for all or for each key. */
  lookup(
    keys: TensorLike,
    options: { readonly dynamicDefaultValues?: TensorLike | undefined; readonly name?: string } = {},
  ): Tensor {
    checkOptions("lookup", options, { dynamicDefaultValues: "optional", name: "optional" });
    const { dynamicDefaultValues, name } = options;
    return nameScope(name ?? `${this.name}_lookup_table_find`, () => {
      const missing =
        dynamicDefaultValues === undefined ? this.defaultValue : asTensor(dynamicDefaultValues, this.valueDtype);
      return build("LookupTableFindV2", [this.handle, asTensor(keys, this.keyDtype, "keys"), missing]);
    });
  }

  /** The number of keys, an int64 scalar. */
  size(options: { readonly name?: string } = {}): Tensor {
    checkOptions("size", options, nameOnly);
    return nameScope(options.name ?? `${this.name}_Size`, () => build("LookupTableSizeV2", [this.handle]));
  }

  /** All keys and their values, in no order; of a dense table all buckets, [buckets, 1], free ones with the empty key. */
  export(options: { readonly name?: string } = {}): readonly [Tensor, Tensor] {
    checkOptions("export", options, nameOnly);
    const scope = options.name ?? `${this.name}_lookup_table_export_values`;
    return exported(this.handle, this.keyDtype, this.valueDtype, scope);
  }
}

/** A table that may change while the model runs (`tf.lookup.experimental.MutableHashTable`); it starts empty. */
export class MutableHashTable extends ChangingTable {
  constructor(options: MutableHashTableOptions) {
    checkOptions("MutableHashTable", options, mutableOptions);
    const { keyDtype, valueDtype } = options;
    super(options, "MutableHashTable", ({ shape }, use_node_name_sharing, name) => {
      const attrs = { use_node_name_sharing, key_dtype: keyDtype, value_dtype: valueDtype };
      return shape!.length === 0
        ? build("MutableHashTableV2", [], attrs, name)
        : build("MutableHashTableOfTensorsV2", [], { ...attrs, value_shape: shape! }, name);
    });
  }
}

/**
 * A table that may change, of open addressing (`tf.lookup.experimental.DenseHashTable`): faster for many keys, at the cost of two keys that cannot
 * be used.
 */
export class DenseHashTable extends ChangingTable {
  constructor(options: DenseHashTableOptions) {
    checkOptions("DenseHashTable", options, {
      ...mutableOptions,
      emptyKey: "required",
      deletedKey: "required",
      initialNumBuckets: "optional",
    } satisfies OptionTable<DenseHashTableOptions>);
    const { keyDtype, valueDtype, initialNumBuckets } = options;
    super(options, "MutableDenseHashTable", ({ shape }, use_node_name_sharing, name) => {
      const empty = asTensor(options.emptyKey, keyDtype, "empty_key");
      const deleted = asTensor(options.deletedKey, keyDtype, "deleted_key");
      const attrs = {
        use_node_name_sharing,
        value_dtype: valueDtype,
        value_shape: shape!,
        initial_num_buckets: initialNumBuckets,
      };
      return build("MutableDenseHashTableV2", [empty, deleted], attrs, name);
    });
  }
}
