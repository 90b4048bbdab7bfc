/**
 * 64-bit unsigned arithmetic modulo 2^64 on numbered registers: two Int32Array entries each, low half first.
 *
 * A hash is a few dozen of these steps a string; BigInts would cost an allocation each.
 */
export class Registers {
  readonly words: Int32Array;

  constructor(count: number) {
    this.words = new Int32Array(count * 2);
  }

  /** r[target] = a 64-bit constant given in halves. */
  set(target: number, low: number, high: number): void {
    this.words[target * 2] = low;
    this.words[target * 2 + 1] = high;
  }

  /** r[target] = r[a] */
  copy(target: number, a: number): void {
    this.words[target * 2] = this.words[a * 2]!;
    this.words[target * 2 + 1] = this.words[a * 2 + 1]!;
  }

  /** r[target] = r[a] + r[b] */
  add(target: number, a: number, b: number): void {
    const { words } = this;
    const low = (words[a * 2]! >>> 0) + (words[b * 2]! >>> 0);
    words[target * 2 + 1] = words[a * 2 + 1]! + words[b * 2 + 1]! + (low > 0xffffffff ? 1 : 0);
    words[target * 2] = low;
  }

  /** r[target] = r[a] ^ r[b] */
  xor(target: number, a: number, b: number): void {
    const { words } = this;
    words[target * 2] = words[a * 2]! ^ words[b * 2]!;
    words[target * 2 + 1] = words[a * 2 + 1]! ^ words[b * 2 + 1]!;
  }

  /** r[target] = r[a] * r[b] */
  multiply(target: number, a: number, b: number): void {
    const { words } = this;
    const al = words[a * 2]!;
    const bl = words[b * 2]!;
    const high = Math.imul(al, words[b * 2 + 1]!) + Math.imul(words[a * 2 + 1]!, bl);
    const a0 = al & 0xffff;
    const a1 = al >>> 16;
    const b0 = bl & 0xffff;
    const b1 = bl >>> 16;
    const middle = a1 * b0 + ((a0 * b0) >>> 16);
    const other = a0 * b1 + (middle & 0xffff);
    words[target * 2 + 1] = high + a1 * b1 + Math.floor(middle / 65536) + Math.floor(other / 65536);
    words[target * 2] = Math.imul(al, bl);
  }

  /** r[target] = r[a] rotated right by 1 to 63 bits */
  rotateRight(target: number, a: number, bits: number): void {
    const { words } = this;
    let low = words[a * 2]!;
    let high = words[a * 2 + 1]!;
    if (bits >= 32) [low, high] = [high, low];
    const by = bits & 31;
    if (by === 0) {
      words[target * 2] = low;
      words[target * 2 + 1] = high;
      return;
    }
    words[target * 2] = (low >>> by) | (high << (32 - by));
    words[target * 2 + 1] = (high >>> by) | (low << (32 - by));
  }

  /** r[target] = r[a] ^ (r[a] >> 47), the mixing step of FarmHash and MurmurHash */
  shiftMix(target: number, a: number): void {
    const { words } = this;
    const high = words[a * 2 + 1]!;
    words[target * 2] = words[a * 2]! ^ (high >>> 15);
    words[target * 2 + 1] = high;
  }

  /** r[target] = eight little-endian bytes */
  fetch(target: number, bytes: Uint8Array, at: number): void {
    const { words } = this;
    words[target * 2] = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    words[target * 2 + 1] = bytes[at + 4]! | (bytes[at + 5]! << 8) | (bytes[at + 6]! << 16) | (bytes[at + 7]! << 24);
  }

  /** r[a] as an unsigned BigInt */
  value(a: number): bigint {
    return (BigInt(this.words[a * 2 + 1]! >>> 0) << 32n) | BigInt(this.words[a * 2]! >>> 0);
  }
}

/**
 * (high * 2^32 + low) % divisor for an unsigned 64-bit number and a divisor below 2^53; exact.
 */
export function remainder64(low: number, high: number, divisor: number): number {
  const unsignedHigh = high >>> 0;
  const unsignedLow = low >>> 0;
  // Below 2^21 every intermediate of two 32-bit steps stays an exact double.
  if (divisor <= 0x200000) return ((unsignedHigh % divisor) * 4294967296 + unsignedLow) % divisor;
  // Below 2^37 the same holds for steps of 16 bits.
  if (divisor <= 0x2000000000) {
    const upper = ((unsignedHigh % divisor) * 65536 + (unsignedLow >>> 16)) % divisor;
    return (upper * 65536 + (unsignedLow & 0xffff)) % divisor;
  }
  return Number(((BigInt(unsignedHigh) << 32n) | BigInt(unsignedLow)) % BigInt(divisor));
}
