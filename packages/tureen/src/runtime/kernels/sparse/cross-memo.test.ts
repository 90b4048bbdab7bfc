import { expect, it } from "vitest";
import { crossMemo } from "./cross-memo.js";

it("knows a combination only while its slot holds that very one", () => {
  const memo = crossMemo(2);
  const words = new Int32Array(4);
  let hits = 0;
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 40_000; i++) {
      words.set([i, i * 7, -i, i % 3]);
      const slot = memo.find(words, 4);
      if (memo.isKnown(slot)) {
        hits++;
        expect(memo.bucket(slot)).toBe(i * 2);
      } else memo.set(slot, i * 2);
    }
  }
  // More combinations than slots: some were put out by others, the rest is known in the second round.
  expect(hits).toBeGreaterThan(1000);
  expect(hits).toBeLessThan(40_000);
});
