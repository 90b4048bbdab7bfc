import { invalidArgument } from "../../../core/status-error.js";
import type { SampledNumbers } from "./sampled-integers.js";

/** How a candidate sampler draws classes (TensorFlow's `RangeSampler`). */
export interface ClassDistribution {
  sample(numbers: SampledNumbers): number;
  /** The probability of a class in one draw, float32. */
  probability(value: number): number;
  /** Learns from the true classes of a batch. */
  readonly update?: (classes: ArrayLike<bigint>) => void;
}

/** All classes below `range` alike. */
export function uniformClasses(range: number): ClassDistribution {
  const each = Math.fround(1 / range);
  return { sample: (numbers) => numbers.below64(range), probability: () => each };
}

/** Zipf's law, nearly: classes are sorted by falling frequency. */
export function logUniformClasses(range: number): ClassDistribution {
  const logRange = Math.log1p(range);
  return {
    // Rounding may reach the range itself.
    sample: (numbers) => (Math.floor(Math.exp(numbers.double() * logRange)) - 1) % range,
    probability: (value) => Math.fround(Math.log((value + 2) / (value + 1)) / logRange),
  };
}

/** Classes in proportion to how often they were true so far, each counted once at the start. */
export function learnedClasses(range: number): ClassDistribution {
  // A Fenwick tree: sums of stretches of counts, so that a draw and an update take log(range) steps.
  const sums = new Int32Array(range + 1);
  const counts = new Int32Array(range).fill(1);
  for (let i = 1; i <= range; i++) sums[i] = i & -i;
  let total = range;
  let top = 1;
  while (top * 2 <= range) top *= 2;
  return {
    sample: (numbers) => {
      let rest = numbers.below32(total);
      let at = 0;
      for (let step = top; step > 0; step >>= 1) {
        if (at + step <= range && sums[at + step]! <= rest) {
          at += step;
          rest -= sums[at]!;
        }
      }
      return at;
    },
    probability: (value) => Math.fround(Math.fround(counts[value] ?? 0) / Math.fround(total)),
    update: (classes) => {
      for (let i = 0; i < classes.length; i++) {
        const value = Number(classes[i]);
        if (value < 0 || value >= range) continue;
        counts[value]! += 1;
        total += 1;
        for (let at = value + 1; at <= range; at += at & -at) sums[at]! += 1;
      }
    },
  };
}

/** Classes in proportion to given weights; INVALID_ARGUMENT where there are not as many weights as classes. */
export function weightedClasses(range: number, weights: readonly number[]): ClassDistribution {
  if (weights.length !== range) {
    throw invalidArgument(`range is ${range} must be equal to weights size  ${weights.length}`);
  }
  const total = weights.reduce((sum, weight) => Math.fround(sum + weight), 0);
  const { share, other } = aliases(weights);
  return {
    sample: (numbers) => {
      const place = numbers.float();
      const at = numbers.below32(range);
      return place < share[at]! ? at : other[at]!;
    },
    probability: (value) => (value < 0 || value >= range ? 0 : Math.fround(weights[value]! / total)),
  };
}

/** Walker's alias method: each place is its own class with a share and another one for the rest. */
function aliases(weights: readonly number[]): { readonly share: Float32Array; readonly other: Int32Array } {
  const count = weights.length;
  const sum = weights.reduce((all, weight) => all + weight, 0);
  const scaled = Float64Array.from(weights, (weight) => Math.fround(weight * count) / sum);
  const other = new Int32Array(count).fill(-1);
  const low: number[] = [];
  const high: number[] = [];
  for (let i = 0; i < count; i++) (scaled[i]! < 1 ? low : high).push(i);
  while (low.length > 0 && high.length > 0) {
    const small = low.pop()!;
    const large = high.pop()!;
    other[small] = large;
    scaled[large]! -= 1 - scaled[small]!;
    (scaled[large]! < 1 ? low : high).push(large);
  }
  const share = Float32Array.from(scaled);
  for (const whole of [...low, ...high]) {
    share[whole] = 1;
    other[whole] = whole;
  }
  return { share, other };
}
