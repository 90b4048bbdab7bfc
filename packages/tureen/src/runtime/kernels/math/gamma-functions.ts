// Gamma-related functions in float64. Formulas by number: NIST Digital Library of Mathematical Functions, dlmf.nist.gov.

/** B(2k)/(2k(2k-1)), the coefficients of Stirling's series (DLMF 5.11.1). */
const stirling = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156];
/** B(2k)/2k, the coefficients of the asymptotic series of digamma (DLMF 5.11.2). */
const digammaSeries = [1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12];
/** B(2k)/(2k)!, for the Euler–Maclaurin sum of Hurwitz' zeta (DLMF 25.11.28). */
const eulerMaclaurin = [
  1 / 12,
  -1 / 720,
  1 / 30240,
  -1 / 1209600,
  1 / 47900160,
  -691 / 1307674368000,
  1 / 74724249600,
  -3617 / 10670622842880000,
];
const halfLogTwoPi = 0.5 * Math.log(2 * Math.PI);
/** From here on seven terms of the asymptotic series reach float64 precision. */
const asymptotic = 10;

/** ln|Γ(x)|; infinite at 0 and the negative integers. */
export function logGamma(x: number): number {
  if (Number.isNaN(x)) return x;
  if (!Number.isFinite(x)) return Number.POSITIVE_INFINITY;
  if (x <= 0 && Math.floor(x) === x) return Number.POSITIVE_INFINITY;
  if (x < 0.5) return Math.log(Math.PI / Math.abs(sinPi(x))) - logGamma(1 - x);
  let product = 1;
  let z = x;
  while (z < asymptotic) product *= z++;
  const inverse = 1 / (z * z);
  let term = 1 / z;
  let sum = 0;
  for (let k = 0; k < stirling.length; k++) {
    sum += stirling[k]! * term;
    term *= inverse;
  }
  return (z - 0.5) * Math.log(z) - z + halfLogTwoPi + sum - Math.log(product);
}

/** sin πx, exact in its zeros. */
function sinPi(x: number): number {
  const rest = x - 2 * Math.floor(x / 2);
  return Math.sin(Math.PI * rest);
}

/** ψ(x), the derivative of ln Γ; NaN at 0 and the negative integers. */
export function digamma(x: number): number {
  if (x === Number.NEGATIVE_INFINITY) return Number.NaN;
  if (x <= 0) {
    if (Math.floor(x) === x) return Number.NaN;
    return digamma(1 - x) - Math.PI / Math.tan(Math.PI * (x - Math.floor(x)));
  }
  let shift = 0;
  let z = x;
  while (z < asymptotic) shift += 1 / z++;
  const inverse = 1 / (z * z);
  let term = inverse;
  let sum = 0;
  for (let k = 0; k < digammaSeries.length; k++) {
    sum += digammaSeries[k]! * term;
    term *= inverse;
  }
  return Math.log(z) - 0.5 / z - sum - shift;
}

/** Hurwitz' zeta Σ (q+k)^-x for x > 1; infinite at x = 1 and at non-positive integers q with even x, NaN where it is not defined. */
export function zeta(x: number, q: number): number {
  if (Number.isNaN(x) || Number.isNaN(q)) return Number.NaN;
  if (x === 1) return Number.POSITIVE_INFINITY;
  if (x < 1) return Number.NaN;
  if (q <= 0) {
    if (Math.floor(q) === q) return x % 2 === 0 ? Number.POSITIVE_INFINITY : Number.NaN;
    if (Math.floor(x) !== x) return Number.NaN;
  }
  let sum = 0;
  let z = q;
  // Nine steps past 9, after which the remainder's series converges to float64 precision.
  for (let k = 0; k < 9 || z <= 9; k++) sum += (z++) ** -x;
  let power = z ** -x;
  sum += (z * power) / (x - 1) + 0.5 * power;
  let factor = x;
  for (let k = 0; k < eulerMaclaurin.length; k++) {
    power /= z;
    sum += eulerMaclaurin[k]! * factor * power;
    factor *= (x + 2 * k + 1) * (x + 2 * k + 2);
    power /= z;
  }
  return sum;
}

/** The n-th derivative of digamma; NaN for an n that is no natural number. */
export function polygamma(n: number, x: number): number {
  if (n === 0) return digamma(x);
  if (!(n > 0) || Math.floor(n) !== n) return Number.NaN;
  const size = Math.exp(logGamma(n + 1)) * zeta(n + 1, x);
  return n % 2 === 0 ? -size : size;
}

