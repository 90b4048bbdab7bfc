import type { DType } from "../../../core/dtype.js";
import { elementCount, type Shape } from "../../../core/shape.js";
import type { TensorValue } from "../../../core/tensor-value.js";
import { newValue } from "../array/cells.js";
import { numberReader, numberWriter } from "../array/number-access.js";
import { logGamma } from "../math/gamma-functions.js";
import { backwardUniforms, type Draw } from "./backward-samples.js";
import { reservedSamples } from "./distributions.js";
import type { Philox } from "./philox.js";

/** From this rate on TensorFlow samples by transformed rejection instead of multiplying uniform numbers. */
const rejectionFrom = 10;

/** The number of uniform factors until the product falls to e^-rate (Knuth, Seminumerical Algorithms, 3.4.1). */
function byMultiplication(uniform: Draw, limit: number): number {
  let product = 1;
  for (let count = 0; ; count++) {
    product *= uniform();
    if (product <= limit) return count;
  }
}

/** Hörmann, "The transformed rejection method for generating Poisson random variables", 1993 (PTRS). */
function byRejection(uniform: Draw, rate: number): number {
  const logRate = Math.log(rate);
  const b = 0.931 + 2.53 * Math.sqrt(rate);
  const a = -0.059 + 0.02483 * b;
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
  const squeeze = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const u = uniform() - 0.5;
    const v = uniform();
    const distance = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / distance + b) * u + rate + 0.43);
    if (distance >= 0.07 && v <= squeeze) return k;
    if (k < 0 || (distance < 0.013 && v > distance)) continue;
    const s = Math.log((v * inverseAlpha) / (a / (distance * distance) + b));
    if (s <= -rate + k * logRate - logGamma(k + 1)) return k;
  }
}

/** Samples of shape `shape` for each rate: the result has shape `shape + rates.shape`. Worked in double precision whatever the dtypes. */
export function poissonSamples(generator: Philox, shape: Shape, rates: TensorValue, dtype: DType): TensorValue {
  const samples = elementCount(shape);
  const count = elementCount(rates.shape);
  const output = newValue(dtype, [...shape, ...rates.shape]);
  const [read, write] = [numberReader(rates), numberWriter(output)];
  for (let r = 0; r < count; r++) {
    const rate = read(r);
    const limit = Math.exp(-rate);
    for (let s = 0; s < samples; s++) {
      const own = generator.copy();
      own.skip(reservedSamples * (r * samples + s));
      const uniform = backwardUniforms(own, true);
      write(s * count + r, rate < rejectionFrom ? byMultiplication(uniform, limit) : byRejection(uniform, rate));
    }
  }
  return output;
}
