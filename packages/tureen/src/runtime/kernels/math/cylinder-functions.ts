// Bessel functions in float64. Formulas by number: NIST Digital Library of Mathematical Functions, dlmf.nist.gov.

const eulerGamma = 0.5772156649015329;
/** Up to here the power series keeps ten digits (its terms cancel like e^x), beyond it the asymptotic series has them. */
const seriesEnd = 12;

/** Σ of DLMF 10.2.2 times (x/2)^-order, and the sum with harmonic numbers that the second kind's series has (DLMF 10.8.1). */
function powerSeries(order: 0 | 1, quarter: number): { readonly first: number; readonly second: number } {
  let term = 1;
  let first = 1;
  // ψ(1) + ψ(1 + order), and on.
  let psi = -2 * eulerGamma + order;
  let second = psi;
  for (let k = 1; k < 60; k++) {
    term *= -quarter / (k * (k + order));
    psi += 1 / k + 1 / (k + order);
    first += term;
    second += term * psi;
  }
  return { first, second };
}

/** P and Q of Hankel's expansions (DLMF 10.17.3), summed to the smallest term. */
function hankel(order: 0 | 1, x: number): { readonly p: number; readonly q: number } {
  const mu = 4 * order * order;
  let term = 1;
  let [p, q] = [1, 0];
  for (let k = 1; k < 40; k++) {
    const next = (term * (mu - (2 * k - 1) ** 2)) / (k * 8 * x);
    if (Math.abs(next) >= Math.abs(term) && k > 2) break;
    term = next;
    if (k % 2 === 1) q += k % 4 === 1 ? term : -term;
    else p += k % 4 === 2 ? -term : term;
  }
  return { p, q };
}

function besselJ(order: 0 | 1, x: number): number {
  if (x <= seriesEnd) return powerSeries(order, (x * x) / 4).first * (order === 0 ? 1 : x / 2);
  const { p, q } = hankel(order, x);
  const phase = x - (order / 2 + 0.25) * Math.PI;
  return Math.sqrt(2 / (Math.PI * x)) * (p * Math.cos(phase) - q * Math.sin(phase));
}

function besselY(order: 0 | 1, x: number): number {
  if (x <= seriesEnd) {
    const { first, second } = powerSeries(order, (x * x) / 4);
    const half = order === 0 ? 1 : x / 2;
    const logarithm = (2 / Math.PI) * Math.log(x / 2) * first * half - (second * half) / Math.PI;
    return order === 0 ? logarithm : logarithm - 2 / (Math.PI * x);
  }
  const { p, q } = hankel(order, x);
  const phase = x - (order / 2 + 0.25) * Math.PI;
  return Math.sqrt(2 / (Math.PI * x)) * (p * Math.sin(phase) + q * Math.cos(phase));
}

/** J₀(x); NaN at the infinities, as TensorFlow. */
export function besselJ0(x: number): number {
  if (Number.isNaN(x)) return x;
  return Number.isFinite(x) ? besselJ(0, Math.abs(x)) : Number.NaN;
}

/** J₁(x); NaN at the infinities, as TensorFlow. */
export function besselJ1(x: number): number {
  if (Number.isNaN(x)) return x;
  if (!Number.isFinite(x)) return Number.NaN;
  return x < 0 ? -besselJ(1, -x) : besselJ(1, x);
}

/** Y₀(x); -infinity from 0 down, and NaN at infinity, as TensorFlow. */
export function besselY0(x: number): number {
  if (!(x > 0)) return Number.isNaN(x) ? x : Number.NEGATIVE_INFINITY;
  return x === Number.POSITIVE_INFINITY ? Number.NaN : besselY(0, x);
}

/** Y₁(x); -infinity from 0 down, and NaN at infinity, as TensorFlow. */
export function besselY1(x: number): number {
  if (!(x > 0)) return Number.isNaN(x) ? x : Number.NEGATIVE_INFINITY;
  return x === Number.POSITIVE_INFINITY ? Number.NaN : besselY(1, x);
}

/** Where the integrand has fallen below float64's reach. */
const smallestExponent = 40;

/** e^x K_order(x) = ∫₀^∞ e^(-x (cosh t - 1)) cosh(order t) dt (DLMF 10.32.9); the trapezoidal rule converges doubly exponentially. */
function scaledK(order: 0 | 1, x: number): number {
  const end = Math.acosh(1 + smallestExponent / x);
  const steps = Math.max(64, Math.ceil(end / 0.2));
  const width = end / steps;
  let sum = 0.5;
  for (let i = 1; i <= steps; i++) {
    const t = i * width;
    // cosh t - 1 without cancellation.
    const rise = 2 * Math.sinh(t / 2) ** 2;
    sum += Math.exp(-x * rise) * (order === 0 ? 1 : 1 + rise);
  }
  return sum * width;
}

function modifiedK(order: 0 | 1, x: number, scaled: boolean): number {
  if (!(x > 0)) return Number.isNaN(x) ? x : Number.POSITIVE_INFINITY;
  if (x === Number.POSITIVE_INFINITY) return 0;
  const value = order === 1 && x < 1e-150 ? 1 / x : scaledK(order, x);
  return scaled ? value : value * Math.exp(-x);
}

/** K₀(x); infinite from 0 down, as TensorFlow. */
export const besselK0 = (x: number): number => modifiedK(0, x, false);
/** e^x K₀(x). */
export const besselK0e = (x: number): number => modifiedK(0, x, true);
/** K₁(x); infinite from 0 down, as TensorFlow. */
export const besselK1 = (x: number): number => modifiedK(1, x, false);
/** e^x K₁(x). */
export const besselK1e = (x: number): number => modifiedK(1, x, true);
