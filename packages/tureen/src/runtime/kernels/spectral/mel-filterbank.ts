/** Which bins of a spectrum go into which bands of a mel scale, and with what weights. */
export interface MelFilterbank {
  /** The first and the last bin that count. */
  readonly first: number;
  readonly last: number;
  /** For each bin the band on whose falling side it lies, -1 for the side before the first; the next band has the rest of the weight. */
  readonly band: Int32Array;
  readonly weight: Float64Array;
}

/** Frequencies in hertz as TensorFlow's mel scale has them. */
function mel(frequency: number): number {
  return 1127 * Math.log1p(frequency / 700);
}

/** Triangles over bins of a spectrum from 0 to half the sample rate, evenly spaced on the mel scale between two frequencies in hertz. */
export function melFilterbank(
  bins: number,
  sampleRate: number,
  bands: number,
  lower: number,
  upper: number,
): MelFilterbank {
  const low = mel(lower);
  const spacing = (mel(upper) - low) / (bands + 1);
  const center = (band: number): number => low + spacing * (band + 1);
  const binWidth = (0.5 * sampleRate) / (bins - 1);
  // The constant part of a sound never counts.
  const first = Math.trunc(1.5 + lower / binWidth);
  const last = Math.trunc(upper / binWidth);
  const band = new Int32Array(bins);
  const weight = new Float64Array(bins);
  let next = 0;
  for (let i = first; i <= Math.min(last, bins - 1); i++) {
    const at = mel(i * binWidth);
    while (next < bands && center(next) < at) next++;
    band[i] = next - 1;
    const start = next === 0 ? low : center(next - 1);
    weight[i] = (center(next) - at) / (center(next) - start);
  }
  return { first, last, band, weight };
}

/** The first `count` rows of a discrete cosine transform (type II) of `length` values. */
export function cosineTable(count: number, length: number): Float64Array {
  const scale = Math.sqrt(2 / length);
  const table = new Float64Array(count * length);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < length; j++) {
      table[i * length + j] = scale * Math.cos(((i * Math.PI) / length) * (j + 0.5));
    }
  }
  return table;
}