/** Relative size below which a series' terms no longer count in float64. */
const epsilon = 2 ** -53;
/** More terms than any argument that float32 can hold in the tails needs. */
const mostTerms = 20_000;

/** P(a, x), the regularized lower incomplete gamma function (DLMF 8.2.4). */
export function igamma(a: number, x: number): number {
  if (x === 0 && a >= 0) return 0;
  if (!(x > 0) || !(a > 0)) return Number.NaN;
  if (a === Number.POSITIVE_INFINITY) return x === Number.POSITIVE_INFINITY ? Number.NaN : 0;
  if (x === Number.POSITIVE_INFINITY) return 1;
  return x > 1 && x > a ? 1 - upperFraction(a, x) : lowerSeries(a, x);
}

/** Q(a, x) = 1 - P(a, x). */
export function igammac(a: number, x: number): number {
  if (!(x >= 0) || !(a > 0)) return Number.NaN;
  if (x === 0) return 1;
  if (a === Number.POSITIVE_INFINITY) return x === Number.POSITIVE_INFINITY ? Number.NaN : 1;
  if (x === Number.POSITIVE_INFINITY) return 0;
  return x < 1 || x < a ? 1 - lowerSeries(a, x) : upperFraction(a, x);
}

function prefix(a: number, x: number): number {
  return Math.exp(a * Math.log(x) - x - logGamma(a));
}

/** DLMF 8.7.1. */
function lowerSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < mostTerms && term > sum * epsilon; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum * prefix(a, x);
}

/** DLMF 8.9.2, by Lentz' method. */
function upperFraction(a: number, x: number): number {
  const tiny = 1e-300;
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / b;
  let h = d;
  for (let i = 1; i < mostTerms; i++) {
    const an = -i * (i - a);
    b += 2;
    d = an * d + b;
    if (Math.abs(d) < tiny) d = tiny;
    c = b + an / c;
    if (Math.abs(c) < tiny) c = tiny;
    d = 1 / d;
    const factor = d * c;
    h *= factor;
    if (Math.abs(factor - 1) <= epsilon * 4) break;
  }
  return h * prefix(a, x);
}

/** ∂P(a, x)/∂a: the series of P, term by term. */
export function igammaGradA(a: number, x: number): number {
  if (x === 0) return 0;
  if (!(x > 0) || !(a > 0)) return Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return 0;
  const logX = Math.log(x);
  let size = Math.exp(a * logX - x - logGamma(a + 1));
  let psi = digamma(a + 1);
  let sum = 0;
  for (let n = 0; n < mostTerms; n++) {
    const term = size * (logX - psi);
    sum += term;
    if (n > x - a && Math.abs(term) <= Math.abs(sum) * epsilon) break;
    psi += 1 / (a + n + 1);
    size *= x / (a + n + 1);
  }
  return sum;
}

/** The derivative by its parameter of a gamma sample that holds its place in the distribution: -∂P/∂a over ∂P/∂x. */
export function randomGammaGrad(alpha: number, sample: number): number {
  if (sample === 0) return 0;
  if (!(sample > 0) || !(alpha > 0)) return Number.NaN;
  return -igammaGradA(alpha, sample) / Math.exp((alpha - 1) * Math.log(sample) - sample - logGamma(alpha));
}

/** I_x(a, b), the regularized incomplete beta function (DLMF 8.17.22, by Lentz' method). */
export function betainc(a: number, b: number, x: number): number {
  if (!(a > 0) || !(b > 0) || !(x >= 0) || !(x <= 1)) return Number.NaN;
  if (x === 0 || x === 1) return x;
  // The fraction converges fast left of the mean only; right of it the symmetry is used.
  if (x > (a + 1) / (a + b + 2)) return 1 - betaFraction(b, a, 1 - x);
  return betaFraction(a, b, x);
}

function betaFraction(a: number, b: number, x: number): number {
  const tiny = 1e-300;
  const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b)) / a;
  let c = 1;
  let d = 1 - ((a + b) * x) / (a + 1);
  if (Math.abs(d) < tiny) d = tiny;
  d = 1 / d;
  let h = d;
  for (let m = 1; m < mostTerms; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 + even * d;
    if (Math.abs(d) < tiny) d = tiny;
    c = 1 + even / c;
    if (Math.abs(c) < tiny) c = tiny;
    d = 1 / d;
    h *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 + odd * d;
    if (Math.abs(d) < tiny) d = tiny;
    c = 1 + odd / c;
    if (Math.abs(c) < tiny) c = tiny;
    d = 1 / d;
    const factor = d * c;
    h *= factor;
    if (Math.abs(factor - 1) <= epsilon * 4) break;
  }
  return front * h;
}
