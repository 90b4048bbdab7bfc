import { allocate, type DataOf, type DType, type NumericArray } from "../../core/dtype.js";
import { narrowHalf, widenHalf } from "../../core/half-float.js";
import { elementCount, sameShape, shapeText } from "../../core/shape.js";
import { failedPrecondition, invalidArgument } from "../../core/status-error.js";
import { type TensorValue, tensorValue, toIntegers } from "../../core/tensor-value.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import { addVariants } from "./list/list-arithmetic.js";
import { binaryKernel, fromNumbers, greaterBig, lesserBig, type NumberArray, numbersOf } from "./math/element-wise.js";

const addN: KernelFactory = (node) => {
  const dtype = node.inputTypes[0]!;
  const half = dtype === "float16" || dtype === "bfloat16" ? dtype : undefined;
  return (inputs) => {
    const first = inputs[0]!;
    for (let i = 1; i < inputs.length; i++) {
      if (!sameShape(first.shape, inputs[i]!.shape)) {
        throw invalidArgument(
          `Inputs to operation ${node.name} of type ${node.type} must have the same size and shape.  Input 0: ${shapeText(first.shape)} != input ${i}: ${shapeText(inputs[i]!.shape)}`,
        );
      }
    }
    if (inputs.length === 1) return [first];
    if (dtype === "variant") return [addVariants(inputs)];
    if (half !== undefined) {
      const out = widenHalf(half, first.data as Uint16Array);
      for (const other of inputs.slice(1)) addNumbers(out, widenHalf(half, other.data as Uint16Array));
      return [tensorValue(half, first.shape, narrowHalf(half, out))];
    }
    const out = (first.data as NumericArray).slice() as NumericArray;
    for (let i = 1; i < inputs.length; i++) {
      if (out instanceof Float32Array) addFloats(out, inputs[i]!.data as Float32Array);
      else if (out instanceof BigInt64Array || out instanceof BigUint64Array)
        addBig(out as BigInt64Array, inputs[i]!.data as BigInt64Array);
      else addNumbers(out, inputs[i]!.data as NumberArray);
    }
    return [tensorValue(dtype, first.shape, out as DataOf[DType])];
  };
};

function addFloats(out: Float32Array, x: Float32Array): void {
  for (let i = 0; i < out.length; i++) out[i]! += x[i]!;
}

function addNumbers(out: NumberArray, x: NumberArray): void {
  for (let i = 0; i < out.length; i++) out[i]! += x[i]!;
}

function addBig(out: BigInt64Array, x: BigInt64Array): void {
  for (let i = 0; i < out.length; i++) out[i] = BigInt.asIntN(64, out[i]! + x[i]!);
}

const bucketize: KernelFactory = (node) => {
  const boundaries = node.attrs.floats("boundaries");
  for (let i = 1; i < boundaries.length; i++) {
    if (boundaries[i]! < boundaries[i - 1]!) throw invalidArgument("Expected sorted boundaries");
  }
  return ([x]) => {
    const numbers = numbersOf(x!);
    const out = new Int32Array(numbers.length);
    for (let i = 0; i < out.length; i++) {
      const value = numbers[i]!;
      let low = 0;
      let high = boundaries.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        // NaN is not below any boundary, so it goes last.
        if (value < boundaries[middle]!) high = middle;
        else low = middle + 1;
      }
      out[i] = low;
    }
    return [tensorValue("int32", x!.shape, out)];
  };
};

const clipByValue: KernelFactory = (node) => {
  const minimum = binaryKernel({ float: Math.min, int: Math.min, big: lesserBig })(node);
  const maximum = binaryKernel({ float: Math.max, int: Math.max, big: greaterBig })(node);
  return ([t, low, high], context) => {
    if (![low!, high!].every((bound) => bound.shape.length === 0 || sameShape(bound.shape, t!.shape))) {
      throw invalidArgument(
        "clip_value_min and clip_value_max must be either of the same shape as input, or a scalar. " +
          `input shape: ${shapeText(t!.shape)}clip_value_min shape: ${shapeText(low!.shape)}clip_value_max shape: ${shapeText(high!.shape)}`,
      );
    }
    const [lower] = minimum([t!, high!], context);
    return maximum([lower!, low!], context);
  };
};

const cross: KernelFactory = (node) => {
  const dtype = node.inputTypes[0]!;
  return ([a, b]) => {
    if (!sameShape(a!.shape, b!.shape))
      throw invalidArgument(`Both inputs must be of same shape: ${shapeText(a!.shape)} vs. ${shapeText(b!.shape)}`);
    if (a!.shape.length === 0) throw invalidArgument(`Input must be at least 1D${shapeText(a!.shape)}`);
    const last = a!.shape[a!.shape.length - 1]!;
    if (last !== 3) throw failedPrecondition("Cross-products are only defined for 3-element vectors.");
    if (dtype === "int64" || dtype === "uint64") {
      const out = allocate(dtype, elementCount(a!.shape)) as BigInt64Array;
      crossBig(a!.data as BigInt64Array, b!.data as BigInt64Array, out);
      return [tensorValue(dtype as DType, a!.shape, out as DataOf[DType])];
    }
    const wide = dtype === "float32" || dtype === "float16" || dtype === "bfloat16" ? Float32Array : Float64Array;
    const out = new wide(elementCount(a!.shape));
    const multiply = /int32/.test(dtype) ? Math.imul : (x: number, y: number): number => x * y;
    crossNumbers(numbersOf(a!), numbersOf(b!), out, multiply);
    return [fromNumbers(dtype, a!.shape, out)];
  };
};

