import type { DType } from "../../core/dtype.js";
import { build, buildOp, type TensorLike } from "../build-op.js";
import type { Tensor } from "../graph.js";

/** Images resized with bilinear interpolation. */
export function resizeBilinear(
  images: TensorLike,
  size: TensorLike,
  options: { readonly alignCorners?: boolean; readonly halfPixelCenters?: boolean; readonly name?: string } = {},
): Tensor {
  return build(
    "ResizeBilinear",
    [images, size],
    { align_corners: options.alignCorners, half_pixel_centers: options.halfPixelCenters },
    options,
  );
}

/** Gradient of ResizeBilinear. */
export function resizeBilinearGrad(
  grads: TensorLike,
  originalImage: TensorLike,
  options: { readonly alignCorners?: boolean; readonly halfPixelCenters?: boolean; readonly name?: string } = {},
): Tensor {
  return build(
    "ResizeBilinearGrad",
    [grads, originalImage],
    { align_corners: options.alignCorners, half_pixel_centers: options.halfPixelCenters },
    options,
  );
}

/** Images resized by taking the nearest pixel. */
export function resizeNearestNeighbor(
  images: TensorLike,
  size: TensorLike,
  options: { readonly alignCorners?: boolean; readonly halfPixelCenters?: boolean; readonly name?: string } = {},
): Tensor {
  return build(
    "ResizeNearestNeighbor",
    [images, size],
    { align_corners: options.alignCorners, half_pixel_centers: options.halfPixelCenters },
    options,
  );
}

/** Gradient of ResizeNearestNeighbor. */
export function resizeNearestNeighborGrad(
  grads: TensorLike,
  size: TensorLike,
  options: { readonly alignCorners?: boolean; readonly halfPixelCenters?: boolean; readonly name?: string } = {},
): Tensor {
  return build(
    "ResizeNearestNeighborGrad",
    [grads, size],
    { align_corners: options.alignCorners, half_pixel_centers: options.halfPixelCenters },
    options,
  );
}

/** Images resized with bicubic interpolation. */
export function resizeBicubic(
  images: TensorLike,
  size: TensorLike,
  options: { readonly alignCorners?: boolean; readonly halfPixelCenters?: boolean; readonly name?: string } = {},
): Tensor {
  return build(
    "ResizeBicubic",
    [images, size],
    { align_corners: options.alignCorners, half_pixel_centers: options.halfPixelCenters },
    options,
  );
}

/** Gradient of ResizeBicubic. */
export function resizeBicubicGrad(
  grads: TensorLike,
  originalImage: TensorLike,
  options: { readonly alignCorners?: boolean; readonly halfPixelCenters?: boolean; readonly name?: string } = {},
): Tensor {
  return build(
    "ResizeBicubicGrad",
    [grads, originalImage],
    { align_corners: options.alignCorners, half_pixel_centers: options.halfPixelCenters },
    options,
  );
}

/** Images resized by averaging areas. */
export function resizeArea(
  images: TensorLike,
  size: TensorLike,
  options: { readonly alignCorners?: boolean; readonly name?: string } = {},
): Tensor {
  return build("ResizeArea", [images, size], { align_corners: options.alignCorners }, options);
}

/** Boxes cut out of images and resized to one size. */
export function cropAndResize(
  image: TensorLike,
  boxes: TensorLike,
  boxInd: TensorLike,
  cropSize: TensorLike,
  options: {
    readonly method?: "bilinear" | "nearest";
    readonly extrapolationValue?: number;
    readonly name?: string;
  } = {},
): Tensor {
  return build(
    "CropAndResize",
    [image, boxes, boxInd, cropSize],
    { method: options.method, extrapolation_value: options.extrapolationValue },
    options,
  );
}

