import { describe, expect, it } from "vitest";
import { Philox } from "./philox.js";

describe("Philox 4x32-10", () => {
  // The known answers that the algorithm's authors publish with Random123 (kat_vectors).
  it.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ])("gives the published block of counter %j under key %j", (counter, key, expected) => {
    expect(Array.from(new Philox(counter, key).next())).toEqual(expected);
  });

  it("skips as far as so many blocks would go, over the borders of words", () => {
    const start = [0xfffffffe, 0xffffffff, 7, 0];
    const walked = new Philox(start, [1, 2]);
    for (let i = 0; i < 5; i++) walked.next();
    const skipped = new Philox(start, [1, 2]);
    skipped.skip(5);
    expect(Array.from(skipped.next())).toEqual(Array.from(walked.next()));
  });

  it("skips further than 32 bits reach", () => {
    const far = new Philox([5, 0, 0, 0], [1, 2]);
    far.skip(3 * 2 ** 32 + 1);
    expect(Array.from(far.next())).toEqual(Array.from(new Philox([6, 3, 0, 0], [1, 2]).next()));
  });
});
