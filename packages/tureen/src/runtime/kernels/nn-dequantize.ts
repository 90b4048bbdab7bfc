import { dtypeLabel } from "../../core/dtype.js";
import { elementCount } from "../../core/shape.js";
import { invalidArgument, unimplemented } from "../../core/status-error.js";
import { floatValue, type TensorValue } from "../../core/tensor-value.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import { newValue } from "./array/cells.js";
import { numberWriter } from "./array/number-access.js";

const f = Math.fround;

/** The integers of a quantized dtype. */
interface Levels {
  readonly low: number;
  readonly high: number;
}

const levels: Readonly<Record<string, Levels>> = {
  qint8: { low: -128, high: 127 },
  quint8: { low: 0, high: 255 },
  qint16: { low: -32768, high: 32767 },
  quint16: { low: 0, high: 65535 },
  qint32: { low: -2147483648, high: 2147483647 },
};

/** C++'s round: halves away from zero. */
function roundAway(x: number): number {
  return x < 0 ? -Math.floor(-x + 0.5) : Math.floor(x + 0.5);
}

/** The nearest integer, halves to the even one. */
function roundEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
}

function clamp(x: number, low: number, high: number): number {
  return Math.min(Math.max(x, low), high);
}

/** Half of the range of a signed dtype: what lies below its zero. */
function halfRange({ low, high }: Levels): number {
  return low === 0 ? 0 : f(f(high - low + 1) / 2);
}

/** A range that holds zero and is wide enough to tell its levels apart. */
function widened(min: number, max: number, least: number): readonly [number, number] {
  const low = Math.min(0, min);
  const epsilon = f(Math.max(1, Math.max(Math.abs(min), Math.abs(max))) * least);
  return [low, Math.max(0, Math.max(max, f(low + epsilon)))];
}

type Mode = "MIN_COMBINED" | "MIN_FIRST" | "SCALED";

/** One element to its level, and the range that levels mean. */
interface Quantizer {
  readonly quantize: (x: number) => number;
  readonly min: number;
  readonly max: number;
}

function quantizer(
  mode: Mode,
  { low, high }: Levels,
  even: boolean,
  narrow: boolean,
  min: number,
  max: number,
): Quantizer {
  if (mode === "SCALED") {
    const least = low + (narrow ? 1 : 0);
    const fromMin = least * min > 0 ? f(least / min) : 3.4028234663852886e38;
    const fromMax = high * max > 0 ? f(high / max) : 3.4028234663852886e38;
    const scale = Math.min(fromMin, fromMax);
    const [from, to] = [f(least / scale), f(high / scale)];
    const round = even ? roundEven : roundAway;
    return { quantize: (x) => round(f(clamp(x, from, to) * scale)), min: from, max: to };
  }
  if (mode === "MIN_COMBINED") {
    const scale = f(f(high - low) / f(max - min));
    const half = halfRange({ low, high });
    if (low === 0) {
      return { quantize: (x) => Math.trunc(f(f(f(clamp(x, min, max) - min) * scale) + 0.5)), min, max };
    }
    return { quantize: (x) => roundAway(f(f(f(clamp(x, min, max) - min) * scale) - half)), min, max };
  }
  // The range is rounded to whole levels first, in float32.
  const steps = high - low + 1;
  const range = f(max - min);
  const scale = f((high - low) / f(range * (steps / (steps - 1)) - range / (steps - 1)));
  const shift = f(roundAway(f(min * scale)) - low);
  // The largest float32 that is still a level.
  const top = high === 2147483647 ? 2147483520 : high;
  return { quantize: (x) => clamp(f(f(roundAway(f(x * scale))) - shift), low, top), min, max };
}

