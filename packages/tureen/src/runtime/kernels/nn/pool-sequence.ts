import { type Philox, SingleWords } from "../random/philox.js";

/** The bits of a double's mantissa that come from the first of two words, and what a word is worth. */
const highBits = 0xfffff;
const twoTo32 = 2 ** 32;

/**
 * Where the pools of a fractional pooling begin, and where the last one ends: `output + 1` places from 0 to `input`.
 *
 * Sizes of pools are `floor(input / output)` or one more, in an order drawn from `reserve`'s generator: shuffled, or evenly spread from a
 * random start where `pseudoRandom` (Graham, "Fractional Max-Pooling", 2014). The same draws as TensorFlow's.
 */
export function poolSequence(
  input: number,
  output: number,
  pseudoRandom: boolean,
  reserve: (blocks: number) => Philox,
): number[] {
  const sizes = pseudoRandom ? spreadSizes(input, output, reserve) : shuffledSizes(input, output, reserve);
  const places = [0];
  for (const size of sizes) places.push(places.at(-1)! + size);
  return places;
}

function spreadSizes(input: number, output: number, reserve: (blocks: number) => Philox): number[] {
  const alpha = input / output;
  const least = Math.floor(alpha);
  // A larger start would make the first pool, or leave the last one, too small.
  const limit = Math.min((least + 2) / alpha - 1, (input + 1 - least) / alpha - (output - 1));
  const words = new SingleWords(reserve(1));
  const high = words.next() & highBits;
  const start = ((high * twoTo32 + words.next()) / 2 ** 52) * limit;
  const ends = Array.from({ length: output + 1 }, (_, i) => Math.ceil(alpha * (i + start)));
  ends[0] = 1;
  ends[output] = input + 1;
  return ends.slice(1).map((end, i) => end - ends[i]!);
}

function shuffledSizes(input: number, output: number, reserve: (blocks: number) => Philox): number[] {
  const least = Math.floor(input / output);
  const larger = input % output;
  const sizes = Array.from({ length: output }, (_, i) => (i < larger ? least + 1 : least));
  const words = new SingleWords(reserve(Math.ceil(output / 4)));
  for (let i = 0; i < output - 1; i++) {
    const other = i + (words.next() % (output - i));
    [sizes[i], sizes[other]] = [sizes[other]!, sizes[i]!];
  }
  return sizes;
}
