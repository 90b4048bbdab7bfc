import { invalidArgument } from "../../core/status-error.js";
import type { ElementSpec } from "../element-spec.js";
import { type MaybePromise, type Stage, whenHere } from "../stage.js";
import { pack, type Structure } from "../structure.js";
import { batchStage } from "./batch.js";
import { groupByWindowStage } from "./group-by-window.js";
import { type PaddedBatchOptions, paddedBatchStage, paddedShapesOf } from "./padded-batch.js";

/** How elements are put into buckets by their length, and batched there. */
export interface BucketOptions<T> extends PaddedBatchOptions {
  /** An element's length. */
  readonly elementLengthFunc: (element: T) => MaybePromise<number>;
  /** The lengths at which the next bucket begins, ascending. */
  readonly bucketBoundaries: readonly number[];
  /** How many elements a batch of each bucket has: one more than there are boundaries. */
  readonly bucketBatchSizes: readonly number[];
  /** Whether unknown sizes are padded to the longest length that the bucket takes, not to that of the batch. */
  readonly padToBucketBoundary?: boolean | undefined;
  /** Whether elements are stacked as they are; those of a batch must be of one shape then. */
  readonly noPadding?: boolean | undefined;
}

/**
 * Batches of elements of like length. Semantics: `tf.data.Dataset.bucket_by_sequence_length`.
 *
 * INVALID_ARGUMENT for an element that no boundary is above where `padToBucketBoundary` is set.
 */
export function bucketBySequenceLengthStage(source: Stage, options: BucketOptions<Structure>): Stage {
  const { elementLengthFunc, bucketBoundaries: boundaries, bucketBatchSizes: sizes } = options;
  const { padToBucketBoundary = false, noPadding = false, dropRemainder = false, paddedShapes } = options;
  if (sizes.length !== boundaries.length + 1) {
    throw invalidArgument(
      `\`len(bucket_batch_sizes)\` must equal \`len(bucket_boundaries) + 1\` but \`len(bucket_batch_sizes)=${sizes.length}\` and \`len(bucket_boundaries)=${boundaries.length}\`.`,
    );
  }
  const bucketOf = (length: number): number => {
    const bucket = boundaries.findIndex((boundary) => length < boundary);
    return bucket < 0 ? boundaries.length : bucket;
  };
  const batched = (bucket: number, group: Stage): Stage => {
    const size = sizes[bucket]!;
    if (noPadding) return batchStage(group, size, { dropRemainder });
    if (!padToBucketBoundary) return paddedBatchStage(group, size, options);
    if (bucket === boundaries.length) {
      throw invalidArgument("When pad_to_bucket_boundary=True, elements must have length < max(bucket_boundaries).");
    }
    const longest = boundaries[bucket]! - 1;
    const shapes = paddedShapesOf(paddedShapes);
    const sizesOf = (spec: ElementSpec): Structure<readonly number[]> =>
      pack(
        spec.layout,
        spec.leaves.map(({ shape }, leaf) => (shapes(leaf) ?? shape ?? []).map((axis) => (axis < 0 ? longest : axis))),
      );
    return stageLater(
      whenHere(group.spec(), (spec) => paddedBatchStage(group, size, { ...options, paddedShapes: sizesOf(spec) })),
    );
  };
  const grouped = groupByWindowStage(source, {
    key: (element) => whenHere(elementLengthFunc(element), bucketOf),
    size: (bucket) => sizes[bucket]!,
    reduce: batched,
  });
  // Of any bucket: neither the number of elements nor a length that follows from the bucket is sure.
  const anyBatch = noPadding ? batchStage(source, 1, {}) : paddedBatchStage(source, 1, { paddedShapes });
  return { open: grouped.open, spec: anyBatch.spec };
}

/** A stage that is still waited for. */
function stageLater(stage: MaybePromise<Stage>): Stage {
  return {
    open: () => {
      const cursor = whenHere(stage, (here) => here.open());
      return {
        next: () => whenHere(cursor, (here) => here.next()),
        close: () => whenHere(cursor, (here) => here.close()),
      };
    },
    spec: () => whenHere(stage, (here) => here.spec()),
  };
}
