export type {
  CategoricalColumn,
  DenseColumn,
  FeatureColumn,
  IdWeightPair,
  SequenceDenseColumn,
  SequenceTensor,
} from "./feature-column.js";
export { isCategoricalColumn, isDenseColumn, isFeatureColumn, isSequenceDenseColumn } from "./feature-column.js";
export { type BucketizedColumn, bucketizedColumn } from "./bucketized-column.js";
export { castFeatures } from "./cast-features.js";
export { categoricalColumnWithHashBucket } from "./hash-bucket-column.js";
export { categoricalColumnWithIdentity } from "./identity-column.js";
export { categoricalColumnWithVocabularyFile } from "./vocabulary-file-column.js";
export { categoricalColumnWithVocabularyList } from "./vocabulary-list-column.js";
export { crossedColumn } from "./crossed-column.js";
export { denseFeatures, type DenseFeaturesOptions } from "./dense-features.js";
export { embeddingColumn, type EmbeddingOptions } from "./embedding-column.js";
export { indicatorColumn } from "./indicator-column.js";
export { inputLayer, linearModel } from "./layers-v1.js";
export { linearModelLogits, type LinearModelLogits, type LinearModelOptions } from "./linear-model.js";
export {
  classifierParseExampleSpec,
  makeParseExampleSpec,
  type LabelSpecOptions,
  regressorParseExampleSpec,
} from "./make-parse-example-spec.js";
export { type NumericColumn, numericColumn } from "./numeric-column.js";
export { parseExample } from "./parse-example.js";
export {
  type ExampleFeature,
  type FixedLenFeature,
  fixedLenFeature,
  type FixedLenSequenceFeature,
  fixedLenSequenceFeature,
  type ParseExampleSpec,
  type SparseFeature,
  sparseFeature,
  type VarLenFeature,
  varLenFeature,
} from "./parse-spec.js";
export {
  sequenceCategoricalColumnWithHashBucket,
  sequenceCategoricalColumnWithIdentity,
  sequenceCategoricalColumnWithVocabularyFile,
  sequenceCategoricalColumnWithVocabularyList,
} from "./sequence-categorical-column.js";
export { sequenceFeatures } from "./sequence-features.js";
export { sequenceNumericColumn } from "./sequence-numeric-column.js";
export { sharedEmbeddings } from "./shared-embeddings.js";
export { weightedCategoricalColumn } from "./weighted-column.js";
