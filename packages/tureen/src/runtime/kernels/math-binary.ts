import type { NumericArray } from "../../core/dtype.js";
import { narrowHalf, widenHalf } from "../../core/half-float.js";
import { type Shape, sameShape, shapeText } from "../../core/shape.js";
import { internal, invalidArgument } from "../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../core/tensor-value.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import { requireBroadcast, runBroadcast } from "./math/broadcast.js";
import * as complex from "./math/complex-functions.js";
import {
  type BinarySpec,
  binaryKernel,
  type ComplexBinary,
  greaterBig,
  lesserBig,
  rejectZeroDivisor,
} from "./math/element-wise.js";
import { betainc, igamma, igammac, igammaGradA, polygamma, zeta } from "./math/gamma-functions.js";
import * as hot from "./math/hot-loops.js";
import { powBig, powInt, rejectNegativePowers } from "./math/integer-power.js";
import { nextAfter } from "./math/next-after.js";

function concatBytes(x: Uint8Array, y: Uint8Array): Uint8Array {
  const out = new Uint8Array(x.length + y.length);
  out.set(x);
  out.set(y, x.length);
  return out;
}

const integerDiv: BinarySpec = { int: (x, y) => Math.trunc(x / y), big: (x, y) => x / y };

const truncateDiv: BinarySpec = {
  ...integerDiv,
  float: (x, y) => Math.trunc(x / y),
  checkInteger: rejectZeroUnexpectedly,
  loops: {
    float32: (a, ai, aStep, b, bi, bStep, out, oi, n) => {
      // The quotient is a float32 before it is truncated.
      for (const end = oi + n; oi < end; oi++, ai += aStep, bi += bStep) {
        out[oi] = Math.trunc(Math.fround(a[ai]! / b[bi]!));
      }
    },
  },
};

const realDiv: BinarySpec = {
  float: (x, y) => x / y,
  complex: complex.complexDiv,
  loops: { float32: hot.divFloat32 },
};

const truncateMod: BinarySpec = {
  float: (x, y) => x % y,
  int: (x, y) => x % y,
  big: (x, y) => x % y,
  checkInteger: rejectZeroDivisor,
};

/** TensorFlow's truncating ops find the zero divisor too, but not the words for it. */
function rejectZeroUnexpectedly(y: NumericArray): void {
  for (let i = 0; i < y.length; i++) {
    if (!y[i]) throw internal("Unexpected error in binary operator (only integer div and mod should have errors)");
  }
}

/** Remainder with the divisor's sign. */
function floorMod(x: number, y: number): number {
  const rest = x % y;
  return rest !== 0 && rest < 0 !== y < 0 ? rest + y : rest;
}

function floorModBig(x: bigint, y: bigint): bigint {
  const rest = x % y;
  return rest !== 0n && rest < 0n !== y < 0n ? rest + y : rest;
}

function floorDivBig(x: bigint, y: bigint): bigint {
  const quotient = x / y;
  return x % y !== 0n && x < 0n !== y < 0n ? quotient - 1n : quotient;
}

/** `f`, but 0 wherever `isZero` of the operands: the NoNan and X… ops. */
function unlessZero(which: "x" | "y", f: ComplexBinary): ComplexBinary {
  return (ar, ai, br, bi, out) => {
    const zero = which === "x" ? ar === 0 && ai === 0 : br === 0 && bi === 0;
    if (zero) out.fill(0);
    else f(ar, ai, br, bi, out);
  };
}

const xlogyComplex: ComplexBinary = (ar, ai, br, bi, out) => {
  complex.complexLog(br, bi, out);
  complex.complexMul(ar, ai, out[0]!, out[1]!, out);
};

const xlog1pyComplex: ComplexBinary = (ar, ai, br, bi, out) => {
  complex.complexLog1p(br, bi, out);
  complex.complexMul(ar, ai, out[0]!, out[1]!, out);
};

