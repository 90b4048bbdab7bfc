// The error function's rational approximations: W. J. Cody, "Rational Chebyshev Approximation for the Error Function",
// Mathematics of Computation 23 (1969), good to float64 precision. Each list is in order of falling powers.

const erfTop = [0.18577770618460315, 3.1611237438705655, 113.86415415105016, 377.485237685302, 3209.3775891384694];
const erfBottom = [1, 23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.236833439171];
const middleTop = [
  2.1531153547440383e-8, 0.5641884969886701, 8.883149794388377, 66.11919063714163, 298.6351381974001, 881.952221241769,
  1712.0476126340707, 2051.0783778260716, 1230.3393547979972,
];
const middleBottom = [
  1, 15.744926110709835, 117.6939508913125, 537.1811018620099, 1621.3895745666903, 3290.7992357334597,
  4362.619090143247, 3439.3676741437216, 1230.3393548037495,
];
const tailTop = [
  0.016315387137302097, 0.30532663496123236, 0.36034489994980445, 0.12578172611122926, 0.016083785148742275,
  0.0006587491615298378,
];
const tailBottom = [
  1, 2.568520192289822, 1.8729528499234604, 0.5279051029514285, 0.06051834131244132, 0.0023352049762686918,
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
