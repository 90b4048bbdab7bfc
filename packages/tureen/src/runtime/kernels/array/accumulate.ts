import { type DType, dtypeWidth, type NumericArray } from "../../../core/dtype.js";
import { unimplemented } from "../../../core/status-error.js";
import type { TensorValue } from "../../../core/tensor-value.js";
import { cellsOf, cellWidth } from "./cells.js";
import { readHalf, writeHalf } from "./half.js";

/** How a scatter joins an update with what is there. */
export type ScatterKind = "update" | "add" | "sub" | "mul" | "div" | "min" | "max";

/** Joins `count` elements of updates, from `from` on, into a target at `at`; `step` is 0 where one scalar serves all. */
export type Accumulator = (at: number, from: number, count: number, step: 0 | 1) => void;

/** The accumulator of two values of one dtype; the target's data must belong to the caller. */
export function accumulator(kind: ScatterKind, target: TensorValue, updates: TensorValue): Accumulator {
  const { dtype } = target;
  if (kind === "update") return updateCells(target, updates);
  if (dtype === "string") return joinStrings(kind, target, updates);
  const to = target.data as unknown as NumericArray;
  const of = updates.data as unknown as NumericArray;
  if (dtype === "float16" || dtype === "bfloat16") return halves(kind, dtype, to, of);
  if (dtypeWidth(dtype) === 2) return complex(kind, to, of);
  if (dtype === "bool") return booleans(kind, to, of);
  return numbers(kind, dtype, to as Float32Array, of as Float32Array);
}

function updateCells(target: TensorValue, updates: TensorValue): Accumulator {
  const width = cellWidth(target.dtype);
  const [to, of] = [cellsOf(target), cellsOf(updates)];
  return (at, from, count, step) => {
    const cells = count * width;
    const start = from * width;
    if (step === 1) for (let i = 0; i < cells; i++) to[at * width + i] = of[start + i]!;
    else for (let i = 0; i < cells; i++) to[at * width + i] = of[start + (i % width)]!;
  };
}

function numbers(kind: ScatterKind, dtype: DType, to: Float32Array, of: Float32Array): Accumulator {
  const truncates = dtype !== "float32" && dtype !== "float64";
  switch (kind) {
    case "add":
      return (at, from, count, step) => {
        for (let i = 0, j = from; i < count; i++, j += step) to[at + i] = to[at + i]! + of[j]!;
      };
    case "sub":
      return (at, from, count, step) => {
        for (let i = 0, j = from; i < count; i++, j += step) to[at + i] = to[at + i]! - of[j]!;
      };
    case "mul":
      return (at, from, count, step) => {
        if (dtype === "int32" || dtype === "uint32") {
          for (let i = 0, j = from; i < count; i++, j += step) to[at + i] = Math.imul(to[at + i]!, of[j]!);
        } else {
          for (let i = 0, j = from; i < count; i++, j += step) to[at + i] = to[at + i]! * of[j]!;
        }
      };
    case "div":
      return (at, from, count, step) => {
        for (let i = 0, j = from; i < count; i++, j += step) {
          const quotient = to[at + i]! / of[j]!;
          to[at + i] = truncates && typeof quotient === "number" ? Math.trunc(quotient) : quotient;
        }
      };
    default:
      return (at, from, count, step) => {
        for (let i = 0, j = from; i < count; i++, j += step) {
          const [a, b] = [to[at + i]!, of[j]!];
          if (kind === "min" ? b < a : b > a) to[at + i] = b;
        }
      };
  }
}

function halves(kind: ScatterKind, dtype: DType, to: NumericArray, of: NumericArray): Accumulator {
  return (at, from, count, step) => {
    for (let i = 0, j = from; i < count; i++, j += step) {
      const a = readHalf(dtype, to[at + i] as number);
      const b = readHalf(dtype, of[j] as number);
      to[at + i] = writeHalf(dtype, combine(kind, a, b));
    }
  };
}

function combine(kind: ScatterKind, a: number, b: number): number {
  switch (kind) {
    case "add":
      return a + b;
    case "sub":
      return a - b;
    case "mul":
      return a * b;
    case "div":
      return a / b;
    case "min":
      return Math.min(b, a);
    default:
      return Math.max(b, a);
  }
}

function complex(kind: ScatterKind, to: NumericArray, of: NumericArray): Accumulator {
  return (at, from, count, step) => {
    for (let i = 0, j = from; i < count; i++, j += step) {
      const p = (at + i) * 2;
      const [a, b] = [to[p] as number, to[p + 1] as number];
      const [c, d] = [of[j * 2] as number, of[j * 2 + 1] as number];
      if (kind === "add" || kind === "sub") {
        to[p] = combine(kind, a, c);
        to[p + 1] = combine(kind, b, d);
      } else if (kind === "mul") {
        to[p] = a * c - b * d;
        to[p + 1] = a * d + b * c;
      } else {
        const norm = c * c + d * d;
        to[p] = (a * c + b * d) / norm;
        to[p + 1] = (b * c - a * d) / norm;
      }
    }
  };
}

function booleans(kind: ScatterKind, to: NumericArray, of: NumericArray): Accumulator {
  if (kind !== "add") throw unimplemented(`Scatter ${kind} of bool is not supported`);
  return (at, from, count, step) => {
    for (let i = 0, j = from; i < count; i++, j += step) to[at + i] = (to[at + i] as number) | (of[j] as number);
  };
}

function joinStrings(kind: ScatterKind, target: TensorValue, updates: TensorValue): Accumulator {
  if (kind !== "add") throw unimplemented(`Scatter ${kind} of string is not supported`);
  const to = target.data as unknown as Uint8Array[];
  const of = updates.data as unknown as readonly Uint8Array[];
  return (at, from, count, step) => {
    for (let i = 0, j = from; i < count; i++, j += step) {
      const [a, b] = [to[at + i]!, of[j]!];
      const joined = new Uint8Array(a.length + b.length);
      joined.set(a);
      joined.set(b, a.length);
      to[at + i] = joined;
    }
  };
}
