import { allocate, type DataOf, type DType, type NumericArray } from "../../core/dtype.js";
import { elementCount, sameShape, shapeText } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../core/tensor-value.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import type { FloatArray } from "./linalg/gemm.js";
import { realArray, realData, realValue } from "./linalg/real-data.js";

/** A loop over all elements from one array into another. */
type Loop = (x: FloatArray, out: FloatArray) => void;

/** A loop over pairs: the incoming gradient and the features (or outputs, as the op has it). */
type GradLoop = (dy: FloatArray, x: FloatArray, out: FloatArray) => void;

const float = (dtype: DType): boolean =>
  dtype === "float32" || dtype === "float64" || dtype === "float16" || dtype === "bfloat16";

function unary(loop: Loop): KernelFactory {
  return () =>
    ([x]) => [mapFloats(x!, loop)];
}

function mapFloats(x: TensorValue, loop: Loop): TensorValue {
  const out = realArray(x.dtype, x.data.length);
  loop(realData(x), out);
  return realValue(x.dtype, x.shape, out);
}

function gradient(loop: GradLoop): KernelFactory {
  return (node) =>
    ([dy, x]) => {
      checkSame(dy!, x!, node);
      const out = realArray(x!.dtype, x!.data.length);
      loop(realData(dy!), realData(x!), out);
      return [realValue(x!.dtype, x!.shape, out)];
    };
}

function checkSame(dy: TensorValue, x: TensorValue, node: { readonly name: string; readonly type: string }): void {
  if (sameShape(dy.shape, x.shape)) return;
  throw invalidArgument(
    `Inputs to operation ${node.name} of type ${node.type} must have the same size and shape.  Input 0: ${shapeText(dy.shape)} != input 1: ${shapeText(x.shape)}`,
  );
}

/** The largest float32 bits that are no NaN, those of infinity; negative numbers have the same with the sign bit. */
const infinityBits = 0x7f800000;
/** Those of a NaN. */
const nanBits = 0x7fc00000;

/** On bits, because signs of activations follow no pattern that a branch predictor could learn: it is four times as fast. NaN stays. */
function reluBits(x: Int32Array, out: Int32Array): void {
  for (let i = 0; i < out.length; i++) {
    const bits = x[i]!;
    // All ones for what is negative and no NaN: its bits as a signed integer are at most those of -infinity.
    out[i] = bits & ~((bits >> 31) & ((bits + infinityGap) >> 31));
  }
}

/** Added to the bits of a negative float32 it leaves a negative integer exactly for those up to -infinity. */
const infinityGap = 0x7fffff;

/**
 * The gradient where the feature's bits are those of a positive number: above zero as an integer, and no NaN.
 *
 * Elsewhere zero times the gradient, as TensorFlow has it: NaN for an infinite one or a NaN.
 */
function reluGradBits(dy: Int32Array, x: Int32Array, out: Int32Array): void {
  for (let i = 0; i < out.length; i++) {
    const bits = x[i]!;
    const given = dy[i]!;
    const kept = (-bits & ~bits & (bits - infinityBits - 1)) >> 31;
    const unbounded = (infinityBits - 1 - (given & 0x7fffffff)) >> 31;
    out[i] = (given & kept) | (nanBits & unbounded & ~kept);
  }
}

const bitsOf = (data: FloatArray): Int32Array => new Int32Array(data.buffer, data.byteOffset, data.length);

const reluLoop: Loop = (x, out) => {
  if (out instanceof Float32Array) {
    reluBits(bitsOf(x), bitsOf(out));
    return;
  }
  for (let i = 0; i < out.length; i++) out[i] = Math.max(x[i]!, 0);
};

const relu6Loop: Loop = (x, out) => {
  for (let i = 0; i < out.length; i++) {
    const v = x[i]!;
    out[i] = Math.min(Math.max(v, 0), 6);
  }
};

