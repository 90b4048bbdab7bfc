/** A source of 32 random bits a call. */
export type RandomBits = () => number;

/**
 * xoshiro128** by Blackman and Vigna (2018), seeded with splitmix32 from a seed and a stream number.
 *
 * The same two numbers give the same bits on every machine. It is not TensorFlow's Philox: shuffles are as reproducible as TensorFlow's, but
 * not in the same order.
 */
export function xoshiro(seed: number, stream: number): RandomBits {
  // A seed above 2^32 keeps its high half: both halves and the stream pass through the mixer.
  let state = mix(mix(seed | 0) ^ mix(Math.floor(seed / 0x1_0000_0000) + 1) ^ mix(stream + 2));
  const word = (): number => {
    state = (state + goldenRatio) | 0;
    return mix(state);
  };
  let a = word();
  let b = word();
  let c = word();
  // All four words zero is the one state it never leaves.
  let d = word() | 1;
  return () => {
    const product = Math.imul(b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result >>> 0;
  };
}

/** 2^32 divided by the golden ratio: splitmix32's step. */
const goldenRatio = 0x9e3779b9 | 0;

/** The finalizer of MurmurHash3 with the constants of splitmix32. */
function mix(value: number): number {
  let z = value | 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return z ^ (z >>> 15);
}

/** An integer in [0, bound); the bias is below bound / 2^32. */
export function randomIndex(bits: RandomBits, bound: number): number {
  return Math.floor(bits() * 2 ** -32 * bound);
}

/** Takes an element out of a buffer at random, whose last one comes in its place; undefined where it is empty. */
export function drawRandom<T>(buffer: T[], bits: RandomBits): T | undefined {
  if (buffer.length === 0) return undefined;
  const pick = randomIndex(bits, buffer.length);
  const drawn = buffer[pick];
  const last = buffer.pop()!;
  if (pick < buffer.length) buffer[pick] = last;
  return drawn;
}

/** A seed for who gave none. */
export function freshSeed(): number {
  return Math.floor(Math.random() * Number.MAX_SAFE_INTEGER);
}
