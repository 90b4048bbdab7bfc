/**
 * The parts of OrderedCode (`tensorflow/core/lib/strings/ordered_code.h`) that the keys of tensor slices are made of: encodings whose byte order
 * is the order of what they encode.
 */
export class OrderedCodeWriter {
  private readonly bytes: number[] = [];

  /** A non-negative integer: how many bytes follow, then those, big-endian without leading zeros. */
  number(value: number): this {
    const digits: number[] = [];
    for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256);
    this.bytes.push(digits.length, ...digits);
    return this;
  }

  /** Bytes, with 0x00 and 0xff escaped, and an end mark. */
  string(value: Uint8Array): this {
    for (const byte of value) {
      this.bytes.push(byte);
      if (byte === 0) this.bytes.push(0xff);
      else if (byte === 0xff) this.bytes.push(0);
    }
    this.bytes.push(0, 1);
    return this;
  }

  /** An integer of either sign: the sign and the length in the leading bits, then two's complement, big-endian; n bytes hold 7n bits. */
  signedNumber(value: number): this {
    const integer = BigInt(value);
    let length = 1;
    while (BigInt.asIntN(7 * length, integer) !== integer) length += 1;
    const size = BigInt(length);
    const leadingOnes = ((1n << size) - 1n) << (7n * size);
    let code = BigInt.asUintN(8 * length, integer) ^ leadingOnes;
    const digits: number[] = [];
    for (let i = 0; i < length; i++, code >>= 8n) digits.unshift(Number(code & 255n));
    this.bytes.push(...digits);
    return this;
  }

  /** What was written. */
  finish(): Uint8Array {
    return Uint8Array.from(this.bytes);
  }
}
