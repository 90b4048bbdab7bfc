import type { DataOf, DType } from "../../core/dtype.js";
import { tensorValue } from "../../core/tensor-value.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import { besselI0, besselI0e, besselI1, besselI1e } from "./math/bessel-functions.js";
import * as complex from "./math/complex-functions.js";
import * as cylinder from "./math/cylinder-functions.js";
import { numbersOf, unaryKernel } from "./math/element-wise.js";
import { erf, erfc, erfinv, ndtri } from "./math/error-functions.js";
import { digamma, logGamma } from "./math/gamma-functions.js";
import * as hot from "./math/hot-loops.js";
import * as integral from "./math/integral-functions.js";

/** Rounds to the nearest integer, halves to the even one, as C's rint does. */
function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest < 0.5 || !Number.isFinite(x)) return Number.isFinite(x) ? floor : x;
  if (rest > 0.5) return Math.ceil(x);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** TensorFlow's sign of a real number: NaN stays NaN. */
function signOf(x: number): number {
  return x > 0 ? 1 : x < 0 ? -1 : x;
}

function predicate(test: (x: number) => boolean): KernelFactory {
  return () =>
    ([x]) => {
      const numbers = numbersOf(x!);
      const out = new Uint8Array(numbers.length);
      for (let i = 0; i < out.length; i++) out[i] = test(numbers[i]!) ? 1 : 0;
      return [tensorValue("bool", x!.shape, out)];
    };
}

/** A real number from each complex one: `ComplexAbs`, `Real`, `Imag`, `Angle`. */
function fromComplex(f: (re: number, im: number) => number): KernelFactory {
  return (node) => {
    const dtype = node.outputTypes[0] as "float32" | "float64";
    return ([x]) => {
      const data = x!.data as Float32Array;
      const out = dtype === "float32" ? new Float32Array(data.length / 2) : new Float64Array(data.length / 2);
      for (let i = 0; i < out.length; i++) out[i] = f(data[2 * i]!, data[2 * i + 1]!);
      return [tensorValue(dtype as DType, x!.shape, out as DataOf[DType])];
    };
  };
}

const identity: KernelFactory =
  () =>
  ([x]) => [x!];

const reciprocal: KernelFactory = unaryKernel({
  float: (x) => 1 / x,
  int: (x) => (x === 0 ? 0 : Math.trunc(1 / x)),
  big: (x) => (x === 1n || x === -1n ? x : 0n),
  complex: complex.complexReciprocal,
  float32: hot.reciprocalFloat32,
});

const rint: KernelFactory = unaryKernel({ float: roundHalfEven, int: (x) => x, big: (x) => x });

const conj: KernelFactory = (node) =>
  node.inputTypes[0] === "variant" ? identity(node) : unaryKernel({ complex: complex.complexConj })(node);