function crossNumbers(a: NumberArray, b: NumberArray, out: NumberArray, mul: (x: number, y: number) => number): void {
  for (let i = 0; i < out.length; i += 3) {
    out[i] = mul(a[i + 1]!, b[i + 2]!) - mul(a[i + 2]!, b[i + 1]!);
    out[i + 1] = mul(a[i + 2]!, b[i]!) - mul(a[i]!, b[i + 2]!);
    out[i + 2] = mul(a[i]!, b[i + 1]!) - mul(a[i + 1]!, b[i]!);
  }
}

function crossBig(a: BigInt64Array, b: BigInt64Array, out: BigInt64Array): void {
  for (let i = 0; i < out.length; i += 3) {
    out[i] = a[i + 1]! * b[i + 2]! - a[i + 2]! * b[i + 1]!;
    out[i + 1] = a[i + 2]! * b[i]! - a[i]! * b[i + 2]!;
    out[i + 2] = a[i]! * b[i + 1]! - a[i + 1]! * b[i]!;
  }
}

const linSpace: KernelFactory = (node) => {
  const dtype = node.inputTypes[0]!;
  return ([start, stop, count]) => {
    for (const [name, value] of [
      ["start", start!],
      ["stop", stop!],
      ["num", count!],
    ] as const) {
      if (value.shape.length > 0)
        throw invalidArgument(`${name} must be a scalar, not shape ${shapeText(value.shape)}`);
    }
    const n = toIntegers(count!)[0]!;
    if (n <= 0) throw invalidArgument(`Requires num > 0: ${n}`);
    const first = numbersOf(start!)[0]!;
    const last = numbersOf(stop!)[0]!;
    const out = dtype === "float64" ? new Float64Array(n) : new Float32Array(n);
    out[0] = first;
    const step = (last - first) / (n - 1);
    for (let i = 1; i < n; i++) out[i] = first + step * i;
    // The last one is exact whatever the step's rounding.
    if (n > 1) out[n - 1] = last;
    return [fromNumbers(dtype, [n], out)];
  };
};

/** Axes along which each of two shapes is repeated when they broadcast. */
const broadcastGradientArgs: KernelFactory = (node) => {
  const dtype = node.outputTypes[0] as "int32" | "int64";
  return ([s0, s1]) => {
    const [a, b] = shapeOperands(s0!, s1!);
    const rank = Math.max(a.length, b.length);
    const reduceA: number[] = [];
    const reduceB: number[] = [];
    // Two equal shapes repeat nothing, not even along dimensions of size 1.
    const same = a.length === b.length && a.every((size, i) => size === b[i]);
    for (let axis = 0; axis < rank && !same; axis++) {
      const x = axis < rank - a.length ? 1 : a[axis - (rank - a.length)]!;
      const y = axis < rank - b.length ? 1 : b[axis - (rank - b.length)]!;
      if (x !== y && x !== 1 && y !== 1) incompatible(a, b);
      if (x === 1) reduceA.push(axis);
      if (y === 1) reduceB.push(axis);
    }
    return [axes(dtype, reduceA), axes(dtype, reduceB)];
  };
};

const broadcastArgs: KernelFactory = (node) => {
  const dtype = node.outputTypes[0] as "int32" | "int64";
  return ([s0, s1]) => {
    const [a, b] = shapeOperands(s0!, s1!);
    const rank = Math.max(a.length, b.length);
    const result: number[] = [];
    for (let axis = 0; axis < rank; axis++) {
      const x = axis < rank - a.length ? 1 : a[axis - (rank - a.length)]!;
      const y = axis < rank - b.length ? 1 : b[axis - (rank - b.length)]!;
      if (x !== y && x !== 1 && y !== 1) incompatible(a, b);
      result.push(x === 1 ? y : x);
    }
    return [axes(dtype, result)];
  };
};

function shapeOperands(s0: TensorValue, s1: TensorValue): [number[], number[]] {
  for (const [i, value] of [s0, s1].entries()) {
    if (value.shape.length !== 1) throw invalidArgument(`In[${i}] must be a vector.${shapeText(value.shape)}`);
  }
  return [toIntegers(s0), toIntegers(s1)];
}

function incompatible(a: readonly number[], b: readonly number[]): never {
  throw invalidArgument(`Incompatible shapes: [${a.join(",")}] vs. [${b.join(",")}]`);
}

function axes(dtype: "int32" | "int64", list: readonly number[]): TensorValue {
  return dtype === "int32"
    ? tensorValue(dtype, [list.length], Int32Array.from(list))
    : tensorValue(dtype, [list.length], BigInt64Array.from(list, BigInt));
}

/** Kernels of the math ops that are neither element-wise functions nor scans. */
export const mathMiscKernels: KernelTable = {
  AddN: addN,
  BroadcastArgs: broadcastArgs,
  BroadcastGradientArgs: broadcastGradientArgs,
  Bucketize: bucketize,
  ClipByValue: clipByValue,
  Cross: cross,
  LinSpace: linSpace,
};
