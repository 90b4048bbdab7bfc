import { elementCount, type Shape } from "../../../core/shape.js";
import type { TensorValue } from "../../../core/tensor-value.js";
import { newValue } from "../array/cells.js";
import { readHalf, writeHalf } from "../array/half.js";
import { backwardNormals, backwardUniforms } from "./backward-samples.js";
import { reservedSamples } from "./distributions.js";
import type { Philox } from "./philox.js";

/** One sample of a gamma distribution of rate 1 (Marsaglia and Tsang, "A simple method for generating gamma variables", 2000). */
function gammaSample(generator: Philox, alpha: number): number {
  const uniform = backwardUniforms(generator, true);
  if (alpha === 1) return -Math.log1p(-uniform());
  const normal = backwardNormals(generator);
  const small = alpha < 1;
  const d = alpha + (small ? 2 / 3 : -1 / 3);
  const c = 1 / 3 / Math.sqrt(d);
  for (;;) {
    const x = normal();
    const root = 1 + c * x;
    if (root <= 0) continue;
    const v = root * root * root;
    const u = uniform();
    // The first test, from the paper, spares the logarithms nearly always.
    if (!(u < 1 - 0.0331 * (x * x) * (x * x)) && !(Math.log(u) < 0.5 * x * x + d * (1 - v + Math.log(v)))) continue;
    return small ? d * v * uniform() ** (1 / alpha) : d * v;
  }
}

/** Samples of shape `shape` for each alpha: the result has shape `shape + alpha.shape`. */
export function gammaSamples(generator: Philox, shape: Shape, alphas: TensorValue): TensorValue {
  const samples = elementCount(shape);
  const count = elementCount(alphas.shape);
  const { dtype } = alphas;
  const half = dtype === "float16" || dtype === "bfloat16";
  const output = newValue(dtype, [...shape, ...alphas.shape]);
  const data = output.data as unknown as number[];
  const given = alphas.data as ArrayLike<number>;
  for (let a = 0; a < count; a++) {
    const alpha = half ? readHalf(dtype, given[a]!) : given[a]!;
    for (let s = 0; s < samples; s++) {
      const own = generator.copy();
      own.skip(reservedSamples * (a * samples + s));
      const sample = gammaSample(own, alpha);
      data[s * count + a] = half ? writeHalf(dtype, sample) : sample;
    }
  }
  return output;
}
