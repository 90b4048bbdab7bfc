import { allocate, type DataOf, type DType, isFloatingDType } from "../../../core/dtype.js";
import { widenHalf } from "../../../core/half-float.js";
import type { Shape } from "../../../core/shape.js";
import { type TensorValue, tensorValue } from "../../../core/tensor-value.js";
import type { KernelNode } from "../../kernel.js";
import { type BigArray, fromNumbers, type NumberArray } from "../math/element-wise.js";
import { missingKernel } from "../missing-kernel.js";
import { highestBig, highestOf, lowestBig, lowestOf } from "./number-limits.js";
import * as loops from "./reduce-loops.js";
import type { ReduceLoop } from "./reduction-plan.js";

/** How rows are taken together. */
export type RowOperation = "sum" | "product" | "max" | "min";

type Rows = NumberArray | BigArray;

/** The arithmetic on rows of one dtype: accumulators of `width` array entries an element, loops, and the way back. */
export interface RowArithmetic {
  readonly width: 1 | 2;
  readonly read: (value: TensorValue) => Rows;
  /** Accumulators for so many elements, each at the operation's neutral element: for max and min the lowest or highest finite value. */
  readonly accumulators: (elements: number) => Rows;
  /** Takes a row of elements into a row of accumulators. */
  readonly loop: ReduceLoop<Rows, Rows>;
  readonly fill: (acc: Rows, value: 0 | 1, from: number, to: number) => void;
  readonly divide: (acc: Rows, divisor: number, from: number, to: number) => void;
  readonly finish: (shape: Shape, acc: Rows) => TensorValue;
}

// Unlike the reductions along axes, these let the later operand win where one is NaN, as x86's max and min instructions do.

const maxRows: ReduceLoop<NumberArray, NumberArray> = (x, xi, n, acc, oi) => {
  for (let i = 0; i < n; i++) if (!(acc[oi + i]! > x[xi + i]!)) acc[oi + i] = x[xi + i]!;
};

const minRows: ReduceLoop<NumberArray, NumberArray> = (x, xi, n, acc, oi) => {
  for (let i = 0; i < n; i++) if (!(acc[oi + i]! < x[xi + i]!)) acc[oi + i] = x[xi + i]!;
};

/** The arithmetic of an operation on a dtype; INVALID_ARGUMENT for one that has no kernel. */
export function rowArithmetic(operation: RowOperation, dtype: DType, node: KernelNode): RowArithmetic {
  if (dtype === "int64" || dtype === "uint64") return bigRows(operation, dtype);
  if (dtype === "complex64" || dtype === "complex128") return complexRows(operation, dtype, node);
  const isFloat = isFloatingDType(dtype);
  const half = dtype === "float16" || dtype === "bfloat16" ? dtype : undefined;
  const start = { sum: 0, product: 1, max: lowestOf(dtype), min: highestOf(dtype) }[operation];
  const wraps = !isFloat && (operation === "sum" || operation === "product");
  return {
    width: 1,
    read: (value) => (half === undefined ? (value.data as NumberArray) : widenHalf(half, value.data as Uint16Array)),
    accumulators: (elements) => (wraps ? new Int32Array(elements) : new Float64Array(elements)).fill(start),
    loop: numberLoop(operation, isFloat) as ReduceLoop<Rows, Rows>,
    fill: (acc, value, from, to) => (acc as Float64Array).fill(value, from, to),
    divide: (acc, divisor, from, to) => {
      const rows = acc as Float64Array;
      for (let i = from; i < to; i++) rows[i] = rows[i]! / divisor;
    },
    finish: (shape, acc) => fromNumbers(dtype, shape, acc as NumberArray),
  };
}

function numberLoop(operation: RowOperation, isFloat: boolean): unknown {
  if (operation === "max") return maxRows;
  if (operation === "min") return minRows;
  if (operation === "sum") return isFloat ? loops.sumNumbers : loops.sumInts;
  return isFloat ? loops.productNumbers : loops.productInts;
}

function bigRows(operation: RowOperation, dtype: "int64" | "uint64"): RowArithmetic {
  const start = { sum: 0n, product: 1n, max: lowestBig(dtype), min: highestBig(dtype) }[operation];
  const loop = { sum: loops.sumBig, product: loops.productBig, max: loops.maxBig, min: loops.minBig }[operation];
  return {
    width: 1,
    read: (value) => value.data as BigArray,
    accumulators: (elements) => (allocate(dtype, elements) as BigInt64Array).fill(start),
    loop: loop as ReduceLoop<Rows, Rows>,
    fill: (acc, value, from, to) => (acc as BigInt64Array).fill(BigInt(value), from, to),
    divide: (acc, divisor, from, to) => {
      const rows = acc as BigInt64Array;
      for (let i = from; i < to; i++) rows[i] = rows[i]! / BigInt(divisor);
    },
    finish: (shape, acc) => tensorValue(dtype as DType, shape, acc as DataOf[DType]),
  };
}

function complexRows(operation: RowOperation, dtype: "complex64" | "complex128", node: KernelNode): RowArithmetic {
  if (operation === "max" || operation === "min") {
    throw missingKernel(node);
  }
  const fill = (acc: Rows, value: number, from: number, to: number): void => {
    for (let i = 2 * from; i < 2 * to; i += 2) {
      acc[i] = value;
      acc[i + 1] = 0;
    }
  };
  return {
    width: 2,
    read: (value) => value.data as NumberArray,
    accumulators: (elements) => {
      const acc = new Float64Array(2 * elements);
      if (operation === "product") fill(acc, 1, 0, elements);
      return acc;
    },
    loop: (operation === "sum" ? loops.sumComplex : loops.productComplex) as ReduceLoop<Rows, Rows>,
    fill,
    divide: (acc, divisor, from, to) => {
      const rows = acc as Float64Array;
      for (let i = 2 * from; i < 2 * to; i++) rows[i] = rows[i]! / divisor;
    },
    finish: (shape, acc) => {
      const data = dtype === "complex64" ? Float32Array.from(acc as Float64Array) : acc;
      return tensorValue(dtype as DType, shape, data as DataOf[DType]);
    },
  };
}
