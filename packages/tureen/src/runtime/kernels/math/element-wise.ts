import { allocate, type DataOf, type DType, type NumericArray } from "../../../core/dtype.js";
import { narrowHalf, widenHalf } from "../../../core/half-float.js";
import { elementCount, type Shape } from "../../../core/shape.js";
import { invalidArgument } from "../../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../../core/tensor-value.js";
import type { Kernel, KernelFactory, KernelNode } from "../../kernel.js";
import { missingKernel } from "../missing-kernel.js";
import { type BinaryLoop, type BroadcastPlan, planBroadcast, requireBroadcast, runBroadcast } from "./broadcast.js";

/** Any TypedArray of plain numbers: everything but the 64-bit integers. */
export type NumberArray = Exclude<NumericArray, BigInt64Array | BigUint64Array>;

/** Any TypedArray of 64-bit integers. */
export type BigArray = BigInt64Array | BigUint64Array;

/** Computes a complex number into `out`, real part first. */
export type ComplexUnary = (re: number, im: number, out: Float64Array) => void;

/** Computes a complex number of two into `out`, real part first. */
export type ComplexBinary = (ar: number, ai: number, br: number, bi: number, out: Float64Array) => void;

/**
 * An element-wise function of one operand, in the arithmetic of each kind of dtype; a kind left out is not supported.
 *
 * `float` works in float64 and the store rounds; `half` of 16-bit floats is `float` on widened elements. Integers wrap in the store.
 */
export interface UnarySpec {
  readonly float?: (x: number) => number;
  readonly int?: (x: number) => number;
  readonly big?: (x: bigint) => bigint;
  readonly complex?: ComplexUnary;
  /** A loop for float32 alone, where the op is hot. */
  readonly float32?: (x: Float32Array, out: Float32Array) => void;
}

function noKernel(node: KernelNode): never {
  throw missingKernel(node);
}

/** The kernel of an element-wise function of one operand. */
export function unaryKernel(spec: UnarySpec): KernelFactory {
  return (node) => {
    const dtype = node.inputTypes[0]!;
    const run = unaryRun(spec, dtype) ?? noKernel(node);
    return ([x]) => [tensorValue(dtype, x!.shape, run(x!.data as NumericArray) as DataOf[typeof dtype])];
  };
}

function unaryRun(spec: UnarySpec, dtype: DType): ((data: NumericArray) => NumericArray) | undefined {
  const { float, int, big, complex, float32 } = spec;
  switch (dtype) {
    case "float32":
      if (float32 !== undefined) {
        return (data) => {
          const out = new Float32Array(data.length);
          float32(data as Float32Array, out);
          return out;
        };
      }
      return float && ((data) => mapNumbers(data as NumberArray, new Float32Array(data.length), float));
    case "float64":
      return float && ((data) => mapNumbers(data as NumberArray, new Float64Array(data.length), float));
    case "float16":
    case "bfloat16": {
      const inner = unaryRun(spec, "float32");
      return inner && ((data) => narrowHalf(dtype, inner(widenHalf(dtype, data as Uint16Array)) as Float32Array));
    }
    case "int64":
    case "uint64":
      return big && ((data) => mapBig(data as BigArray, allocate(dtype, data.length), big));
    case "complex64":
    case "complex128":
      return (
        complex &&
        ((data) => mapComplex(data as Float32Array, allocate(dtype, data.length / 2) as Float32Array, complex))
      );
    default:
      return (
        int && ((data) => mapNumbers(data as NumberArray, allocate(dtype, data.length) as unknown as NumberArray, int))
      );
  }
}

function mapNumbers(x: NumberArray, out: NumberArray, f: (x: number) => number): NumberArray {
  for (let i = 0; i < out.length; i++) out[i] = f(x[i]!);
  return out;
}

function mapBig(x: BigArray, out: BigArray, f: (x: bigint) => bigint): BigArray {
  for (let i = 0; i < out.length; i++) out[i] = f(x[i]!);
  return out;
}

function mapComplex(x: Float32Array | Float64Array, out: Float32Array | Float64Array, f: ComplexUnary): NumericArray {
  const pair = new Float64Array(2);
  for (let i = 0; i < out.length; i += 2) {
    f(x[i]!, x[i + 1]!, pair);
    out[i] = pair[0]!;
    out[i + 1] = pair[1]!;
  }
  return out;
}

/** A function of two operands in the arithmetic of each kind of dtype; see UnarySpec. `loops` are the hot ones. */
export interface BinarySpec {
  readonly float?: (x: number, y: number) => number;
  readonly int?: (x: number, y: number) => number;
  readonly big?: (x: bigint, y: bigint) => bigint;
  readonly complex?: ComplexBinary;
  readonly string?: (x: Uint8Array, y: Uint8Array) => Uint8Array;
  readonly loops?: BinaryLoops;
  /** Looks at the right operand before an integer operation: division by zero, negative powers. */
  readonly checkInteger?: (y: NumericArray) => void;
}

