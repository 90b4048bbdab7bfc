import { uniformFloat } from "./distributions.js";
import type { SingleWords } from "./philox.js";

/**
 * Draws indices with probabilities in proportion to weights, in constant time (Walker's method of aliases), as TensorFlow's
 * `random::DistributionSampler` pairs them.
 */
export class AliasSampler {
  readonly #kept: Float32Array;
  readonly #alias: Int32Array;

  constructor(weights: Float32Array) {
    const { length } = weights;
    this.#kept = new Float32Array(length);
    this.#alias = new Int32Array(length).fill(-1);
    const sum = weights.reduce((total, weight) => total + weight, 0);
    const shares = Float64Array.from(weights, (weight) => Math.fround(weight * length) / sum);
    const [low, high]: [number[], number[]] = [[], []];
    shares.forEach((share, i) => {
      (share < 1 ? low : high).push(i);
    });
    while (low.length > 0 && high.length > 0) {
      const [small, large] = [low.pop()!, high.pop()!];
      this.#alias[small] = large;
      const remaining = shares[large]! - (1 - shares[small]!);
      shares[large] = remaining;
      (remaining < 1 ? low : high).push(large);
    }
    this.#kept.set(shares);
    // What is left over is 1 but for rounding.
    for (const i of [...low, ...high]) {
      this.#kept[i] = 1;
      this.#alias[i] = i;
    }
  }

  /** The next index, of two words. */
  next(words: SingleWords): number {
    const keep = uniformFloat(words.next());
    const index = words.next() % this.#kept.length;
    return keep < this.#kept[index]! ? index : this.#alias[index]!;
  }
}
