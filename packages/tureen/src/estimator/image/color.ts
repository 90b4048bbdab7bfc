import { checkOptions, type OptionTable } from "../../core/check-options.js";
import type { DType } from "../../core/dtype.js";
import { invalidArgument } from "../../core/status-error.js";
import { build, constant, type TensorLike } from "../../graph/build-op.js";
import { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import { add, cast, div, maximum, minimum, mul, pow, sub, unary } from "../nn/arithmetic.js";
import { getSeed } from "../nn/random-seed.js";
import { reduceSum } from "../nn/tensor-shape.js";

interface Seeded {
  readonly seed?: number;
}

/** The same for `checkOptions`. */
const seededTable: OptionTable<Seeded> = { seed: "optional" };

/** The greatest value of the integer types that images have. */
const greatest: Readonly<Partial<Record<DType, number>>> = {
  uint8: 255,
  int8: 127,
  uint16: 65535,
  int16: 32767,
  int32: 2147483647,
};

/** Whether TensorFlow computes on the image itself rather than on a float32 copy in [0, 1]. */
function isFloat(image: Tensor): boolean {
  return image.dtype === "float32" || image.dtype === "float16";
}

/**
 * The image in another type; integers span their range where floats span [0, 1] (`tf.image.convert_image_dtype`).
 *
 * `saturate` keeps what is out of range at the range's ends instead of wrapping it round.
 */
export function convertImageDtype(image: Tensor, dtype: DType, options: { readonly saturate?: boolean } = {}): Tensor {
  checkOptions("convertImageDtype", options, { saturate: "optional" });
  if (image.dtype === dtype) return build("Identity", [image], {}, "Identity");
  const [from, to] = [greatest[image.dtype], greatest[dtype]];
  const { saturate = false } = options;
  return nameScope("convert_image", () => {
    if (from === undefined && to === undefined) return cast(image, dtype);
    if (to === undefined) return mul(cast(image, dtype), 1 / from!);
    if (from === undefined) return castTo(mul(image, to + 0.5), dtype, saturate);
    if (from > to) {
      return castTo(
        build("FloorDiv", [image, constant((from + 1) / (to + 1), image.dtype)], {}, "FloorDiv"),
        dtype,
        saturate,
      );
    }
    return mul(castTo(image, dtype, saturate), Math.floor((to + 1) / (from + 1)));
  });
}

function castTo(x: Tensor, dtype: DType, saturate: boolean): Tensor {
  if (!saturate) return cast(x, dtype);
  const top = greatest[dtype]!;
  const bottom = dtype.startsWith("u") ? 0 : -top - 1;
  return cast(maximum(minimum(x, top), bottom), dtype);
}

/** Runs `change` on the image as floats and gives back the image's own type. */
function onFloats(image: Tensor, name: string, change: (floats: Tensor) => Tensor): Tensor {
  return nameScope(name, () => {
    const floats = isFloat(image) ? image : convertImageDtype(image, "float32");
    return convertImageDtype(change(floats), image.dtype, { saturate: true });
  });
}

/** The image with `delta` added to its floats in [0, 1] (`tf.image.adjust_brightness`). */
export function adjustBrightness(image: Tensor, delta: TensorLike): Tensor {
  return onFloats(image, "adjust_brightness", (floats) =>
    add(floats, delta instanceof Tensor ? cast(delta, floats.dtype) : delta),
  );
}

/** Each channel's distance from its mean times `contrastFactor` (`tf.image.adjust_contrast`). */
export function adjustContrast(images: Tensor, contrastFactor: TensorLike): Tensor {
  return onFloats(images, "adjust_contrast", (floats) =>
    build("AdjustContrastv2", [floats, float(contrastFactor)], {}, "AdjustContrastv2"),
  );
}

/** Hue turned by `delta` of a full turn (`tf.image.adjust_hue`). */
export function adjustHue(image: Tensor, delta: TensorLike): Tensor {
  return onFloats(image, "adjust_hue", (floats) => build("AdjustHue", [floats, float(delta)], {}, "AdjustHue"));
}

/** Saturation times a factor (`tf.image.adjust_saturation`). */
export function adjustSaturation(image: Tensor, saturationFactor: TensorLike): Tensor {
  return onFloats(image, "adjust_saturation", (floats) =>
    build("AdjustSaturation", [floats, float(saturationFactor)], {}, "AdjustSaturation"),
  );
}

/** `gain * image ** gamma` on floats in [0, 1] (`tf.image.adjust_gamma`). */
export function adjustGamma(image: Tensor, options: { readonly gamma?: number; readonly gain?: number } = {}): Tensor {
  checkOptions("adjustGamma", options, { gamma: "optional", gain: "optional" });
  const { gamma = 1, gain = 1 } = options;
  if (gamma < 0) throw invalidArgument("Gamma should be a non-negative real number.");
  return onFloats(image, "adjust_gamma", (floats) => mul(pow(floats, gamma), gain));
}

function float(value: TensorLike): Tensor {
  return value instanceof Tensor ? cast(value, "float32") : constant(value, "float32", "factor");
}

/** A float32 scalar drawn evenly from [low, high). */
function drawn(low: number, high: number, seed: number | undefined): Tensor {
  return nameScope("random_uniform", () => {
    const shape = constant({ dtype: "int32", shape: [0], data: new Int32Array(0) }, undefined, "shape");
    const unit = build("RandomUniform", [shape], { dtype: "float32", ...getSeed(seed) }, "RandomUniform");
    const [from, to] = [constant(low, "float32", "min"), constant(high, "float32", "max")];
    return add(mul(unit, sub(to, from)), from);
  });
}

/** `adjustBrightness` by a random delta in [-maxDelta, maxDelta). */
export function randomBrightness(image: Tensor, maxDelta: number, options: Seeded = {}): Tensor {
  checkOptions("randomBrightness", options, seededTable);
  if (maxDelta < 0) throw invalidArgument("max_delta must be non-negative.");
  return adjustBrightness(image, drawn(-maxDelta, maxDelta, options.seed));
}

/** `adjustContrast` by a random factor in [lower, upper). */
export function randomContrast(image: Tensor, lower: number, upper: number, options: Seeded = {}): Tensor {
  checkOptions("randomContrast", options, seededTable);
  checkRange(lower, upper);
  return adjustContrast(image, drawn(lower, upper, options.seed));
}

/** `adjustHue` by a random delta in [-maxDelta, maxDelta). */
export function randomHue(image: Tensor, maxDelta: number, options: Seeded = {}): Tensor {
  checkOptions("randomHue", options, seededTable);
  if (maxDelta > 0.5) throw invalidArgument("max_delta must be <= 0.5.");
  if (maxDelta < 0) throw invalidArgument("max_delta must be non-negative.");
  return adjustHue(image, drawn(-maxDelta, maxDelta, options.seed));
}

/** `adjustSaturation` by a random factor in [lower, upper). */
export function randomSaturation(image: Tensor, lower: number, upper: number, options: Seeded = {}): Tensor {
  checkOptions("randomSaturation", options, seededTable);
  checkRange(lower, upper);
  return adjustSaturation(image, drawn(lower, upper, options.seed));
}

function checkRange(lower: number, upper: number): void {
  if (upper <= lower) throw invalidArgument("upper must be > lower.");
  if (lower < 0) throw invalidArgument("lower must be non-negative.");
}

/** Each image as float32 with mean 0 and deviation 1, or as much less as keeps uniform ones finite (`tf.image.per_image_standardization`). */
export function perImageStandardization(image: Tensor): Tensor {
  return nameScope("per_image_standardization", (scope) => {
    const floats = cast(image, "float32");
    const axes = constant([-1, -2, -3], "int32", "axes");
    const mean = (x: Tensor): Tensor => build("Mean", [x, axes], { keep_dims: true }, "Mean");
    const centered = sub(floats, mean(floats));
    const deviation = unary("Sqrt", mean(unary("Square", centered)));
    const shape = build("Shape", [image], {}, "Shape");
    const pixels = build("Prod", [lastThree(shape), constant(0, "int32")], {}, "Prod");
    return div(centered, maximum(deviation, unary("Rsqrt", cast(pixels, "float32"))), scope);
  });
}

function lastThree(shape: Tensor): Tensor {
  const [begin, end, stride] = [-3, 0, 1].map((n) => constant([n], "int32"));
  return build("StridedSlice", [shape, begin!, end!, stride!], { end_mask: 1 }, "strided_slice");
}

/** The luma of RGB image(s), one channel (`tf.image.rgb_to_grayscale`). */
export function rgbToGrayscale(images: Tensor): Tensor {
  return nameScope("rgb_to_grayscale", () => {
    const floats = convertImageDtype(images, "float32");
    const weighted = mul(floats, constant([0.2989, 0.587, 0.114], "float32", "weights"));
    const gray = build("Sum", [weighted, constant(-1, "int32")], { keep_dims: true }, "Sum");
    return convertImageDtype(gray, images.dtype);
  });
}

/** Three equal channels of one (`tf.image.grayscale_to_rgb`). */
export function grayscaleToRgb(images: Tensor): Tensor {
  const multiples = images.shape!.map((_, i) => (i === images.shape!.length - 1 ? 3 : 1));
  return build("Tile", [images, constant(multiples, "int32", "multiples")], {}, "grayscale_to_rgb");
}

/** The sum of absolute differences of neighbouring pixels, for each image (`tf.image.total_variation`). */
export function totalVariation(images: Tensor): Tensor {
  const rank = images.shape?.length;
  if (rank !== 3 && rank !== 4) throw invalidArgument("'images' must be either 3 or 4-dimensional.");
  return nameScope("total_variation", () => {
    const axes = rank === 3 ? undefined : [1, 2, 3];
    const along = (axis: number): Tensor =>
      reduceSum(unary("Abs", sub(part(images, axis, true), part(images, axis, false))), axes);
    return add(along(rank - 3), along(rank - 2));
  });
}

/** All of an axis but its first, or its last, element. */
export function part(x: Tensor, axis: number, tail: boolean): Tensor {
  const rank = x.shape!.length;
  const at = (value: number): number[] => Array.from({ length: rank }, (_, i) => (i === axis ? value : 0));
  const whole = 2 ** rank - 1 - 2 ** axis;
  const ones = constant(Array<number>(rank).fill(1), "int32");
  return build(
    "StridedSlice",
    [x, constant(at(tail ? 1 : 0), "int32"), constant(at(tail ? 0 : -1), "int32"), ones],
    { begin_mask: whole, end_mask: tail ? 2 ** rank - 1 : whole },
    "strided_slice",
  );
}

/** The peak signal-to-noise ratio of image(s) in decibels (`tf.image.psnr`). */
export function psnr(a: Tensor, b: Tensor, maxVal: number): Tensor {
  return nameScope("PSNR", () => {
    const [x, y] = [convertImageDtype(a, "float32"), convertImageDtype(b, "float32")];
    const most = convertImageDtype(constant(maxVal, a.dtype, "max_val"), "float32");
    const squares = build("SquaredDifference", [x, y], {}, "SquaredDifference");
    const mse = build("Mean", [squares, constant([-3, -2, -1], "int32")], {}, "Mean");
    const peak = div(mul(unary("Log", most), 20), Math.LN10);
    return sub(peak, mul(unary("Log", mse), 10 / Math.LN10), "psnr");
  });
}
