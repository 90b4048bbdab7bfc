/** Which input positions make each output position of one dimension, and with what weights: `taps` pairs an output. */
export interface AxisTaps {
  readonly length: number;
  readonly taps: number;
  readonly index: Int32Array;
  readonly weight: Float64Array;
}

/** Room for `length` outputs of `taps` input positions each. */
export function emptyTaps(length: number, taps: number): AxisTaps {
  return { length, taps, index: new Int32Array(length * taps), weight: new Float64Array(length * taps) };
}

/** A batch of channel-last images. */
export interface ImageSizes {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Writes images resampled in both directions: rows first, then columns. */
export function resample(
  { batch, height, width, channels }: ImageSizes,
  rows: AxisTaps,
  columns: AxisTaps,
  data: ArrayLike<number>,
  out: Float32Array | Float64Array,
): void {
  const line = width * channels;
  const blended = new Float64Array(line);
  let to = 0;
  for (let n = 0; n < batch; n++) {
    const image = n * height * line;
    for (let y = 0; y < rows.length; y++) {
      blended.fill(0);
      for (let t = 0; t < rows.taps; t++) {
        const w = rows.weight[y * rows.taps + t]!;
        if (w === 0) continue;
        const from = image + rows.index[y * rows.taps + t]! * line;
        for (let i = 0; i < line; i++) blended[i] = blended[i]! + w * data[from + i]!;
      }
      for (let x = 0; x < columns.length; x++) {
        for (let c = 0; c < channels; c++, to++) {
          let sum = 0;
          for (let t = 0; t < columns.taps; t++) {
            const w = columns.weight[x * columns.taps + t]!;
            if (w !== 0) sum += w * blended[columns.index[x * columns.taps + t]! * channels + c]!;
          }
          out[to] = sum;
        }
      }
    }
  }
}

/** Adds the gradient of `resample` with respect to its input into `out`, which starts as zeros. */
export function resampleBack(
  { batch, height, width, channels }: ImageSizes,
  rows: AxisTaps,
  columns: AxisTaps,
  grad: ArrayLike<number>,
  out: Float32Array | Float64Array,
): void {
  const line = width * channels;
  const spread = new Float64Array(line);
  let from = 0;
  for (let n = 0; n < batch; n++) {
    const image = n * height * line;
    for (let y = 0; y < rows.length; y++) {
      spread.fill(0);
      for (let x = 0; x < columns.length; x++) {
        for (let c = 0; c < channels; c++, from++) {
          for (let t = 0; t < columns.taps; t++) {
            const at = columns.index[x * columns.taps + t]! * channels + c;
            spread[at] = spread[at]! + columns.weight[x * columns.taps + t]! * grad[from]!;
          }
        }
      }
      for (let t = 0; t < rows.taps; t++) {
        const w = rows.weight[y * rows.taps + t]!;
        if (w === 0) continue;
        const to = image + rows.index[y * rows.taps + t]! * line;
        for (let i = 0; i < line; i++) out[to + i] = out[to + i]! + w * spread[i]!;
      }
    }
  }
}
