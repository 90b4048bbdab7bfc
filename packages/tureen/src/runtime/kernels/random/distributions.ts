import type { DType } from "../../../core/dtype.js";
import { unimplemented } from "../../../core/status-error.js";
import type { TensorValue } from "../../../core/tensor-value.js";
import { writeHalf } from "../array/half.js";
import { type Philox, SingleWords } from "./philox.js";

/*
 * Random bits become numbers as in tensorflow/core/lib/random: the low bits fill a mantissa with the exponent of [1, 2), less one.
 */

/** A uniform float32 from [0, 1) of one word. */
export function uniformFloat(word: number): number {
  return (word & 0x7fffff) / 0x800000;
}

const twoTo32 = 2 ** 32;
const twoTo52 = 2 ** 52;

/** A uniform float64 from [0, 1) of two words. */
export function uniformDouble(first: number, second: number): number {
  return ((first & 0xfffff) * twoTo32 + second) / twoTo52;
}

/** Nothing smaller goes into the logarithm. */
const smallest = 1e-7;
const pair = new Float64Array(2);

/** Two normal float32 samples of two words (Box and Muller), left in `pair`. */
export function normalFloats(first: number, second: number): Float64Array {
  const { fround } = Math;
  const u = Math.max(uniformFloat(first), fround(smallest));
  const angle = fround(2 * Math.PI * uniformFloat(second));
  const radius = fround(Math.sqrt(fround(-2 * fround(Math.log(u)))));
  pair[0] = fround(fround(Math.sin(angle)) * radius);
  pair[1] = fround(fround(Math.cos(angle)) * radius);
  return pair;
}

/** Two normal float64 samples of four words, left in `pair`. */
export function normalDoubles(a: number, b: number, c: number, d: number): Float64Array {
  const u = Math.max(uniformDouble(a, b), smallest);
  const angle = 2 * Math.PI * uniformDouble(c, d);
  const radius = Math.sqrt(-2 * Math.log(u));
  pair[0] = Math.sin(angle) * radius;
  pair[1] = Math.cos(angle) * radius;
  return pair;
}

/** Fills a value's elements from a generator. */
export type Fill = (generator: Philox, output: TensorValue) => void;

type Writer = (data: number[], at: number, value: number) => void;

const plain: Writer = (data, at, value) => {
  data[at] = value;
};

function writerOf(dtype: DType): Writer {
  if (dtype !== "float16" && dtype !== "bfloat16") return plain;
  return (data, at, value) => {
    data[at] = writeHalf(dtype, value);
  };
}

/** Uniform numbers from [0, 1). */
export const fillUniform: Fill = (generator, output) => {
  const data = output.data as unknown as number[];
  const { dtype } = output;
  const { length } = data;
  if (dtype === "float64") {
    for (let i = 0; i < length; i += 2) {
      const words = generator.next();
      data[i] = uniformDouble(words[0]!, words[1]!);
      if (i + 1 < length) data[i + 1] = uniformDouble(words[2]!, words[3]!);
    }
    return;
  }
  if (dtype === "float32") {
    const floats = output.data as Float32Array;
    for (let i = 0; i < length; i += 4) {
      const words = generator.next();
      for (let j = 0; j < 4 && i + j < length; j++) floats[i + j] = uniformFloat(words[j]!);
    }
    return;
  }
  // Half precision takes as many bits as its mantissa has.
  const bits = dtype === "float16" ? 0x400 : 0x80;
  const write = writerOf(dtype);
  for (let i = 0; i < length; i += 4) {
    const words = generator.next();
    for (let j = 0; j < 4 && i + j < length; j++) write(data, i + j, (words[j]! & (bits - 1)) / bits);
  }
};

