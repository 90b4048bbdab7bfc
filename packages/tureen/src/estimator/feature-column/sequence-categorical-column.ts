import type { DType } from "../../core/dtype.js";
import { intValue } from "../../core/tensor-value.js";
import { build, constant } from "../../graph/build-op.js";
import type { SparseTensor } from "../../graph/sparse-tensor.js";
import type { CategoricalColumn } from "./feature-column.js";
import { elementAt, sliceOf, sparseShapeOf } from "./graph-shape.js";
import { categoricalColumnWithHashBucket } from "./hash-bucket-column.js";
import { categoricalColumnWithIdentity } from "./identity-column.js";
import { attributeText } from "./python-text.js";
import { reshapeSparse, sparseTargetShape } from "./sparse-reshape.js";
import { categoricalColumnWithVocabularyFile, type VocabularyFileOptions } from "./vocabulary-file-column.js";
import { categoricalColumnWithVocabularyList, type VocabularyListOptions } from "./vocabulary-list-column.js";

/** Sequences of integers that are ids already (`tf.feature_column.sequence_categorical_column_with_identity`). */
export function sequenceCategoricalColumnWithIdentity(
  key: string,
  numBuckets: number,
  options: { readonly defaultValue?: number } = {},
): CategoricalColumn {
  return sequenceOf(categoricalColumnWithIdentity(key, numBuckets, options));
}

/** Sequences of hashed values (`tf.feature_column.sequence_categorical_column_with_hash_bucket`). */
export function sequenceCategoricalColumnWithHashBucket(
  key: string,
  hashBucketSize: number,
  options: { readonly dtype?: DType } = {},
): CategoricalColumn {
  return sequenceOf(categoricalColumnWithHashBucket(key, hashBucketSize, options));
}

/** Sequences of words of a file (`tf.feature_column.sequence_categorical_column_with_vocabulary_file`). */
export function sequenceCategoricalColumnWithVocabularyFile(
  key: string,
  vocabularyFile: string,
  options: VocabularyFileOptions = {},
): CategoricalColumn {
  return sequenceOf(categoricalColumnWithVocabularyFile(key, vocabularyFile, options));
}

/** Sequences of listed words (`tf.feature_column.sequence_categorical_column_with_vocabulary_list`). */
export function sequenceCategoricalColumnWithVocabularyList(
  key: string,
  vocabularyList: readonly (string | Uint8Array | number | bigint)[],
  options: VocabularyListOptions = {},
): CategoricalColumn {
  return sequenceOf(categoricalColumnWithVocabularyList(key, vocabularyList, options));
}

/** A column's ids as [batch, steps, ids a step]. */
function sequenceOf(categoricalColumn: CategoricalColumn): CategoricalColumn {
  return Object.freeze({
    kind: "SequenceCategoricalColumn",
    name: categoricalColumn.name,
    numBuckets: categoricalColumn.numBuckets,
    parents: Object.freeze([categoricalColumn]),
    parseExampleSpec: categoricalColumn.parseExampleSpec,
    description: attributeText("SequenceCategoricalColumn", [["categorical_column", categoricalColumn]]),
    transform: (cache) => categoricalColumn.transform(cache),
    sparseTensors: (cache) => {
      const { idTensor, weightTensor } = categoricalColumn.sparseTensors(cache);
      const shape = sparseShapeOf(idTensor);
      const [batch, steps] = [elementAt(shape, 0), elementAt(shape, 1)];
      const rest = sliceOf(shape, [{ from: 2 }]);
      const product = build("Prod", [rest, constant(intValue([0]), undefined, "Const")], {}, "Prod");
      const reshaped = (sparse: SparseTensor): SparseTensor =>
        reshapeSparse(sparse, sparseTargetShape([batch, steps, product], "int32"));
      return { idTensor: reshaped(idTensor), weightTensor: weightTensor && reshaped(weightTensor) };
    },
  } satisfies CategoricalColumn);
}