/** Kernels of the element-wise functions of one operand. */
export const mathUnaryKernels: KernelTable = {
  Abs: unaryKernel({
    float: Math.abs,
    int: Math.abs,
    big: (x) => (x < 0n ? -x : x),
    float32: hot.absFloat32,
  }),
  Acos: unaryKernel({ float: Math.acos, complex: complex.complexAcos }),
  Acosh: unaryKernel({ float: Math.acosh, complex: complex.complexAcosh }),
  Angle: fromComplex((re, im) => Math.atan2(im, re)),
  Asin: unaryKernel({ float: Math.asin, complex: complex.complexAsin }),
  Asinh: unaryKernel({ float: Math.asinh, complex: complex.complexAsinh }),
  Atan: unaryKernel({ float: Math.atan, complex: complex.complexAtan }),
  Atanh: unaryKernel({ float: Math.atanh, complex: complex.complexAtanh }),
  BesselI0: unaryKernel({ float: besselI0 }),
  BesselI1: unaryKernel({ float: besselI1 }),
  BesselJ0: unaryKernel({ float: cylinder.besselJ0 }),
  BesselJ1: unaryKernel({ float: cylinder.besselJ1 }),
  BesselK0: unaryKernel({ float: cylinder.besselK0 }),
  BesselK0e: unaryKernel({ float: cylinder.besselK0e }),
  BesselK1: unaryKernel({ float: cylinder.besselK1 }),
  BesselK1e: unaryKernel({ float: cylinder.besselK1e }),
  BesselY0: unaryKernel({ float: cylinder.besselY0 }),
  BesselY1: unaryKernel({ float: cylinder.besselY1 }),
  Dawsn: unaryKernel({ float: integral.dawsn }),
  Expint: unaryKernel({ float: integral.expint }),
  FresnelCos: unaryKernel({ float: integral.fresnelCos }),
  FresnelSin: unaryKernel({ float: integral.fresnelSin }),
  Spence: unaryKernel({ float: integral.spence }),
  BesselI0e: unaryKernel({ float: besselI0e }),
  BesselI1e: unaryKernel({ float: besselI1e }),
  Ceil: unaryKernel({ float: Math.ceil }),
  ComplexAbs: fromComplex((re, im) => Math.hypot(re, im)),
  Conj: conj,
  Cos: unaryKernel({ float: Math.cos, complex: complex.complexCos }),
  Cosh: unaryKernel({ float: Math.cosh, complex: complex.complexCosh }),
  Digamma: unaryKernel({ float: digamma }),
  Erf: unaryKernel({ float: erf }),
  Erfc: unaryKernel({ float: erfc }),
  Erfinv: unaryKernel({ float: erfinv }),
  Exp: unaryKernel({ float: Math.exp, complex: complex.complexExp, float32: hot.expFloat32 }),
  Expm1: unaryKernel({ float: Math.expm1, complex: complex.complexExpm1 }),
  Floor: unaryKernel({ float: Math.floor }),
  Imag: fromComplex((_, im) => im),
  Inv: reciprocal,
  Invert: unaryKernel({ int: (x) => ~x, big: (x) => ~x }),
  IsFinite: predicate((x) => x - x === 0),
  IsInf: predicate((x) => x === Number.POSITIVE_INFINITY || x === Number.NEGATIVE_INFINITY),
  IsNan: predicate(Number.isNaN),
  Lgamma: unaryKernel({ float: logGamma }),
  Log: unaryKernel({ float: Math.log, complex: complex.complexLog, float32: hot.logFloat32 }),
  Log1p: unaryKernel({ float: Math.log1p, complex: complex.complexLog1pOp, float32: hot.log1pFloat32 }),
  LogicalNot: unaryKernel({ int: (x) => 1 - x }),
  Ndtri: unaryKernel({ float: ndtri }),
  Neg: unaryKernel({
    float: (x) => -x,
    int: (x) => -x,
    big: (x) => -x,
    complex: complex.complexNeg,
    float32: hot.negFloat32,
  }),
  Real: fromComplex((re) => re),
  Reciprocal: reciprocal,
  Rint: rint,
  Round: rint,
  Rsqrt: unaryKernel({ float: (x) => 1 / Math.sqrt(x), complex: complex.complexRsqrt, float32: hot.rsqrtFloat32 }),
  Sigmoid: unaryKernel({
    float: (x) => 1 / (1 + Math.exp(-x)),
    complex: complex.complexSigmoid,
    float32: hot.sigmoidFloat32,
  }),
  Sign: unaryKernel({
    float: signOf,
    int: Math.sign,
    big: (x) => (x > 0n ? 1n : x < 0n ? -1n : 0n),
    complex: complex.complexSign,
  }),
  Sin: unaryKernel({ float: Math.sin, complex: complex.complexSin }),
  Sinh: unaryKernel({ float: Math.sinh, complex: complex.complexSinh }),
  Sqrt: unaryKernel({ float: Math.sqrt, complex: complex.complexSqrt, float32: hot.sqrtFloat32 }),
  Square: unaryKernel({
    float: (x) => x * x,
    int: (x) => Math.imul(x, x),
    big: (x) => x * x,
    complex: complex.complexSquare,
    float32: hot.squareFloat32,
  }),
  Tan: unaryKernel({ float: Math.tan, complex: complex.complexTan }),
  Tanh: unaryKernel({ float: Math.tanh, complex: complex.complexTanh, float32: hot.tanhFloat32 }),
};
