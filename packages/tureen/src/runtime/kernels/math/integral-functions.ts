// Functions that are integrals of elementary ones, in float64. Formulas by number: NIST Digital Library of Mathematical Functions, dlmf.nist.gov.

const eulerGamma = 0.5772156649015329;

/** Width of the sampling grid of Rybicki's method ("Dawson's integral and the sampling theorem", 1989), whose error is e^-(π/2h)². */
const dawsonStep = 0.2;
const dawsonTerms = 40;

/** Dawson's integral e^(-x²) ∫₀^x e^(t²) dt. */
export function dawsn(x: number): number {
  if (Number.isNaN(x)) return x;
  const size = Math.abs(x);
  if (!Number.isFinite(x)) return x < 0 ? -0 : 0;
  let value: number;
  if (size < 0.2) {
    let term = size;
    value = size;
    for (let k = 1; k < 20; k++) {
      term *= (-2 * size * size) / (2 * k + 1);
      value += term;
    }
  } else if (size > 30) {
    const inverse = 1 / (2 * size * size);
    value = (1 + inverse * (1 + 3 * inverse * (1 + 5 * inverse * (1 + 7 * inverse)))) / (2 * size);
  } else {
    const nearest = 2 * Math.round(size / (2 * dawsonStep));
    const rest = size - nearest * dawsonStep;
    let sum = 0;
    for (let i = -dawsonTerms + 1; i < dawsonTerms; i += 2) {
      sum += Math.exp(-((rest - i * dawsonStep) ** 2)) / (nearest + i);
    }
    value = sum / Math.sqrt(Math.PI);
  }
  return x < 0 ? -value : value;
}

/** From here on the asymptotic series of the exponential integral (DLMF 6.12.2) reaches float64 precision. */
const expintAsymptotic = 45;

/** Ei(x), the exponential integral, for x > 0; -infinity at 0, NaN below it and at infinity. */
export function expint(x: number): number {
  if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return Number.NaN;
  if (x < expintAsymptotic) {
    let term = 1;
    let sum = 0;
    for (let k = 1; k < 400; k++) {
      term *= x / k;
      sum += term / k;
      if (term / k < sum * 2 ** -54) break;
    }
    return eulerGamma + Math.log(x) + sum;
  }
  let term = 1;
  let sum = 1;
  for (let k = 1; k < x && term > 2 ** -54; k++) {
    term *= k / x;
    sum += term;
  }
  return (Math.exp(x) / x) * sum;
}

/** Up to here the power series of Fresnel's integrals (DLMF 7.6.4, 7.6.6) is used, beyond it a continued fraction. */
const fresnelSeriesEnd = 1.5;

/** C(x) and S(x), Fresnel's integrals of cos and sin πt²/2. */
function fresnel(x: number): readonly [cosine: number, sine: number] {
  if (Number.isNaN(x)) return [x, x];
  const size = Math.abs(x);
  const sign = x < 0 ? -1 : 1;
  if (size > 1e8) return [sign * 0.5, sign * 0.5];
  if (size < fresnelSeriesEnd) {
    const angle = (Math.PI / 2) * size * size;
    let [cosine, sine] = [0, 0];
    let term = size;
    for (let k = 0; k < 40; k++) {
      const part = term / (2 * k + 1);
      if (k % 4 === 0) cosine += part;
      else if (k % 4 === 1) sine += part;
      else if (k % 4 === 2) cosine -= part;
      else sine -= part;
      term *= angle / (k + 1);
    }
    return [sign * cosine, sign * sine];
  }
  return fresnelFraction(size, sign);
}

/** By erfc of a complex argument as a continued fraction (DLMF 7.9.2, by Lentz' method): C + iS = (1 + i)/2 (1 - e^(iπx²/2) h). */
function fresnelFraction(size: number, sign: number): readonly [number, number] {
  const square = Math.PI * size * size;
  let [br, bi] = [1, -square];
  let [cr, ci] = [1e300, 0];
  let [dr, di] = inverse(br, bi);
  let [hr, hi] = [dr, di];
  for (let k = 2; k < 200; k++) {
    const n = 2 * k - 3;
    const a = -n * (n + 1);
    [br, bi] = [br + 4, bi];
    [dr, di] = inverse(a * dr + br, a * di + bi);
    const [ir, ii] = inverse(cr, ci);
    [cr, ci] = [br + a * ir, bi + a * ii];
    const [mr, mi] = [cr * dr - ci * di, cr * di + ci * dr];
    [hr, hi] = [hr * mr - hi * mi, hr * mi + hi * mr];
    if (Math.abs(mr - 1) + Math.abs(mi) < 2 ** -50) break;
  }
  // h times x - ix.
  const [gr, gi] = [size * hr + size * hi, size * hi - size * hr];
  const [er, ei] = [Math.cos(square / 2), Math.sin(square / 2)];
  const [pr, pi] = [1 - (er * gr - ei * gi), -(er * gi + ei * gr)];
  return [sign * 0.5 * (pr - pi), sign * 0.5 * (pr + pi)];
}

function inverse(re: number, im: number): readonly [number, number] {
  const square = re * re + im * im;
  return [re / square, -im / square];
}

/** C(x). */
export const fresnelCos = (x: number): number => fresnel(x)[0];
/** S(x). */
export const fresnelSin = (x: number): number => fresnel(x)[1];

/** Σ z^k/k², the dilogarithm, for |z| ≤ 1/2. */
function dilogarithmSeries(z: number): number {
  let power = z;
  let sum = z;
  for (let k = 2; k < 60; k++) {
    power *= z;
    sum += power / (k * k);
  }
  return sum;
}

/** Spence's function -∫₁^x ln t/(t - 1) dt = Li₂(1 - x); NaN below 0 and at infinity. */
export function spence(x: number): number {
  if (!(x >= 0)) return Number.NaN;
  if (x === 0) return (Math.PI * Math.PI) / 6;
  if (x === Number.POSITIVE_INFINITY) return Number.NaN;
  // DLMF 25.12.4 and 25.12.6 bring the argument into [-1/2, 1/2].
  if (x > 2) return -spence(1 / x) - 0.5 * Math.log(x) ** 2;
  if (x > 1.5) {
    const log = Math.log(x);
    return -dilogarithmSeries(1 - 1 / x) - 0.5 * log * log;
  }
  if (x < 0.5) return (Math.PI * Math.PI) / 6 - Math.log(x) * Math.log1p(-x) - dilogarithmSeries(x);
  return dilogarithmSeries(1 - x);
}
