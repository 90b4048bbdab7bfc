import { allocate, type DataOf, type DType, isFloatingDType } from "../../core/dtype.js";
import { widenHalf } from "../../core/half-float.js";
import { type TensorValue, tensorValue } from "../../core/tensor-value.js";
import type { Kernel, KernelFactory, KernelNode, KernelTable } from "../kernel.js";
import { type BigArray, fromNumbers, type NumberArray } from "./math/element-wise.js";
import { missingKernel } from "./missing-kernel.js";
import { highestBig, highestOf, lowestBig, lowestOf } from "./reduce/number-limits.js";
import * as loops from "./reduce/reduce-loops.js";
import { planReduction, type ReduceLoop, type ReductionPlan, runReduction } from "./reduce/reduction-plan.js";

/** A reduction in the arithmetic of one kind of dtype: what it starts from, how it takes elements in, what is made of the result. */
interface NumberReduction<A extends Float64Array | Int32Array> {
  readonly accumulator: (length: number) => A;
  readonly start: number;
  readonly loop: ReduceLoop<NumberArray, A>;
  readonly finish?: (acc: A, plan: ReductionPlan) => void;
}

interface BigReduction {
  readonly start: bigint;
  readonly loop: ReduceLoop<BigArray, BigArray>;
  readonly finish?: (acc: BigArray, plan: ReductionPlan) => void;
}

/** A reduction of every kind; `number` is told the dtype. */
interface Reduction {
  readonly number: (dtype: DType) => NumberReduction<Float64Array> | NumberReduction<Int32Array>;
  readonly big: (dtype: DType) => BigReduction;
  readonly complex?: Omit<NumberReduction<Float64Array>, "accumulator">;
}

const floats = (length: number): Float64Array => new Float64Array(length);
const ints = (length: number): Int32Array => new Int32Array(length);

function reduceKernel(reduction: Reduction): KernelFactory {
  return (node): Kernel => {
    const dtype = node.inputTypes[0]!;
    const keepDims = node.attrs.bool("keep_dims");
    const reduce = reducer(reduction, dtype, node);
    return ([x, axes]) => [reduce(x!, planReduction(x!.shape, axes!, keepDims))];
  };
}

function reducer(
  reduction: Reduction,
  dtype: DType,
  node: KernelNode,
): (x: TensorValue, plan: ReductionPlan) => TensorValue {
  if (dtype === "int64" || dtype === "uint64") {
    const { start, loop, finish } = reduction.big(dtype);
    return (x, plan) => {
      const acc = allocate(dtype, plan.outputs) as BigArray;
      acc.fill(start);
      runReduction(plan, x.data as BigArray, acc, loop);
      finish?.(acc, plan);
      return tensorValue(dtype as DType, plan.shape, acc as DataOf[DType]);
    };
  }
  if (dtype === "complex64" || dtype === "complex128") {
    const complex = reduction.complex;
    if (complex === undefined) throw missingKernel(node);
    return (x, plan) => {
      const acc = new Float64Array(2 * plan.outputs);
      if (complex.start !== 0) for (let i = 0; i < acc.length; i += 2) acc[i] = complex.start;
      runReduction(plan, x.data as NumberArray, acc, complex.loop);
      complex.finish?.(acc, plan);
      const data = dtype === "complex64" ? Float32Array.from(acc) : acc;
      return tensorValue(dtype as DType, plan.shape, data as DataOf[DType]);
    };
  }
  const half = dtype === "float16" || dtype === "bfloat16" ? dtype : undefined;
  const { accumulator, start, loop, finish } = reduction.number(dtype) as NumberReduction<Float64Array>;
  return (x, plan) => {
    const acc = accumulator(plan.outputs);
    if (start !== 0) acc.fill(start);
    runReduction(
      plan,
      half === undefined ? (x.data as NumberArray) : widenHalf(half, x.data as Uint16Array),
      acc,
      loop,
    );
    finish?.(acc, plan);
    return fromNumbers(dtype, plan.shape, acc);
  };
}

function sumLoop(dtype: DType): ReduceLoop<NumberArray, Float64Array> {
  return dtype === "float32" ? (loops.sumFloat32 as ReduceLoop<NumberArray, Float64Array>) : loops.sumNumbers;
}

function sqrtAll(acc: Float64Array): void {
  for (let i = 0; i < acc.length; i++) acc[i] = Math.sqrt(acc[i]!);
}

/** The integer part of each root. A sum of squares that has wrapped below 0 gives what x86 makes of a NaN, the lowest integer's bits. */
function sqrtAllInts(dtype: DType): (acc: Int32Array) => void {
  return (acc) => {
    const wrapped = fromNumbers(dtype, [acc.length], acc).data as Int32Array;
    for (let i = 0; i < acc.length; i++)
      acc[i] = wrapped[i]! < 0 ? lowestOf("int32") : Math.floor(Math.sqrt(wrapped[i]!));
  };
}

