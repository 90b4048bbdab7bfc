import { build, type TensorLike } from "../build-op.js";
import type { Tensor } from "../graph.js";

/** x + y; of strings, x followed by y; the operands broadcast. */
export function add(x: TensorLike, y: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Add", [x, y], {}, options);
}

/** x + y; the operands broadcast. */
export function addV2(x: TensorLike, y: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("AddV2", [x, y], {}, options);
}

/** The angle of the point (x, y); the operands broadcast. */
export function atan2(y: TensorLike, x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Atan2", [y, x], {}, options);
}

/** The bits set in both; the operands broadcast. */
export function bitwiseAnd(x: TensorLike, y: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("BitwiseAnd", [x, y], {}, options);
}

/** The bits set in either; the operands broadcast. */
export function bitwiseOr(x: TensorLike, y: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("BitwiseOr", [x, y], {}, options);
}

/** The bits set in one only; the operands broadcast. */
export function bitwiseXor(x: TensorLike, y: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("BitwiseXor", [x, y], {}, options);
}

/** x / y; of integers, cut towards zero; the operands broadcast. */
export function div(x: TensorLike, y: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Div", [x, y], {}, options);
}

/** x / y, 0 where y is 0; the operands broadcast. */
export function divNoNan(x: TensorLike, y: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("DivNoNan", [x, y], {}, options);
}

/** ⌊x / y⌋; the operands broadcast. */
export function floorDiv(x: TensorLike, y: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("FloorDiv", [x, y], {}, options);
}

/** The remainder of x / y with the sign of y; the operands broadcast. */
export function floorMod(x: TensorLike, y: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("FloorMod", [x, y], {}, options);
}

/** The regularized lower incomplete gamma function P(a, x); the operands broadcast. */
export function igamma(a: TensorLike, x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Igamma", [a, x], {}, options);
}

/** The derivative of igamma by a; the operands broadcast. */
export function igammaGradA(a: TensorLike, x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("IgammaGradA", [a, x], {}, options);
}

/** 1 - igamma(a, x); the operands broadcast. */
export function igammac(a: TensorLike, x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Igammac", [a, x], {}, options);
}

/** The bits of x moved up by y; the operands broadcast. */
export function leftShift(x: TensorLike, y: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("LeftShift", [x, y], {}, options);
}

/** Whether both are true; the operands broadcast. */
export function logicalAnd(x: TensorLike, y: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("LogicalAnd", [x, y], {}, options);
}

/** Whether either is true; the operands broadcast. */
export function logicalOr(x: TensorLike, y: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("LogicalOr", [x, y], {}, options);
}

/** The greater of the two; the operands broadcast. */
export function maximum(x: TensorLike, y: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Maximum", [x, y], {}, options);
}

/** The lesser of the two; the operands broadcast. */
export function minimum(x: TensorLike, y: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Minimum", [x, y], {}, options);
}

/** The remainder of x / y with the sign of x; the operands broadcast. */
export function mod(x: TensorLike, y: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Mod", [x, y], {}, options);
}

/** x · y; the operands broadcast. */
export function mul(x: TensorLike, y: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Mul", [x, y], {}, options);
}

/** x · y, 0 where y is 0; the operands broadcast. */
export function mulNoNan(x: TensorLike, y: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("MulNoNan", [x, y], {}, options);
}

/** The number after x1 in the direction of x2; the operands broadcast. */
export function nextAfter(x1: TensorLike, x2: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("NextAfter", [x1, x2], {}, options);
}

/** The derivative of order a of digamma at x; the operands broadcast. */
export function polygamma(a: TensorLike, x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Polygamma", [a, x], {}, options);
}

/** x to the power of y; the operands broadcast. */
export function pow(x: TensorLike, y: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Pow", [x, y], {}, options);
}

/** x / y; the operands broadcast. */
export function realDiv(x: TensorLike, y: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("RealDiv", [x, y], {}, options);
}

/** The bits of x moved down by y; the operands broadcast. */
export function rightShift(x: TensorLike, y: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("RightShift", [x, y], {}, options);
}

/** (x - y)²; the operands broadcast. */
export function squaredDifference(x: TensorLike, y: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("SquaredDifference", [x, y], {}, options);
}

/** x - y; the operands broadcast. */
export function sub(x: TensorLike, y: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Sub", [x, y], {}, options);
}

/** x / y cut towards zero; the operands broadcast. */
export function truncateDiv(x: TensorLike, y: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("TruncateDiv", [x, y], {}, options);
}

/** The remainder of x / y with the sign of x; the operands broadcast. */
export function truncateMod(x: TensorLike, y: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("TruncateMod", [x, y], {}, options);
}

/** x / y, 0 where x is 0; the operands broadcast. */
export function xdivy(x: TensorLike, y: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Xdivy", [x, y], {}, options);
}

/** x · log(1 + y), 0 where x is 0; the operands broadcast. */
export function xlog1py(x: TensorLike, y: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Xlog1py", [x, y], {}, options);
}

/** x · log y, 0 where x is 0; the operands broadcast. */
export function xlogy(x: TensorLike, y: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Xlogy", [x, y], {}, options);
}

/** Hurwitz' zeta Σ (q + k)^-x; the operands broadcast. */
export function zeta(x: TensorLike, q: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Zeta", [x, q], {}, options);
}

/** x > y; the operands broadcast. */
export function greater(x: TensorLike, y: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Greater", [x, y], {}, options);
}

/** x ≥ y; the operands broadcast. */
export function greaterEqual(x: TensorLike, y: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("GreaterEqual", [x, y], {}, options);
}

/** x < y; the operands broadcast. */
export function less(x: TensorLike, y: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Less", [x, y], {}, options);
}

/** x ≤ y; the operands broadcast. */
export function lessEqual(x: TensorLike, y: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("LessEqual", [x, y], {}, options);
}

/** Whether x = y; the operands broadcast, unless told that shapes which do not are no error but unequal. */
export function equal(
  x: TensorLike,
  y: TensorLike,
  options: { readonly incompatibleShapeError?: boolean; readonly name?: string } = {},
): Tensor {
  return build("Equal", [x, y], { incompatible_shape_error: options.incompatibleShapeError }, options);
}

/** Whether x ≠ y; the operands broadcast, unless told that shapes which do not are no error but unequal. */
export function notEqual(
  x: TensorLike,
  y: TensorLike,
  options: { readonly incompatibleShapeError?: boolean; readonly name?: string } = {},
): Tensor {
  return build("NotEqual", [x, y], { incompatible_shape_error: options.incompatibleShapeError }, options);
}

/** The gradient of sigmoid from its value y and the gradient dy. */
export function sigmoidGrad(y: TensorLike, dy: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("SigmoidGrad", [y, dy], {}, options);
}

/** The gradient of tanh from its value y and the gradient dy. */
export function tanhGrad(y: TensorLike, dy: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("TanhGrad", [y, dy], {}, options);
}

/** The gradient of sqrt from its value y and the gradient dy. */
export function sqrtGrad(y: TensorLike, dy: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("SqrtGrad", [y, dy], {}, options);
}

/** The gradient of rsqrt from its value y and the gradient dy. */
export function rsqrtGrad(y: TensorLike, dy: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("RsqrtGrad", [y, dy], {}, options);
}

/** The gradient of inv from its value y and the gradient dy. */
export function invGrad(y: TensorLike, dy: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("InvGrad", [y, dy], {}, options);
}

/** The gradient of reciprocal from its value y and the gradient dy. */
export function reciprocalGrad(y: TensorLike, dy: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("ReciprocalGrad", [y, dy], {}, options);
}
