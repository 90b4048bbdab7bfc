import { expect, test } from "vitest";
import { encodeText } from "../../../core/text.js";
import { fingerprint64BigInt } from "./farm-hash.js";

// What tf.fingerprint of TensorFlow 2.15.1 gives for bytes (i * 37 + n * 11) & 255 of length n: one or more of each length class.
const recorded: Readonly<Record<number, string>> = {
  0: "11160318154034397263",
  1: "4787810249829893994",
  3: "1391590960341357285",
  4: "13784819508546528661",
  7: "1779591755388221548",
  8: "2700319997276414914",
  15: "16492482688685781376",
  16: "6146972963557212620",
  17: "1288097421791121095",
  31: "18049700628247939698",
  32: "2092107961373731933",
  33: "14542152977315060818",
  63: "6238189795592165135",
  64: "7796587972206282222",
  65: "8266282290673172197",
  127: "4995122908574251640",
  128: "17840400735072181966",
  129: "15016162068590367866",
  191: "9030318464453146411",
  193: "15635149547591275200",
  199: "2446544882206213595",
};

function sample(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 37 + length * 11) & 255);
}

test.each(Object.entries(recorded))("the fingerprint of %s bytes", (length, expected) => {
  expect(fingerprint64BigInt(sample(Number(length))).toString()).toBe(expected);
});

test("a fingerprint depends on nothing hashed before", () => {
  const first = fingerprint64BigInt(encodeText("Bachelors"));
  fingerprint64BigInt(sample(300));
  expect(fingerprint64BigInt(encodeText("Bachelors"))).toBe(first);
});
