import { build, buildOp, type TensorLike } from "../build-op.js";
import type { Tensor } from "../graph.js";

/** A random crop that covers enough of one of the boxes, with the share as an attribute. */
export function sampleDistortedBoundingBox(
  imageSize: TensorLike,
  boundingBoxes: TensorLike,
  options: {
    readonly seed?: number;
    readonly seed2?: number;
    readonly minObjectCovered?: number;
    readonly aspectRatioRange?: readonly number[];
    readonly areaRange?: readonly number[];
    readonly maxAttempts?: number;
    readonly useImageIfNoBoundingBoxes?: boolean;
    readonly name?: string;
  } = {},
): { readonly begin: Tensor; readonly size: Tensor; readonly bboxes: Tensor } {
  const { outputs } = buildOp(
    "SampleDistortedBoundingBox",
    [imageSize, boundingBoxes],
    {
      seed: options.seed,
      seed2: options.seed2,
      min_object_covered: options.minObjectCovered,
      aspect_ratio_range: options.aspectRatioRange,
      area_range: options.areaRange,
      max_attempts: options.maxAttempts,
      use_image_if_no_bounding_boxes: options.useImageIfNoBoundingBoxes,
    },
    options,
  );
  return { begin: outputs[0]!, size: outputs[1]!, bboxes: outputs[2]! };
}

/** A random crop that covers enough of one of the boxes. */
export function sampleDistortedBoundingBoxV2(
  imageSize: TensorLike,
  boundingBoxes: TensorLike,
  minObjectCovered: TensorLike,
  options: {
    readonly seed?: number;
    readonly seed2?: number;
    readonly aspectRatioRange?: readonly number[];
    readonly areaRange?: readonly number[];
    readonly maxAttempts?: number;
    readonly useImageIfNoBoundingBoxes?: boolean;
    readonly name?: string;
  } = {},
): { readonly begin: Tensor; readonly size: Tensor; readonly bboxes: Tensor } {
  const { outputs } = buildOp(
    "SampleDistortedBoundingBoxV2",
    [imageSize, boundingBoxes, minObjectCovered],
    {
      seed: options.seed,
      seed2: options.seed2,
      aspect_ratio_range: options.aspectRatioRange,
      area_range: options.areaRange,
      max_attempts: options.maxAttempts,
      use_image_if_no_bounding_boxes: options.useImageIfNoBoundingBoxes,
    },
    options,
  );
  return { begin: outputs[0]!, size: outputs[1]!, bboxes: outputs[2]! };
}

/** A random crop that covers enough of one of the boxes and depends on the seed alone. */
export function statelessSampleDistortedBoundingBox(
  imageSize: TensorLike,
  boundingBoxes: TensorLike,
  minObjectCovered: TensorLike,
  seed: TensorLike,
  options: {
    readonly aspectRatioRange?: readonly number[];
    readonly areaRange?: readonly number[];
    readonly maxAttempts?: number;
    readonly useImageIfNoBoundingBoxes?: boolean;
    readonly name?: string;
  } = {},
): { readonly begin: Tensor; readonly size: Tensor; readonly bboxes: Tensor } {
  const { outputs } = buildOp(
    "StatelessSampleDistortedBoundingBox",
    [imageSize, boundingBoxes, minObjectCovered, seed],
    {
      aspect_ratio_range: options.aspectRatioRange,
      area_range: options.areaRange,
      max_attempts: options.maxAttempts,
      use_image_if_no_bounding_boxes: options.useImageIfNoBoundingBoxes,
    },
    options,
  );
  return { begin: outputs[0]!, size: outputs[1]!, bboxes: outputs[2]! };
}

/** Images with boxes drawn upon them, in ten colours. */
export function drawBoundingBoxes(
  images: TensorLike,
  boxes: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("DrawBoundingBoxes", [images, boxes], {}, options);
}

/** Images with boxes drawn upon them, in given colours. */
export function drawBoundingBoxesV2(
  images: TensorLike,
  boxes: TensorLike,
  colors: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("DrawBoundingBoxesV2", [images, boxes, colors], {}, options);
}

/** Windows of images about given places; pixels outside an image are noise. Places of the first form of the op. */
export function extractGlimpse(
  input: TensorLike,
  size: TensorLike,
  offsets: TensorLike,
  options: {
    readonly centered?: boolean;
    readonly normalized?: boolean;
    readonly uniformNoise?: boolean;
    readonly noise?: string;
    readonly name?: string;
  } = {},
): Tensor {
  return build(
    "ExtractGlimpse",
    [input, size, offsets],
    {
      centered: options.centered,
      normalized: options.normalized,
      uniform_noise: options.uniformNoise,
      noise: options.noise,
    },
    options,
  );
}

/** Windows of images about given places; pixels outside an image are noise. */
export function extractGlimpseV2(
  input: TensorLike,
  size: TensorLike,
  offsets: TensorLike,
  options: {
    readonly centered?: boolean;
    readonly normalized?: boolean;
    readonly uniformNoise?: boolean;
    readonly noise?: string;
    readonly name?: string;
  } = {},
): Tensor {
  return build(
    "ExtractGlimpseV2",
    [input, size, offsets],
    {
      centered: options.centered,
      normalized: options.normalized,
      uniform_noise: options.uniformNoise,
      noise: options.noise,
    },
    options,
  );
}

/** The gradient of ScaleAndTranslate by its images. */
export function scaleAndTranslateGrad(
  grads: TensorLike,
  originalImage: TensorLike,
  scale: TensorLike,
  translation: TensorLike,
  options: { readonly kernelType?: string; readonly antialias?: boolean; readonly name?: string } = {},
): Tensor {
  return build(
    "ScaleAndTranslateGrad",
    [grads, originalImage, scale, translation],
    { kernel_type: options.kernelType, antialias: options.antialias },
    options,
  );
}

/** Patches of volumes laid out along the depth dimension. */
export function extractVolumePatches(
  input: TensorLike,
  options: {
    readonly ksizes: readonly number[];
    readonly strides: readonly number[];
    readonly padding: "SAME" | "VALID";
    readonly name?: string;
  },
): Tensor {
  return build(
    "ExtractVolumePatches",
    [input],
    { ksizes: options.ksizes, strides: options.strides, padding: options.padding },
    options,
  );
}
