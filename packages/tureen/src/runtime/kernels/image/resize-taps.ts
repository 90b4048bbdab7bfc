import { type AxisTaps, emptyTaps } from "./resample.js";

const f = Math.fround;

/** How output positions map to input positions. */
export interface Centers {
  readonly alignCorners: boolean;
  readonly halfPixel: boolean;
}

/** Input pixels an output pixel, in float32 as TensorFlow's `CalculateResizeScale`. */
export function resizeScale(input: number, output: number, alignCorners: boolean): number {
  return alignCorners && output > 1 ? f((input - 1) / (output - 1)) : f(input / output);
}

function position(at: number, scale: number, halfPixel: boolean): number {
  return halfPixel ? f(f(f(at + 0.5) * scale) - 0.5) : f(at * scale);
}

/** Two taps an output. */
export function bilinearTaps(input: number, output: number, { alignCorners, halfPixel }: Centers): AxisTaps {
  const scale = resizeScale(input, output, alignCorners);
  const axis = emptyTaps(output, 2);
  for (let i = 0; i < output; i++) {
    const at = position(i, scale, halfPixel);
    const floor = Math.floor(at);
    const lerp = f(at - floor);
    axis.index[2 * i] = Math.max(floor, 0);
    axis.index[2 * i + 1] = Math.min(Math.ceil(at), input - 1);
    axis.weight[2 * i] = 1 - lerp;
    axis.weight[2 * i + 1] = lerp;
  }
  return axis;
}

/** One tap an output. */
export function nearestTaps(input: number, output: number, { alignCorners, halfPixel }: Centers): AxisTaps {
  const scale = resizeScale(input, output, alignCorners);
  const axis = emptyTaps(output, 1);
  axis.weight.fill(1);
  for (let i = 0; i < output; i++) {
    const at = halfPixel ? f(f(i + 0.5) * scale) : f(i * scale);
    const index = alignCorners ? roundAway(at) : Math.floor(at);
    axis.index[i] = Math.min(Math.max(index, 0), input - 1);
  }
  return axis;
}

/** C's `roundf` for what is not negative: halves go up. */
function roundAway(value: number): number {
  return Math.floor(value + 0.5);
}

/** TensorFlow looks cubic weights up in a table of this many steps a pixel. */
const cubicSteps = 1024;

function cubicTable(a: number): Float32Array {
  const table = new Float32Array((cubicSteps + 1) * 2);
  for (let i = 0; i <= cubicSteps; i++) {
    let x = i / cubicSteps;
    table[2 * i] = ((a + 2) * x - (a + 3)) * x * x + 1;
    x += 1;
    table[2 * i + 1] = ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
  }
  return table;
}

let keysTable: Float32Array | undefined;
let oldTable: Float32Array | undefined;

/** Keys' kernel (a = -1/2) is used with half-pixel centers, the older a = -3/4 otherwise; made when first used. */
function cubicTableOf(halfPixel: boolean): Float32Array {
  if (halfPixel) {
    keysTable ??= cubicTable(-0.5);
    return keysTable;
  }
  oldTable ??= cubicTable(-0.75);
  return oldTable;
}

/** Four taps an output. */
export function bicubicTaps(input: number, output: number, { alignCorners, halfPixel }: Centers): AxisTaps {
  const scale = resizeScale(input, output, alignCorners);
  const table = cubicTableOf(halfPixel);
  const axis = emptyTaps(output, 4);
  for (let i = 0; i < output; i++) {
    const at = position(i, scale, halfPixel);
    const base = Math.floor(at);
    const offset = roundToEven(f(f(at - base) * cubicSteps));
    const weights = [
      table[offset * 2 + 1]!,
      table[offset * 2]!,
      table[(cubicSteps - offset) * 2]!,
      table[(cubicSteps - offset) * 2 + 1]!,
    ];
    let sum = 0;
    for (let t = 0; t < 4; t++) {
      const wanted = base - 1 + t;
      const index = Math.min(Math.max(wanted, 0), input - 1);
      // With half-pixel centers what lies outside does not count, and the rest is scaled up for it.
      const weight = halfPixel && index !== wanted ? 0 : weights[t]!;
      axis.index[4 * i + t] = index;
      axis.weight[4 * i + t] = weight;
      sum += weight;
    }
    if (halfPixel && Math.abs(sum) >= 1000 * smallestFloat) {
      for (let t = 0; t < 4; t++) axis.weight[4 * i + t] = axis.weight[4 * i + t]! / sum;
    }
  }
  return axis;
}

/** The smallest normal float32. */
const smallestFloat = 2 ** -126;

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** As many taps as an output pixel's area touches. */
export function areaTaps(input: number, output: number, alignCorners: boolean): AxisTaps {
  const scale = resizeScale(input, output, alignCorners);
  const taps = Math.ceil(scale) + 1;
  const axis = emptyTaps(output, taps);
  for (let i = 0; i < output; i++) {
    const from = f(i * scale);
    const to = f((i + 1) * scale);
    const first = Math.floor(from);
    const end = Math.ceil(to);
    for (let p = first; p < end && p - first < taps; p++) {
      const covered = p < from ? (p + 1 > to ? scale : p + 1 - from) : p + 1 > to ? to - p : 1;
      axis.index[i * taps + p - first] = Math.min(Math.max(p, 0), input - 1);
      axis.weight[i * taps + p - first] = covered / scale;
    }
  }
  return axis;
}
