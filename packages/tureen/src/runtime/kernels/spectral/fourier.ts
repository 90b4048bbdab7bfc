/** Sine and cosine tables of one transform length; made once, as models use few lengths. */
interface Twiddles {
  readonly cosine: Float64Array;
  readonly sine: Float64Array;
}

const tables = new Map<number, Twiddles>();

/** Models transform a handful of lengths; beyond this many, tables are not worth their memory. */
const keptTables = 64;

function twiddles(length: number): Twiddles {
  const known = tables.get(length);
  if (known !== undefined) return known;
  const cosine = new Float64Array(length);
  const sine = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    cosine[i] = Math.cos((2 * Math.PI * i) / length);
    sine[i] = Math.sin((2 * Math.PI * i) / length);
  }
  const made = { cosine, sine };
  if (tables.size < keptTables) tables.set(length, made);
  return made;
}

/** Replaces `re + i·im` by its discrete Fourier transform, or by the unscaled inverse. */
export function fourier(re: Float64Array, im: Float64Array, inverse: boolean): void {
  const length = re.length;
  if (length <= 1) return;
  if ((length & (length - 1)) === 0) powerOfTwo(re, im, inverse);
  else bluestein(re, im, inverse);
}

function powerOfTwo(re: Float64Array, im: Float64Array, inverse: boolean): void {
  const n = re.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; (j & bit) !== 0; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [re[i], re[j]] = [re[j]!, re[i]!];
      [im[i], im[j]] = [im[j]!, im[i]!];
    }
  }
  const { cosine, sine } = twiddles(n);
  const sign = inverse ? 1 : -1;
  for (let size = 2; size <= n; size *= 2) {
    const half = size / 2;
    const step = n / size;
    for (let start = 0; start < n; start += size) {
      for (let k = 0; k < half; k++) {
        const wr = cosine[k * step]!;
        const wi = sign * sine[k * step]!;
        const [a, b] = [start + k, start + k + half];
        const xr = re[b]! * wr - im[b]! * wi;
        const xi = re[b]! * wi + im[b]! * wr;
        re[b] = re[a]! - xr;
        im[b] = im[a]! - xi;
        re[a] = re[a]! + xr;
        im[a] = im[a]! + xi;
      }
    }
  }
}

/** Any length, as a convolution of a power-of-two length. Bluestein, "A linear filtering approach to the computation of DFT", 1970. */
function bluestein(re: Float64Array, im: Float64Array, inverse: boolean): void {
  const n = re.length;
  let size = 1;
  while (size < 2 * n - 1) size *= 2;
  const { cosine, sine } = twiddles(2 * n);
  const sign = inverse ? 1 : -1;
  const [ar, ai, br, bi] = Array.from({ length: 4 }, () => new Float64Array(size)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (let i = 0; i < n; i++) {
    // i² modulo 2n keeps the angle exact for long signals.
    const angle = (i * i) % (2 * n);
    const [wr, wi] = [cosine[angle]!, sign * sine[angle]!];
    ar[i] = re[i]! * wr - im[i]! * wi;
    ai[i] = re[i]! * wi + im[i]! * wr;
    br[i] = wr;
    bi[i] = -wi;
    if (i > 0) {
      br[size - i] = wr;
      bi[size - i] = -wi;
    }
  }
  powerOfTwo(ar, ai, false);
  powerOfTwo(br, bi, false);
  for (let i = 0; i < size; i++) {
    const product = ar[i]! * br[i]! - ai[i]! * bi[i]!;
    ai[i] = ar[i]! * bi[i]! + ai[i]! * br[i]!;
    ar[i] = product;
  }
  powerOfTwo(ar, ai, true);
  for (let i = 0; i < n; i++) {
    const angle = (i * i) % (2 * n);
    const [wr, wi] = [cosine[angle]!, sign * sine[angle]!];
    const [xr, xi] = [ar[i]! / size, ai[i]! / size];
    re[i] = xr * wr - xi * wi;
    im[i] = xr * wi + xi * wr;
  }
}
