import { expect, test } from "vitest";
import { parseEinsum } from "./einsum-equation.js";

test("labels are numbered as they appear, an ellipsis is -1", () => {
  expect(parseEinsum("b...d, dh -> b...h")).toEqual({
    inputs: [
      [0, -1, 1],
      [1, 2],
    ],
    output: [0, -1, 2],
    labels: 3,
  });
});

// Texts as TensorFlow 2.15 raised them.
test.each([
  ["ii", "Expecting exactly one '->' in einsum equation: ii"],
  ["ij->ij->ij", "Expecting exactly one '->' in einsum equation: ij->ij->ij"],
  ["ij,jk,kl->il", "Expecting 1 or 2 input subscripts in equation 'ij,jk,kl->il' but got: 3"],
  ["i.j->ij", "Expected at most one ellipsis (...), but found 1 periods (.) in the input subscript: i.j"],
  [
    "ij,jk->il",
    "Einsum output subscripts for equation 'ij,jk->il' has label 'l' which is not present in the input subscripts",
  ],
])("%s is refused", (equation, message) => {
  expect(() => parseEinsum(equation)).toThrow(message);
});
