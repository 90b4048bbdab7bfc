import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { type DType, isIntegerDType } from "../../core/dtype.js";
import { invalidArgument } from "../../core/status-error.js";
import { build, type TensorLike } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import { dtypeString } from "../feature-column/python-text.js";
import { sizeOf } from "../nn/tensor-shape.js";
import { StaticHashTable, StaticVocabularyTable } from "./static-tables.js";
import {
  keyValueTensorInitializer,
  plainTensor,
  type TableInitializer,
  TextFileIndex,
  textFileInitializer,
} from "./table-initializers.js";

/** What unknown keys become. */
interface UnknownKeys {
  /** How many ids beyond the vocabulary they are spread over, by their hash; default 0. */
  readonly numOovBuckets?: number | undefined;
  /** Their id where there are no buckets; default -1. */
  readonly defaultValue?: number | undefined;
}

/** Which columns of a file are keys and values. */
interface FileColumns {
  /** How many of the file's lines count; default all. */
  readonly vocabSize?: number | undefined;
  /** Default the whole line for texts, its number for ids. */
  readonly keyColumnIndex?: number | undefined;
  readonly valueColumnIndex?: number | undefined;
  /** What parts columns; default a tab. */
  readonly delimiter?: string | undefined;
  readonly name?: string | undefined;
}

/** Options of `indexTableFromTensor`. */
export interface IndexTableOptions extends UnknownKeys {
  /** The dtype of keys to look up; default that of the vocabulary. */
  readonly dtype?: DType | undefined;
  readonly name?: string | undefined;
}

const indexTable: OptionTable<IndexTableOptions> = {
  numOovBuckets: "optional",
  defaultValue: "optional",
  dtype: "optional",
  name: "optional",
};

/**
 * A table from the entries of a vocabulary, texts or whole numbers, to their places (`tf.contrib.lookup.index_table_from_tensor`).
 *
 * INVALID_ARGUMENT with TensorFlow's texts for dtypes that cannot be.
 */
export function indexTableFromTensor(
  vocabularyList: TensorLike,
  options: IndexTableOptions = {},
): StaticHashTable | StaticVocabularyTable {
  checkOptions("indexTableFromTensor", options, indexTable);
  if ((vocabularyList as unknown) == null) throw invalidArgument("`vocabulary_list` must be specified.");
  checkBuckets(options.numOovBuckets, "`num_oov_buckets`");
  if (options.dtype !== undefined && !isIntegerDType(options.dtype) && options.dtype !== "string") {
    throw invalidArgument("`dtype` must either be integer or string.");
  }
  return nameScope(options.name ?? "string_to_index", () => {
    const keys = plainTensor(vocabularyList, undefined, "Const");
    const dtype = options.dtype ?? keys.dtype;
    if (isIntegerDType(keys.dtype) !== isIntegerDType(dtype) || (!isIntegerDType(dtype) && keys.dtype !== dtype)) {
      const expected = isIntegerDType(dtype) ? "integer" : keys.dtype === "string" ? "non-integer" : dtypeString(dtype);
      throw invalidArgument(`Invalid \`dtype\`: Expected ${expected}, got ${dtypeString(keys.dtype)}.`);
    }
    const values = places(keys);
    const tableKeys = isIntegerDType(keys.dtype) ? toLong(keys) : keys;
    const initializer = keyValueTensorInitializer(tableKeys, values, { name: "table_init" });
    return nameScope("hash_table", () => idTable(initializer, dtype, options));
  });
}

/** Options of `indexTableFromFile`. */
export interface IndexFileOptions extends UnknownKeys, FileColumns {
  /** The dtype of keys; default string. */
  readonly keyDtype?: DType | undefined;
}

const indexFileTable: OptionTable<IndexFileOptions> = {
  numOovBuckets: "optional",
  defaultValue: "optional",
  vocabSize: "optional",
  keyColumnIndex: "optional",
  valueColumnIndex: "optional",
  delimiter: "optional",
  keyDtype: "optional",
  name: "optional",
};