/** Shifts by less than 0 count as 0, by more than all bits as one less than that. */
const leftShift: KernelFactory = (node) => {
  const bits = shiftBits(node.inputTypes[0]!);
  return binaryKernel({
    int: (x, y) => x << Math.min(Math.max(y, 0), bits - 1),
    big: (x, y) => x << clampShift(y),
  })(node);
};

const rightShift: KernelFactory = (node) => {
  const bits = shiftBits(node.inputTypes[0]!);
  const unsigned = node.inputTypes[0] === "uint32";
  return binaryKernel({
    int: (x, y) => (unsigned ? x >>> Math.min(y, bits - 1) : x >> Math.min(Math.max(y, 0), bits - 1)),
    big: (x, y) => x >> clampShift(y),
  })(node);
};

function shiftBits(dtype: string): number {
  return Number(/\d+$/.exec(dtype)?.[0]);
}

function clampShift(y: bigint): bigint {
  return y < 0n ? 0n : y > 63n ? 63n : y;
}

/** Gradient helpers of complex roots and reciprocals take the conjugate of the value they were given; those of Sigmoid and Tanh do not. */
function withConjugate(f: ComplexBinary): ComplexBinary {
  return (ar, ai, br, bi, out) => f(ar, -ai, br, bi, out);
}

const complexSigmoidGrad: ComplexBinary = (yr, yi, dr, di, out) => {
  complex.complexMul(yr, yi, 1 - yr, -yi, out);
  complex.complexMul(out[0]!, out[1]!, dr, di, out);
};

const complexTanhGrad: ComplexBinary = (yr, yi, dr, di, out) => {
  complex.complexMul(yr, yi, yr, yi, out);
  complex.complexMul(1 - out[0]!, -out[1]!, dr, di, out);
};

const complexSqrtGrad = withConjugate((yr, yi, dr, di, out) => complex.complexDiv(dr / 2, di / 2, yr, yi, out));

const complexRsqrtGrad = withConjugate((yr, yi, dr, di, out) => {
  complex.complexMul(yr, yi, yr, yi, out);
  complex.complexMul(out[0]!, out[1]!, yr, yi, out);
  complex.complexMul(out[0]!, out[1]!, -dr / 2, -di / 2, out);
});

const complexInvGrad = withConjugate((yr, yi, dr, di, out) => {
  complex.complexMul(yr, yi, yr, yi, out);
  complex.complexMul(out[0]!, out[1]!, -dr, -di, out);
});

const reciprocalGrad = binaryKernel({ float: (y, dy) => (dy === 0 ? 0 : -dy * y * y), complex: complexInvGrad });

const add: BinarySpec = {
  float: (x, y) => x + y,
  int: (x, y) => x + y,
  big: (x, y) => x + y,
  complex: complex.complexAdd,
  string: concatBytes,
  loops: { float32: hot.addFloat32, int32: hot.addInt32, int64: hot.addInt64 },
};

const complexOf: KernelFactory = (node) => {
  const dtype = node.outputTypes[0] as "complex64" | "complex128";
  return ([re, im]) => {
    const plan = requireBroadcast(re!.shape, im!.shape);
    const count = plan.shape.reduce((product, size) => product * size, 1);
    const out = dtype === "complex64" ? new Float32Array(2 * count) : new Float64Array(2 * count);
    runBroadcast(
      plan,
      re!.data as Float32Array,
      im!.data as Float32Array,
      out,
      (a, ai, aStep, b, bi, bStep, y, oi, n) => {
        for (const end = oi + n; oi < end; oi++, ai += aStep, bi += bStep) {
          y[2 * oi] = a[ai]!;
          y[2 * oi + 1] = b[bi]!;
        }
      },
    );
    return [
      dtype === "complex64"
        ? tensorValue(dtype, plan.shape, out as Float32Array)
        : tensorValue(dtype, plan.shape, out as Float64Array),
    ];
  };
};

