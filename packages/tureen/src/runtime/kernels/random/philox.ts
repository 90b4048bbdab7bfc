/** Words that the generator gives at a time. */
export const blockWords = 4;

const rounds = 10;
/** The multipliers and key increments of Philox 4x32 (Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", 2011). */
const multiplierA = 0xd2511f53;
const multiplierB = 0xcd9e8d57;
const incrementA = 0x9e3779b9;
const incrementB = 0xbb67ae85;

const twoTo32 = 2 ** 32;

/** The upper 32 bits of the product of two 32-bit words, by halves; everything stays in 32-bit integers. */
function multiplyHigh(a: number, b: number): number {
  const aHigh = a >>> 16;
  const aLow = a & 0xffff;
  const bHigh = b >>> 16;
  const bLow = b & 0xffff;
  const middle = (Math.imul(aHigh, bLow) + (Math.imul(aLow, bLow) >>> 16)) | 0;
  const carry = (Math.imul(aLow, bHigh) + (middle & 0xffff)) | 0;
  return (Math.imul(aHigh, bHigh) + (middle >>> 16) + (carry >>> 16)) | 0;
}

/**
 * Philox 4x32-10, TensorFlow's counter-based generator: 128 random bits of a 128-bit counter under a 64-bit key.
 *
 * Skipping ahead costs nothing, so kernels give every stretch of their output a place of its own in the sequence.
 */
export class Philox {
  readonly #counter: Uint32Array;
  readonly #key: Uint32Array;
  /** The four words of the last block. */
  readonly words: Uint32Array = new Uint32Array(blockWords);

  /** `counter` has four words and `key` two, the low word first. */
  constructor(counter: ArrayLike<number>, key: ArrayLike<number>) {
    this.#counter = Uint32Array.from(counter);
    this.#key = Uint32Array.from(key);
  }

  /** The generator of two 64-bit seeds, as stateful ops seed theirs. */
  static fromSeeds(seed: bigint, seed2: bigint): Philox {
    return new Philox([0, 0, ...wordsOf(seed2)], wordsOf(seed));
  }

  /** Another generator at the same place. */
  copy(): Philox {
    return new Philox(this.#counter, this.#key);
  }

  /** Goes over `blocks` blocks. */
  skip(blocks: number): void {
    const counter = this.#counter;
    let carry = blocks;
    for (let i = 0; i < blockWords && carry > 0; i++) {
      const sum = counter[i]! + (carry % twoTo32);
      counter[i] = sum;
      carry = Math.floor(carry / twoTo32) + (sum >= twoTo32 ? 1 : 0);
    }
  }

  /** Makes the next block; its words are in `words`. */
  next(): Uint32Array {
    const counter = this.#counter;
    let a = counter[0]! | 0;
    let b = counter[1]! | 0;
    let c = counter[2]! | 0;
    let d = counter[3]! | 0;
    let keyA = this.#key[0]! | 0;
    let keyB = this.#key[1]! | 0;
    for (let round = 0; round < rounds; round++) {
      const highA = multiplyHigh(multiplierA, a);
      const lowA = Math.imul(multiplierA, a);
      const highB = multiplyHigh(multiplierB, c);
      const lowB = Math.imul(multiplierB, c);
      a = highB ^ b ^ keyA;
      b = lowB;
      c = highA ^ d ^ keyB;
      d = lowA;
      keyA = (keyA + incrementA) | 0;
      keyB = (keyB + incrementB) | 0;
    }
    const { words } = this;
    words[0] = a;
    words[1] = b;
    words[2] = c;
    words[3] = d;
    for (let i = 0; i < blockWords; i++) {
      const next = counter[i]! + 1;
      counter[i] = next;
      if (next < twoTo32) break;
    }
    return words;
  }
}

/** The low and the high word of a 64-bit integer. */
export function wordsOf(value: bigint): [number, number] {
  const bits = BigInt.asUintN(64, value);
  return [Number(bits & 0xffffffffn), Number(bits >> 32n)];
}

/** The words of a generator one at a time. */
export class SingleWords {
  readonly #generator: Philox;
  #used = blockWords;

  constructor(generator: Philox) {
    this.#generator = generator;
  }

  /** The next word. */
  next(): number {
    if (this.#used === blockWords) {
      this.#generator.next();
      this.#used = 0;
    }
    const word = this.#generator.words[this.#used]!;
    this.#used += 1;
    return word;
  }
}
