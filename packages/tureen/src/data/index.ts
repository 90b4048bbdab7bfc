export { type ArrayElement, type ArrayInput, type ArrayInputOptions, arrayInputFn } from "./array-input-fn.js";
export {
  type CsvDatasetOptions,
  type CsvFeatures,
  csvDataset,
  type MakeCsvDatasetOptions,
  makeCsvDataset,
} from "./csv-dataset.js";
export { Dataset, type ElementInput, type ElementSpecOption } from "./dataset.js";
export type { SpecOf, TensorSpec } from "./element-spec.js";
export { type TfRecordDatasetOptions, textLineDataset, tfRecordDataset } from "./file-datasets.js";
export type { ShuffleOptions } from "./shuffle-seeds.js";
export type { Cursor, MaybePromise } from "./stage.js";
export type { BatchOptions } from "./stages/batch.js";
export type { InterleaveOptions } from "./stages/interleave.js";
export type { PaddedBatchOptions, PaddingValue } from "./stages/padded-batch.js";
export { AUTOTUNE } from "./stages/prefetch.js";
export type { ElementOf, Structure, TensorLike } from "./structure.js";
