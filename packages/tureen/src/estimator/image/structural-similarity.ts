import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { invalidArgument } from "../../core/status-error.js";
import { build, constant } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import { add, cast, div, mul, pow, sub, unary } from "../nn/arithmetic.js";
import { avgPool2d, depthwiseConv2d } from "../nn/convolutions.js";
import { concat, reduceMean, reshape, shapeOf, sliceFirst } from "../nn/tensor-shape.js";
import { convertImageDtype } from "./color.js";
import { knownSize } from "./geometry.js";

/** How windows of the two images are compared. */
export interface SsimOptions {
  /** Side of the Gaussian window, default 11; images must not be smaller. */
  readonly filterSize?: number;
  /** Its deviation; default 1.5. */
  readonly filterSigma?: number;
  /** Default 0.01. */
  readonly k1?: number;
  /** Default 0.03. */
  readonly k2?: number;
}

/** The same for `checkOptions`. */
const ssimOptionsTable: OptionTable<SsimOptions> = {
  filterSize: "optional",
  filterSigma: "optional",
  k1: "optional",
  k2: "optional",
};

/** A Gaussian window with sum 1 for each channel, [size, size, channels, 1]. */
function gaussian(size: number, sigma: number, channels: number): Tensor {
  const middle = (size - 1) / 2;
  const line = Array.from({ length: size }, (_, i) => Math.exp(-((i - middle) ** 2) / (2 * sigma * sigma)));
  const total = line.reduce((sum, value) => sum + value, 0) ** 2;
  const kernel = line.map((a) => line.map((b) => Array.from({ length: channels }, () => [(a * b) / total])));
  return constant(kernel, "float32", "kernel");
}

/** Similarity and contrast-structure at each place and channel of two float images. */
function compare(a: Tensor, b: Tensor, maxVal: Tensor, options: SsimOptions): readonly [ssim: Tensor, cs: Tensor] {
  const { filterSize = 11, filterSigma = 1.5, k1 = 0.01, k2 = 0.03 } = options;
  for (const image of [a, b]) {
    const sides = image.shape!.slice(-3, -1);
    if (sides.some((side) => side >= 0 && side < filterSize)) {
      throw invalidArgument(
        `Images of ${sides.join(" x ")} are smaller than the filter, ${filterSize} x ${filterSize}`,
      );
    }
  }
  const kernel = gaussian(filterSize, filterSigma, a.shape!.at(-1)!);
  const local = (x: Tensor): Tensor => {
    const shape = shapeOf(x);
    const flat = reshape(x, concat([constant([-1], "int32"), sliceFirst(shape, { begin: -3 })], 0));
    const means = depthwiseConv2d(flat, kernel, { padding: "VALID" });
    if (x.shape!.length === 4) return means;
    return reshape(means, concat([sliceFirst(shape, { end: -3 }), sliceFirst(shapeOf(means), { begin: 1 })], 0));
  };
  const [c1, c2] = [k1, k2].map((k) => unary("Square", mul(maxVal, k))) as [Tensor, Tensor];
  const [meanA, meanB] = [local(a), local(b)];
  const product = mul(mul(meanA, meanB), 2);
  const squares = add(unary("Square", meanA), unary("Square", meanB));
  const luminance = div(add(product, c1), add(squares, c1));
  const covariance = sub(mul(local(mul(a, b)), 2), product);
  const variance = sub(local(add(unary("Square", a), unary("Square", b))), squares);
  const cs = div(add(covariance, c2), add(variance, c2));
  return [mul(luminance, cs), cs];
}

function prepared(img1: Tensor, img2: Tensor, maxVal: number): readonly [Tensor, Tensor, Tensor] {
  if ((img1.shape?.length ?? 0) < 3 || (img1.shape!.at(-1) ?? -1) < 0) {
    throw invalidArgument("Images must have at least 3 dimensions and a known number of channels.");
  }
  const most = convertImageDtype(constant(maxVal, img1.dtype, "max_val"), "float32");
  return [convertImageDtype(img1, "float32"), convertImageDtype(img2, "float32"), most];
}

/**
 * The structural similarity of images [..., height, width, channels] for each of them, in (-1, 1] (`tf.image.ssim`, Wang et al., 2004).
 *
 * `maxVal` is the range of the values, 255 for bytes; with `returnIndexMap` the similarity at each place is given. INVALID_ARGUMENT where images are
 * known to be smaller than the filter.
 */
export function ssim(
  img1: Tensor,
  img2: Tensor,
  maxVal: number,
  options: SsimOptions & { readonly returnIndexMap?: boolean } = {},
): Tensor {
  checkOptions("ssim", options, { ...ssimOptionsTable, returnIndexMap: "optional" });
  return nameScope("SSIM", () => {
    const [similarity] = compare(...prepared(img1, img2, maxVal), options);
    const mean = options.returnIndexMap === true ? similarity : reduceMean(similarity, [-3, -2]);
    return reduceMean(mean, [-1]);
  });
}

/** The weights of the five scales that Wang, Simoncelli and Bovik (2003) found. */
const scaleWeights = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333];

/**
 * `ssim` over several scales, each half the one before, in [0, 1] (`tf.image.ssim_multiscale`).
 *
 * Images [..., height, width, channels] of known size; the smallest scale must not be smaller than the filter.
 */
export function ssimMultiscale(
  img1: Tensor,
  img2: Tensor,
  maxVal: number,
  options: SsimOptions & { readonly powerFactors?: readonly number[] } = {},
): Tensor {
  checkOptions("ssimMultiscale", options, { ...ssimOptionsTable, powerFactors: "optional" });
  const { powerFactors = scaleWeights } = options;
  return nameScope("MS-SSIM", () => {
    const [first, second, most] = prepared(img1, img2, maxVal);
    let images = [first, second] as const;
    const scores: Tensor[] = [];
    for (const scale of powerFactors.keys()) {
      if (scale > 0) images = [halved(images[0]), halved(images[1])];
      const [similarity, cs] = compare(images[0], images[1], most, options);
      const score = scale === powerFactors.length - 1 ? similarity : cs;
      scores.push(unary("Relu", reduceMean(score, [-3, -2])));
    }
    const all = build("Pack", [scores], { axis: -1 }, "stack");
    const weighted = pow(all, constant([...powerFactors], "float32", "power_factors"));
    const product = build("Prod", [weighted, constant([-1], "int32")], {}, "Prod");
    return reduceMean(cast(product, "float32"), [-1]);
  });
}

/** Means of 2 by 2 pixels; odd sides are first made even by their last row or column again. */
function halved(image: Tensor): Tensor {
  const sides = knownSize(image);
  const channels = image.shape!.at(-1)!;
  const flat = reshape(image, [-1, ...sides, channels]);
  const pads = [[0, 0], ...sides.map((side) => [0, side % 2]), [0, 0]];
  const even = sides.some((side) => side % 2 !== 0)
    ? build("MirrorPad", [flat, constant(pads, "int32", "paddings")], { mode: "SYMMETRIC" }, "MirrorPad")
    : flat;
  const pooled = avgPool2d(even, { ksize: 2, strides: 2, padding: "VALID" });
  if (image.shape!.length === 4) return pooled;
  const half = [...sides.map((side) => Math.ceil(side / 2)), channels];
  return reshape(pooled, concat([sliceFirst(shapeOf(image), { end: -3 }), constant(half, "int32")], 0));
}
