import { type FloatArray, gemm } from "../linalg/gemm.js";
import type { WindowGeometry } from "./conv-geometry.js";
import { pixelsPerTable, tapTable } from "./tap-table.js";

/** A convolution over channel-last data. `groups` divides both channel counts. */
export interface Convolution {
  readonly geometry: WindowGeometry;
  readonly batch: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly groups: number;
}

/** Patches are laid out this many numbers at a time: enough for an efficient product, little enough to stay in a cache. */
const patchNumbers = 1 << 18;

interface Sizes {
  readonly taps: number;
  readonly depth: number;
  readonly groupIn: number;
  readonly groupOut: number;
  readonly pixels: number;
  readonly chunk: number;
}

function sizesOf({ geometry, inChannels, outChannels, groups }: Convolution): Sizes {
  const [wd, wh, ww] = geometry.window;
  const [od, oh, ow] = geometry.output;
  const taps = wd * wh * ww;
  const groupIn = inChannels / groups;
  const depth = taps * groupIn;
  const pixels = od * oh * ow;
  return {
    taps,
    depth,
    groupIn,
    groupOut: outChannels / groups,
    pixels,
    chunk: Math.max(1, Math.min(pixels, Math.floor(patchNumbers / Math.max(1, depth)))),
  };
}

/** Whether each output pixel's patch is just an input pixel, so that the data already is the patch matrix. */
function isPointwise({ geometry: { window, strides, before }, groups }: Convolution): boolean {
  return (
    groups === 1 &&
    window.every((size) => size === 1) &&
    strides.every((size) => size === 1) &&
    before.every((size) => size === 0)
  );
}

/** Lays out the patches of one image's output pixels, `depth` numbers each; zeros where a tap lies outside the input. */
function fillPatches(
  table: Int32Array,
  data: FloatArray,
  start: number,
  inChannels: number,
  groupIn: number,
  patches: FloatArray,
): void {
  let to = 0;
  for (let i = 0; i < table.length; i++) {
    const pixel = table[i]!;
    if (pixel < 0) {
      for (let c = 0; c < groupIn; c++) patches[to++] = 0;
      continue;
    }
    const from = start + pixel * inChannels;
    for (let c = 0; c < groupIn; c++) patches[to++] = data[from + c]!;
  }
}

/** Adds patches back to where `fillPatches` took them from. */
function addPatches(
  table: Int32Array,
  patches: FloatArray,
  start: number,
  inChannels: number,
  groupIn: number,
  target: FloatArray,
): void {
  for (let i = 0; i < table.length; i++) {
    const pixel = table[i]!;
    if (pixel < 0) continue;
    const to = start + pixel * inChannels;
    const from = i * groupIn;
    for (let c = 0; c < groupIn; c++) target[to + c] = target[to + c]! + patches[from + c]!;
  }
}

/** The columns of a filter (or the channels of an output) that belong to one group, side by side. */
function groupColumns(
  data: FloatArray,
  offset: number,
  rows: number,
  columns: number,
  from: number,
  width: number,
): FloatArray {
  const result = data.slice(0, rows * width);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < width; c++) result[r * width + c] = data[offset + r * columns + from + c]!;
  }
  return result;
}

const plain = (data: FloatArray, offset = 0): { data: FloatArray; offset: number; transposed: boolean } => ({
  data,
  offset,
  transposed: false,
});
const turned = (data: FloatArray, offset = 0): { data: FloatArray; offset: number; transposed: boolean } => ({
  data,
  offset,
  transposed: true,
});

