import type { WindowGeometry } from "./conv-geometry.js";

/** Tables are made for this many entries at a time: they then stay in a cache, and small next to the data. */
const tableEntries = 1 << 15;

/** Output pixels that one table of a geometry covers. */
export function pixelsPerTable({ window, output }: WindowGeometry): number {
  const taps = window[0] * window[1] * window[2];
  return Math.max(1, Math.min(output[0] * output[1] * output[2], Math.floor(tableEntries / Math.max(1, taps))));
}

/**
 * The input pixel under each tap of the window at output pixels `from` to `to`, or -1 outside the input; taps of one output pixel side by side.
 *
 * It is the same for every image of a batch and every channel, so it is worked out once and the loops over data stay plain.
 */
export function tapTable(
  { input, window, strides, dilations, before, output }: WindowGeometry,
  from: number,
  to: number,
): Int32Array {
  const [depth, height, width] = input;
  const [, outHeight, outWidth] = output;
  const table = new Int32Array((to - from) * window[0] * window[1] * window[2]);
  let at = 0;
  for (let pixel = from; pixel < to; pixel++) {
    const x0 = (pixel % outWidth) * strides[2] - before[2];
    const y0 = (Math.floor(pixel / outWidth) % outHeight) * strides[1] - before[1];
    const z0 = Math.floor(pixel / (outWidth * outHeight)) * strides[0] - before[0];
    for (let a = 0; a < window[0]; a++) {
      const z = z0 + a * dilations[0];
      for (let b = 0; b < window[1]; b++) {
        const y = y0 + b * dilations[1];
        const row = z < 0 || z >= depth || y < 0 || y >= height ? -1 : (z * height + y) * width;
        for (let c = 0; c < window[2]; c++) {
          const x = x0 + c * dilations[2];
          table[at++] = row < 0 || x < 0 || x >= width ? -1 : row + x;
        }
      }
    }
  }
  return table;
}
