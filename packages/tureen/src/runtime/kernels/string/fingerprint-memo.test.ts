import { expect, it } from "vitest";
import { encodeText } from "../../../core/text.js";
import { fingerprint64 } from "./farm-hash.js";
import { rememberedFingerprint64 } from "./fingerprint-memo.js";

it("gives the fingerprint of more strings than it has room for, of long ones and of those that come again", () => {
  const [known, expected] = [
    { low: 0, high: 0 },
    { low: 0, high: 0 },
  ];
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 9000; i++) {
      const bytes = encodeText("x".repeat(i % 70) + i);
      rememberedFingerprint64(bytes, known);
      fingerprint64(bytes, expected);
      expect(known.low === expected.low && known.high === expected.high).toBe(true);
    }
  }
});
