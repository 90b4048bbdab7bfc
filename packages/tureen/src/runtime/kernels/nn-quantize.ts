import { elementCount, sameShape, shapeText } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../core/tensor-value.js";
import type { Attrs } from "../../graph/attr-value.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import { indicesOf } from "./array/cells.js";
import type { FloatArray } from "./linalg/gemm.js";
import { realArray, realData, realValue } from "./linalg/real-data.js";

const f = Math.fround;
const maxFloat32 = 3.4028234663852886e38;

/** A quantized range moved so that zero is one of its levels. */
interface Nudged {
  readonly min: number;
  readonly max: number;
  readonly scale: number;
  /** Of its own division, not 1/scale: at a tie the last bit decides. */
  readonly inverse: number;
}

/** In float32 throughout, as a level's rounding decides which quantum an input falls to. */
function nudge(min: number, max: number, low: number, high: number): Nudged {
  const scale = f(f(max - min) / f(high - low));
  const zeroFromMin = f(low - f(min / scale));
  const zero = zeroFromMin < low ? low : zeroFromMin > high ? high : Math.floor(zeroFromMin + 0.5);
  return {
    min: f(f(low - zero) * scale),
    max: f(f(high - zero) * scale),
    scale,
    inverse: f(f(high - low) / f(max - min)),
  };
}

function levels(attrs: Attrs): readonly [number, number] {
  const bits = attrs.int("num_bits");
  if (bits < 2 || bits > 16) throw invalidArgument(`num_bits must be between 2 and 16, inclusive`);
  return [attrs.bool("narrow_range") ? 1 : 0, 2 ** bits - 1];
}

/** Rounds every `stride`-th element, from `start` on. */
function fakeQuantize(x: FloatArray, out: FloatArray, range: Nudged, start: number, stride: number): void {
  const { min, max, scale, inverse } = range;
  for (let i = start; i < x.length; i += stride) {
    const v = x[i]!;
    const clamped = Math.min(max, Math.max(min, v));
    const shifted = f(clamped - min);
    out[i] = f(f(Math.floor(f(f(shifted * inverse) + 0.5))) * scale) + min;
  }
}

function argsRange(attrs: Attrs): Nudged {
  const [min, max] = [attrs.float("min"), attrs.float("max")];
  if (min >= max) throw invalidArgument(`min has to be smaller than max, was: ${min} >= ${max}`);
  return nudge(min, max, ...levels(attrs));
}

const fakeQuantArgs: KernelFactory = ({ attrs }) => {
  const range = argsRange(attrs);
  return ([inputs]) => {
    const out = new Float32Array(inputs!.data.length);
    fakeQuantize(inputs!.data as Float32Array, out, range, 0, 1);
    return [tensorValue("float32", inputs!.shape, out)];
  };
};

const fakeQuantArgsGradient: KernelFactory = ({ name, attrs }) => {
  const { min, max } = argsRange(attrs);
  return ([gradients, inputs]) => {
    if (!sameShape(gradients!.shape, inputs!.shape)) {
      throw invalidArgument(
        `Inputs to operation ${name} of type FakeQuantWithMinMaxArgsGradient must have the same size and shape.  Input 0: ${shapeText(gradients!.shape)} != input 1: ${shapeText(inputs!.shape)}`,
      );
    }
    const [dy, x] = [gradients!.data as Float32Array, inputs!.data as Float32Array];
    const out = new Float32Array(x.length);
    for (let i = 0; i < x.length; i++) out[i] = x[i]! >= min && x[i]! <= max ? dy[i]! : 0;
    return [tensorValue("float32", inputs!.shape, out)];
  };
};

function checkSameSize(gradients: TensorValue, inputs: TensorValue): void {
  if (!sameShape(gradients.shape, inputs.shape)) throw invalidArgument("gradient and input must be the same size");
}

/** The range of each channel (one for the scalar form), undefined where both ends are 0: such a channel becomes 0. */
function ranges(attrs: Attrs, min: TensorValue, max: TensorValue): (Nudged | undefined)[] {
  const [low, high] = levels(attrs);
  const [a, b] = [min.data as Float32Array, max.data as Float32Array];
  return Array.from(a, (lo, i) => (lo === 0 && b[i] === 0 ? undefined : nudge(lo, b[i]!, low, high)));
}

function fakeQuantVars(perChannel: boolean): KernelFactory {
  return ({ attrs }) => {
    levels(attrs);
    return ([inputs, min, max]) => {
      if (perChannel) checkChannels(inputs!, min!, max!);
      else checkScalars(min!, max!);
      const x = inputs!.data as Float32Array;
      const out = new Float32Array(x.length);
      const channels = ranges(attrs, min!, max!);
      channels.forEach((range, c) => {
        if (range !== undefined) fakeQuantize(x, out, range, c, channels.length);
      });
      return [tensorValue("float32", inputs!.shape, out)];
    };
  };
}

