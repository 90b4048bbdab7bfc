import { describe, expect, test } from "vitest";
import { floatValue } from "../../../core/tensor-value.js";
import type { Kernel } from "../../kernel.js";
import type { RunContext } from "../../run-context.js";
import { elementwiseKernel } from "./elementwise.js";
import type { Instruction, Operand } from "./elementwise-module.js";
import { simplifyProgram } from "./simplify-program.js";

const context = {} as RunContext;
const refused: Kernel = () => {
  throw new Error("op by op");
};
const x: Operand = { kind: "input", at: 0 };
const result = (at: number): Operand => ({ kind: "result", at });
const constant = (value: number): Operand => ({ kind: "constant", value });

/** Sigmoid (3), and the sigmoid cross entropy of label 0 of each x (11) and summed up (12), as TensorFlow's graph has them. */
const instructions: readonly Instruction[] = [
  { op: "Neg", operands: [x] },
  { op: "Exp", operands: [result(0)] },
  { op: "AddV2", operands: [result(1), constant(1)] },
  { op: "Reciprocal", operands: [result(2)] },
  { op: "ZerosLike", operands: [x] },
  { op: "GreaterEqual", operands: [x, result(4)] },
  { op: "Select", operands: [result(5), x, result(4)] },
  { op: "Select", operands: [result(5), result(0), x] },
  { op: "Exp", operands: [result(7)] },
  { op: "Log1p", operands: [result(8)] },
  { op: "AddV2", operands: [result(6), result(9)] },
  { op: "Mul", operands: [result(10), constant(1)] },
  { op: "Sum", operands: [result(11)] },
];

const opsOf = (outputs: readonly number[]): string[] =>
  simplifyProgram({ inputs: 1, instructions, outputs }).instructions.map(({ op }) => op);

const lossOf = (value: number): number => Math.max(value, 0) + Math.log1p(Math.exp(-Math.abs(value)));

describe("the sigmoid cross entropy", () => {
  test("takes one exponential, and no logarithm of each element where only their sum is wanted", () => {
    expect(opsOf([3, 12]).filter((op) => op === "Exp")).toHaveLength(1);
    expect(opsOf([3, 12])).not.toContain("Log1p");
    expect(opsOf([12])).toContain("SumLog1p");
  });

  test("keeps the logarithms where they are given out", () => {
    expect(opsOf([11, 12])).toContain("Log1p");
    expect(opsOf([11, 12])).not.toContain("SumLog1p");
  });

  test.each([
    ["numbers near 0 and far from it", (i: number) => Math.sin(i) * 10 ** ((i % 5) - 2)],
    // Each adds a factor of 2 to the products.
    ["zeros", () => 0],
    ["infinite ends", (i: number) => (i % 2 === 0 ? 1000 : -1000)],
  ])("comes out right for %s", (_, make) => {
    // Two passes and a vector that is not full.
    const values = Float32Array.from({ length: 2048 + 1027 }, (_, i) => make(i));
    const program = { inputs: 1, instructions, outputs: [3, 12, 11] };
    const kernel = elementwiseKernel(
      { program, reducedRank: 1, isPassing: [], isShapeOnly: [false, false, true] },
      refused,
    );
    const expected = values.reduce((total, value) => total + lossOf(value), 0);
    for (let again = 0; again < 2; again++) {
      const [chances, loss, each] = kernel([floatValue(values)], context);
      expect(Math.abs((loss!.data as Float32Array)[0]! - expected)).toBeLessThanOrEqual(expected * 2e-7);
      expect(each!.shape).toEqual([values.length]);
      (chances!.data as Float32Array).forEach((chance, i) => {
        const exact = 1 / (1 + Math.exp(-values[i]!));
        // Four units in the last place, of the denormal numbers too.
        expect(Math.abs(chance - exact)).toBeLessThanOrEqual(exact * 2 ** -21 + 1e-44);
      });
    }
  });

  test("of NaN is NaN", () => {
    const values = new Float32Array(1024);
    values[7] = Number.NaN;
    const program = { inputs: 1, instructions, outputs: [3, 12] };
    const [chances, loss] = elementwiseKernel({ program, reducedRank: 1, isPassing: [] }, refused)(
      [floatValue(values)],
      context,
    );
    expect(loss!.data[0]).toBeNaN();
    expect(Array.from(chances!.data as Float32Array, Number.isNaN).flatMap((isNone, i) => (isNone ? [i] : []))).toEqual(
      [7],
    );
  });
});
