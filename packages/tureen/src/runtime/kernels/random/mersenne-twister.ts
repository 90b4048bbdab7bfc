/** Words of the state, and how far apart those are that are mixed (Matsumoto and Nishimura, "Mersenne Twister", 1998: MT19937). */
const size = 624;
const distance = 397;

const twoTo32 = 2 ** 32;
const twoTo64 = 2 ** 64;

/** The generator of `std::mt19937`, for ops that order things by it. */
export class MersenneTwister {
  readonly #state = new Uint32Array(size);
  #used = size;

  /** `seed` is a 32-bit word. */
  constructor(seed: number) {
    const state = this.#state;
    state[0] = seed;
    for (let i = 1; i < size; i++) {
      const before = state[i - 1]! ^ (state[i - 1]! >>> 30);
      state[i] = Math.imul(before, 1812433253) + i;
    }
  }

  /** The next 32-bit word. */
  next(): number {
    if (this.#used === size) this.#refill();
    let word = this.#state[this.#used]!;
    this.#used += 1;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return (word ^ (word >>> 18)) >>> 0;
  }

  /** An integer from [0, limit), `limit` from 1 to 2^32 - 1, as libstdc++'s `uniform_int_distribution` draws it: a word divided. */
  below(limit: number): number {
    const share = Math.floor((twoTo32 - 1) / limit);
    for (;;) {
      const word = this.next();
      if (word < share * limit) return Math.floor(word / share);
    }
  }

  /** A double from [0, 1) of two words (`std::generate_canonical`). */
  double(): number {
    const low = this.next();
    return Math.min((low + this.next() * twoTo32) / twoTo64, 1 - Number.EPSILON / 2);
  }

  #refill(): void {
    const state = this.#state;
    for (let i = 0; i < size; i++) {
      const bits = (state[i]! & 0x80000000) | (state[(i + 1) % size]! & 0x7fffffff);
      state[i] = state[(i + distance) % size]! ^ (bits >>> 1) ^ ((bits & 1) * 0x9908b0df);
    }
    this.#used = 0;
  }
}

/** The numbers below `length` in the order that libstdc++'s `std::shuffle` puts them in: two places by one draw where its range allows it. */
export function shuffledOrder(length: number, random: MersenneTwister): Int32Array {
  const order = Int32Array.from({ length }, (_, i) => i);
  const swap = (a: number, b: number): void => {
    const held = order[a]!;
    order[a] = order[b]!;
    order[b] = held;
  };
  let next = 1;
  if (Math.floor((twoTo32 - 1) / length) >= length) {
    if (length % 2 === 0 && length > 0) {
      swap(next, random.below(2));
      next += 1;
    }
    for (; next < length; next += 2) {
      const draw = random.below((next + 1) * (next + 2));
      swap(next, Math.floor(draw / (next + 2)));
      swap(next + 1, draw % (next + 2));
    }
  }
  for (; next < length; next++) swap(next, random.below(next + 1));
  return order;
}