/** A table from a text file's lines to their numbers (`tf.contrib.lookup.index_table_from_file`); the file goes into an export's assets. */
export function indexTableFromFile(
  vocabularyFile: string | Tensor,
  options: IndexFileOptions = {},
): StaticHashTable | StaticVocabularyTable {
  checkOptions("indexTableFromFile", options, indexFileTable);
  checkFile(vocabularyFile);
  checkBuckets(options.numOovBuckets, "num_oov_buckets");
  const { keyDtype = "string", vocabSize } = options;
  if (vocabSize !== undefined && vocabSize < 1) {
    const file = typeof vocabularyFile === "string" ? vocabularyFile : "?";
    throw invalidArgument(`\`vocab_size\` must be greater than 0, got ${vocabSize} for vocabulary_file: ${file}.`);
  }
  if (!isIntegerDType(keyDtype) && keyDtype !== "string") {
    throw invalidArgument("Dtype for `keys` should be either integer or string.");
  }
  return nameScope(options.name ?? "string_to_index", () =>
    nameScope("hash_table", () => {
      const initializer = textFileInitializer(vocabularyFile, {
        keyDtype: isIntegerDType(keyDtype) ? "int64" : keyDtype,
        keyIndex: options.keyColumnIndex ?? TextFileIndex.WHOLE_LINE,
        valueDtype: "int64",
        valueIndex: options.valueColumnIndex ?? TextFileIndex.LINE_NUMBER,
        vocabSize,
        delimiter: options.delimiter,
        name: "table_init",
      });
      return idTable(initializer, keyDtype, options);
    }),
  );
}

/** Options of `indexToStringTableFromTensor`. */
export interface StringTableOptions {
  /** What ids have that the vocabulary has not; default `UNK`. */
  readonly defaultValue?: string | undefined;
  readonly name?: string | undefined;
}

const stringTable: OptionTable<StringTableOptions> = { defaultValue: "optional", name: "optional" };

/** A table from int64 places to the texts of a vocabulary (`tf.contrib.lookup.index_to_string_table_from_tensor`). */
export function indexToStringTableFromTensor(
  vocabularyList: TensorLike,
  options: StringTableOptions = {},
): StaticHashTable {
  checkOptions("indexToStringTableFromTensor", options, stringTable);
  if ((vocabularyList as unknown) == null) throw invalidArgument("`vocabulary_list` argument must be specified.");
  return nameScope(options.name ?? "index_to_string", () => {
    const texts = plainTensor(vocabularyList, "string", "Const");
    const initializer = keyValueTensorInitializer(places(texts), texts, { name: "table_init" });
    return new StaticHashTable(initializer, { defaultValue: options.defaultValue ?? "UNK" });
  });
}

/** Options of `indexToStringTableFromFile`. */
export interface StringFileOptions extends StringTableOptions, FileColumns {}

const stringFileTable: OptionTable<StringFileOptions> = {
  ...stringTable,
  vocabSize: "optional",
  keyColumnIndex: "optional",
  valueColumnIndex: "optional",
  delimiter: "optional",
};

/** A table from the int64 numbers of a text file's lines to the lines (`tf.contrib.lookup.index_to_string_table_from_file`). */
export function indexToStringTableFromFile(
  vocabularyFile: string | Tensor,
  options: StringFileOptions = {},
): StaticHashTable {
  checkOptions("indexToStringTableFromFile", options, stringFileTable);
  checkFile(vocabularyFile);
  const { vocabSize, delimiter } = options;
  if (vocabSize !== undefined && vocabSize < 1) {
    throw invalidArgument(`\`vocab_size\` must be greater than 0, got ${vocabSize}.`);
  }
  return nameScope(options.name ?? "index_to_string", () => {
    const initializer = textFileInitializer(vocabularyFile, {
      keyDtype: "int64",
      keyIndex: options.keyColumnIndex ?? TextFileIndex.LINE_NUMBER,
      valueDtype: "string",
      valueIndex: options.valueColumnIndex ?? TextFileIndex.WHOLE_LINE,
      vocabSize,
      delimiter,
      name: "table_init",
    });
    return new StaticHashTable(initializer, { defaultValue: options.defaultValue ?? "UNK" });
  });
}

function idTable(
  initializer: TableInitializer,
  lookupKeyDtype: DType,
  { numOovBuckets = 0, defaultValue = -1 }: UnknownKeys,
): StaticHashTable | StaticVocabularyTable {
  return numOovBuckets === 0
    ? new StaticHashTable(initializer, { defaultValue })
    : new StaticVocabularyTable(initializer, { numOovBuckets, lookupKeyDtype });
}

function checkBuckets(buckets: number | undefined, name: string): void {
  if (buckets !== undefined && buckets < 0) {
    throw invalidArgument(`${name} must be greater or equal than 0, got ${buckets}.`);
  }
}

function checkFile(file: string | Tensor): void {
  if (file === "" || (file as unknown) == null) {
    throw invalidArgument("`vocabulary_file` must be specified and must not be empty.");
  }
}

/** The place of each element of a vector, int64. */
function places(list: Tensor): Tensor {
  return toLong(build("Range", [0, sizeOf(list), 1], { Tidx: "int32" }, "range"));
}

function toLong(tensor: Tensor): Tensor {
  return build("Cast", [tensor], { DstT: "int64" });
}
