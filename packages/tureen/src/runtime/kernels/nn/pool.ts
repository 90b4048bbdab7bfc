import type { WindowGeometry } from "./conv-geometry.js";

/** Any numeric array: the loops compare and copy elements, which 64-bit integers also can. */
type Elements = Float64Array;

/** A pool over channel-last data. */
export interface Pool {
  readonly geometry: WindowGeometry;
  readonly batch: number;
  readonly channels: number;
}

const volume = ([a, b, c]: readonly [number, number, number]): number => a * b * c;

/** Visits every output pixel of one image with the box of input pixels (begin and end in each dimension) that it covers. */
function forWindows(
  { input, window, strides, before, output }: WindowGeometry,
  visit: (pixel: number, z0: number, z1: number, y0: number, y1: number, x0: number, x1: number) => void,
): void {
  let pixel = 0;
  for (let z = 0; z < output[0]; z++) {
    const zs = z * strides[0] - before[0];
    for (let y = 0; y < output[1]; y++) {
      const ys = y * strides[1] - before[1];
      for (let x = 0; x < output[2]; x++, pixel++) {
        const xs = x * strides[2] - before[2];
        visit(
          pixel,
          Math.max(0, zs),
          Math.min(input[0], zs + window[0]),
          Math.max(0, ys),
          Math.min(input[1], ys + window[1]),
          Math.max(0, xs),
          Math.min(input[2], xs + window[2]),
        );
      }
    }
  }
}

/** Writes each window's maximum, at least `lowest`: NaN never counts, as in Eigen's maximum that starts from the lowest number. */
export function maxPool(
  { geometry, batch, channels }: Pool,
  data: Elements,
  out: Elements,
  lowest: number | bigint,
): void {
  const [, ih, iw] = geometry.input;
  const inputSize = volume(geometry.input) * channels;
  const outputSize = volume(geometry.output) * channels;
  out.fill(lowest as number);
  for (let n = 0; n < batch; n++) {
    const base = n * inputSize;
    forWindows(geometry, (pixel, z0, z1, y0, y1, x0, x1) => {
      const to = n * outputSize + pixel * channels;
      for (let z = z0; z < z1; z++) {
        for (let y = y0; y < y1; y++) {
          let from = base + ((z * ih + y) * iw + x0) * channels;
          for (let x = x0; x < x1; x++) {
            for (let c = 0; c < channels; c++) {
              const v = data[from + c]!;
              if (v > out[to + c]!) out[to + c] = v;
            }
            from += channels;
          }
        }
      }
    });
  }
}

/** The flat index (batch included) of each window's first maximum; -1 for a window that covers nothing. */
export function maxPoolArgmax({ geometry, batch, channels }: Pool, data: Elements): Int32Array {
  const [, ih, iw] = geometry.input;
  const inputSize = volume(geometry.input) * channels;
  const outputSize = volume(geometry.output) * channels;
  const result = new Int32Array(batch * outputSize).fill(-1);
  for (let n = 0; n < batch; n++) {
    const base = n * inputSize;
    forWindows(geometry, (pixel, z0, z1, y0, y1, x0, x1) => {
      const to = n * outputSize + pixel * channels;
      for (let z = z0; z < z1; z++) {
        for (let y = y0; y < y1; y++) {
          let from = base + ((z * ih + y) * iw + x0) * channels;
          for (let x = x0; x < x1; x++) {
            for (let c = 0; c < channels; c++) {
              const best = result[to + c]!;
              if (best < 0 || data[from + c]! > data[best]!) result[to + c] = from + c;
            }
            from += channels;
          }
        }
      }
    });
  }
  return result;
}

/** Writes each window's mean over the input pixels that it covers. */
export function averagePool({ geometry, batch, channels }: Pool, data: Elements, out: Elements): void {
  const [, ih, iw] = geometry.input;
  const inputSize = volume(geometry.input) * channels;
  const outputSize = volume(geometry.output) * channels;
  const sums = new Float64Array(channels);
  for (let n = 0; n < batch; n++) {
    const base = n * inputSize;
    forWindows(geometry, (pixel, z0, z1, y0, y1, x0, x1) => {
      const to = n * outputSize + pixel * channels;
      sums.fill(0);
      for (let z = z0; z < z1; z++) {
        for (let y = y0; y < y1; y++) {
          let from = base + ((z * ih + y) * iw + x0) * channels;
          for (let x = x0; x < x1; x++) {
            for (let c = 0; c < channels; c++) sums[c] = sums[c]! + data[from + c]!;
            from += channels;
          }
        }
      }
      const count = (z1 - z0) * (y1 - y0) * (x1 - x0);
      for (let c = 0; c < channels; c++) out[to + c] = sums[c]! / count;
    });
  }
}

/** Spreads each output's gradient evenly over what its window covers, adding to `out`. */
export function averagePoolGrad({ geometry, batch, channels }: Pool, grad: Elements, out: Elements): void {
  const [, ih, iw] = geometry.input;
  const inputSize = volume(geometry.input) * channels;
  const outputSize = volume(geometry.output) * channels;
  for (let n = 0; n < batch; n++) {
    const base = n * inputSize;
    forWindows(geometry, (pixel, z0, z1, y0, y1, x0, x1) => {
      const from = n * outputSize + pixel * channels;
      const share = 1 / ((z1 - z0) * (y1 - y0) * (x1 - x0));
      for (let z = z0; z < z1; z++) {
        for (let y = y0; y < y1; y++) {
          let to = base + ((z * ih + y) * iw + x0) * channels;
          for (let x = x0; x < x1; x++) {
            for (let c = 0; c < channels; c++) out[to + c] = out[to + c]! + grad[from + c]! * share;
            to += channels;
          }
        }
      }
    });
  }
}
