import { freshSeed, type RandomBits, xoshiro } from "./random.js";

/** Gives each pass over a shuffle its random bits. */
export interface ShuffleSeeds {
  (): RandomBits;
  /** What makes the same seeds from the next pass on. */
  state(): ShuffleState;
}

/** How a shuffle is seeded, and the number of its next pass. */
export interface ShuffleState {
  readonly seed: number;
  readonly reshuffleEachIteration: boolean;
  readonly pass: number;
}

/** How a shuffle is seeded. */
export interface ShuffleOptions {
  /** Any integer; the same seed gives the same sequence of passes. A random one where there is none. */
  readonly seed?: number | undefined;
  /** Whether each pass has an order of its own (the default), as with TensorFlow's `reshuffle_each_iteration`. */
  readonly reshuffleEachIteration?: boolean | undefined;
}

/** The random bits of a shuffle, pass after pass. */
export function shuffleSeeds(options: ShuffleOptions | ShuffleState): ShuffleSeeds {
  const { seed = freshSeed(), reshuffleEachIteration = true } = options;
  let pass = "pass" in options ? options.pass : 0;
  const next = (): RandomBits => xoshiro(seed, reshuffleEachIteration ? pass++ : 0);
  return Object.assign(next, { state: () => ({ seed, reshuffleEachIteration, pass }) });
}