const reluGradLoop: GradLoop = (dy, x, out) => {
  if (out instanceof Float32Array) {
    reluGradBits(bitsOf(dy), bitsOf(x), bitsOf(out));
    return;
  }
  for (let i = 0; i < out.length; i++) out[i] = dy[i]! * (x[i]! > 0 ? 1 : 0);
};

const relu6GradLoop: GradLoop = (dy, x, out) => {
  for (let i = 0; i < out.length; i++) out[i] = dy[i]! * (x[i]! > 0 && x[i]! < 6 ? 1 : 0);
};

/** Relu and Relu6 also take integers; 64-bit ones are BigInt, so their bounds are too. */
function rectifier(loop: Loop, limit: number | undefined): KernelFactory {
  return ({ attrs }) => {
    const dtype = attrs.type("T");
    if (float(dtype)) return ([x]) => [mapFloats(x!, loop)];
    const big = dtype === "int64" || dtype === "uint64";
    const [zero, top] = (big ? [0n, limit === undefined ? undefined : BigInt(limit)] : [0, limit]) as [number, number?];
    return ([x]) => {
      const source = x!.data as unknown as Float64Array;
      const out = allocate(dtype, source.length) as unknown as Float64Array;
      for (let i = 0; i < out.length; i++) {
        const v = source[i]!;
        out[i] = v > zero ? (top !== undefined && v > top ? top : v) : zero;
      }
      return [tensorValue(dtype, x!.shape, out as unknown as DataOf[DType])];
    };
  };
}

function rectifierGrad(loop: GradLoop, limit: number | undefined): KernelFactory {
  return (node) => {
    const dtype = node.attrs.type("T");
    if (float(dtype)) return gradient(loop)(node);
    const big = dtype === "int64" || dtype === "uint64";
    const [zero, top] = (big ? [0n, limit === undefined ? undefined : BigInt(limit)] : [0, limit]) as [number, number?];
    return ([dy, x]) => {
      checkSame(dy!, x!, node);
      const [g, source] = [dy!.data as unknown as Float64Array, x!.data as unknown as Float64Array];
      const out = allocate(dtype, source.length) as unknown as Float64Array;
      for (let i = 0; i < out.length; i++)
        out[i] = source[i]! > zero && (top === undefined || source[i]! < top) ? g[i]! : zero;
      return [tensorValue(dtype, x!.shape, out as unknown as DataOf[DType])];
    };
  };
}

const leakyRelu: KernelFactory = ({ attrs }) => {
  const alpha = attrs.float("alpha");
  const loop: Loop = (x, out) => {
    for (let i = 0; i < out.length; i++) {
      const v = x[i]!;
      out[i] = v > 0 ? v : alpha * v;
    }
  };
  return ([x]) => [mapFloats(x!, loop)];
};

const leakyReluGrad: KernelFactory = (node) => {
  const alpha = node.attrs.float("alpha");
  return gradient((dy, x, out) => {
    for (let i = 0; i < out.length; i++) out[i] = x[i]! > 0 ? dy[i]! : alpha * dy[i]!;
  })(node);
};

const eluLoop: Loop = (x, out) => {
  for (let i = 0; i < out.length; i++) {
    const v = x[i]!;
    out[i] = v < 0 ? Math.expm1(v) : v;
  }
};

const eluGradLoop: GradLoop = (dy, y, out) => {
  for (let i = 0; i < out.length; i++) out[i] = y[i]! < 0 ? (y[i]! + 1) * dy[i]! : dy[i]!;
};

/** Klambauer et al., arXiv:1706.02515: the scale, and the scale times alpha. */
const seluScale = 1.0507009873554805;
const seluScaleAlpha = 1.7580993408473768;

const seluLoop: Loop = (x, out) => {
  for (let i = 0; i < out.length; i++) {
    const v = x[i]!;
    out[i] = v < 0 ? seluScaleAlpha * Math.expm1(v) : seluScale * v;
  }
};

