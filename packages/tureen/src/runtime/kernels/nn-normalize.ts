import { elementCount, type Shape, sameShape, shapeText } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../core/tensor-value.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import type { FloatArray } from "./linalg/gemm.js";
import { realArray, realData, realValue } from "./linalg/real-data.js";

/** A batch of channels: entries before, in and after the channel dimension. */
interface ChannelLayout {
  readonly outer: number;
  readonly channels: number;
  readonly inner: number;
}

function layoutOf(shape: Shape, format: string): ChannelLayout {
  const axis = format.startsWith("NC") ? 1 : shape.length - 1;
  return {
    outer: elementCount(shape.slice(0, axis)),
    channels: shape[axis]!,
    inner: elementCount(shape.slice(axis + 1)),
  };
}

const floats = (values: Float64Array): TensorValue =>
  tensorValue("float32", [values.length], Float32Array.from(values));

function nanVector(channels: number): TensorValue {
  return tensorValue("float32", [channels], new Float32Array(channels).fill(Number.NaN));
}

/** `y := x · factor + shift` for each channel. */
function scaleChannels(
  x: FloatArray,
  y: FloatArray,
  { outer, channels, inner }: ChannelLayout,
  factor: Float64Array,
  shift: Float64Array,
): void {
  if (inner === 1) {
    for (let r = 0, at = 0; r < outer; r++) {
      for (let c = 0; c < channels; c++, at++) y[at] = x[at]! * factor[c]! + shift[c]!;
    }
    return;
  }
  for (let r = 0, at = 0; r < outer; r++) {
    for (let c = 0; c < channels; c++) {
      const [f, s] = [factor[c]!, shift[c]!];
      for (const end = at + inner; at < end; at++) y[at] = x[at]! * f + s;
    }
  }
}

/** Adds each channel's elements into `sums`. */
function sumInto(sums: Float64Array, x: FloatArray, { outer, channels, inner }: ChannelLayout): void {
  for (let r = 0, at = 0; r < outer; r++) {
    for (let c = 0; c < channels; c++) {
      if (inner === 1) {
        sums[c] = sums[c]! + x[at++]!;
        continue;
      }
      let sum = 0;
      for (const end = at + inner; at < end; at++) sum += x[at]!;
      sums[c] = sums[c]! + sum;
    }
  }
}

/** Adds each channel's products of `dy` with the distance of `x` from the channel's mean into `sums`. */
function sumProductsInto(
  sums: Float64Array,
  dy: FloatArray,
  x: FloatArray,
  mean: ArrayLike<number>,
  { outer, channels, inner }: ChannelLayout,
): void {
  for (let r = 0, at = 0; r < outer; r++) {
    for (let c = 0; c < channels; c++) {
      const m = mean[c]!;
      let sum = 0;
      for (const end = at + inner; at < end; at++) sum += dy[at]! * (x[at]! - m);
      sums[c] = sums[c]! + sum;
    }
  }
}

/** Mean of each channel, then the mean square distance from it: two passes, as one would cancel. */
function moments(x: FloatArray, layout: ChannelLayout): readonly [Float64Array, Float64Array] {
  const { outer, channels, inner } = layout;
  const mean = new Float64Array(channels);
  const variance = new Float64Array(channels);
  const count = outer * inner;
  sumInto(mean, x, layout);
  for (let c = 0; c < channels; c++) mean[c] = mean[c]! / count;
  for (let r = 0, at = 0; r < outer; r++) {
    for (let c = 0; c < channels; c++) {
      const m = mean[c]!;
      let sum = 0;
      for (const end = at + inner; at < end; at++) sum += (x[at]! - m) * (x[at]! - m);
      variance[c] = variance[c]! + sum;
    }
  }
  for (let c = 0; c < channels; c++) variance[c] = variance[c]! / count;
  return [mean, variance];
}