const quantizeV2: KernelFactory = ({ attrs, outputTypes }) => {
  const dtype = outputTypes[0]!;
  const own = levels[dtype]!;
  const mode = attrs.text("mode") as Mode;
  const even = attrs.text("round_mode") === "HALF_TO_EVEN";
  if (even && mode !== "SCALED") {
    // The blanks are TensorFlow's.
    throw invalidArgument(`Round mode 'HALF_TO_EVEN' only supported for mode 'SCALED', b  ut mode is '${mode}'.`);
  }
  const narrow = attrs.bool("narrow_range");
  const axis = attrs.int("axis");
  const least = attrs.float("ensure_minimum_range");
  return (inputs) => {
    const [input, minRange, maxRange] = inputs as readonly [TensorValue, TensorValue, TensorValue];
    const rank = input.shape.length;
    if (axis < -1) throw invalidArgument(`Axis must be at least -1, got ${axis}`);
    if (axis >= rank && axis !== -1) {
      throw invalidArgument(
        `Axis is on a zero-based index, so its value must always be less than number of input's dims, but given axis value was ${axis} and input's dims was ${rank}`,
      );
    }
    const slices = axis < 0 ? 1 : input.shape[axis]!;
    for (const [name, value] of [
      ["min_range", minRange],
      ["max_range", maxRange],
    ] as const) {
      const count = elementCount(value.shape);
      if (axis < 0 && count !== 1) {
        throw invalidArgument(
          `If axis is not specified, ${name} must contain a single float element, but it contains ${count} elements`,
        );
      }
      if (axis >= 0 && (value.shape.length !== 1 || count !== slices)) {
        throw invalidArgument(
          `If axis is specified, ${name} must be a 1-D tensor whose size matches the axis dimension of the input and output tensors, but ${name} is a ${value.shape.length}-D tensor of size ${count} and input's axis dimension is of size ${slices}`,
        );
      }
    }
    const [mins, maxs] = [minRange.data as Float32Array, maxRange.data as Float32Array];
    const output = newValue(dtype, input.shape);
    const write = numberWriter(output);
    const x = input.data as Float32Array;
    const inner = axis < 0 ? x.length : elementCount(input.shape.slice(axis + 1));
    const [lows, highs] = [new Float32Array(slices), new Float32Array(slices)];
    for (let s = 0; s < slices; s++) {
      if (maxs[s]! < mins[s]!) throw invalidArgument("input_max_range must be larger than input_min_range.");
      const [min, max] = widened(mins[s]!, maxs[s]!, least);
      const { quantize, min: from, max: to } = quantizer(mode, own, even, narrow, min, max);
      lows[s] = from;
      highs[s] = to;
      for (let start = s * inner; start < x.length; start += slices * inner) {
        for (let i = start; i < start + inner; i++) write(i, quantize(x[i]!));
      }
    }
    const ends = axis < 0 ? [] : [slices];
    return [output, floatValue(lows, ends), floatValue(highs, ends)];
  };
};

const dequantize: KernelFactory = ({ attrs, inputTypes, outputTypes }) => {
  const own = levels[inputTypes[0]!]!;
  const dtype = outputTypes[0]!;
  const mode = attrs.text("mode") as Mode;
  if (dtype !== "float32" && mode !== "MIN_COMBINED") {
    throw invalidArgument(`When output type is ${dtypeLabel(dtype)}, Mode string must be 'MIN_COMBINED', is '${mode}'`);
  }
  const narrow = attrs.bool("narrow_range");
  const axis = attrs.int("axis");
  return (inputs) => {
    const [input, minRange, maxRange] = inputs as readonly [TensorValue, TensorValue, TensorValue];
    if (axis >= input.shape.length) {
      throw invalidArgument(`Axis must be less than input dimension(${input.shape.length}), got ${axis}`);
    }
    const slices = axis < 0 ? 1 : input.shape[axis]!;
    for (const [name, value] of [
      ["input_min_tensor", minRange],
      ["input_max_tensor", maxRange],
    ] as const) {
      const count = elementCount(value.shape);
      if (count === slices) continue;
      throw invalidArgument(
        `${name} must have as many elements as input on the dequantization axis (${axis}), got ${count}, expected ${slices}`,
      );
    }
    if (slices !== 1 && mode === "MIN_FIRST") {
      throw unimplemented("MIN_FIRST mode is not implemented for Dequantize with axis != -1.");
    }
    const output = newValue(dtype, input.shape);
    const write = numberWriter(output);
    const data = input.data as Int32Array;
    const [mins, maxs] = [minRange.data as Float32Array, maxRange.data as Float32Array];
    const inner = axis < 0 ? data.length : elementCount(input.shape.slice(axis + 1));
    for (let s = 0; s < slices; s++) {
      const restore = restorer(mode, own, narrow, mins[s]!, maxs[s]!);
      for (let start = s * inner; start < data.length; start += slices * inner) {
        for (let i = start; i < start + inner; i++) write(i, restore(data[i]!));
      }
    }
    return [output];
  };
};

function restorer(mode: Mode, { low, high }: Levels, narrow: boolean, min: number, max: number): (q: number) => number {
  if (mode === "SCALED") {
    const least = low + (narrow ? 1 : 0);
    const scale = low === 0 ? f(max / high) : Math.max(f(min / least), f(max / high));
    return (q) => f(f(q) * scale);
  }
  if (mode === "MIN_COMBINED") {
    const half = halfRange({ low, high });
    const scale = f(f(max - min) / f(high - low));
    return (q) => f(f(f(f(q) + half) * scale) + min);
  }
  const steps = high - low + 1;
  const range = (f(max - min) * steps) / (steps - 1);
  const scale = f(range / steps);
  // The range's end is moved to a whole level.
  const start = f(roundAway(f(min / scale)) * scale);
  return (q) => f(start + f(f(q - low) * scale));
}

/** Host kernels that turn floats into quantized integers and back. */
export const nnDequantizeKernels: KernelTable = { QuantizeV2: quantizeV2, Dequantize: dequantize };