const seluGradLoop: GradLoop = (dy, y, out) => {
  for (let i = 0; i < out.length; i++) out[i] = y[i]! < 0 ? dy[i]! * (y[i]! + seluScaleAlpha) : dy[i]! * seluScale;
};

/** Beyond this log(1 + exp(x)) is x, below its negative exp(x), in the dtype: TensorFlow's `log(epsilon) + 2`. */
const softplusBounds: Partial<Record<DType, number>> = {
  float16: Math.log(2 ** -10) + 2,
  bfloat16: Math.log(2 ** -7) + 2,
  float32: Math.log(2 ** -23) + 2,
  float64: Math.log(2 ** -52) + 2,
};

const softplus: KernelFactory = ({ attrs }) => {
  const bound = softplusBounds[attrs.type("T")]!;
  const loop: Loop = (x, out) => {
    for (let i = 0; i < out.length; i++) {
      const v = x[i]!;
      out[i] = v > -bound ? v : v < bound ? Math.exp(v) : Math.log1p(Math.exp(v));
    }
  };
  return ([x]) => [mapFloats(x!, loop)];
};

const softplusGradLoop: GradLoop = (dy, x, out) => {
  for (let i = 0; i < out.length; i++) out[i] = dy[i]! / (1 + Math.exp(-x[i]!));
};

const softsignLoop: Loop = (x, out) => {
  for (let i = 0; i < out.length; i++) out[i] = x[i]! / (1 + Math.abs(x[i]!));
};

const softsignGradLoop: GradLoop = (dy, x, out) => {
  for (let i = 0; i < out.length; i++) {
    const d = 1 + Math.abs(x[i]!);
    out[i] = dy[i]! / (d * d);
  }
};

/** Elements before, in and after the channel dimension. */
function channelSplit(shape: readonly number[], channelFirst: boolean): readonly [number, number, number] {
  const axis = channelFirst ? 1 : shape.length - 1;
  return [elementCount(shape.slice(0, axis)), shape[axis]!, elementCount(shape.slice(axis + 1))];
}

function biasAdd(hasFormat: boolean): KernelFactory {
  return ({ attrs }) => {
    const dtype = attrs.type("T");
    const channelFirst = hasFormat && attrs.text("data_format") === "NCHW";
    const complex = dtype === "complex64" || dtype === "complex128";
    return ([value, bias]) => {
      const { shape } = value!;
      if (shape.length < 2) throw invalidArgument(`Input tensor must be at least 2D: ${shapeText(shape)}`);
      if (bias!.shape.length !== 1) throw invalidArgument(`Biases must be 1D: ${shapeText(bias!.shape)}`);
      const [outer, channels, inner] = channelSplit(shape, channelFirst);
      if (channels !== bias!.shape[0]) {
        throw invalidArgument(
          `Must provide as many biases as the last dimension of the input tensor: ${shapeText(bias!.shape)} vs. ${shapeText(shape)}`,
        );
      }
      if (float(dtype)) {
        const out = realArray(dtype, value!.data.length);
        addChannels(realData(value!), realData(bias!), out, outer, channels, inner);
        return [realValue(dtype, shape, out)];
      }
      const out = allocate(dtype, elementCount(shape)) as unknown as FloatArray;
      const [x, b] = [value!.data as unknown as FloatArray, bias!.data as unknown as FloatArray];
      // A complex bias over the last dimension is twice as many numbers to add; over an inner one each part repeats.
      if (complex && inner > 1) addComplexChannels(x, b, out, outer, channels, inner);
      else addChannels(x, b, out, outer, complex ? channels * 2 : channels, inner);
      return [tensorValue(dtype, shape, out as unknown as DataOf[DType])];
    };
  };
}