/** Hot loops by dtype. */
export interface BinaryLoops {
  readonly float32?: BinaryLoop<Float32Array, Float32Array>;
  readonly int32?: BinaryLoop<Int32Array, Int32Array>;
  readonly int64?: BinaryLoop<BigInt64Array, BigInt64Array>;
}

/** The kernel of an element-wise function of two broadcast operands. */
export function binaryKernel(spec: BinarySpec): KernelFactory {
  return (node) => {
    const dtype = node.inputTypes[0]!;
    const run = binaryRun(spec, dtype) ?? noKernel(node);
    return ([x, y]) => {
      const plan = requireBroadcast(x!.shape, y!.shape);
      return [tensorValue(dtype, plan.shape, run(plan, x!.data, y!.data) as DataOf[typeof dtype])];
    };
  };
}

type Data = DataOf[DType];
type BinaryRun = (plan: BroadcastPlan, x: Data, y: Data) => Data;

function withLoop<X extends Data, Y extends Data>(dtype: DType, loop: BinaryLoop<X, Y>): BinaryRun {
  return (plan, x, y) => {
    const out = allocate(dtype, elementCount(plan.shape)) as Y;
    runBroadcast(plan, x as X, y as X, out, loop);
    return out;
  };
}

function binaryRun(spec: BinarySpec, dtype: DType): BinaryRun | undefined {
  const { float, int, big, complex, string, loops, checkInteger } = spec;
  switch (dtype) {
    case "float32":
      return loops?.float32 ? withLoop(dtype, loops.float32) : float && withLoop(dtype, numberLoop(float));
    case "float64":
      return float && withLoop(dtype, numberLoop(float));
    case "float16":
    case "bfloat16": {
      const inner = binaryRun(spec, "float32");
      return (
        inner &&
        ((plan, x, y) => {
          const a = widenHalf(dtype, x as Uint16Array);
          const b = widenHalf(dtype, y as Uint16Array);
          return narrowHalf(dtype, inner(plan, a, b) as Float32Array);
        })
      );
    }
    case "int64":
    case "uint64": {
      const hot = dtype === "int64" ? loops?.int64 : undefined;
      return hot
        ? checked(checkInteger, withLoop(dtype, hot))
        : big && checked(checkInteger, withLoop(dtype, bigLoop(big)));
    }
    case "complex64":
    case "complex128":
      return complex && withLoop(dtype, complexLoop(complex));
    case "string":
      return string && withLoop<readonly Uint8Array[], Uint8Array[]>(dtype, stringLoop(string));
    case "int32":
      if (loops?.int32) return withLoop(dtype, loops.int32);
      return int && checked(checkInteger, withLoop(dtype, numberLoop(int)));
    default:
      return int && checked(checkInteger, withLoop(dtype, numberLoop(int)));
  }
}

function checked(check: ((y: NumericArray) => void) | undefined, run: BinaryRun): BinaryRun {
  if (check === undefined) return run;
  return (plan, x, y) => {
    // An empty result asks nothing of its operands.
    if (elementCount(plan.shape) > 0) check(y as NumericArray);
    return run(plan, x, y);
  };
}

function numberLoop(f: (x: number, y: number) => number): BinaryLoop<NumberArray, NumberArray> {
  return (a, ai, aStep, b, bi, bStep, out, oi, n) => {
    for (const end = oi + n; oi < end; oi++, ai += aStep, bi += bStep) out[oi] = f(a[ai]!, b[bi]!);
  };
}

function bigLoop(f: (x: bigint, y: bigint) => bigint): BinaryLoop<BigArray, BigArray> {
  return (a, ai, aStep, b, bi, bStep, out, oi, n) => {
    for (const end = oi + n; oi < end; oi++, ai += aStep, bi += bStep) out[oi] = f(a[ai]!, b[bi]!);
  };
}

function stringLoop(f: (x: Uint8Array, y: Uint8Array) => Uint8Array): BinaryLoop<readonly Uint8Array[], Uint8Array[]> {
  return (a, ai, aStep, b, bi, bStep, out, oi, n) => {
    for (const end = oi + n; oi < end; oi++, ai += aStep, bi += bStep) out[oi] = f(a[ai]!, b[bi]!);
  };
}

function complexLoop(f: ComplexBinary): BinaryLoop<Float64Array, Float64Array> {
  const pair = new Float64Array(2);
  return (a, ai, aStep, b, bi, bStep, out, oi, n) => {
    for (const end = oi + n; oi < end; oi++, ai += aStep, bi += bStep) {
      f(a[2 * ai]!, a[2 * ai + 1]!, b[2 * bi]!, b[2 * bi + 1]!, pair);
      out[2 * oi] = pair[0]!;
      out[2 * oi + 1] = pair[1]!;
    }
  };
}

