import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { type DType, isIntegerDType } from "../../core/dtype.js";
import { invalidArgument } from "../../core/status-error.js";
import { SparseTensor } from "../../graph/sparse-tensor.js";
import { checkKey, checkOovBuckets, checkSameKind, checkStringOrInteger } from "./column-checks.js";
import type { CategoricalColumn } from "./feature-column.js";
import { castValues } from "./graph-shape.js";
import { varLenFeature } from "./parse-spec.js";
import { attributeText, dtypeString, dtypeText, pythonText, tupleText } from "./python-text.js";
import { toSparseInput } from "./sparse-input.js";
import { lookUp, tableFromList } from "./vocabulary-table.js";

/** How a vocabulary treats its words. */
export interface VocabularyListOptions {
  /** Default: string for texts, int64 for integers. */
  readonly dtype?: DType;
  /** Id of what is not in the vocabulary; default -1, which counts as missing. */
  readonly defaultValue?: number;
  /** How many ids above the vocabulary take what is not in it, by hash; default 0. */
  readonly numOovBuckets?: number;
}

const optionTable: OptionTable<VocabularyListOptions> = {
  dtype: "optional",
  defaultValue: "optional",
  numOovBuckets: "optional",
};

/** Words of a listed vocabulary, ids in its order (`tf.feature_column.categorical_column_with_vocabulary_list`). */
export function categoricalColumnWithVocabularyList(
  key: string,
  vocabularyList: readonly (string | Uint8Array | number | bigint)[],
  options: VocabularyListOptions = {},
): CategoricalColumn {
  checkOptions("categoricalColumnWithVocabularyList", options, optionTable);
  const listText = pythonText(vocabularyList);
  if (vocabularyList === undefined || vocabularyList.length < 1) {
    throw invalidArgument(`vocabulary_list ${listText} must be non-empty, column_name: ${key}`);
  }
  const words = Object.freeze([...vocabularyList]) as readonly (string | Uint8Array | number | bigint)[];
  if (new Set(words.map(pythonText)).size !== words.length) {
    throw invalidArgument(`Duplicate keys in vocabulary_list ${listText}, column_name: ${key}`);
  }
  const found = dtypeOfWords(words);
  const defaultValue = options.defaultValue ?? -1;
  const oovBuckets = options.numOovBuckets ?? 0;
  checkOovBuckets(key, oovBuckets, defaultValue !== -1);
  checkStringOrInteger(found, `column_name: ${key} vocabulary`);
  const dtype = options.dtype ?? found;
  if (isIntegerDType(dtype) !== isIntegerDType(found)) {
    throw invalidArgument(
      `dtype ${dtypeString(dtype)} and vocabulary dtype ${dtypeString(found)} do not match, column_name: ${key}`,
    );
  }
  checkStringOrInteger(dtype, `column_name: ${key}`);
  checkKey(key);
  const column: CategoricalColumn = Object.freeze<CategoricalColumn>({
    kind: "VocabularyListCategoricalColumn",
    name: key,
    numBuckets: words.length + oovBuckets,
    parents: Object.freeze([key]),
    parseExampleSpec: Object.freeze({ [key]: varLenFeature(dtype) }),
    description: attributeText("VocabularyListCategoricalColumn", [
      ["key", key],
      ["vocabulary_list", tupleText(words)],
      ["dtype", dtypeText(dtype)],
      ["default_value", defaultValue],
      ["num_oov_buckets", oovBuckets],
    ]),
    transform: (cache) => {
      const input = toSparseInput(cache.feature(key));
      checkSameKind(key, dtype, input.dtype);
      checkStringOrInteger(input.dtype, `column_name: ${key} input_tensor`);
      const values = isIntegerDType(input.dtype) ? castValues(input, "int64") : input.values;
      const name = `${key}_lookup`;
      const table = cache.resource(column, name, () => tableFromList(words, { defaultValue, oovBuckets }, name));
      return new SparseTensor(input.indices, lookUp(table, values), input.denseShape);
    },
    sparseTensors: (cache) => ({ idTensor: cache.transformed(column) as SparseTensor, weightTensor: undefined }),
  });
  return column;
}

/** The dtype that NumPy gives a list of these words. */
function dtypeOfWords(words: readonly unknown[]): DType {
  if (words.some((word) => typeof word === "string" || word instanceof Uint8Array)) return "string";
  return words.every((word) => typeof word === "bigint" || Number.isInteger(word)) ? "int64" : "float64";
}