function addChannels(
  x: FloatArray,
  bias: FloatArray,
  out: FloatArray,
  outer: number,
  channels: number,
  inner: number,
): void {
  if (inner === 1) {
    for (let r = 0, at = 0; r < outer; r++) {
      for (let c = 0; c < channels; c++, at++) out[at] = x[at]! + bias[c]!;
    }
    return;
  }
  for (let r = 0, at = 0; r < outer; r++) {
    for (let c = 0; c < channels; c++) {
      const b = bias[c]!;
      for (const end = at + inner; at < end; at++) out[at] = x[at]! + b;
    }
  }
}

function addComplexChannels(
  x: FloatArray,
  bias: FloatArray,
  out: FloatArray,
  outer: number,
  channels: number,
  inner: number,
): void {
  for (let i = 0; i < outer * channels * inner; i++) {
    const c = Math.floor(i / inner) % channels;
    out[2 * i] = x[2 * i]! + bias[2 * c]!;
    out[2 * i + 1] = x[2 * i + 1]! + bias[2 * c + 1]!;
  }
}

const biasAddGrad: KernelFactory = ({ attrs }) => {
  const dtype = attrs.type("T");
  const channelFirst = attrs.text("data_format") === "NCHW";
  return ([grad]) => {
    const { shape } = grad!;
    if (shape.length < 2) throw invalidArgument(`Input tensor must be at least 2D: ${shapeText(shape)}`);
    const [outer, channels, inner] = channelSplit(shape, channelFirst);
    if (float(dtype)) {
      const sums = new Float64Array(channels);
      sumChannels(realData(grad!), sums, outer, channels, inner);
      const out = dtype === "float64" ? sums : Float32Array.from(sums);
      return [realValue(dtype, [channels], out)];
    }
    const sums = allocate(dtype, channels) as NumericArray;
    if (dtype === "complex64" || dtype === "complex128") {
      sumComplexChannels(grad!.data as FloatArray, sums as FloatArray, outer, channels, inner);
    } else {
      sumChannels(grad!.data as unknown as FloatArray, sums as FloatArray, outer, channels, inner);
    }
    return [tensorValue(dtype, [channels], sums as DataOf[DType])];
  };
};

function sumChannels(x: FloatArray, sums: FloatArray, outer: number, channels: number, inner: number): void {
  if (inner === 1) {
    for (let r = 0, at = 0; r < outer; r++) {
      for (let c = 0; c < channels; c++, at++) sums[c] = sums[c]! + x[at]!;
    }
    return;
  }
  for (let r = 0, at = 0; r < outer; r++) {
    for (let c = 0; c < channels; c++) {
      for (let i = 0; i < inner; i++, at++) sums[c] = sums[c]! + x[at]!;
    }
  }
}

function sumComplexChannels(x: FloatArray, sums: FloatArray, outer: number, channels: number, inner: number): void {
  for (let i = 0; i < outer * channels * inner; i++) {
    const c = Math.floor(i / inner) % channels;
    sums[2 * c] = sums[2 * c]! + x[2 * i]!;
    sums[2 * c + 1] = sums[2 * c + 1]! + x[2 * i + 1]!;
  }
}

/** Host kernels of activations and biases. */
export const nnActivationKernels: KernelTable = {
  Relu: rectifier(reluLoop, undefined),
  Relu6: rectifier(relu6Loop, 6),
  ReluGrad: rectifierGrad(reluGradLoop, undefined),
  Relu6Grad: rectifierGrad(relu6GradLoop, 6),
  LeakyRelu: leakyRelu,
  LeakyReluGrad: leakyReluGrad,
  Elu: unary(eluLoop),
  EluGrad: gradient(eluGradLoop),
  Selu: unary(seluLoop),
  SeluGrad: gradient(seluGradLoop),
  Softplus: softplus,
  SoftplusGrad: gradient(softplusGradLoop),
  Softsign: unary(softsignLoop),
  SoftsignGrad: gradient(softsignGradLoop),
  BiasAdd: biasAdd(true),
  BiasAddV1: biasAdd(false),
  BiasAddGrad: biasAddGrad,
};
