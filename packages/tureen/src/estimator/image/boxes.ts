import { checkOptions, nameOnly } from "../../core/check-options.js";
import { build, constant, type TensorLike } from "../../graph/build-op.js";
import { Tensor } from "../../graph/graph.js";
import {
  nonMaxSuppressionV3,
  nonMaxSuppressionV4,
  nonMaxSuppressionV5,
  nonMaxSuppressionWithOverlaps,
} from "../../graph/ops/image.js";
import { nameScope } from "../../graph/scope.js";

interface Named {
  readonly name?: string;
}

function scalar(value: TensorLike, name: string): Tensor {
  return value instanceof Tensor ? value : constant(value, "float32", name);
}

function count(value: TensorLike): Tensor {
  return value instanceof Tensor ? value : constant(value, "int32", "max_output_size");
}

/**
 * Indices of boxes [N, 4] in the order of their scores, without those that overlap a better one by more than `iouThreshold`
 * (`tf.image.non_max_suppression`): int32, at most `maxOutputSize`.
 */
export function nonMaxSuppression(
  boxes: TensorLike,
  scores: TensorLike,
  maxOutputSize: TensorLike,
  iouThreshold: TensorLike = 0.5,
  scoreThreshold: TensorLike = Number.NEGATIVE_INFINITY,
  options: Named = {},
): Tensor {
  checkOptions("nonMaxSuppression", options, nameOnly);
  return nameScope(options.name ?? "non_max_suppression", () =>
    nonMaxSuppressionV3(
      boxes,
      scores,
      count(maxOutputSize),
      scalar(iouThreshold, "iou_threshold"),
      scalar(scoreThreshold, "score_threshold"),
      { name: "NonMaxSuppressionV3" },
    ),
  );
}

/** `nonMaxSuppression` with the selected boxes' scores, which `softNmsSigma` above 0 lowers by overlap (`tf.image.non_max_suppression_with_scores`). */
export function nonMaxSuppressionWithScores(
  boxes: TensorLike,
  scores: TensorLike,
  maxOutputSize: TensorLike,
  iouThreshold: TensorLike = 0.5,
  scoreThreshold: TensorLike = Number.NEGATIVE_INFINITY,
  softNmsSigma: TensorLike = 0,
  options: Named = {},
): { readonly selectedIndices: Tensor; readonly selectedScores: Tensor } {
  checkOptions("nonMaxSuppressionWithScores", options, nameOnly);
  return nameScope(options.name ?? "non_max_suppression_with_scores", () => {
    const { selectedIndices, selectedScores } = nonMaxSuppressionV5(
      boxes,
      scores,
      count(maxOutputSize),
      scalar(iouThreshold, "iou_threshold"),
      scalar(scoreThreshold, "score_threshold"),
      scalar(softNmsSigma, "soft_nms_sigma"),
      { padToMaxOutputSize: false },
    );
    return { selectedIndices, selectedScores };
  });
}

/** `nonMaxSuppression` whose indices are padded with zeros to `maxOutputSize` on request, and how many count (`tf.image.non_max_suppression_padded`). */
export function nonMaxSuppressionPadded(
  boxes: TensorLike,
  scores: TensorLike,
  maxOutputSize: TensorLike,
  iouThreshold: TensorLike = 0.5,
  scoreThreshold: TensorLike = Number.NEGATIVE_INFINITY,
  padToMaxOutputSize = false,
  options: Named = {},
): { readonly selectedIndices: Tensor; readonly validOutputs: Tensor } {
  checkOptions("nonMaxSuppressionPadded", options, nameOnly);
  return nameScope(options.name ?? "non_max_suppression_padded", () =>
    nonMaxSuppressionV4(
      boxes,
      scores,
      count(maxOutputSize),
      scalar(iouThreshold, "iou_threshold"),
      scalar(scoreThreshold, "score_threshold"),
      { padToMaxOutputSize },
    ),
  );
}

/** `nonMaxSuppression` by a matrix of overlaps [N, N] in the place of boxes (`tf.image.non_max_suppression_overlaps`). */
export function nonMaxSuppressionOverlaps(
  overlaps: TensorLike,
  scores: TensorLike,
  maxOutputSize: TensorLike,
  overlapThreshold: TensorLike = 0.5,
  scoreThreshold: TensorLike = Number.NEGATIVE_INFINITY,
  options: Named = {},
): Tensor {
  checkOptions("nonMaxSuppressionOverlaps", options, nameOnly);
  return nameScope(options.name ?? "non_max_suppression_overlaps", () =>
    nonMaxSuppressionWithOverlaps(
      overlaps,
      scores,
      count(maxOutputSize),
      scalar(overlapThreshold, "overlap_threshold"),
      scalar(scoreThreshold, "score_threshold"),
    ),
  );
}

/** Whether bytes start as a JPEG does (`tf.io.is_jpeg`), a bool of the strings' shape. */
export function isJpeg(contents: Tensor, options: Named = {}): Tensor {
  checkOptions("isJpeg", options, nameOnly);
  return nameScope(options.name ?? "is_jpeg", () => {
    const start = build("Substr", [contents, constant(0, "int32"), constant(3, "int32")], {}, "Substr");
    const magic = constant({ dtype: "string", shape: [], data: [Uint8Array.of(0xff, 0xd8, 0xff)] }, undefined, "magic");
    return build("Equal", [start, magic], {}, "is_jpeg");
  });
}
