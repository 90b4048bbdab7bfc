import { randomUUID } from "node:crypto";
import { checkOptions, nameOnly, type OptionTable } from "../../core/check-options.js";
import { type DType, isIntegerDType } from "../../core/dtype.js";
import { invalidArgument } from "../../core/status-error.js";
import { asTensor, build, buildOp, type TensorLike } from "../../graph/build-op.js";
import type { Operation, Tensor } from "../../graph/graph.js";
import { controlDependencies, currentGraph, nameScope, withGraph } from "../../graph/scope.js";
import { dtypeString } from "../feature-column/python-text.js";
import { type Keys, valuesOf, withValues } from "./keys.js";
import type { TableInitializer } from "./table-initializers.js";

/** Options of `StaticHashTable`. */
export interface StaticHashTableOptions {
  /** What keys have that are not in the table: a scalar. */
  readonly defaultValue: TensorLike;
  readonly name?: string | undefined;
}

const hashTableOptions: OptionTable<StaticHashTableOptions> = { defaultValue: "required", name: "optional" };

/**
 * A table that never changes once it is filled (`tf.lookup.StaticHashTable`).
 *
 * It is filled with the model's other tables, and SavedModels fill it when they are loaded.
 *
 *     const colours = new tf.lookup.StaticHashTable(tf.lookup.keyValueTensorInitializer(["red", "green"], [0, 1]), { defaultValue: -1 });
 *     const ids = colours.lookup(features.colour);
 */
export class StaticHashTable {
  readonly keyDtype: DType;
  readonly valueDtype: DType;
  readonly handle: Tensor;
  readonly defaultValue: Tensor;
  /** Fills the table. */
  readonly initializer: Operation;
  readonly name: string;

  constructor(initializer: TableInitializer, options: StaticHashTableOptions) {
    checkOptions("StaticHashTable", options, hashTableOptions);
    this.keyDtype = initializer.keyDtype;
    this.valueDtype = initializer.valueDtype;
    const attrs = {
      shared_name: initializer.sharedName ?? `hash_table_${randomUUID()}`,
      key_dtype: initializer.keyDtype,
      value_dtype: initializer.valueDtype,
    };
    // Tables live outside of functions, and wait for nothing that happens to be built around them.
    [this.defaultValue, this.handle, this.initializer] = atRoot(() => {
      const defaultValue = asTensor(options.defaultValue, initializer.valueDtype);
      const table = build("HashTableV2", [], attrs, options.name ?? "hash_table");
      return [defaultValue, table, initializer.initialize(table)] as const;
    });
    this.name = lastPart(this.handle.op.name);
  }

  /** The values of keys, in the same shape: those of a sparse or ragged tensor for one. INVALID_ARGUMENT for keys of another dtype. */
  lookup<K extends Keys>(keys: K, options: { readonly name?: string } = {}): K {
    checkOptions("lookup", options, nameOnly);
    checkKeys(keys, this.keyDtype);
    const values = nameScope(options.name ?? `${this.name}_Lookup`, () => this.find(valuesOf(keys)));
    return withValues(keys, values);
  }

  /** The number of keys, an int64 scalar. */
  size(options: { readonly name?: string } = {}): Tensor {
    checkOptions("size", options, nameOnly);
    return nameScope(options.name ?? `${this.name}_Size`, () => build("LookupTableSizeV2", [this.handle]));
  }

  /** All keys and their values, in no order. */
  export(options: { readonly name?: string } = {}): readonly [Tensor, Tensor] {
    checkOptions("export", options, nameOnly);
    return exported(this.handle, this.keyDtype, this.valueDtype, options.name ?? `${this.name}_Export`);
  }

  /** The values of dense keys. */
  find(keys: Tensor): Tensor {
    const values = build("LookupTableFindV2", [this.handle, keys, this.defaultValue]);
    values.shape = keys.shape;
    return values;
  }
}

/** Options of `StaticVocabularyTable`. */
export interface StaticVocabularyTableOptions {
  /** How many ids beyond the vocabulary unknown keys are spread over, by their hash; above 0. */
  readonly numOovBuckets: number;
  /** Default: that of the initializer. Integers of another width are cast. */
  readonly lookupKeyDtype?: DType | undefined;
  readonly name?: string | undefined;
}

const vocabularyOptions: OptionTable<StaticVocabularyTableOptions> = {
  numOovBuckets: "required",
  lookupKeyDtype: "optional",
  name: "optional",
};

/**
 * A table from words, or int64 numbers, to int64 ids, which has ids for unknown ones too (`tf.lookup.StaticVocabularyTable`).
 *
 * Without an initializer (null) all keys are spread over the buckets.
 */
export class StaticVocabularyTable {
  readonly keyDtype: DType;
  readonly valueDtype: DType = "int64";
  readonly name: string;
  readonly #table: StaticHashTable | undefined;
  readonly #buckets: number;

