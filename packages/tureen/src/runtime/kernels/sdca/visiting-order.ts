import type { RunContext } from "../../run-context.js";
import { AliasSampler } from "../random/alias-sampler.js";
import { entropyOf } from "../random/machine-entropy.js";
import { MersenneTwister, shuffledOrder } from "../random/mersenne-twister.js";
import { Philox, SingleWords } from "../random/philox.js";

/** An order of `count` examples, each once, by the machine's entropy. */
export function randomOrder(count: number, context: RunContext): Int32Array {
  return shuffledOrder(count, new MersenneTwister(entropyOf(context)));
}

/** An example that was drawn before is kept with so much of its chance, each time. */
const decay = 0.1;

/**
 * So many draws with probabilities in proportion to weights, where an example drawn again is mostly passed over.
 *
 * After as many passes as there are examples TensorFlow means to go on with those not drawn yet, but leaves the rest of its list as it is: example 0.
 */
export function sampledOrder(weights: Float32Array, context: RunContext): Int32Array {
  const count = weights.length;
  const order = new Int32Array(count);
  const drawn = new Int32Array(count);
  const sampler = new AliasSampler(weights);
  const word = (): bigint => BigInt(entropyOf(context));
  const words = new SingleWords(Philox.fromSeeds((word() << 32n) | word(), (word() << 32n) | word()));
  const chances = new MersenneTwister(entropyOf(context));
  let found = 0;
  let passes = 0;
  while (found < count && passes < count) {
    const example = sampler.next(words);
    if (chances.double() > decay ** drawn[example]!) {
      passes += 1;
      continue;
    }
    drawn[example]! += 1;
    order[found] = example;
    found += 1;
  }
  return order;
}