/** The same for 64-bit integers. */
function sqrtAllBig(acc: BigArray): void {
  for (let i = 0; i < acc.length; i++) {
    acc[i] = acc[i]! < 0n ? lowestBig("int64") : BigInt(Math.floor(Math.sqrt(Number(acc[i]!))));
  }
}

const sum: Reduction = {
  number: (dtype) =>
    isFloatingDType(dtype)
      ? { accumulator: floats, start: 0, loop: sumLoop(dtype) }
      : { accumulator: ints, start: 0, loop: loops.sumInts },
  big: () => ({ start: 0n, loop: loops.sumBig }),
  complex: { start: 0, loop: loops.sumComplex },
};

/** Integer means are cut towards zero; a mean of nothing is NaN, of integers 0. */
const mean: Reduction = {
  number: (dtype): NumberReduction<Float64Array> => ({
    accumulator: floats,
    start: 0,
    loop: sumLoop(dtype),
    finish: (acc, { reduced }) => {
      const cut = !isFloatingDType(dtype);
      for (let i = 0; i < acc.length; i++) acc[i] = cut ? Math.trunc(acc[i]! / (reduced || 1)) : acc[i]! / reduced;
    },
  }),
  big: () => ({
    start: 0n,
    loop: loops.sumBig,
    finish: (acc, { reduced }) => {
      const count = BigInt(reduced || 1);
      for (let i = 0; i < acc.length; i++) acc[i] = acc[i]! / count;
    },
  }),
  complex: {
    start: 0,
    loop: loops.sumComplex,
    finish: (acc, { reduced }) => {
      for (let i = 0; i < acc.length; i++) acc[i]! /= reduced || 1;
    },
  },
};

const product: Reduction = {
  number: (dtype) =>
    isFloatingDType(dtype)
      ? { accumulator: floats, start: 1, loop: loops.productNumbers }
      : { accumulator: ints, start: 1, loop: loops.productInts },
  big: () => ({ start: 1n, loop: loops.productBig }),
  complex: { start: 1, loop: loops.productComplex },
};

const maximum: Reduction = {
  number: (dtype) => ({
    accumulator: floats,
    start: isFloatingDType(dtype) ? Number.NEGATIVE_INFINITY : lowestOf(dtype),
    loop: dtype === "float32" ? (loops.maxFloat32 as ReduceLoop<NumberArray, Float64Array>) : loops.maxNumbers,
  }),
  big: (dtype) => ({ start: lowestBig(dtype), loop: loops.maxBig }),
};

const minimum: Reduction = {
  number: (dtype) => ({
    accumulator: floats,
    start: isFloatingDType(dtype) ? Number.POSITIVE_INFINITY : highestOf(dtype),
    loop: dtype === "float32" ? (loops.minFloat32 as ReduceLoop<NumberArray, Float64Array>) : loops.minNumbers,
  }),
  big: (dtype) => ({ start: highestBig(dtype), loop: loops.minBig }),
};

const norm: Reduction = {
  number: (dtype) =>
    isFloatingDType(dtype)
      ? { accumulator: floats, start: 0, loop: loops.squaresNumbers, finish: sqrtAll }
      : { accumulator: ints, start: 0, loop: loops.squaresInts, finish: sqrtAllInts(dtype) },
  big: () => ({ start: 0n, loop: loops.squaresBig, finish: sqrtAllBig }),
  complex: { start: 0, loop: loops.squaresComplex, finish: sqrtAll },
};

function logicalKernel(start: number, loop: ReduceLoop<Uint8Array, Uint8Array>): KernelFactory {
  return (node) => {
    const keepDims = node.attrs.bool("keep_dims");
    return ([x, axes]) => {
      const plan = planReduction(x!.shape, axes!, keepDims);
      const out = new Uint8Array(plan.outputs).fill(start);
      runReduction(plan, x!.data as Uint8Array, out, loop);
      return [tensorValue("bool", plan.shape, out)];
    };
  };
}

/** Kernels of the reductions along axes. */
export const reduceAxesKernels: KernelTable = {
  All: logicalKernel(1, loops.allTrue),
  Any: logicalKernel(0, loops.anyTrue),
  EuclideanNorm: reduceKernel(norm),
  Max: reduceKernel(maximum),
  Mean: reduceKernel(mean),
  Min: reduceKernel(minimum),
  Prod: reduceKernel(product),
  Sum: reduceKernel(sum),
};