  constructor(initializer: TableInitializer | null, options: StaticVocabularyTableOptions) {
    checkOptions("StaticVocabularyTable", options, vocabularyOptions);
    const { numOovBuckets, name } = options;
    if (!(numOovBuckets > 0)) throw invalidArgument("`num_oov_buckets` must be > 0; use StaticHashTable.");
    this.keyDtype = initializer === null ? "string" : (options.lookupKeyDtype ?? initializer.keyDtype);
    if (initializer !== null) checkVocabulary(initializer, this.keyDtype);
    this.#buckets = numOovBuckets;
    this.#table = initializer === null ? undefined : new StaticHashTable(initializer, { defaultValue: -1 });
    this.name = name === undefined ? (this.#table?.name ?? "hash_bucket") : lastPart(name.replace(/\/+$/, ""));
  }

  /** Fills the table; undefined where there is nothing to fill. */
  get initializer(): Operation | undefined {
    return this.#table?.initializer;
  }

  /** The ids of keys, in the same shape: those of a sparse or ragged tensor for one. INVALID_ARGUMENT for keys of another dtype. */
  lookup<K extends Keys>(keys: K, options: { readonly name?: string } = {}): K {
    checkOptions("lookup", options, nameOnly);
    checkKeys(keys, this.keyDtype);
    const ids = nameScope(options.name ?? `${this.name}_Lookup`, () => this.#ids(valuesOf(keys)));
    return withValues(keys, ids);
  }

  #ids(given: Tensor): Tensor {
    const table = this.#table;
    const keys =
      table?.keyDtype === "int64" && given.dtype !== "int64" ? build("Cast", [given], { DstT: "int64" }) : given;
    const texts = keys.dtype === "string" ? keys : build("AsString", [keys]);
    const buckets = build("StringToHashBucketFast", [texts], { num_buckets: this.#buckets }, "hash_bucket");
    if (table === undefined) return buckets;
    const ids = table.lookup(keys);
    const above = build("AddV2", [buckets, table.size()], {}, "Add");
    return build("SelectV2", [build("NotEqual", [ids, table.defaultValue]), ids, above]);
  }

  /** The number of ids, an int64 scalar: of known keys and buckets. */
  size(options: { readonly name?: string } = {}): Tensor {
    checkOptions("size", options, nameOnly);
    return nameScope(options.name ?? `${this.name}_Size`, () => {
      const known = this.#table?.size() ?? asTensor(0, "int64");
      return build("AddV2", [known, asTensor(this.#buckets, "int64")], {}, "add");
    });
  }
}

function checkVocabulary({ keyDtype, valueDtype }: TableInitializer, lookupDtype: DType): void {
  if (keyDtype !== "int64" && keyDtype !== "string") {
    throw invalidArgument(
      `Invalid \`key_dtype\`, expected one of (tf.int64, tf.string), but got ${dtypeString(keyDtype)}.`,
    );
  }
  if (isIntegerDType(keyDtype) !== isIntegerDType(lookupDtype)) {
    const expected = isIntegerDType(lookupDtype) ? "integer" : "non-integer";
    throw invalidArgument(`Invalid \`key_dtype\`, expected ${expected} but got ${dtypeString(keyDtype)}.`);
  }
  if (valueDtype !== "int64") {
    throw invalidArgument(`Invalid \`value_dtype\`, expected <dtype: 'int64'> but got ${dtypeString(valueDtype)}.`);
  }
  if (!isIntegerDType(lookupDtype) && lookupDtype !== "string") {
    throw invalidArgument(`Invalid \`key_dtype\`, expected integer or string, got ${dtypeString(lookupDtype)}`);
  }
}

/** INVALID_ARGUMENT, in TensorFlow's words, for keys of another dtype than a table's. */
export function checkKeys(keys: Keys, dtype: DType): void {
  if (keys.dtype === dtype) return;
  throw invalidArgument(
    `Dtype of argument \`keys\` must be ${dtypeString(dtype)}, received: ${dtypeString(keys.dtype)}`,
  );
}

/** All keys and values of a table. */
export function exported(handle: Tensor, keyDtype: DType, valueDtype: DType, scope: string): readonly [Tensor, Tensor] {
  return nameScope(scope, () => {
    const attrs = { Tkeys: keyDtype, Tvalues: valueDtype };
    const { outputs } = buildOp("LookupTableExportV2", [handle], attrs);
    return [outputs[0]!, outputs[1]!] as const;
  });
}

/** Runs `make` in the graph around all functions, apart from what the code around it waits for. */
export function atRoot<T>(make: () => T): T {
  const graph = currentGraph();
  const apart = (): T => controlDependencies(null, make);
  return graph === graph.root ? apart() : withGraph(graph.root, apart);
}

/** A name without the scopes before it. */
export function lastPart(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}
