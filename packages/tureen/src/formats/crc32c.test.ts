import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeText } from "../core/text.js";
import { crc32c, extendCrc32c, maskCrc32c, unmaskCrc32c } from "./crc32c.js";

/** The definition, a bit at a time. */
function crcByDefinition(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}

describe("crc32c", () => {
  it("gives the published values of RFC 3720, B.4", () => {
    expect(crc32c(encodeText("123456789"))).toBe(0xe3069283);
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => 31 - i))).toBe(0x113fdb5c);
    expect(crc32c(new Uint8Array(0))).toBe(0);
  });

  it("follows the definition at every length and alignment", () => {
    const bytes = Uint8Array.from({ length: 400 }, (_, i) => (i * 167 + 13) & 255);
    for (let start = 0; start < 5; start++) {
      for (let end = start; end <= bytes.length; end += 7) {
        const part = bytes.subarray(start, end);
        expect(crc32c(part)).toBe(crcByDefinition(part));
      }
    }
  });

  it("extends over parts as over the whole", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), fc.nat(600), (bytes, cut) => {
        const at = Math.min(cut, bytes.length);
        expect(extendCrc32c(crc32c(bytes.subarray(0, at)), bytes, at)).toBe(crcByDefinition(bytes));
        expect(extendCrc32c(0, bytes, 0, at)).toBe(crcByDefinition(bytes.subarray(0, at)));
      }),
    );
  });

  it("masks and unmasks any value", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), (crc) => {
        expect(unmaskCrc32c(maskCrc32c(crc))).toBe(crc);
        expect(maskCrc32c(crc)).not.toBe(crc);
      }),
    );
    // The trailer of the metaindex block of every table that TensorFlow writes: an empty block of type 0.
    expect(maskCrc32c(crc32c(Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0, 0)))).toBe(0xb0a1f2c0);
  });
});
