import { describe, expect, it } from "vitest";
import { numpyText } from "./numpy-text.js";
import { readFixture, restored, type StoredTensor } from "./recorded-fixture.js";

const { texts } = readFixture<{ readonly texts: readonly (readonly [StoredTensor, string])[] }>("warm-start");

describe("numpyText", () => {
  texts.forEach(([stored, text], i) => {
    it(`${i}: ${text.slice(0, 50).replaceAll("\n", " ")}`, () => expect(numpyText(restored(stored))).toBe(text));
  });
});