function checkVectors(
  x: TensorValue,
  format: string,
  training: boolean,
  vectors: readonly (readonly [string, TensorValue])[],
): void {
  const rank = x.shape.length;
  if (rank !== 4 && rank !== 5) throw invalidArgument(`input must be 4 or 5-dimensional${shapeText(x.shape)}`);
  for (const [name, vector] of vectors) {
    if (vector.shape.length !== 1) throw invalidArgument(`${name} must be 1-dimensional${shapeText(vector.shape)}`);
  }
  const { channels } = layoutOf(x.shape, format);
  for (const [name, vector] of vectors) {
    const size = vector.shape[0]!;
    const estimate = name === "estimated_mean" ? "mean" : name === "estimated_variance" ? "variance" : undefined;
    if (size === channels || (estimate !== undefined && training)) continue;
    if (estimate !== undefined) {
      throw invalidArgument(
        `When is_training=false, ${estimate} must have the same number of elements as the channels of x, got ${size} and ${channels}`,
      );
    }
    throw invalidArgument(
      `${name} must have the same number of elements as the channels of x, got ${size} and ${channels}`,
    );
  }
}

/** FusedBatchNorm and its later versions; `outputs` is 6 for V3, whose last reserve space is empty on a CPU. */
function fusedBatchNorm(outputs: 5 | 6): KernelFactory {
  return ({ attrs }) => {
    const epsilon = attrs.float("epsilon");
    const factor = attrs.float("exponential_avg_factor");
    const format = attrs.text("data_format");
    const training = attrs.bool("is_training");
    const reserve = outputs === 6 ? [tensorValue("float32", [], new Float32Array(1))] : [];
    return ([x, scale, offset, mean, variance]) => {
      checkVectors(x!, format, training, [
        ["scale", scale!],
        ["offset", offset!],
        ["estimated_mean", mean!],
        ["estimated_variance", variance!],
      ]);
      const layout = layoutOf(x!.shape, format);
      const { channels } = layout;
      const data = realData(x!);
      const y = realArray(x!.dtype, data.length);
      if (data.length === 0) {
        const nan = nanVector(channels);
        return [realValue(x!.dtype, x!.shape, y), nan, nan, nan, nan, ...reserve];
      }
      const [gamma, beta] = [realData(scale!), realData(offset!)];
      const multiplier = new Float64Array(channels);
      const shift = new Float64Array(channels);
      const [usedMean, usedVariance] = training ? moments(data, layout) : [realData(mean!), realData(variance!)];
      for (let c = 0; c < channels; c++) {
        multiplier[c] = gamma[c]! / Math.sqrt(usedVariance[c]! + epsilon);
        shift[c] = beta[c]! - usedMean[c]! * multiplier[c]!;
      }
      scaleChannels(data, y, layout, multiplier, shift);
      const normalized = realValue(x!.dtype, x!.shape, y);
      // TensorFlow leaves the reserve spaces of inference unwritten; its gradient takes the inputs instead.
      if (!training) return [normalized, mean!, variance!, mean!, variance!, ...reserve];
      const count = layout.outer * layout.inner;
      // The variance that is averaged over batches is the unbiased one.
      const unbiased = count > 1 ? count / (count - 1) : 1;
      const [oldMean, oldVariance] = [realData(mean!), realData(variance!)];
      const averageMean = new Float64Array(channels);
      const averageVariance = new Float64Array(channels);
      for (let c = 0; c < channels; c++) {
        const [m, v] = [usedMean[c]!, usedVariance[c]! * unbiased];
        averageMean[c] = factor === 1 ? m : (1 - factor) * oldMean[c]! + factor * m;
        averageVariance[c] = factor === 1 ? v : (1 - factor) * oldVariance[c]! + factor * v;
      }
      return [
        normalized,
        floats(averageMean),
        floats(averageVariance),
        floats(usedMean as Float64Array),
        floats(usedVariance as Float64Array),
        ...reserve,
      ];
    };
  };
}

