import { uniformDouble, uniformFloat } from "./distributions.js";
import { type Philox, SingleWords } from "./philox.js";

const twoTo32 = 2 ** 32;
/** Below it the remainder of 64 bits fits the exact integers of a double. */
const narrow = 2 ** 26;

/** Numbers out of single words of a generator, each a word or two (TensorFlow's `SimplePhilox`). */
export class SampledNumbers {
  readonly #words: SingleWords;

  constructor(generator: Philox) {
    this.#words = new SingleWords(generator);
  }

  /** A uniform float32 from [0, 1). */
  float(): number {
    return uniformFloat(this.#words.next());
  }

  /** A uniform float64 from [0, 1). */
  double(): number {
    const first = this.#words.next();
    return uniformDouble(first, this.#words.next());
  }

  /** A uniform integer from [0, bound), without bias, of 32-bit words; `bound` is below 2^32. */
  below32(bound: number): number {
    // 2^32 modulo the bound; words below it would make some remainders likelier.
    const surplus = twoTo32 % bound;
    for (;;) {
      const word = this.#words.next();
      if (surplus === 0 || word >= surplus) return word % bound;
    }
  }

  /** A uniform integer from [0, bound), without bias, of 64-bit words; `bound` is a safe integer. */
  below64(bound: number): number {
    const wide = bound >= narrow ? BigInt(bound) : undefined;
    const surplus = wide === undefined ? (twoTo32 % bound) ** 2 % bound : Number((1n << 64n) % wide);
    for (;;) {
      const low = this.#words.next();
      const high = this.#words.next();
      if (surplus > 0 && high * twoTo32 + low < surplus) continue;
      if (wide !== undefined) return Number(((BigInt(high) << 32n) | BigInt(low)) % wide);
      return ((high % bound) * (twoTo32 % bound) + low) % bound;
    }
  }
}