function checkBetaincShapes(shapes: readonly Shape[]): void {
  for (const [i, j] of [
    [0, 1],
    [0, 2],
    [1, 2],
  ] as const) {
    const [p, q] = [shapes[i]!, shapes[j]!];
    if (p.length === 0 || q.length === 0 || sameShape(p, q)) continue;
    throw invalidArgument(
      `Shapes of ${"abx"[i]} and ${"abx"[j]} are inconsistent: ${shapeText(p)} vs. ${shapeText(q)}`,
    );
  }
}

const betaincKernel: KernelFactory = (node) => {
  const dtype = node.inputTypes[0] as "float32" | "float64";
  return ([a, b, x]) => {
    const shapes = [a!, b!, x!].map(({ shape }) => shape).filter((shape) => shape.length > 0);
    const shape = shapes[0] ?? [];
    checkBetaincShapes([a!.shape, b!.shape, x!.shape]);
    const count = shape.reduce((product, size) => product * size, 1);
    const out = dtype === "float32" ? new Float32Array(count) : new Float64Array(count);
    const [da, db, dx] = [a!, b!, x!].map(({ data }) => data as Float32Array);
    const [sa, sb, sx] = [a!, b!, x!].map((value) => (value.shape.length === 0 ? 0 : 1));
    for (let i = 0; i < count; i++) out[i] = betainc(da![i * sa!]!, db![i * sb!]!, dx![i * sx!]!);
    return [
      dtype === "float32"
        ? tensorValue(dtype, shape, out as Float32Array)
        : tensorValue(dtype, shape, out as Float64Array),
    ];
  };
};

const wideFloorDiv = binaryKernel({
  // The quotient is a float32 before it is floored.
  float: (x, y) => Math.floor(x / y),
  int: (x, y) => Math.floor(x / y),
  big: floorDivBig,
  checkInteger: rejectZeroDivisor,
  loops: {
    float32: (a, ai, aStep, b, bi, bStep, out, oi, n) => {
      for (const end = oi + n; oi < end; oi++, ai += aStep, bi += bStep) {
        out[oi] = Math.floor(Math.fround(a[ai]! / b[bi]!));
      }
    },
  },
});

/** A quotient of 16 bits, too, is rounded before it is floored: -19.02 may be -19 then. */
const floorDiv: KernelFactory = (node) => {
  const dtype = node.inputTypes[0]!;
  if (dtype !== "float16" && dtype !== "bfloat16") return wideFloorDiv(node);
  const divide = binaryKernel(realDiv)(node);
  return (inputs, context) => {
    const [quotient] = divide(inputs, context) as [TensorValue];
    const floored = widenHalf(dtype, quotient.data as Uint16Array).map(Math.floor);
    return [tensorValue(dtype, quotient.shape, narrowHalf(dtype, floored))];
  };
};

