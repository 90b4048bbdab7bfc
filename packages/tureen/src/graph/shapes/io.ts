import type { PartialShape } from "../../core/shape.js";
import type { ShapeRule, ShapeTable } from "../infer-shapes.js";

const none: ShapeRule = () => [];
const scalar: ShapeRule = () => [[]];
const declared: ShapeRule = ({ attrs, outputTypes }) => {
  const shapes = attrs.shapes("output_shapes");
  return outputTypes.map((_, i) => shapes[i]);
};
const unknown: ShapeRule = ({ outputTypes }) => outputTypes.map((): PartialShape => undefined);

/** Shape rules of the io family. */
export const ioShapes: ShapeTable = {
  IteratorV2: scalar,
  IteratorFromStringHandle: scalar,
  IteratorFromStringHandleV2: scalar,
  IteratorGetNext: declared,
  IteratorGetNextSync: declared,
  FIFOQueueV2: scalar,
  QueueEnqueueV2: none,
  QueueEnqueueManyV2: none,
  QueueDequeueV2: unknown,
  QueueDequeueManyV2: unknown,
  QueueDequeueUpToV2: unknown,
  QueueCloseV2: none,
  QueueSizeV2: scalar,
  QueueIsClosedV2: scalar,
  SaveV2: () => [],
  MergeV2Checkpoints: () => [],
  WriteFile: () => [],
  ReadFile: () => [[]],
  ScalarSummary: () => [[]],
  HistogramSummary: () => [[]],
  MergeSummary: () => [[]],
  ImageSummary: () => [[]],
  AudioSummaryV2: () => [[]],
  TensorSummaryV2: () => [[]],
  ShardedFilename: () => [[]],
  ShardedFilespec: () => [[]],
  MatchingFiles: () => [[-1]],
  // A slice spec says the shape before the file is read: "rows cols 0,10:-" is ten rows.
  RestoreV2: ({ outputTypes }) => outputTypes.map(() => undefined),
};
