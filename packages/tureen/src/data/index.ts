export { type ArrayElement, type ArrayInput, type ArrayInputOptions, arrayInputFn } from "./array-input-fn.js";
export {
  type CsvDatasetOptions,
  type CsvFeatures,
  csvDataset,
  type MakeCsvDatasetOptions,
  makeCsvDataset,
} from "./csv-dataset.js";
export {
  Dataset,
  type ElementInput,
  type ElementSpecOption,
  type GroupByWindowOptions,
  type ListFilesOptions,
  type WindowOf,
} from "./dataset.js";
export type { SpecOf, TensorSpec } from "./element-spec.js";
export {
  type BatchedFeaturesOptions,
  type ExampleFeatureSpec,
  type ExampleFeatures,
  makeBatchedFeaturesDataset,
  type ParsedExampleFeatures,
  parseExamples,
} from "./example-features.js";
export {
  type FixedLengthRecordOptions,
  fixedLengthRecordDataset,
  type TfRecordDatasetOptions,
  textLineDataset,
  tfRecordDataset,
} from "./file-datasets.js";
export { jsonlDataset } from "./jsonl-dataset.js";
export { parquetDataset } from "./parquet-dataset.js";
export type { ShuffleOptions } from "./shuffle-seeds.js";
export type { Cursor, MaybePromise } from "./stage.js";
export type { BatchOptions } from "./stages/batch.js";
export type { BucketOptions } from "./stages/bucket-by-sequence-length.js";
export type { ChooseOptions, SampleOptions } from "./stages/choose.js";
export type { IgnoreErrorsOptions } from "./stages/ignore-errors.js";
export type { InterleaveOptions } from "./stages/interleave.js";
export type { PaddedBatchOptions, PaddingValue } from "./stages/padded-batch.js";
export type { ParallelMapOptions } from "./stages/parallel-map.js";
export { AUTOTUNE } from "./stages/prefetch.js";
export type { WindowOptions } from "./stages/window.js";
export type { ElementOf, Structure, TensorLike } from "./structure.js";
export { type TableRow, tableColumns } from "./table.js";
export type { Columns, TableOptions } from "./table-column.js";
