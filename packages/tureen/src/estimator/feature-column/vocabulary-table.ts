import { randomUUID } from "node:crypto";
import type { DType } from "../../core/dtype.js";
import { scalarValue, stringValue, toTensor } from "../../core/tensor-value.js";
import { build, buildOp, constant } from "../../graph/build-op.js";
import { collectionKeys } from "../../graph/collections.js";
import type { Tensor } from "../../graph/graph.js";
import { controlDependencies, currentGraph, nameScope } from "../../graph/scope.js";
import { columnScope } from "./column-scope.js";
import { castTo, scalarInt, scalarLong, sizeOf } from "./graph-shape.js";

/** A table of a graph that turns words into ids. */
export interface VocabularyTable {
  readonly handle: Tensor;
  readonly defaultValue: Tensor;
  /** What the ops that look something up are named after. */
  readonly tableName: string;
  readonly oovBuckets: number;
}

/** What a word that is not in the vocabulary becomes: `defaultValue`, or one of `oovBuckets` ids above it. */
export interface OutOfVocabulary {
  readonly defaultValue: number;
  readonly oovBuckets: number;
}

/** A table of listed words in the order of their ids (`index_table_from_tensor`); named uniquely, as each graph has its own. */
export function tableFromList(
  words: readonly (string | Uint8Array | number | bigint)[],
  oov: OutOfVocabulary,
  name: string,
): VocabularyTable {
  return columnScope(name, () => {
    const keys = constant(listValue(words), undefined, "Const");
    const size = sizeOf(keys);
    const range = nameScope("range", (scope) => {
      const start = constant(scalarInt(0), undefined, "start");
      return build("Range", [start, size, constant(scalarInt(1), undefined, "delta")], {}, scope);
    });
    const values = castTo(range, "int64");
    return nameScope("hash_table", () => {
      const tableKeys = keys.dtype === "string" ? keys : castTo(keys, "int64");
      const table = makeTable(`hash_table_${randomUUID()}`, tableKeys.dtype, oov);
      const init = nameScope("table_init", () =>
        buildOp("LookupTableImportV2", [table.handle, tableKeys, values], {}, "LookupTableImportV2"),
      );
      currentGraph().addToCollection(collectionKeys.tableInitializers, init);
      return table;
    });
  });
}

/** A table of a file's lines, their numbers the ids (`index_table_from_file`); the path goes into the graph's assets. */
export function tableFromFile(
  path: string,
  size: number,
  keyDtype: DType,
  oov: OutOfVocabulary,
  name: string,
): VocabularyTable {
  return columnScope(name, () =>
    nameScope("hash_table", () => {
      const file = constant(scalarValue("string", path), undefined, "asset_path");
      // -2 takes the whole line as key, -1 its number as value.
      const table = makeTable(`hash_table_${path}_${size}_-2_-1`, keyDtype, oov);
      const init = nameScope("table_init", () =>
        buildOp(
          "InitializeTableFromTextFileV2",
          [table.handle, file],
          { key_index: -2, value_index: -1, vocab_size: size, delimiter: "\t" },
          "InitializeTableFromTextFileV2",
        ),
      );
      currentGraph().addToCollection(collectionKeys.tableInitializers, init);
      currentGraph().addToCollection(collectionKeys.assetFilepaths, file);
      return table;
    }),
  );
}

/** The ids of words. */
export function lookUp(table: VocabularyTable, words: Tensor): Tensor {
  if (table.oovBuckets === 0) return find(table, words);
  return nameScope(`${table.tableName}_Lookup`, () => {
    const texts = words.dtype === "string" ? words : build("AsString", [words], {}, "AsString");
    const buckets = build("StringToHashBucketFast", [texts], { num_buckets: table.oovBuckets }, "hash_bucket");
    const ids = find(table, words);
    const size = nameScope(`${table.tableName}_Size`, () =>
      build("LookupTableSizeV2", [table.handle], {}, "LookupTableSizeV2"),
    );
    const above = build("AddV2", [buckets, size], {}, "Add");
    const known = build("NotEqual", [ids, table.defaultValue], {}, "NotEqual");
    return build("SelectV2", [known, ids, above], {}, "SelectV2");
  });
}

function find(table: VocabularyTable, words: Tensor): Tensor {
  return nameScope(`${table.tableName}_Lookup`, () => {
    const ids = build("LookupTableFindV2", [table.handle, words, table.defaultValue], {}, "LookupTableFindV2");
    ids.shape = words.shape;
    return ids;
  });
}

function makeTable(sharedName: string, keyDtype: DType, oov: OutOfVocabulary): VocabularyTable {
  const defaultValue = constant(scalarLong(oov.defaultValue), undefined, "Const");
  // A table does not wait for what happens to be built around it.
  const handle = controlDependencies(null, () =>
    build("HashTableV2", [], { shared_name: sharedName, key_dtype: keyDtype, value_dtype: "int64" }, "hash_table"),
  );
  const { name } = handle.op;
  return Object.freeze({
    handle,
    defaultValue,
    tableName: name.slice(name.lastIndexOf("/") + 1),
    oovBuckets: oov.oovBuckets,
  });
}

function listValue(words: readonly (string | Uint8Array | number | bigint)[]): ReturnType<typeof toTensor> {
  if (words.every((word) => typeof word === "string" || word instanceof Uint8Array)) return stringValue(words);
  const fits = words.every((word) => BigInt.asIntN(32, BigInt(word as number)) === BigInt(word as number));
  return toTensor(words as readonly number[], fits ? "int32" : "int64");
}
