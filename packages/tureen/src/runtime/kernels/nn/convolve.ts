import { type FloatArray, gemm } from "../linalg/gemm.js";
import type { WindowGeometry } from "./conv-geometry.js";

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

/** Visits the taps of a run of output pixels: `visit(patch index, input pixel)` for those inside the input. */
function forTaps(
  { input, window, strides, dilations, before, output }: WindowGeometry,
  from: number,
  to: number,
  visit: (tap: number, pixel: number) => void,
): void {
  const [, ih, iw] = input;
  const [wd, wh, ww] = window;
  const [, oh, ow] = output;
  for (let pixel = from; pixel < to; pixel++) {
    const x0 = (pixel % ow) * strides[2] - before[2];
    const y0 = (Math.floor(pixel / ow) % oh) * strides[1] - before[1];
    const z0 = Math.floor(pixel / (ow * oh)) * strides[0] - before[0];
    let tap = (pixel - from) * wd * wh * ww;
    for (let a = 0; a < wd; a++) {
      const z = z0 + a * dilations[0];
      for (let b = 0; b < wh; b++) {
        const y = y0 + b * dilations[1];
        if (z < 0 || z >= input[0] || y < 0 || y >= ih) {
          tap += ww;
          continue;
        }
        for (let c = 0; c < ww; c++, tap++) {
          const x = x0 + c * dilations[2];
          if (x >= 0 && x < iw) visit(tap, (z * ih + y) * iw + x);
        }
      }
    }
  }
}

function fillPatches(
  conv: Convolution,
  data: FloatArray,
  base: number,
  group: number,
  from: number,
  to: number,
  sizes: Sizes,
  patches: FloatArray,
): void {
  const { groupIn, depth } = sizes;
  const { inChannels } = conv;
  patches.fill(0, 0, (to - from) * depth);
  const start = base + group * groupIn;
  forTaps(conv.geometry, from, to, (tap, pixel) => {
    const source = start + pixel * inChannels;
    const target = tap * groupIn;
    for (let c = 0; c < groupIn; c++) patches[target + c] = data[source + c]!;
  });
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
    for (let n = 0; n < batch; n++) {
      for (let from = 0; from < pixels; from += chunk) {
        const to = Math.min(pixels, from + chunk);
        fillPatches(conv, data, n * inputSize, group, from, to, sizes, patches);
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
    for (let n = 0; n < batch; n++) {
      for (let from = 0; from < pixels; from += chunk) {
        const to = Math.min(pixels, from + chunk);
        fillPatches(conv, data, n * inputSize, group, from, to, sizes, patches);
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
    for (let n = 0; n < batch; n++) {
      for (let from = 0; from < pixels; from += chunk) {
        const to = Math.min(pixels, from + chunk);
        const at = (n * pixels + from) * outChannels;
        const grads =
          groups === 1
            ? plain(outGrad, at)
            : plain(groupColumns(outGrad, at, to - from, outChannels, group * groupOut, groupOut));
        gemm(to - from, depth, groupOut, grads, turned(weights), patches, 0);
        const start = n * inputSize + group * groupIn;
        forTaps(conv.geometry, from, to, (tap, pixel) => {
          const target = start + pixel * inChannels;
          const source = tap * groupIn;
          for (let c = 0; c < groupIn; c++) inputGrad[target + c] = inputGrad[target + c]! + patches[source + c]!;
        });
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
  const { batch, inChannels, outChannels, geometry } = conv;
  const pixels = product(geometry.output);
  const taps = product(geometry.window);
  const inputSize = inChannels * product(geometry.input);
  for (let n = 0; n < batch; n++) {
    const base = n * inputSize;
    const target = n * pixels * outChannels;
    forTaps(geometry, 0, pixels, (index, pixel) => {
      const source = base + pixel * inChannels;
      const weights = (index % taps) * outChannels;
      const to = target + Math.floor(index / taps) * outChannels;
      if (multiplier === 1) {
        for (let c = 0; c < inChannels; c++) out[to + c] = out[to + c]! + data[source + c]! * filter[weights + c]!;
        return;
      }
      for (let c = 0, o = 0; c < inChannels; c++) {
        const x = data[source + c]!;
        for (let m = 0; m < multiplier; m++, o++) out[to + o] = out[to + o]! + x * filter[weights + o]!;
      }
    });
  }
}

/** Adds depthwise gradients: to the input where `inputGrad` is given, to the filter where `filterGrad` is. */
export function depthwiseBack(
  conv: Convolution,
  multiplier: number,
  outGrad: FloatArray,
  other: FloatArray,
  target: FloatArray,
  to: "input" | "filter",
): void {
  const { batch, inChannels, outChannels, geometry } = conv;
  const pixels = product(geometry.output);
  const taps = product(geometry.window);
  const inputSize = inChannels * product(geometry.input);
  for (let n = 0; n < batch; n++) {
    const base = n * inputSize;
    const grads = n * pixels * outChannels;
    forTaps(geometry, 0, pixels, (index, pixel) => {
      const at = base + pixel * inChannels;
      const weights = (index % taps) * outChannels;
      const from = grads + Math.floor(index / taps) * outChannels;
      for (let c = 0, o = 0; c < inChannels; c++) {
        for (let m = 0; m < multiplier; m++, o++) {
          if (to === "input") target[at + c] = target[at + c]! + outGrad[from + o]! * other[weights + o]!;
          else target[weights + o] = target[weights + o]! + outGrad[from + o]! * other[at + c]!;
        }
      }
    });
  }
}

function product([a, b, c]: readonly [number, number, number]): number {
  return a * b * c;
}

function emptyLike(data: FloatArray, length: number): FloatArray {
  return data.BYTES_PER_ELEMENT === 4 ? new Float32Array(length) : new Float64Array(length);
}