/** Gradient of CropAndResize with respect to the image. */
export function cropAndResizeGradImage(
  grads: TensorLike,
  boxes: TensorLike,
  boxInd: TensorLike,
  imageSize: TensorLike,
  options: { readonly t: DType; readonly method?: "bilinear" | "nearest"; readonly name?: string },
): Tensor {
  return build(
    "CropAndResizeGradImage",
    [grads, boxes, boxInd, imageSize],
    { T: options.t, method: options.method },
    options,
  );
}

/** Gradient of CropAndResize with respect to the boxes. */
export function cropAndResizeGradBoxes(
  grads: TensorLike,
  image: TensorLike,
  boxes: TensorLike,
  boxInd: TensorLike,
  options: { readonly method?: "bilinear"; readonly name?: string } = {},
): Tensor {
  return build("CropAndResizeGradBoxes", [grads, image, boxes, boxInd], { method: options.method }, options);
}

/** Images scaled and moved with a resampling kernel. */
export function scaleAndTranslate(
  images: TensorLike,
  size: TensorLike,
  scale: TensorLike,
  translation: TensorLike,
  options: { readonly kernelType?: string; readonly antialias?: boolean; readonly name?: string } = {},
): Tensor {
  return build(
    "ScaleAndTranslate",
    [images, size, scale, translation],
    { kernel_type: options.kernelType, antialias: options.antialias },
    options,
  );
}

/** Moves each channel away from or towards its mean. */
export function adjustContrastV2(
  images: TensorLike,
  contrastFactor: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("AdjustContrastv2", [images, contrastFactor], {}, options);
}

/** Turns the hue of RGB images. */
export function adjustHue(images: TensorLike, delta: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("AdjustHue", [images, delta], {}, options);
}

/** Scales the saturation of RGB images. */
export function adjustSaturation(
  images: TensorLike,
  scale: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("AdjustSaturation", [images, scale], {}, options);
}

/** Hue, saturation and value of RGB pixels. */
export function rgbToHsv(images: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("RGBToHSV", [images], {}, options);
}

/** RGB pixels from hue, saturation and value. */
export function hsvToRgb(images: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("HSVToRGB", [images], {}, options);
}

/** Indices of boxes that overlap no better one by more than a threshold, best first. */
export function nonMaxSuppression(
  boxes: TensorLike,
  scores: TensorLike,
  maxOutputSize: TensorLike,
  options: { readonly iouThreshold?: number; readonly name?: string } = {},
): Tensor {
  return build("NonMaxSuppression", [boxes, scores, maxOutputSize], { iou_threshold: options.iouThreshold }, options);
}

/** NonMaxSuppression with the threshold as a tensor. */
export function nonMaxSuppressionV2(
  boxes: TensorLike,
  scores: TensorLike,
  maxOutputSize: TensorLike,
  iouThreshold: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("NonMaxSuppressionV2", [boxes, scores, maxOutputSize, iouThreshold], {}, options);
}

/** NonMaxSuppressionV2 with a threshold on scores. */
export function nonMaxSuppressionV3(
  boxes: TensorLike,
  scores: TensorLike,
  maxOutputSize: TensorLike,
  iouThreshold: TensorLike,
  scoreThreshold: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("NonMaxSuppressionV3", [boxes, scores, maxOutputSize, iouThreshold, scoreThreshold], {}, options);
}

/** NonMaxSuppressionV3 with padding to a fixed size. */
export function nonMaxSuppressionV4(
  boxes: TensorLike,
  scores: TensorLike,
  maxOutputSize: TensorLike,
  iouThreshold: TensorLike,
  scoreThreshold: TensorLike,
  options: { readonly padToMaxOutputSize?: boolean; readonly name?: string } = {},
): { readonly selectedIndices: Tensor; readonly validOutputs: Tensor } {
  const { outputs } = buildOp(
    "NonMaxSuppressionV4",
    [boxes, scores, maxOutputSize, iouThreshold, scoreThreshold],
    { pad_to_max_output_size: options.padToMaxOutputSize },
    options,
  );
  return { selectedIndices: outputs[0]!, validOutputs: outputs[1]! };
}