/** Writes the convolution of `data` with `filter` into `out`. */
export function convolve(conv: Convolution, data: FloatArray, filter: FloatArray, out: FloatArray): void {
  const { batch, inChannels, outChannels, groups } = conv;
  const sizes = sizesOf(conv);
  const { depth, groupOut, pixels, chunk } = sizes;
  if (isPointwise(conv)) {
    gemm(batch * pixels, outChannels, inChannels, plain(data), plain(filter), out, 0);
    return;
  }
  const inputSize = inChannels * product(conv.geometry.input);
  const patches = emptyLike(data, chunk * depth);
  const partial = groups === 1 ? undefined : emptyLike(out, chunk * groupOut);
  for (let group = 0; group < groups; group++) {
    const weights = groups === 1 ? filter : groupColumns(filter, 0, depth, outChannels, group * groupOut, groupOut);
    for (let from = 0; from < pixels; from += chunk) {
      const to = Math.min(pixels, from + chunk);
      const table = tapTable(conv.geometry, from, to);
      for (let n = 0; n < batch; n++) {
        fillPatches(table, data, n * inputSize + group * sizes.groupIn, inChannels, sizes.groupIn, patches);
        const at = (n * pixels + from) * outChannels;
        if (partial === undefined) {
          gemm(to - from, outChannels, depth, plain(patches), plain(weights), out, at);
          continue;
        }
        gemm(to - from, groupOut, depth, plain(patches), plain(weights), partial, 0);
        for (let p = 0; p < to - from; p++) {
          const target = at + p * outChannels + group * groupOut;
          for (let c = 0; c < groupOut; c++) out[target + c] = partial[p * groupOut + c]!;
        }
      }
    }
  }
}

/** Adds the gradient with respect to the filter into `filterGrad`, which starts as zeros. */
export function convolveBackToFilter(
  conv: Convolution,
  data: FloatArray,
  outGrad: FloatArray,
  filterGrad: FloatArray,
): void {
  const { batch, inChannels, outChannels, groups } = conv;
  const sizes = sizesOf(conv);
  const { depth, groupOut, pixels, chunk } = sizes;
  if (isPointwise(conv)) {
    gemm(inChannels, outChannels, batch * pixels, turned(data), plain(outGrad), filterGrad, 0);
    return;
  }
  const inputSize = inChannels * product(conv.geometry.input);
  const patches = emptyLike(data, chunk * depth);
  const partial = emptyLike(filterGrad, depth * groupOut);
  for (let group = 0; group < groups; group++) {
    for (let from = 0; from < pixels; from += chunk) {
      const to = Math.min(pixels, from + chunk);
      const table = tapTable(conv.geometry, from, to);
      for (let n = 0; n < batch; n++) {
        fillPatches(table, data, n * inputSize + group * sizes.groupIn, inChannels, sizes.groupIn, patches);
        const at = (n * pixels + from) * outChannels;
        const grads =
          groups === 1
            ? plain(outGrad, at)
            : plain(groupColumns(outGrad, at, to - from, outChannels, group * groupOut, groupOut));
        gemm(depth, groupOut, to - from, turned(patches), grads, partial, 0);
        for (let r = 0; r < depth; r++) {
          const target = r * outChannels + group * groupOut;
          for (let c = 0; c < groupOut; c++)
            filterGrad[target + c] = filterGrad[target + c]! + partial[r * groupOut + c]!;
        }
      }
    }
  }
}

/** Adds the gradient with respect to the input into `inputGrad`, which starts as zeros. */
export function convolveBackToInput(
  conv: Convolution,
  filter: FloatArray,
  outGrad: FloatArray,
  inputGrad: FloatArray,
): void {
  const { batch, inChannels, outChannels, groups } = conv;
  const sizes = sizesOf(conv);
  const { depth, groupIn, groupOut, pixels, chunk } = sizes;
  if (isPointwise(conv)) {
    gemm(batch * pixels, inChannels, outChannels, plain(outGrad), turned(filter), inputGrad, 0);
    return;
  }
  const inputSize = inChannels * product(conv.geometry.input);
  const patches = emptyLike(inputGrad, chunk * depth);
  for (let group = 0; group < groups; group++) {
    const weights = groups === 1 ? filter : groupColumns(filter, 0, depth, outChannels, group * groupOut, groupOut);
    for (let from = 0; from < pixels; from += chunk) {
      const to = Math.min(pixels, from + chunk);
      const table = tapTable(conv.geometry, from, to);
      for (let n = 0; n < batch; n++) {
        const at = (n * pixels + from) * outChannels;
        const grads =
          groups === 1
            ? plain(outGrad, at)
            : plain(groupColumns(outGrad, at, to - from, outChannels, group * groupOut, groupOut));
        gemm(to - from, depth, groupOut, grads, turned(weights), patches, 0);
        addPatches(table, patches, n * inputSize + group * groupIn, inChannels, groupIn, inputGrad);
      }
    }
  }
}

