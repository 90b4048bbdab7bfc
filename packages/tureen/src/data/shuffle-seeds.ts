import { freshSeed, type RandomBits, xoshiro } from "./random.js";

/** Gives each pass over a shuffle its random bits. */
export type ShuffleSeeds = () => RandomBits;

/** How a shuffle is seeded. */
export interface ShuffleOptions {
  /** Any integer; the same seed gives the same sequence of passes. A random one where there is none. */
  readonly seed?: number | undefined;
  /** Whether each pass has an order of its own (the default), as with TensorFlow's `reshuffle_each_iteration`. */
  readonly reshuffleEachIteration?: boolean | undefined;
}

/** The random bits of a shuffle, pass after pass. */
export function shuffleSeeds({ seed = freshSeed(), reshuffleEachIteration = true }: ShuffleOptions): ShuffleSeeds {
  let pass = 0;
  return () => xoshiro(seed, reshuffleEachIteration ? pass++ : 0);
}
