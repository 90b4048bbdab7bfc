import type { Gradient, GradientRule, GradientTable } from "../gradient.js";
import type { Operation, Tensor } from "../graph.js";
import { selectV2 } from "../ops/array.js";
import * as m from "../ops/math.js";
import { denseOf, zerosLikeTensor } from "./array/build-math.js";
import { conjugate, scalarLike } from "./math/scalar-like.js";

// The formulas of TensorFlow's gradient functions. Those also make their ops wait for the incoming gradient, to free memory sooner; no
// number depends on that, and it is left out.

/** A rule from a function of the conjugate input and the gradient. */
function ofInput(f: (x: Tensor, grad: Tensor) => Tensor): GradientRule {
  return (op, grads) => [f(conjugate(op.inputs[0]!), denseOf(grads))];
}

/** A rule from a function of the output and the gradient. */
function ofOutput(f: (y: Tensor, grad: Tensor) => Tensor): GradientRule {
  return (op, grads) => [f(op.output, denseOf(grads))];
}

/** grad times a derivative of the conjugate input. */
function times(derivative: (x: Tensor) => Tensor): GradientRule {
  return ofInput((x, grad) => m.mul(grad, derivative(x)));
}

/** grad · factor · e^exponent. */
function timesExp(grad: Tensor, factor: number, exponent: Tensor): Tensor {
  return m.mul(m.mul(grad, scalarLike(grad, factor)), m.exp(exponent));
}

const none: GradientRule = () => [null];

const reciprocal: GradientRule = ofOutput((y, grad) => m.reciprocalGrad(y, grad));

/** 1 - x² or 1 + x². */
function oneWithSquare(x: Tensor, combine: (one: Tensor, square: Tensor) => Tensor): Tensor {
  return combine(scalarLike(x, 1), m.square(x));
}

function inverseRoot(x: Tensor): Tensor {
  return m.reciprocal(m.sqrt(oneWithSquare(x, m.sub)));
}

function besselI1e(op: Operation, grads: readonly (Gradient | null)[]): Tensor[] {
  const x = op.inputs[0]!;
  const slope = m.sub(m.besselI0e(x), m.mul(op.output, m.addV2(m.sign(x), m.reciprocal(x))));
  return [m.mul(denseOf(grads), selectV2(m.equal(x, scalarLike(x, 0)), scalarLike(x, 0.5), slope))];
}

function complexAbs(op: Operation, grads: readonly (Gradient | null)[]): Tensor[] {
  const [x, grad] = [op.inputs[0]!, denseOf(grads)];
  const complex = (re: Tensor): Tensor => m.complex(re, zerosLikeTensor(re), { tout: x.dtype });
  return [m.divNoNan(m.mul(complex(grad), x), complex(op.output))];
}

function angle(op: Operation, grads: readonly (Gradient | null)[]): Tensor[] {
  const [x, grad] = [op.inputs[0]!, denseOf(grads)];
  const parts = { tout: grad.dtype };
  const turned = m.reciprocal(m.complex(m.imag(x, parts), m.real(x, parts), { tout: x.dtype }));
  return [m.mul(m.neg(m.complex(grad, scalarLike(grad, 0), { tout: x.dtype })), turned)];
}

function cast(op: Operation, grads: readonly (Gradient | null)[]): (Tensor | null)[] {
  const source = op.inputs[0]!.dtype;
  const isContinuous = (dtype: string): boolean => /^(b?float|complex)/.test(dtype);
  if (!isContinuous(source) || !isContinuous(op.output.dtype)) return [null];
  const grad = denseOf(grads);
  return [source === grad.dtype ? grad : m.cast(grad, source)];
}

/** Gradients of the functions of one operand. */
export const mathUnaryGradients: GradientTable = {
  Abs: ofInput((x, grad) => m.mul(grad, m.sign(x))),
  Acos: ofInput((x, grad) => m.mul(m.neg(grad), inverseRoot(x))),
  Acosh: ofOutput((y, grad) => m.realDiv(grad, m.sinh(conjugate(y)))),
  Angle: angle,
  Asin: times(inverseRoot),
  Asinh: ofOutput((y, grad) => m.realDiv(grad, m.cosh(conjugate(y)))),
  Atan: times((x) => m.reciprocal(oneWithSquare(x, m.addV2))),
  Atanh: times((x) => m.reciprocal(oneWithSquare(x, m.sub))),
  BesselI0e: (op, grads) => {
    const x = op.inputs[0]!;
    return [m.mul(denseOf(grads), m.sub(m.besselI1e(x), m.mul(m.sign(x), op.output)))];
  },
  BesselI1e: besselI1e,
  Bucketize: null,
  Cast: cast,
  Ceil: none,
  ComplexAbs: complexAbs,
  Conj: (_, grads) => [m.conj(denseOf(grads))],
  Cos: ofInput((x, grad) => m.mul(m.neg(grad), m.sin(x))),
  Cosh: times((x) => m.sinh(x)),
  Digamma: times((x) => m.polygamma(scalarLike(x, 1), x)),
  Erf: ofInput((x, grad) => timesExp(grad, 2 / Math.sqrt(Math.PI), m.neg(m.square(x)))),
  Erfc: ofInput((x, grad) => timesExp(grad, -2 / Math.sqrt(Math.PI), m.neg(m.square(x)))),
  Erfinv: ofOutput((y, grad) => timesExp(grad, Math.sqrt(Math.PI) / 2, m.square(y))),
  Exp: ofOutput((y, grad) => m.mul(grad, conjugate(y))),
  Expm1: times((x) => m.exp(x)),
  Floor: none,
  Imag: (op, grads) => {
    const grad = denseOf(grads);
    return [m.complex(scalarLike(grad, 0), grad, { tout: op.inputs[0]!.dtype })];
  },
  Inv: reciprocal,
  Invert: null,
  IsFinite: null,
  IsInf: null,
  IsNan: null,
  Lgamma: times((x) => m.digamma(x)),
  Log: times((x) => m.reciprocal(x)),
  Log1p: times((x) => m.reciprocal(m.addV2(scalarLike(x, 1), x))),
  LogicalNot: null,
  Ndtri: ofOutput((y, grad) => timesExp(grad, Math.sqrt(2 * Math.PI), m.realDiv(m.square(y), scalarLike(y, 2)))),
  Neg: (_, grads) => [m.neg(denseOf(grads))],
  Real: (op, grads) => {
    const grad = denseOf(grads);
    return [m.complex(grad, scalarLike(grad, 0), { tout: op.inputs[0]!.dtype })];
  },
  Reciprocal: reciprocal,
  Rint: none,
  Round: none,
  Rsqrt: ofOutput((y, grad) => m.rsqrtGrad(y, grad)),
  Sigmoid: ofOutput((y, grad) => m.sigmoidGrad(conjugate(y), grad)),
  Sign: (op) => [zerosLikeTensor(op.inputs[0]!)],
  Sin: times((x) => m.cos(x)),
  Sinh: times((x) => m.cosh(x)),
  Sqrt: ofOutput((y, grad) => m.sqrtGrad(y, grad)),
  Square: ofInput((x, grad) => m.mul(grad, m.mul(x, scalarLike(x, 2)))),
  Tan: ofInput((x, grad) => m.mul(m.square(m.reciprocal(m.cos(x))), grad)),
  Tanh: ofOutput((y, grad) => m.tanhGrad(conjugate(y), grad)),
};