function checkScalars(min: TensorValue, max: TensorValue): void {
  for (const [name, value] of [
    ["min", min],
    ["max", max],
  ] as const) {
    if (value.shape.length !== 0) throw invalidArgument(`\`${name}\` must be rank 0 but is rank ${value.shape.length}`);
  }
}

function checkChannels(inputs: TensorValue, min: TensorValue, max: TensorValue): void {
  const depth = inputs.shape.at(-1);
  for (const [name, value] of [
    ["min", min],
    ["max", max],
  ] as const) {
    if (value.shape.length !== 1) throw invalidArgument(`\`${name}\` must be rank 1 but is rank ${value.shape.length}`);
    if (value.shape[0] !== depth) {
      throw invalidArgument(`${name} has incorrect size, expected ${depth} was ${value.shape[0]}`);
    }
  }
}

function fakeQuantVarsGradient(perChannel: boolean): KernelFactory {
  return ({ attrs }) => {
    levels(attrs);
    return ([gradients, inputs, min, max]) => {
      checkSameSize(gradients!, inputs!);
      if (perChannel) checkChannels(inputs!, min!, max!);
      else checkScalars(min!, max!);
      const [dy, x] = [gradients!.data as Float32Array, inputs!.data as Float32Array];
      const channels = ranges(attrs, min!, max!);
      const out = new Float32Array(x.length);
      const [below, above] = [new Float32Array(channels.length), new Float32Array(channels.length)];
      channels.forEach((range, c) => {
        let [sumBelow, sumAbove] = [0, 0];
        for (let i = c; i < x.length; i += channels.length) {
          if (range === undefined) out[i] = dy[i]!;
          else if (x[i]! < range.min) sumBelow += dy[i]!;
          else if (x[i]! > range.max) sumAbove += dy[i]!;
          else if (!Number.isNaN(x[i]!)) out[i] = dy[i]!;
        }
        below[c] = sumBelow;
        above[c] = sumAbove;
      });
      const shape = perChannel ? [channels.length] : [];
      return [
        tensorValue("float32", inputs!.shape, out),
        tensorValue("float32", shape, below),
        tensorValue("float32", shape, above),
      ];
    };
  };
}

interface QuantizeSettings {
  readonly signed: boolean;
  readonly narrow: boolean;
  readonly rangeGiven: boolean;
  readonly halfUp: boolean;
  readonly axis: number;
}

/** QuantizeAndDequantize from V2 on: a symmetric range around zero (or from zero up, unsigned), one a tensor or one a slice along `axis`. */
function quantizeAndDequantize(bitsInput: boolean): KernelFactory {
  return ({ attrs }) => {
    const settings: QuantizeSettings = {
      signed: attrs.bool("signed_input"),
      narrow: attrs.bool("narrow_range"),
      rangeGiven: attrs.bool("range_given"),
      halfUp: !bitsInput && attrs.text("round_mode") === "HALF_UP",
      axis: attrs.int("axis"),
    };
    const fixedBits = bitsInput ? undefined : attrs.int("num_bits");
    return ([input, inputMin, inputMax, bitsTensor]) => {
      const bits = fixedBits ?? indicesOf(bitsTensor!)[0]!;
      const single = input!.dtype !== "float64";
      const x = realData(input!);
      const out = realArray(input!.dtype, x.length);
      const [mins, maxs] = [realData(inputMin!), realData(inputMax!)];
      const { axis } = settings;
      if (axis < -1 || axis >= input!.shape.length) {
        throw invalidArgument(`Axis should be at least -1${axis < -1 ? "" : ` and less than ${input!.shape.length}`}`);
      }
      const channels = axis < 0 ? 1 : input!.shape[axis]!;
      const inner = axis < 0 ? x.length : elementCount(input!.shape.slice(axis + 1));
      for (let c = 0; c < channels; c++) {
        let [lo, hi] = [mins[c]!, maxs[c]!];
        if (settings.rangeGiven) {
          if (lo > hi) throw invalidArgument(`Invalid range: input_min ${lo} > input_max ${hi}`);
        } else {
          [lo, hi] = extent(x, c, channels, inner);
        }
        quantizeSlice(x, out, c, channels, inner, lo, hi, bits, settings, single);
      }
      return [realValue(input!.dtype, input!.shape, out)];
    };
  };
}

/** The first form of the op, with the range as attributes and whole tensors only. */
const quantizeByAttrs: KernelFactory = ({ attrs, inputTypes }) => {
  const dtype = inputTypes[0]!;
  const settings: QuantizeSettings = {
    signed: attrs.bool("signed_input"),
    narrow: false,
    rangeGiven: attrs.bool("range_given"),
    halfUp: false,
    axis: -1,
  };
  const bits = attrs.int("num_bits");
  const given = [attrs.float("input_min"), attrs.float("input_max")] as const;
  return ([input]) => {
    const x = realData(input!);
    const out = realArray(dtype, x.length);
    const [lo, hi] = settings.rangeGiven ? given : extent(x, 0, 1, x.length);
    quantizeSlice(x, out, 0, 1, x.length, lo, hi, bits, settings, dtype !== "float64");
    return [realValue(dtype, input!.shape, out)];
  };
};

