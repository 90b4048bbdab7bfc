import { describe, expect, it } from "vitest";
import { fromBfloat16, fromFloat16, toBfloat16, toFloat16 } from "./half-float.js";

describe("half precision", () => {
  it("keeps every float16 that is no NaN through a round trip", () => {
    for (let bits = 0; bits < 0x10000; bits++) {
      const value = fromFloat16(bits);
      if (!Number.isNaN(value)) expect(toFloat16(value)).toBe(bits);
    }
  });

  it("keeps every bfloat16 that is no NaN through a round trip", () => {
    for (let bits = 0; bits < 0x10000; bits++) {
      const value = fromBfloat16(bits);
      if (!Number.isNaN(value)) expect(toBfloat16(value)).toBe(bits);
    }
  });

  it("rounds to the nearest, ties to even", () => {
    expect(fromFloat16(toFloat16(1 + 1 / 2048))).toBe(1);
    expect(fromFloat16(toFloat16(1 + 3 / 2048))).toBe(1 + 2 / 1024);
    expect(fromFloat16(toFloat16(65519))).toBe(65504);
    expect(fromFloat16(toFloat16(65520))).toBe(Number.POSITIVE_INFINITY);
    expect(fromFloat16(toFloat16(2 ** -25))).toBe(0);
    expect(fromFloat16(toFloat16(3 * 2 ** -25))).toBe(2 ** -23);
    expect(fromBfloat16(toBfloat16(1 + 1 / 256))).toBe(1);
    expect(fromBfloat16(toBfloat16(1 + 3 / 256))).toBe(1 + 4 / 256);
  });
});