const fusedBatchNormGrad: KernelFactory = ({ attrs }) => {
  const epsilon = attrs.float("epsilon");
  const format = attrs.text("data_format");
  const training = attrs.bool("is_training");
  return ([grad, x, scale, savedMean, savedVariance]) => {
    if (!training && format.startsWith("NC")) {
      throw invalidArgument(
        "The implementation of FusedBatchNormGrad with is_training=False only support NHWC tensor format for now.",
      );
    }
    const layout = layoutOf(x!.shape, format);
    const { outer, channels, inner } = layout;
    const [dy, data, gamma] = [realData(grad!), realData(x!), realData(scale!)];
    const [mean, variance] = [realData(savedMean!), realData(savedVariance!)];
    const dx = realArray(x!.dtype, data.length);
    const sumDy = new Float64Array(channels);
    const sumDyX = new Float64Array(channels);
    sumInto(sumDy, dy, layout);
    sumProductsInto(sumDyX, dy, data, mean, layout);
    const count = outer * inner;
    const scaleGrad = new Float64Array(channels);
    for (let c = 0; c < channels; c++) scaleGrad[c] = sumDyX[c]! / Math.sqrt(variance[c]! + epsilon);
    for (let r = 0, at = 0; r < outer; r++) {
      for (let c = 0; c < channels; c++) {
        const inverse = 1 / Math.sqrt(variance[c]! + epsilon);
        const factor = gamma[c]! * inverse;
        const meanDy = training ? sumDy[c]! / count : 0;
        const slope = training ? (sumDyX[c]! / count) * inverse * inverse : 0;
        const m = mean[c]!;
        for (const end = at + inner; at < end; at++) {
          dx[at] = factor * (dy[at]! - meanDy - (data[at]! - m) * slope);
        }
      }
    }
    // They stand for the gradients of mean and variance, which nothing asks for.
    const reserve = tensorValue("float32", [0], new Float32Array(0));
    return [realValue(x!.dtype, x!.shape, dx), floats(scaleGrad), floats(sumDy), reserve, reserve];
  };
};

const batchNormWithGlobalNormalization: KernelFactory = ({ attrs }) => {
  const epsilon = attrs.float("variance_epsilon");
  const scaled = attrs.bool("scale_after_normalization");
  return ([t, mean, variance, beta, gamma]) => {
    if (t!.shape.length !== 4) throw invalidArgument(`input must be 4-dimensional${shapeText(t!.shape)}`);
    for (const [name, { shape }] of [
      ["mean", mean!],
      ["var", variance!],
      ["beta", beta!],
      ["gamma", gamma!],
    ] as const) {
      if (shape.length !== 1) throw invalidArgument(`${name} must be 1-dimensional${shapeText(shape)}`);
    }
    const layout = layoutOf(t!.shape, "NHWC");
    const [m, v, b, g] = [realData(mean!), realData(variance!), realData(beta!), realData(gamma!)];
    const factor = Float64Array.from(
      { length: layout.channels },
      (_, c) => (scaled ? g[c]! : 1) / Math.sqrt(v[c]! + epsilon),
    );
    const shift = factor.map((f, c) => b[c]! - m[c]! * f);
    const y = realArray(t!.dtype, t!.data.length);
    scaleChannels(realData(t!), y, layout, factor, shift);
    return [realValue(t!.dtype, t!.shape, y)];
  };
};

interface LrnSettings {
  readonly radius: number;
  readonly bias: number;
  readonly alpha: number;
  readonly beta: number;
}

function lrnSettings({ attrs }: Parameters<KernelFactory>[0]): LrnSettings {
  return {
    radius: attrs.int("depth_radius"),
    bias: attrs.float("bias"),
    alpha: attrs.float("alpha"),
    beta: attrs.float("beta"),
  };
}

/** `bias + alpha · Σ x²` over each element's window of channels. */
function lrnNorms(x: FloatArray, depth: number, { radius, bias, alpha }: LrnSettings): Float64Array {
  const norms = new Float64Array(x.length);
  for (let from = 0; from < x.length; from += depth) {
    for (let d = 0; d < depth; d++) {
      let sum = 0;
      const end = Math.min(depth - 1, d + radius);
      for (let k = Math.max(0, d - radius); k <= end; k++) sum += x[from + k]! * x[from + k]!;
      norms[from + d] = bias + alpha * sum;
    }
  }
  return norms;
}

const lrn: KernelFactory = (node) => {
  const settings = lrnSettings(node);
  return ([input]) => {
    if (input!.shape.length !== 4) throw invalidArgument("in must be 4-dimensional");
    const x = realData(input!);
    const norms = lrnNorms(x, input!.shape[3]!, settings);
    const y = realArray(input!.dtype, x.length);
    for (let i = 0; i < x.length; i++) y[i] = x[i]! * norms[i]! ** -settings.beta;
    return [realValue(input!.dtype, input!.shape, y)];
  };
};

