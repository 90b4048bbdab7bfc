import { describe, expect, test } from "vitest";
import { floatValue, scalarValue, type TensorValue } from "../../../core/tensor-value.js";
import type { Kernel } from "../../kernel.js";
import type { RunContext } from "../../run-context.js";
import { elementwiseKernel } from "./elementwise.js";
import type { Instruction, Operand } from "./elementwise-module.js";

const context = {} as RunContext;
const input = (at: number): Operand => ({ kind: "input", at });
const result = (at: number): Operand => ({ kind: "result", at });
const constant = (value: number): Operand => ({ kind: "constant", value });

function kernelOf(
  instructions: readonly Instruction[],
  outputs: readonly number[],
  apart?: Kernel,
  isPassing: boolean[] = [],
): Kernel {
  const operands = instructions.flatMap((instruction) => instruction.operands);
  const inputs = 1 + Math.max(...operands.map((operand) => (operand.kind === "input" ? operand.at : -1)));
  const program = { inputs, instructions, outputs };
  const refused: Kernel = () => {
    throw new Error("op by op");
  };
  return elementwiseKernel({ program, reducedRank: undefined, isPassing }, apart ?? refused);
}

function unary(op: string, values: readonly number[]): Float32Array {
  // Small arrays are left to the ops: the values are repeated until there are enough.
  const many = Array.from({ length: 1030 }, (_, i) => values[i % values.length]!);
  const [out] = kernelOf([{ op, operands: [input(0)] }], [0])([floatValue(many)], context);
  return (out!.data as Float32Array).slice(0, values.length);
}

const between = (low: number, high: number): number[] =>
  Array.from({ length: 1000 }, (_, i) => Math.fround(low + ((high - low) * i) / 1000));

describe("e^x and ln(1 + x) are right to the last bits of a float32", () => {
  test.each<[string, (x: number) => number, number, number]>([
    ["Exp", Math.exp, -87, 88.7],
    ["Exp", Math.exp, -1, 1],
    ["Log1p", Math.log1p, -0.999, 3],
    ["Log1p", Math.log1p, -1e-6, 1e-6],
    ["Log1p", Math.log1p, 0, 1],
    ["Log1p", Math.log1p, 1, 1e30],
  ])("%s", (op, exact, low, high) => {
    const values = between(low, high);
    unary(op, values).forEach((value, i) => {
      const expected = exact(values[i]!);
      // Two units in the last place.
      expect(Math.abs(value - expected)).toBeLessThanOrEqual(Math.abs(expected) * 2 ** -22);
    });
  });

  test("at the ends and beyond", () => {
    const { NaN: nan, POSITIVE_INFINITY: infinity, NEGATIVE_INFINITY: less } = Number;
    expect([...unary("Exp", [nan, infinity, less, 90, -110, 0])]).toEqual([nan, infinity, 0, infinity, 0, 1]);
    expect([...unary("Log1p", [nan, infinity, less, -1, -2, 0])]).toEqual([nan, infinity, nan, less, nan, 0]);
  });
});

describe("programs over all elements", () => {
  const count = 2048 + 1027;
  const numbers = floatValue(Array.from({ length: count }, (_, i) => (i % 7) - 3));

  test("sums, checks and sizes leave out what is beyond the last element", () => {
    const kernel = kernelOf(
      [
        { op: "AddV2", operands: [input(0), constant(10)] },
        { op: "Sum", operands: [result(0)] },
        { op: "GreaterEqual", operands: [result(0), constant(7)] },
        { op: "All", operands: [result(2)] },
        { op: "Greater", operands: [result(0), constant(7)] },
        { op: "All", operands: [result(4)] },
        { op: "Size", operands: [result(0)] },
        { op: "Cast", operands: [result(6)] },
        { op: "RealDiv", operands: [result(0), result(7)] },
      ],
      [1, 3, 5, 8],
    );
    const data = numbers.data as Float32Array;
    const sum = data.reduce((total, value) => total + value + 10, 0);
    for (let again = 0; again < 2; again++) {
      const [total, all, none, shares] = kernel([numbers], context);
      expect(total!.data[0]).toBe(sum);
      expect(all).toEqual(scalarValue("bool", true));
      expect(none).toEqual(scalarValue("bool", false));
      expect(shares!.data[count - 1]).toBe(Math.fround((data[count - 1]! + 10) / count));
    }
  });

  test("scalars are inputs too, and Select chooses", () => {
    const kernel = kernelOf(
      [
        { op: "Less", operands: [input(0), input(1)] },
        { op: "Neg", operands: [input(0)] },
        { op: "Select", operands: [result(0), result(1), input(0)] },
        { op: "ZerosLike", operands: [input(0)] },
        { op: "Sub", operands: [result(3), result(2)] },
      ],
      [2, 4],
    );
    const [sizes, negative] = kernel([numbers, scalarValue("float32", 0)], context);
    const data = numbers.data as Float32Array;
    expect([...(sizes!.data as Float32Array)]).toEqual([...data].map(Math.abs));
    expect([...(negative!.data as Float32Array)]).toEqual([...data].map((value) => 0 - Math.abs(value)));
  });

  test("shapes that differ, few elements and scalars alone go op by op", () => {
    const apart = [scalarValue("float32", 42)];
    const kernel = kernelOf([{ op: "Mul", operands: [input(0), input(1)] }], [0], () => apart);
    const many = floatValue(new Float32Array(1000), [500, 2]);
    expect(kernel([many, floatValue([1, 2])], context)).toBe(apart);
    expect(kernel([floatValue([1, 2]), floatValue([1, 2])], context)).toBe(apart);
    expect(kernel([scalarValue("float32", 1), scalarValue("float32", 1)], context)).toBe(apart);
    expect(kernel([many, many], context)).not.toBe(apart);
  });

  test("memory of outputs that nobody keeps is used again, that of others is not", () => {
    const double: Instruction[] = [{ op: "AddV2", operands: [input(0), input(0)] }];
    const run = (kernel: Kernel): TensorValue["data"] => kernel([numbers], context)[0]!.data;
    const passing = kernelOf(double, [0], undefined, [true]);
    expect(run(passing)).toBe(run(passing));
    const kept = kernelOf(double, [0]);
    expect(run(kept)).not.toBe(run(kept));
  });
});