/** Kernels of the element-wise functions of two operands. */
export const mathBinaryKernels: KernelTable = {
  Add: binaryKernel(add),
  AddV2: binaryKernel(add),
  Atan2: binaryKernel({ float: Math.atan2 }),
  Betainc: betaincKernel,
  BitwiseAnd: binaryKernel({ int: (x, y) => x & y, big: (x, y) => x & y }),
  BitwiseOr: binaryKernel({ int: (x, y) => x | y, big: (x, y) => x | y }),
  BitwiseXor: binaryKernel({ int: (x, y) => x ^ y, big: (x, y) => x ^ y }),
  Complex: complexOf,
  Div: binaryKernel({ ...realDiv, ...integerDiv, checkInteger: rejectZeroDivisor }),
  DivNoNan: binaryKernel({
    float: (x, y) => (y === 0 ? 0 : x / y),
    complex: unlessZero("y", complex.complexDiv),
  }),
  FloorDiv: floorDiv,
  FloorMod: binaryKernel({ float: floorMod, int: floorMod, big: floorModBig, checkInteger: rejectZeroDivisor }),
  Igamma: binaryKernel({ float: igamma }),
  IgammaGradA: binaryKernel({ float: igammaGradA }),
  Igammac: binaryKernel({ float: igammac }),
  InvGrad: reciprocalGrad,
  LeftShift: leftShift,
  LogicalAnd: binaryKernel({ int: (x, y) => x & y }),
  LogicalOr: binaryKernel({ int: (x, y) => x | y }),
  Maximum: binaryKernel({
    float: Math.max,
    int: Math.max,
    big: greaterBig,
    loops: { float32: hot.maximumFloat32 },
  }),
  Minimum: binaryKernel({
    float: Math.min,
    int: Math.min,
    big: lesserBig,
    loops: { float32: hot.minimumFloat32 },
  }),
  Mod: binaryKernel(truncateMod),
  Mul: binaryKernel({
    float: (x, y) => x * y,
    int: Math.imul,
    big: (x, y) => x * y,
    complex: complex.complexMul,
    loops: { float32: hot.mulFloat32, int32: hot.mulInt32, int64: hot.mulInt64 },
  }),
  MulNoNan: binaryKernel({
    float: (x, y) => (y === 0 ? 0 : x * y),
    complex: unlessZero("y", complex.complexMul),
  }),
  NextAfter: nextAfter,
  Polygamma: binaryKernel({ float: polygamma }),
  Pow: binaryKernel({
    float: (x, y) => (x === 1 || (x === -1 && Math.abs(y) === Number.POSITIVE_INFINITY) ? 1 : x ** y),
    int: powInt,
    big: powBig,
    complex: complex.complexPow,
    checkInteger: rejectNegativePowers,
  }),
  RealDiv: binaryKernel(realDiv),
  ReciprocalGrad: reciprocalGrad,
  RightShift: rightShift,
  RsqrtGrad: binaryKernel({ float: (y, dy) => (dy === 0 ? 0 : -0.5 * dy * y * y * y), complex: complexRsqrtGrad }),
  SigmoidGrad: binaryKernel({
    float: (y, dy) => dy * y * (1 - y),
    complex: complexSigmoidGrad,
    loops: { float32: hot.sigmoidGradFloat32 },
  }),
  SqrtGrad: binaryKernel({ float: (y, dy) => (dy === 0 ? 0 : (0.5 * dy) / y), complex: complexSqrtGrad }),
  SquaredDifference: binaryKernel({
    float: (x, y) => (x - y) * (x - y),
    int: (x, y) => Math.imul(x - y, x - y),
    big: (x, y) => (x - y) * (x - y),
    complex: complex.complexSquaredDifference,
    loops: { float32: hot.squaredDifferenceFloat32 },
  }),
  Sub: binaryKernel({
    float: (x, y) => x - y,
    int: (x, y) => x - y,
    big: (x, y) => x - y,
    complex: complex.complexSub,
    loops: { float32: hot.subFloat32, int32: hot.subInt32, int64: hot.subInt64 },
  }),
  TanhGrad: binaryKernel({
    float: (y, dy) => dy * (1 - y * y),
    complex: complexTanhGrad,
    loops: { float32: hot.tanhGradFloat32 },
  }),
  TruncateDiv: binaryKernel(truncateDiv),
  TruncateMod: binaryKernel({ ...truncateMod, checkInteger: rejectZeroUnexpectedly }),
  Xdivy: binaryKernel({ float: (x, y) => (x === 0 ? 0 : x / y), complex: unlessZero("x", complex.complexDiv) }),
  Xlog1py: binaryKernel({
    float: (x, y) => (x === 0 ? 0 : x * Math.log1p(y)),
    complex: unlessZero("x", xlog1pyComplex),
  }),
  Xlogy: binaryKernel({ float: (x, y) => (x === 0 ? 0 : x * Math.log(y)), complex: unlessZero("x", xlogyComplex) }),
  Zeta: binaryKernel({ float: zeta }),
};
