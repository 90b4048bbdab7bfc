/*
 * `tf.lookup`: tables of a model's graph, from keys to values.
 */

export {
  type IndexFileOptions,
  type IndexTableOptions,
  indexTableFromFile,
  indexTableFromTensor,
  indexToStringTableFromFile,
  indexToStringTableFromTensor,
  type StringFileOptions,
  type StringTableOptions,
} from "./index-tables.js";
export type { Keys } from "./keys.js";
export {
  DenseHashTable,
  type DenseHashTableOptions,
  MutableHashTable,
  type MutableHashTableOptions,
} from "./mutable-tables.js";
export {
  StaticHashTable,
  type StaticHashTableOptions,
  StaticVocabularyTable,
  type StaticVocabularyTableOptions,
} from "./static-tables.js";
export {
  type KeyValueOptions,
  keyValueTensorInitializer,
  type TableInitializer,
  TextFileIndex,
  type TextFileOptions,
  textFileInitializer,
} from "./table-initializers.js";