/** Standard normal numbers. */
export const fillNormal: Fill = (generator, output) => {
  const data = output.data as unknown as number[];
  const { length } = data;
  if (output.dtype === "float64") {
    for (let i = 0; i < length; i += 2) {
      const words = generator.next();
      const samples = normalDoubles(words[0]!, words[1]!, words[2]!, words[3]!);
      data[i] = samples[0]!;
      if (i + 1 < length) data[i + 1] = samples[1]!;
    }
    return;
  }
  const write = writerOf(output.dtype);
  for (let i = 0; i < length; i += 4) {
    const words = generator.next();
    for (let j = 0; j < 4 && i + j < length; j += 2) {
      const samples = normalFloats(words[j]!, words[j + 1]!);
      write(data, i + j, samples[0]!);
      if (i + j + 1 < length) write(data, i + j + 1, samples[1]!);
    }
  }
};

/** Samples beyond this many standard deviations are drawn again. */
const truncateAt = 2;
/** Samples that TensorFlow sets aside for each number of a distribution with rejection. */
export const reservedSamples = 256;

/** Normal numbers within two standard deviations. Each group of output starts at a place of its own, so that order of work does not matter. */
export const fillTruncatedNormal: Fill = (generator, output) => {
  const data = output.data as unknown as number[];
  const double = output.dtype === "float64";
  const group = double ? 2 : 4;
  const stride = (group * reservedSamples) / 4;
  const write = writerOf(output.dtype);
  for (let start = 0; start < data.length; start += group) {
    const own = generator.copy();
    own.skip((start / group) * stride);
    const words = new SingleWords(own);
    for (let taken = 0; taken < group; ) {
      const samples = double
        ? normalDoubles(words.next(), words.next(), words.next(), words.next())
        : normalFloats(words.next(), words.next());
      for (let k = 0; k < 2 && taken < group; k++) {
        const sample = samples[k]!;
        if (!(Math.abs(sample) < truncateAt)) continue;
        if (start + taken < data.length) write(data, start + taken, sample);
        taken += 1;
      }
    }
  }
};

/** Uniform integers from [low, high). */
export function fillIntegers(low: number | bigint, high: number | bigint): Fill {
  return (generator, output) => {
    const { dtype } = output;
    if (dtype === "int64" || dtype === "uint64") {
      const data = output.data as BigInt64Array | BigUint64Array;
      const from = BigInt(low);
      const range = BigInt.asUintN(64, BigInt(high) - from);
      eachWide(generator, data.length, (i, bits) => {
        data[i] = from + (bits % range);
      });
    } else if (dtype === "int32" || dtype === "uint32") {
      const data = output.data as Int32Array | Uint32Array;
      const from = Number(low);
      const range = (Number(high) - from) >>> 0;
      eachWord(generator, data.length, (i, word) => {
        data[i] = from + (word % range);
      });
    } else throw unimplemented(`Random integers of ${dtype} are not supported`);
  };
}

/** Uniform integers of the whole dtype. */
export const fillFullIntegers: Fill = (generator, output) => {
  const { dtype } = output;
  if (dtype === "int64" || dtype === "uint64") {
    const data = output.data as BigInt64Array | BigUint64Array;
    eachWide(generator, data.length, (i, bits) => {
      data[i] = bits;
    });
  } else {
    const data = output.data as Int32Array | Uint32Array;
    eachWord(generator, data.length, (i, word) => {
      data[i] = word;
    });
  }
};

function eachWord(generator: Philox, count: number, use: (i: number, word: number) => void): void {
  for (let i = 0; i < count; i += 4) {
    const words = generator.next();
    for (let j = 0; j < 4 && i + j < count; j++) use(i + j, words[j]!);
  }
}

function eachWide(generator: Philox, count: number, use: (i: number, bits: bigint) => void): void {
  for (let i = 0; i < count; i += 2) {
    const words = generator.next();
    for (let j = 0; j < 2 && i + j < count; j++) {
      use(i + j, BigInt(words[2 * j]!) | (BigInt(words[2 * j + 1]!) << 32n));
    }
  }
}
