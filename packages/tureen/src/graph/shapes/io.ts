import type { ShapeTable } from "../infer-shapes.js";

/** Shape rules of the io family. */
export const ioShapes: ShapeTable = {
  SaveV2: () => [],
  MergeV2Checkpoints: () => [],
  WriteFile: () => [],
  ReadFile: () => [[]],
  ScalarSummary: () => [[]],
  HistogramSummary: () => [[]],
  MergeSummary: () => [[]],
  TensorSummaryV2: () => [[]],
  ShardedFilename: () => [[]],
  ShardedFilespec: () => [[]],
  MatchingFiles: () => [[-1]],
  // A slice spec says the shape before the file is read: "rows cols 0,10:-" is ten rows.
  RestoreV2: ({ outputTypes }) => outputTypes.map(() => undefined),
};