const lrnGrad: KernelFactory = (node) => {
  const settings = lrnSettings(node);
  const { radius, alpha, beta } = settings;
  return ([grads, image, output]) => {
    if (grads!.shape.length !== 4 || image!.shape.length !== 4) throw invalidArgument("inputs must be 4-dimensional");
    if (!sameShape(grads!.shape, image!.shape) || !sameShape(output!.shape, image!.shape)) {
      throw invalidArgument("input_grads, input_image, and out_image should have the same shape");
    }
    const depth = image!.shape[3]!;
    const [dy, x, y] = [realData(grads!), realData(image!), realData(output!)];
    const norms = lrnNorms(x, depth, settings);
    const dx = new Float64Array(x.length);
    for (let from = 0; from < x.length; from += depth) {
      for (let d = 0; d < depth; d++) {
        const at = from + d;
        const pull = (-2 * alpha * beta * y[at]! * dy[at]!) / norms[at]!;
        const end = Math.min(depth - 1, d + radius);
        for (let k = Math.max(0, d - radius); k <= end; k++) dx[from + k] = dx[from + k]! + pull * x[from + k]!;
        dx[at] = dx[at]! + dy[at]! * norms[at]! ** -beta;
      }
    }
    return [realValue(image!.dtype, image!.shape, Float32Array.from(dx))];
  };
};

const dataFormatDimMap: KernelFactory = ({ attrs }) => {
  const [source, target] = [attrs.text("src_format"), attrs.text("dst_format")];
  if (source.length !== 4 && source.length !== 5) {
    throw invalidArgument(`Source format must be of length 4 or 5, received src_format = ${source}`);
  }
  const map = [...source].map((dim) => target.indexOf(dim));
  const rank = map.length;
  return ([x]) => {
    const big = x!.dtype === "int64";
    const data = x!.data as ArrayLike<number | bigint>;
    const out = big ? new BigInt64Array(data.length) : new Int32Array(data.length);
    for (let i = 0; i < data.length; i++) {
      const index = Number(data[i]);
      const mapped = map[((index % rank) + rank) % rank]!;
      out[i] = big ? BigInt(mapped) : mapped;
    }
    return [tensorValue(x!.dtype, x!.shape, out as Int32Array)];
  };
};

const dataFormatVecPermute: KernelFactory = ({ attrs }) => {
  const [source, target] = [attrs.text("src_format"), attrs.text("dst_format")];
  return ([x]) => {
    const { shape, dtype } = x!;
    if (shape.length !== 1 && shape.length !== 2) {
      throw invalidArgument(`input must be a vector or 2D tensor, but got shape ${shapeText(shape)}`);
    }
    const rank = source.length;
    const size = shape[0]!;
    if (size !== rank && size !== rank - 2) {
      throw invalidArgument(
        shape.length === 1
          ? `1D input must be of size ${rank - 2} or ${rank}, but got shape ${shapeText(shape)}`
          : `First dimension of 2D input must be of size ${rank - 2} or ${rank}, but got shape ${shapeText(shape)}`,
      );
    }
    if (shape.length === 2 && shape[1] !== 2) {
      throw invalidArgument(`Second dimension of 2D input must be of size 2, but got shape ${shapeText(shape)}`);
    }
    // A vector of the spatial sizes alone is permuted as the formats without batch and channel.
    const dims = (format: string): string[] =>
      size === rank ? [...format] : [...format].filter((dim) => dim !== "N" && dim !== "C");
    const from = dims(source);
    const width = shape[1] ?? 1;
    const data = x!.data as Int32Array;
    const out = data.slice();
    dims(target).forEach((dim, i) => {
      const at = from.indexOf(dim);
      for (let j = 0; j < width; j++) out[i * width + j] = data[at * width + j]!;
    });
    return [tensorValue(dtype, shape, out)];
  };
};

/** Host kernels of batch and local normalization and data formats. */
export const nnNormalizeKernels: KernelTable = {
  FusedBatchNorm: fusedBatchNorm(5),
  FusedBatchNormV2: fusedBatchNorm(5),
  FusedBatchNormV3: fusedBatchNorm(6),
  FusedBatchNormGrad: fusedBatchNormGrad,
  FusedBatchNormGradV2: fusedBatchNormGrad,
  FusedBatchNormGradV3: fusedBatchNormGrad,
  BatchNormWithGlobalNormalization: batchNormWithGlobalNormalization,
  LRN: lrn,
  LRNGrad: lrnGrad,
  DataFormatDimMap: dataFormatDimMap,
  DataFormatVecPermute: dataFormatVecPermute,
};