function extent(x: FloatArray, channel: number, channels: number, inner: number): [number, number] {
  let [lo, hi] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let from = channel * inner; from < x.length; from += channels * inner) {
    for (let i = from; i < from + inner; i++) {
      if (x[i]! < lo) lo = x[i]!;
      if (x[i]! > hi) hi = x[i]!;
    }
  }
  return [lo, hi];
}

function quantizeSlice(
  x: FloatArray,
  out: FloatArray,
  channel: number,
  channels: number,
  inner: number,
  lo: number,
  hi: number,
  bits: number,
  { signed, narrow, rangeGiven, halfUp }: QuantizeSettings,
  single: boolean,
): void {
  const low = signed ? -(2 ** (bits - 1)) + (narrow ? 1 : 0) : 0;
  const high = signed ? 2 ** (bits - 1) - 1 : 2 ** bits - 1;
  const largest = single ? maxFloat32 : Number.MAX_VALUE;
  const round = single ? f : (value: number): number => value;
  const fromMin = low * lo > 0 ? round(low / lo) : largest;
  const fromMax = high * hi > 0 ? round(high / hi) : largest;
  let [min, max] = [lo, hi];
  let scale: number;
  let inverse: number;
  if (fromMin < fromMax) {
    scale = fromMin;
    inverse = round(lo / low);
    max = round(high * inverse);
  } else {
    scale = fromMax;
    inverse = round(hi / high);
    min = round(low * inverse);
  }
  for (let from = channel * inner; from < x.length; from += channels * inner) {
    for (let i = from; i < from + inner; i++) {
      const v = x[i]!;
      const clamped = rangeGiven ? Math.min(max, Math.max(min, v)) : v;
      const scaled = round(clamped * scale);
      out[i] = (halfUp ? Math.floor(round(scaled + 0.5)) : roundToEven(scaled)) * inverse;
    }
  }
}

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest < 0.5) return floor;
  if (rest > 0.5) return floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

/** TensorFlow passes no gradient to the ends of the range: both are zeros. */
const quantizeAndDequantizeV4Grad: KernelFactory = ({ attrs }) => {
  const axis = attrs.int("axis");
  return ([gradients, input, inputMin, inputMax]) => {
    checkSameSize(gradients!, input!);
    const { dtype, shape } = input!;
    const [dy, x] = [realData(gradients!), realData(input!)];
    const [mins, maxs] = [realData(inputMin!), realData(inputMax!)];
    const channels = axis < 0 ? 1 : shape[axis]!;
    for (const [name, ends] of [
      ["min", mins],
      ["max", maxs],
    ] as const) {
      if (axis >= 0 && ends.length !== channels) {
        throw invalidArgument(`${name} has incorrect size, expected ${channels} was ${ends.length}`);
      }
    }
    const inner = axis < 0 ? x.length : elementCount(shape.slice(axis + 1));
    const out = realArray(dtype, x.length);
    for (let i = 0; i < x.length; i++) {
      const c = axis < 0 ? 0 : Math.floor(i / inner) % channels;
      if (x[i]! >= mins[c]! && x[i]! <= maxs[c]!) out[i] = dy[i]!;
    }
    const ends = axis < 0 ? [] : [channels];
    return [
      realValue(dtype, shape, out),
      realValue(dtype, ends, realArray(dtype, channels)),
      realValue(dtype, ends, realArray(dtype, channels)),
    ];
  };
};

/** Host kernels of simulated quantization. */
export const nnQuantizeKernels: KernelTable = {
  FakeQuantWithMinMaxArgs: fakeQuantArgs,
  FakeQuantWithMinMaxArgsGradient: fakeQuantArgsGradient,
  FakeQuantWithMinMaxVars: fakeQuantVars(false),
  FakeQuantWithMinMaxVarsGradient: fakeQuantVarsGradient(false),
  FakeQuantWithMinMaxVarsPerChannel: fakeQuantVars(true),
  FakeQuantWithMinMaxVarsPerChannelGradient: fakeQuantVarsGradient(true),
  QuantizeAndDequantize: quantizeByAttrs,
  QuantizeAndDequantizeV2: quantizeAndDequantize(false),
  QuantizeAndDequantizeV3: quantizeAndDequantize(true),
  QuantizeAndDequantizeV4: quantizeAndDequantize(false),
  QuantizeAndDequantizeV4Grad: quantizeAndDequantizeV4Grad,
};
