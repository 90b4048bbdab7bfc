// The error function's rational approximations: W. J. Cody, "Rational Chebyshev Approximation for the Error Function",
// Mathematics of Computation 23 (1969), good to float64 precision. Each list is in order of falling powers.

const erfTop = [
  1.85777706184603153e-1, 3.1611237438705656, 1.13864154151050156e2, 3.77485237685302021e2, 3.20937758913846947e3,
];
const erfBottom = [1, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3];
const middleTop = [
  2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594, 6.61191906371416295e1, 2.98635138197400131e2,
  8.8195222124176909e2, 1.71204761263407058e3, 2.05107837782607147e3, 1.23033935479799725e3,
];
const middleBottom = [
  1, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3, 3.29079923573345963e3,
  4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3,
];
const tailTop = [
  1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1, 1.60837851487422766e-2,
  6.58749161529837803e-4,
];
const tailBottom = [
  1, 2.56852019228982242, 1.87295284992346047, 5.27905102951428412e-1, 6.05183413124413191e-2, 2.33520497626869185e-3,
];
const inverseSqrtPi = 1 / Math.sqrt(Math.PI);
/** Where the first interval ends: there erf and erfc are about as large as each other. */
const small = 0.46875;

function ratio(top: readonly number[], bottom: readonly number[], x: number): number {
  let above = 0;
  let below = 0;
  for (let i = 0; i < top.length; i++) above = above * x + top[i]!;
  for (let i = 0; i < bottom.length; i++) below = below * x + bottom[i]!;
  return above / below;
}

/** erfc of x ≥ 0.46875. */
function upper(x: number): number {
  if (x > 27) return 0;
  if (x <= 4) return Math.exp(-x * x) * ratio(middleTop, middleBottom, x);
  const inverse = 1 / (x * x);
  return (Math.exp(-x * x) / x) * (inverseSqrtPi - inverse * ratio(tailTop, tailBottom, inverse));
}

/** The error function. */
export function erf(x: number): number {
  if (Math.abs(x) < small) return x * ratio(erfTop, erfBottom, x * x);
  return x < 0 ? upper(-x) - 1 : 1 - upper(x);
}

/** 1 - erf(x), without loss of digits for large x. */
export function erfc(x: number): number {
  if (Math.abs(x) < small) return 1 - erf(x);
  return x < 0 ? 2 - upper(-x) : upper(x);
}

/** The inverse of erf; ±infinity at ±1, NaN beyond. */
export function erfinv(x: number): number {
  if (Number.isNaN(x) || Math.abs(x) > 1) return Number.NaN;
  if (x < 0) return -inverse(-x, 1 + x);
  return inverse(x, 1 - x);
}

/** The quantile function of the standard normal distribution; ±infinity at 0 and 1, NaN outside. */
export function ndtri(p: number): number {
  if (!(p >= 0 && p <= 1)) return Number.NaN;
  const value = p < 0.5 ? -inverse(1 - 2 * p, 2 * p) : inverse(2 * p - 1, 2 * (1 - p));
  return value * Math.SQRT2;
}

/** The z ≥ 0 with erf(z) = x and erfc(z) = y, of which the smaller counts: Winitzki's estimate and three steps of Halley. */
function inverse(x: number, y: number): number {
  if (y === 0) return Number.POSITIVE_INFINITY;
  const a = 0.147;
  const log = Math.log(y * (1 + x));
  const middle = 2 / (Math.PI * a) + log / 2;
  let z = Math.sqrt(Math.sqrt(middle * middle - log / a) - middle);
  for (let step = 0; step < 3; step++) {
    const error = x < 0.5 ? erf(z) - x : y - erfc(z);
    const move = error / (2 * inverseSqrtPi * Math.exp(-z * z));
    z -= move / (1 + z * move);
  }
  return z;
}
