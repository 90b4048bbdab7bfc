import type { WindowGeometry } from "./conv-geometry.js";
import { pixelsPerTable, tapTable } from "./tap-table.js";

/** Any numeric array: the loops compare and copy elements, which 64-bit integers also can. */
type Elements = Float64Array;

/** A pool over channel-last data. */
export interface Pool {
  readonly geometry: WindowGeometry;
  readonly batch: number;
  readonly channels: number;
}

const volume = ([a, b, c]: readonly [number, number, number]): number => a * b * c;

/** Gives `visit` each table of taps with where its image's input and output pixels begin, as indices into the data. */
function forTables(
  { geometry, batch, channels }: Pool,
  visit: (table: Int32Array, taps: number, source: number, target: number) => void,
): void {
  const pixels = volume(geometry.output);
  const chunk = pixelsPerTable(geometry);
  for (let from = 0; from < pixels; from += chunk) {
    const table = tapTable(geometry, from, Math.min(pixels, from + chunk));
    for (let n = 0; n < batch; n++) {
      visit(table, volume(geometry.window), n * volume(geometry.input) * channels, (n * pixels + from) * channels);
    }
  }
}

/** Writes each window's maximum, at least `lowest`: NaN never counts, as in Eigen's maximum that starts from the lowest number. */
export function maxPool(pool: Pool, data: Elements, out: Elements, lowest: number | bigint): void {
  out.fill(lowest as number);
  forTables(pool, (table, taps, source, target) => {
    maxOfTaps(table, taps, data, source, out, target, pool.channels);
  });
}

function maxOfTaps(
  table: Int32Array,
  taps: number,
  data: Elements,
  source: number,
  out: Elements,
  target: number,
  channels: number,
): void {
  let to = target;
  for (let i = 0; i < table.length; to += channels) {
    for (const end = i + taps; i < end; i++) {
      const pixel = table[i]!;
      if (pixel < 0) continue;
      const from = source + pixel * channels;
      for (let c = 0; c < channels; c++) {
        const v = data[from + c]!;
        if (v > out[to + c]!) out[to + c] = v;
      }
    }
  }
}

/** The flat index (batch included) of each window's first maximum; -1 for a window that covers nothing. */
export function maxPoolArgmax(pool: Pool, data: Elements): Int32Array {
  const result = new Int32Array(pool.batch * volume(pool.geometry.output) * pool.channels).fill(-1);
  forTables(pool, (table, taps, source, target) => {
    argmaxOfTaps(table, taps, data, source, result, target, pool.channels);
  });
  return result;
}

function argmaxOfTaps(
  table: Int32Array,
  taps: number,
  data: Elements,
  source: number,
  result: Int32Array,
  target: number,
  channels: number,
): void {
  let to = target;
  for (let i = 0; i < table.length; to += channels) {
    for (const end = i + taps; i < end; i++) {
      const pixel = table[i]!;
      if (pixel < 0) continue;
      const from = source + pixel * channels;
      for (let c = 0; c < channels; c++) {
        const best = result[to + c]!;
        if (best < 0 || data[from + c]! > data[best]!) result[to + c] = from + c;
      }
    }
  }
}

/** Writes each window's mean over the input pixels that it covers. */
export function averagePool(pool: Pool, data: Elements, out: Elements): void {
  const sums = new Float64Array(pool.channels);
  forTables(pool, (table, taps, source, target) => {
    meanOfTaps(table, taps, data, source, out, target, pool.channels, sums);
  });
}

function meanOfTaps(
  table: Int32Array,
  taps: number,
  data: Elements,
  source: number,
  out: Elements,
  target: number,
  channels: number,
  sums: Float64Array,
): void {
  let to = target;
  for (let i = 0; i < table.length; to += channels) {
    let count = 0;
    sums.fill(0);
    for (const end = i + taps; i < end; i++) {
      const pixel = table[i]!;
      if (pixel < 0) continue;
      count += 1;
      const from = source + pixel * channels;
      for (let c = 0; c < channels; c++) sums[c] = sums[c]! + data[from + c]!;
    }
    for (let c = 0; c < channels; c++) out[to + c] = sums[c]! / count;
  }
}

/** Spreads each output's gradient evenly over what its window covers, adding to `out`. */
export function averagePoolGrad(pool: Pool, grad: Elements, out: Elements): void {
  forTables(pool, (table, taps, source, target) => {
    spreadOverTaps(table, taps, grad, target, out, source, pool.channels);
  });
}

function spreadOverTaps(
  table: Int32Array,
  taps: number,
  grad: Elements,
  start: number,
  out: Elements,
  target: number,
  channels: number,
): void {
  let from = start;
  for (let first = 0; first < table.length; first += taps, from += channels) {
    let count = 0;
    for (let i = first; i < first + taps; i++) if (table[i]! >= 0) count += 1;
    const share = 1 / count;
    for (let i = first; i < first + taps; i++) {
      const pixel = table[i]!;
      if (pixel < 0) continue;
      const to = target + pixel * channels;
      for (let c = 0; c < channels; c++) out[to + c] = out[to + c]! + grad[from + c]! * share;
    }
  }
}
