export {
  type CheckpointState,
  checkpointStateFile,
  formatCheckpointState,
  latestCheckpoint,
  parseCheckpointState,
  readCheckpointState,
  writeCheckpointState,
} from "./checkpoint-state.js";
export { crc32c, extendCrc32c, maskCrc32c, unmaskCrc32c } from "./crc32c.js";
export { type CsvOptions, readCsvRecords, splitCsvRecord } from "./csv.js";
export {
  decodeEvent,
  type EventRecord,
  EventWriter,
  type EventWriterOptions,
  encodeEvent,
  eventFiles,
  eventFileVersion,
  readEvents,
} from "./events.js";
export { type Histogram, histogramOf } from "./histogram.js";
export { type MergeBundlesOptions, mergeBundles } from "./merge-bundles.js";
export {
  decodeSummary,
  encodeSummary,
  encodeSummaryTensor,
  type SummaryImage,
  type SummaryMetadata,
  type SummaryValue,
  summaryScalar,
} from "./summary.js";
export { shortestSeparator, shortSuccessor, TableReader, writeTable } from "./table.js";
export type { TableEntry } from "./table-block.js";
export type { BundleEntry, BundleHeader } from "./tensor-bundle-proto.js";
export { BundleReader, bundleDataPath, bundleIndexPath, openBundle, readBundle } from "./tensor-bundle-reader.js";
export { BundleWriter, writeBundle } from "./tensor-bundle-writer.js";
export {
  type Extent,
  fullSlice,
  parseShapeAndSlice,
  parseSlice,
  type ShapeAndSlice,
  slicedShape,
  sliceText,
  type TensorSlice,
} from "./tensor-slice.js";
export { encodeTfRecords, readTfRecords, TfRecordSplitter } from "./tf-record.js";
export {
  readTfRecordBatches,
  readTfRecordFile,
  readTfRecordFileSync,
  type TfRecordCompression,
  type TfRecordReadOptions,
  type TfRecordWriteOptions,
  TfRecordWriter,
  writeTfRecordFile,
} from "./tf-record-file.js";
export { WireReader, WireType, WireWriter } from "./wire-format.js";