/** A convolution of each channel on its own: `multiplier` outputs a channel, filter `[taps, channels, multiplier]`. */
export function depthwise(
  conv: Convolution,
  multiplier: number,
  data: FloatArray,
  filter: FloatArray,
  out: FloatArray,
): void {
  const { inChannels, outChannels } = conv;
  forDepthwise(conv, (table, taps, source, target) => {
    for (let i = 0; i < table.length; i++) {
      if (table[i]! < 0) continue;
      const from = source + table[i]! * inChannels;
      const weights = (i % taps) * outChannels;
      const to = target + Math.floor(i / taps) * outChannels;
      if (multiplier === 1) multiplyAdd(out, to, data, from, filter, weights, inChannels);
      else spreadAdd(out, to, data, from, filter, weights, inChannels, multiplier);
    }
  });
}

function multiplyAdd(
  out: FloatArray,
  to: number,
  x: FloatArray,
  from: number,
  w: FloatArray,
  at: number,
  count: number,
): void {
  for (let c = 0; c < count; c++) out[to + c] = out[to + c]! + x[from + c]! * w[at + c]!;
}

function spreadAdd(
  out: FloatArray,
  to: number,
  x: FloatArray,
  from: number,
  w: FloatArray,
  at: number,
  count: number,
  multiplier: number,
): void {
  for (let c = 0, o = 0; c < count; c++) {
    const value = x[from + c]!;
    for (let m = 0; m < multiplier; m++, o++) out[to + o] = out[to + o]! + value * w[at + o]!;
  }
}

/** Gives `visit` each table of taps with where its image's input and output pixels begin. */
function forDepthwise(
  { batch, inChannels, outChannels, geometry }: Convolution,
  visit: (table: Int32Array, taps: number, source: number, target: number) => void,
): void {
  const pixels = product(geometry.output);
  const chunk = pixelsPerTable(geometry);
  for (let from = 0; from < pixels; from += chunk) {
    const table = tapTable(geometry, from, Math.min(pixels, from + chunk));
    for (let n = 0; n < batch; n++) {
      visit(
        table,
        product(geometry.window),
        n * inChannels * product(geometry.input),
        (n * pixels + from) * outChannels,
      );
    }
  }
}

/** Adds depthwise gradients into `target`: with respect to the input (`other` is the filter) or to the filter (`other` is the input). */
export function depthwiseBack(
  conv: Convolution,
  multiplier: number,
  outGrad: FloatArray,
  other: FloatArray,
  target: FloatArray,
  to: "input" | "filter",
): void {
  const { inChannels, outChannels } = conv;
  forDepthwise(conv, (table, taps, source, grads) => {
    for (let i = 0; i < table.length; i++) {
      if (table[i]! < 0) continue;
      const at = source + table[i]! * inChannels;
      const weights = (i % taps) * outChannels;
      const from = grads + Math.floor(i / taps) * outChannels;
      if (to === "input") gatherAdd(target, at, outGrad, from, other, weights, inChannels, multiplier);
      else spreadAdd(target, weights, other, at, outGrad, from, inChannels, multiplier);
    }
  });
}

function gatherAdd(
  out: FloatArray,
  to: number,
  grad: FloatArray,
  from: number,
  w: FloatArray,
  at: number,
  count: number,
  multiplier: number,
): void {
  for (let c = 0, o = 0; c < count; c++) {
    let sum = 0;
    for (let m = 0; m < multiplier; m++, o++) sum += grad[from + o]! * w[at + o]!;
    out[to + c] = out[to + c]! + sum;
  }
}

function product([a, b, c]: readonly [number, number, number]): number {
  return a * b * c;
}

function emptyLike(data: FloatArray, length: number): FloatArray {
  return data.BYTES_PER_ELEMENT === 4 ? new Float32Array(length) : new Float64Array(length);
}