/** A comparison of two operands; `number` serves every dtype of plain numbers. */
export interface CompareSpec {
  readonly number: (x: number, y: number) => boolean;
  readonly big: (x: bigint, y: bigint) => boolean;
  readonly string?: (x: Uint8Array, y: Uint8Array) => boolean;
  readonly complex?: (ar: number, ai: number, br: number, bi: number) => boolean;
  readonly float32?: BinaryLoop<Float32Array, Uint8Array>;
  /** What every element is where the shapes do not broadcast and the op has been told not to mind. */
  readonly incompatible?: boolean;
}

/** The kernel of a comparison. */
export function compareKernel(spec: CompareSpec): KernelFactory {
  return (node): Kernel => {
    const dtype = node.inputTypes[0]!;
    const loop = compareLoop(spec, dtype) ?? noKernel(node);
    const half = dtype === "float16" || dtype === "bfloat16" ? dtype : undefined;
    const lenient = spec.incompatible !== undefined && !node.attrs.bool("incompatible_shape_error");
    return ([x, y]) => {
      const plan = lenient ? planBroadcast(x!.shape, y!.shape) : requireBroadcast(x!.shape, y!.shape);
      if (plan === undefined) return [tensorValue("bool", [], Uint8Array.of(spec.incompatible === true ? 1 : 0))];
      const out = new Uint8Array(elementCount(plan.shape));
      const a = half === undefined ? x!.data : widenHalf(half, x!.data as Uint16Array);
      const b = half === undefined ? y!.data : widenHalf(half, y!.data as Uint16Array);
      runBroadcast(plan, a, b, out, loop as BinaryLoop<Data, Uint8Array>);
      return [tensorValue("bool", plan.shape, out)];
    };
  };
}

function compareLoop(spec: CompareSpec, dtype: DType): unknown {
  const { number, big, string, complex, float32 } = spec;
  switch (dtype) {
    case "int64":
    case "uint64":
      return predicateLoop(big);
    case "string":
      return string && predicateLoop(string);
    case "complex64":
    case "complex128":
      return complex && complexPredicateLoop(complex);
    case "resource":
    case "variant":
      return undefined;
    case "float32":
    case "float16":
    case "bfloat16":
      return float32 ?? predicateLoop(number);
    default:
      return predicateLoop(number);
  }
}

function predicateLoop<E>(f: (x: E, y: E) => boolean): BinaryLoop<ArrayLike<E>, Uint8Array> {
  return (a, ai, aStep, b, bi, bStep, out, oi, n) => {
    for (const end = oi + n; oi < end; oi++, ai += aStep, bi += bStep) out[oi] = f(a[ai]!, b[bi]!) ? 1 : 0;
  };
}

function complexPredicateLoop(
  f: (ar: number, ai: number, br: number, bi: number) => boolean,
): BinaryLoop<Float64Array, Uint8Array> {
  return (a, ai, aStep, b, bi, bStep, out, oi, n) => {
    for (const end = oi + n; oi < end; oi++, ai += aStep, bi += bStep) {
      out[oi] = f(a[2 * ai]!, a[2 * ai + 1]!, b[2 * bi]!, b[2 * bi + 1]!) ? 1 : 0;
    }
  };
}

/** A tensor's elements as plain numbers: 16-bit floats widened, 64-bit integers as the nearest float64. */
export function numbersOf(value: TensorValue): NumberArray {
  const { dtype } = value;
  if (dtype === "float16" || dtype === "bfloat16") return widenHalf(dtype, value.data as Uint16Array);
  if (dtype === "int64" || dtype === "uint64") return Float64Array.from(value.data as BigInt64Array, Number);
  return value.data as NumberArray;
}

/** A tensor of a dtype from plain numbers; integers wrap, 16-bit floats round through float32. */
export function fromNumbers(dtype: DType, shape: Shape, numbers: NumberArray): TensorValue {
  if (dtype === "float16" || dtype === "bfloat16") {
    const floats = numbers instanceof Float32Array ? numbers : Float32Array.from(numbers);
    return tensorValue(dtype, shape, narrowHalf(dtype, floats));
  }
  const data = allocate(dtype, elementCount(shape)) as unknown as NumberArray;
  if (data.constructor === numbers.constructor)
    return tensorValue(dtype, shape, numbers as unknown as DataOf[typeof dtype]);
  if (dtype === "int64" || dtype === "uint64") {
    const big = data as unknown as BigInt64Array;
    for (let i = 0; i < big.length; i++) big[i] = BigInt(numbers[i]!);
  } else {
    data.set(numbers);
  }
  return tensorValue(dtype, shape, data as unknown as DataOf[typeof dtype]);
}

/** Throws INVALID_ARGUMENT `Integer division by zero` where a divisor is 0, as TensorFlow's integer divisions do. */
export function rejectZeroDivisor(y: NumericArray): void {
  for (let i = 0; i < y.length; i++) {
    if (!y[i]) throw invalidArgument("Integer division by zero");
  }
}

/** The greater of two 64-bit integers. */
export function greaterBig(x: bigint, y: bigint): bigint {
  if (x > y) return x;
  return y;
}

/** The lesser of two 64-bit integers. */
export function lesserBig(x: bigint, y: bigint): bigint {
  if (x < y) return x;
  return y;
}
