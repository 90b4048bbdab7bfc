export { type BucketizedColumn, bucketizedColumn } from "./bucketized-column.js";
export { castFeatures } from "./cast-features.js";
export { crossedColumn } from "./crossed-column.js";
export { type DenseFeaturesOptions, denseFeatures } from "./dense-features.js";
export { type EmbeddingOptions, embeddingColumn } from "./embedding-column.js";
export type {
  CategoricalColumn,
  DenseColumn,
  FeatureColumn,
  IdWeightPair,
  SequenceDenseColumn,
  SequenceTensor,
} from "./feature-column.js";
export { isCategoricalColumn, isDenseColumn, isFeatureColumn, isSequenceDenseColumn } from "./feature-column.js";
export { categoricalColumnWithHashBucket } from "./hash-bucket-column.js";
export { categoricalColumnWithIdentity } from "./identity-column.js";
export { indicatorColumn } from "./indicator-column.js";
export { inputLayer, linearModel } from "./layers-v1.js";
export { type LinearModelLogits, type LinearModelOptions, linearModelLogits } from "./linear-model.js";
export {
  classifierParseExampleSpec,
  type LabelSpecOptions,
  makeParseExampleSpec,
  regressorParseExampleSpec,
} from "./make-parse-example-spec.js";
export { type NumericColumn, numericColumn } from "./numeric-column.js";
export { parseExample } from "./parse-example.js";
export {
  type ExampleFeature,
  type FixedLenFeature,
  type FixedLenSequenceFeature,
  fixedLenFeature,
  fixedLenSequenceFeature,
  type ParseExampleSpec,
  type PartitionedRaggedFeature,
  type RaggedFeature,
  type RaggedFeatureOptions,
  type RaggedParseExampleSpec,
  type RaggedPartition,
  raggedFeature,
  raggedPartition,
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
export { sharedEmbeddingColumns } from "./shared-embedding-columns.js";
export { sharedEmbeddings } from "./shared-embeddings.js";
export { categoricalColumnWithVocabularyFile } from "./vocabulary-file-column.js";
export { categoricalColumnWithVocabularyList } from "./vocabulary-list-column.js";
export { weightedCategoricalColumn } from "./weighted-column.js";
