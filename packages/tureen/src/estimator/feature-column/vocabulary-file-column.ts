import { existsSync, readFileSync } from "node:fs";
import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { type DType, isIntegerDType } from "../../core/dtype.js";
import { invalidArgument, unimplemented } from "../../core/status-error.js";
import { SparseTensor } from "../../graph/sparse-tensor.js";
import { checkKey, checkOovBuckets, checkSameKind, checkStringOrInteger } from "./column-checks.js";
import type { CategoricalColumn } from "./feature-column.js";
import { castValues } from "./graph-shape.js";
import { varLenFeature } from "./parse-spec.js";
import { attributeText, dtypeText } from "./python-text.js";
import { toSparseInput } from "./sparse-input.js";
import { lookUp, tableFromFile } from "./vocabulary-table.js";

/** How a vocabulary file is read. */
export interface VocabularyFileOptions {
  /** How many lines count; default all, for which the file is read when the column is made. */
  readonly vocabularySize?: number;
  /** Default string. */
  readonly dtype?: DType;
  /** Id of what is not in the vocabulary; default -1, which counts as missing. */
  readonly defaultValue?: number;
  /** How many ids above the vocabulary take what is not in it, by hash; default 0. */
  readonly numOovBuckets?: number;
}

const optionTable: OptionTable<VocabularyFileOptions> = {
  vocabularySize: "optional",
  dtype: "optional",
  defaultValue: "optional",
  numOovBuckets: "optional",
};

/** Words of a vocabulary file on the local disk, one a line (`tf.feature_column.categorical_column_with_vocabulary_file`); exports carry the file. */
export function categoricalColumnWithVocabularyFile(
  key: string,
  vocabularyFile: string,
  options: VocabularyFileOptions = {},
): CategoricalColumn {
  checkOptions("categoricalColumnWithVocabularyFile", options, optionTable);
  if (vocabularyFile === undefined || vocabularyFile === "")
    throw invalidArgument(`Missing vocabulary_file in ${key}.`);
  if (vocabularyFile.endsWith("tfrecord.gz")) {
    throw unimplemented(`Vocabularies in TFRecord files are not supported: ${vocabularyFile}`);
  }
  const size = options.vocabularySize ?? lineCount(key, vocabularyFile);
  if (size < 1) throw invalidArgument(`Invalid vocabulary_size in ${key}.`);
  const oovBuckets = options.numOovBuckets ?? 0;
  checkOovBuckets(key, oovBuckets, options.defaultValue !== undefined);
  const dtype = options.dtype ?? "string";
  checkStringOrInteger(dtype, `column_name: ${key}`);
  checkKey(key);
  const defaultValue = options.defaultValue ?? -1;
  const column: CategoricalColumn = Object.freeze<CategoricalColumn>({
    kind: "VocabularyFileCategoricalColumn",
    name: key,
    numBuckets: size + oovBuckets,
    parents: Object.freeze([key]),
    parseExampleSpec: Object.freeze({ [key]: varLenFeature(dtype) }),
    description: attributeText("VocabularyFileCategoricalColumn", [
      ["key", key],
      ["vocabulary_file", vocabularyFile],
      ["vocabulary_size", size],
      ["num_oov_buckets", oovBuckets],
      ["dtype", dtypeText(dtype)],
      ["default_value", defaultValue],
      ["file_format", undefined],
    ]),
    transform: (cache) => {
      const input = toSparseInput(cache.feature(key));
      checkSameKind(key, dtype, input.dtype);
      checkStringOrInteger(input.dtype, `column_name: ${key} input_tensor`);
      const integer = isIntegerDType(input.dtype);
      const values = integer ? castValues(input, "int64") : input.values;
      const name = `${key}_lookup`;
      const table = cache.resource(column, name, () =>
        tableFromFile(vocabularyFile, size, integer ? "int64" : "string", { defaultValue, oovBuckets }, name),
      );
      return new SparseTensor(input.indices, lookUp(table, values), input.denseShape);
    },
    sparseTensors: (cache) => ({ idTensor: cache.transformed(column) as SparseTensor, weightTensor: undefined }),
  });
  return column;
}

function lineCount(key: string, path: string): number {
  if (!existsSync(path)) throw invalidArgument(`vocabulary_file in ${key} does not exist.`);
  const bytes = readFileSync(path);
  const newline = 0x0a;
  let lines = 0;
  for (const byte of bytes) if (byte === newline) lines += 1;
  return bytes.length > 0 && bytes[bytes.length - 1] !== newline ? lines + 1 : lines;
}
