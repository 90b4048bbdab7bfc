import type { DType } from "../../core/dtype.js";
import { toTensor } from "../../core/tensor-value.js";
import { build, constant, type TensorLike } from "../../graph/build-op.js";
import { Tensor } from "../../graph/graph.js";

/** Adds a binary op; a plain number takes the other operand's dtype, as Python's operators convert it. */
function binary(type: string, a: TensorLike, b: TensorLike, name: string): Tensor {
  const dtype = a instanceof Tensor ? a.dtype : b instanceof Tensor ? b.dtype : undefined;
  return build(type, [typed(a, dtype), typed(b, dtype)], {}, name);
}

function typed(value: TensorLike, dtype: DType | undefined): TensorLike {
  return typeof value === "number" && dtype !== undefined ? toTensor(value, dtype) : value;
}

/** Two operands as tensors; what is plain takes the other one's dtype, as Python's operators convert it. */
export function tensorPair(x: TensorLike, y: TensorLike): readonly [Tensor, Tensor] {
  const dtype = x instanceof Tensor ? x.dtype : y instanceof Tensor ? y.dtype : undefined;
  const tensor = (value: TensorLike, name: string): Tensor =>
    value instanceof Tensor ? value : constant(value, dtype, name);
  return [tensor(x, "x"), tensor(y, "y")];
}

/** `a + b`, named `add` as Python's operator names it. */
export function add(a: TensorLike, b: TensorLike, name = "add"): Tensor {
  return binary("AddV2", a, b, name);
}

/** `a - b`, named `sub`. */
export function sub(a: TensorLike, b: TensorLike, name = "sub"): Tensor {
  return binary("Sub", a, b, name);
}

/** `a * b`, named `mul`; `tf.multiply` names it `Mul`. */
export function mul(a: TensorLike, b: TensorLike, name = "mul"): Tensor {
  return binary("Mul", a, b, name);
}

/** `a / b` of floats, named `truediv`. */
export function div(a: TensorLike, b: TensorLike, name = "truediv"): Tensor {
  return binary("RealDiv", a, b, name);
}

/** `a / b`, and 0 where b is 0. */
export function divNoNan(a: TensorLike, b: TensorLike, name = "div_no_nan"): Tensor {
  return binary("DivNoNan", a, b, name);
}

/** The larger, elementwise. */
export function maximum(a: TensorLike, b: TensorLike, name = "Maximum"): Tensor {
  return binary("Maximum", a, b, name);
}

/** The smaller, elementwise. */
export function minimum(a: TensorLike, b: TensorLike, name = "Minimum"): Tensor {
  return binary("Minimum", a, b, name);
}

/** `a > b`. */
export function greater(a: TensorLike, b: TensorLike, name = "Greater"): Tensor {
  return binary("Greater", a, b, name);
}

/** `a >= b`. */
export function greaterEqual(a: TensorLike, b: TensorLike, name = "GreaterEqual"): Tensor {
  return binary("GreaterEqual", a, b, name);
}

/** `a <= b`. */
export function lessEqual(a: TensorLike, b: TensorLike, name = "LessEqual"): Tensor {
  return binary("LessEqual", a, b, name);
}

/** `a == b`, elementwise. */
export function equal(a: TensorLike, b: TensorLike, name = "Equal"): Tensor {
  return binary("Equal", a, b, name);
}

/** `x` to the power of `y`. */
export function pow(x: TensorLike, y: TensorLike, name = "Pow"): Tensor {
  return binary("Pow", x, y, name);
}

/** An op of one tensor by its TensorFlow name. */
export function unary(
  type:
    | "Neg"
    | "Exp"
    | "Log"
    | "Log1p"
    | "Sqrt"
    | "Square"
    | "Ceil"
    | "Sigmoid"
    | "Relu"
    | "Cos"
    | "LogicalNot"
    | "Rsqrt"
    | "Floor"
    | "Abs",
  x: Tensor,
  name?: string,
): Tensor {
  return build(type, [x], {}, name);
}

/** The tensor in another dtype; the tensor itself where it has it already, as `tf.cast`. */
export function cast(x: Tensor, dtype: DType, name = "Cast"): Tensor {
  return x.dtype === dtype ? x : build("Cast", [x], { DstT: dtype }, name);
}
