/** Up to here the power series (DLMF 10.25.2) is used, beyond it the asymptotic one (DLMF 10.40.1), both good to float64 precision. */
const seriesEnd = 30;

/** e^-|x| I_order(|x|) for order 0 or 1. */
function scaledBessel(order: 0 | 1, size: number): number {
  if (size <= seriesEnd) {
    const quarter = (size * size) / 4;
    let term = order === 0 ? 1 : size / 2;
    let sum = term;
    for (let k = 1; term > sum * 2 ** -53; k++) {
      term *= quarter / (k * (k + order));
      sum += term;
    }
    return sum * Math.exp(-size);
  }
  const mu = 4 * order * order;
  let term = 1;
  let sum = 1;
  for (let k = 1; k < 20; k++) {
    term *= -(mu - (2 * k - 1) ** 2) / (k * 8 * size);
    sum += term;
  }
  return sum / Math.sqrt(2 * Math.PI * size);
}

/** e^-|x| I₀(x), the exponentially scaled modified Bessel function. */
export function besselI0e(x: number): number {
  return Number.isNaN(x) ? x : scaledBessel(0, Math.abs(x));
}

/** e^-|x| I₁(x). */
export function besselI1e(x: number): number {
  if (Number.isNaN(x)) return x;
  return x < 0 ? -scaledBessel(1, -x) : scaledBessel(1, x);
}

/** I₀(x). */
export function besselI0(x: number): number {
  return besselI0e(x) * Math.exp(Math.abs(x));
}

/** I₁(x). */
export function besselI1(x: number): number {
  return besselI1e(x) * Math.exp(Math.abs(x));
}