/** NonMaxSuppressionV4 that can lower the scores of overlapping boxes instead. */
export function nonMaxSuppressionV5(
  boxes: TensorLike,
  scores: TensorLike,
  maxOutputSize: TensorLike,
  iouThreshold: TensorLike,
  scoreThreshold: TensorLike,
  softNmsSigma: TensorLike,
  options: { readonly padToMaxOutputSize?: boolean; readonly name?: string } = {},
): { readonly selectedIndices: Tensor; readonly selectedScores: Tensor; readonly validOutputs: Tensor } {
  const { outputs } = buildOp(
    "NonMaxSuppressionV5",
    [boxes, scores, maxOutputSize, iouThreshold, scoreThreshold, softNmsSigma],
    { pad_to_max_output_size: options.padToMaxOutputSize },
    options,
  );
  return { selectedIndices: outputs[0]!, selectedScores: outputs[1]!, validOutputs: outputs[2]! };
}

/** NonMaxSuppressionV3 with given overlaps. */
export function nonMaxSuppressionWithOverlaps(
  overlaps: TensorLike,
  scores: TensorLike,
  maxOutputSize: TensorLike,
  overlapThreshold: TensorLike,
  scoreThreshold: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build(
    "NonMaxSuppressionWithOverlaps",
    [overlaps, scores, maxOutputSize, overlapThreshold, scoreThreshold],
    {},
    options,
  );
}

/** Non-maximum suppression over batches and classes. */
export function combinedNonMaxSuppression(
  boxes: TensorLike,
  scores: TensorLike,
  maxOutputSizePerClass: TensorLike,
  maxTotalSize: TensorLike,
  iouThreshold: TensorLike,
  scoreThreshold: TensorLike,
  options: { readonly padPerClass?: boolean; readonly clipBoxes?: boolean; readonly name?: string } = {},
): {
  readonly nmsedBoxes: Tensor;
  readonly nmsedScores: Tensor;
  readonly nmsedClasses: Tensor;
  readonly validDetections: Tensor;
} {
  const { outputs } = buildOp(
    "CombinedNonMaxSuppression",
    [boxes, scores, maxOutputSizePerClass, maxTotalSize, iouThreshold, scoreThreshold],
    { pad_per_class: options.padPerClass, clip_boxes: options.clipBoxes },
    options,
  );
  return { nmsedBoxes: outputs[0]!, nmsedScores: outputs[1]!, nmsedClasses: outputs[2]!, validDetections: outputs[3]! };
}

/** Patches of images laid out along the depth dimension. */
export function extractImagePatches(
  images: TensorLike,
  options: {
    readonly ksizes: readonly number[];
    readonly strides: readonly number[];
    readonly rates: readonly number[];
    readonly padding: "SAME" | "VALID";
    readonly name?: string;
  },
): Tensor {
  return build(
    "ExtractImagePatches",
    [images],
    { ksizes: options.ksizes, strides: options.strides, rates: options.rates, padding: options.padding },
    options,
  );
}

/** Images under projective transforms. */
export function imageProjectiveTransformV2(
  images: TensorLike,
  transforms: TensorLike,
  outputShape: TensorLike,
  options: { readonly interpolation: string; readonly fillMode?: string; readonly name?: string },
): Tensor {
  return build(
    "ImageProjectiveTransformV2",
    [images, transforms, outputShape],
    { interpolation: options.interpolation, fill_mode: options.fillMode },
    options,
  );
}

/** Images under projective transforms, with a fill value. */
export function imageProjectiveTransformV3(
  images: TensorLike,
  transforms: TensorLike,
  outputShape: TensorLike,
  fillValue: TensorLike,
  options: { readonly interpolation: string; readonly fillMode?: string; readonly name?: string },
): Tensor {
  return build(
    "ImageProjectiveTransformV3",
    [images, transforms, outputShape, fillValue],
    { interpolation: options.interpolation, fill_mode: options.fillMode },
    options,
  );
}
