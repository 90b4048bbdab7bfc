import { checkOptions, nameOnly } from "../../core/check-options.js";
import { type DType, isFloatingDType } from "../../core/dtype.js";
import { invalidArgument } from "../../core/status-error.js";
import { build, constant, type TensorLike } from "../../graph/build-op.js";
import { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import { add, cast, maximum, minimum, mul, sub, tensorPair, unary } from "../nn/arithmetic.js";
import { rangeOfType } from "./type-range.js";

interface Named {
  readonly name?: string;
}

/** An op of two tensors, or of a tensor and what is converted to its dtype. */
export type BinaryFunction = (x: TensorLike, y: TensorLike, options?: Named) => Tensor;

function binary(op: string): BinaryFunction {
  return (x, y, options = {}) => build(op, [...tensorPair(x, y)], {}, options);
}

/** `x * y` (`tf.multiply`). */
export const multiply: BinaryFunction = binary("Mul");
/** `x - y` (`tf.subtract`). */
export const subtract: BinaryFunction = binary("Sub");
/** `x / y` rounded down (`tf.math.floordiv`), as Python's `//`. */
export const floordiv: BinaryFunction = binary("FloorDiv");
/** What `floordiv` leaves, with the sign of y (`tf.math.floormod`), as Python's `%`. */
export const floormod: BinaryFunction = binary("FloorMod");
/** `floormod` by its other name (`tf.math.mod`). */
export const mod: BinaryFunction = floormod;
/** `x / y` rounded towards 0 (`tf.truncatediv`). */
export const truncatediv: BinaryFunction = binary("TruncateDiv");
/** What `truncatediv` leaves, with the sign of x (`tf.truncatemod`). */
export const truncatemod: BinaryFunction = binary("TruncateMod");
/** `x / y` of floats (`tf.realdiv`). */
export const realdiv: BinaryFunction = binary("RealDiv");
/** `x / y`, 0 where y is 0 (`tf.math.divide_no_nan`). */
export const divideNoNan: BinaryFunction = binary("DivNoNan");
/** `x * y`, 0 where y is 0 whatever x is (`tf.math.multiply_no_nan`). */
export const multiplyNoNan: BinaryFunction = binary("MulNoNan");

/** `x / y` as floats: integers are converted first, to float64 those of 32 bits and more (`tf.truediv`, `tf.divide`). */
export const truediv: BinaryFunction = (x, y, options = {}) => {
  checkOptions("truediv", options, nameOnly);
  return nameScope(options.name ?? "truediv", (scope) => {
    const [a, b] = tensorPair(x, y);
    if (a.dtype !== b.dtype) {
      throw invalidArgument(`\`x\` and \`y\` must have the same dtype, got ${a.dtype} != ${b.dtype}.`);
    }
    const float = floatFor(a.dtype);
    return build("RealDiv", [cast(a, float), cast(b, float)], {}, scope);
  });
};
/** `truediv` by its other name. */
export const divide: BinaryFunction = truediv;

function floatFor(dtype: DType): DType {
  if (/^u?int(8|16)$/.test(dtype)) return "float32";
  return /^u?int/.test(dtype) ? "float64" : dtype;
}

/** `-x` (`tf.negative`). */
export function negative(x: Tensor, options: Named = {}): Tensor {
  checkOptions("negative", options, nameOnly);
  return unary("Neg", x, options.name);
}

/** A number times a tensor (`tf.math.scalar_mul`). */
export function scalarMul(scalar: TensorLike, x: Tensor, options: Named = {}): Tensor {
  checkOptions("scalarMul", options, nameOnly);
  return multiply(scalar, x, options);
}

/** `log(sigmoid(x))` without overflow (`tf.math.log_sigmoid`). */
export function logSigmoid(x: Tensor, options: Named = {}): Tensor {
  checkOptions("logSigmoid", options, nameOnly);
  return nameScope(options.name ?? "LogSigmoid", (scope) =>
    unary("Neg", build("Softplus", [unary("Neg", x)], {}, "Softplus"), scope),
  );
}

/** Whether exactly one of two booleans is true (`tf.math.logical_xor`). */
export function logicalXor(x: Tensor, y: Tensor, options: Named = {}): Tensor {
  checkOptions("logicalXor", options, nameOnly);
  return nameScope(options.name ?? "LogicalXor", (scope) => {
    const any = build("LogicalOr", [x, y], {}, "LogicalOr");
    const both = build("LogicalAnd", [x, y], {}, "LogicalAnd");
    return build("LogicalAnd", [any, unary("LogicalNot", both)], {}, scope);
  });
}

/** `1 / x`, 0 where x is 0 (`tf.math.reciprocal_no_nan`). */
export function reciprocalNoNan(x: Tensor, options: Named = {}): Tensor {
  checkOptions("reciprocalNoNan", options, nameOnly);
  return nameScope(options.name ?? "reciprocal_no_nan", (scope) =>
    build("DivNoNan", [constant(1, x.dtype, "one"), x], {}, scope),
  );
}

/** The inverse of the complementary error function (`tf.math.erfcinv`). */
export function erfcinv(x: Tensor, options: Named = {}): Tensor {
  checkOptions("erfcinv", options, nameOnly);
  return nameScope(options.name ?? "erfcinv", () => mul(build("Ndtri", [mul(x, 0.5)], {}, "Ndtri"), -Math.SQRT1_2));
}

/** The sum of tensors of one shape and dtype (`tf.math.accumulate_n`). */
export function accumulateN(inputs: readonly Tensor[], options: Named = {}): Tensor {
  checkOptions("accumulateN", options, nameOnly);
  if (inputs.length === 0)
    throw invalidArgument("inputs must be a list of at least one Tensor with the same dtype and shape");
  return build("AddN", [inputs], {}, options.name ?? "AccumulateNV2");
}

/** A polynomial by Horner's scheme, coefficients from the highest power to the lowest (`tf.math.polyval`). */
export function polyval(coefficients: readonly TensorLike[], x: Tensor, options: Named = {}): Tensor {
  checkOptions("polyval", options, nameOnly);
  return nameScope(options.name ?? "polyval", () => {
    if (coefficients.length === 0) return build("ZerosLike", [x], {}, "zeros_like");
    const [first, ...rest] = coefficients.map((value) =>
      value instanceof Tensor ? value : constant(value, x.dtype, "coeff"),
    );
    return rest.reduce((sum, value) => add(value, mul(sum, x)), first!);
  });
}

/** The logarithm of the multinomial beta function over the last dimension (`tf.math.lbeta`). */
export function lbeta(x: Tensor, options: Named = {}): Tensor {
  checkOptions("lbeta", options, nameOnly);
  return nameScope(options.name ?? "lbeta", () => {
    const last = constant([-1], "int32", "axis");
    const total = (values: Tensor): Tensor => build("Sum", [values, last], {}, "Sum");
    const lgamma = (values: Tensor): Tensor => build("Lgamma", [values], {}, "Lgamma");
    return sub(total(lgamma(x)), lgamma(total(x)));
  });
}

/** `tf.cast` that keeps what is out of an integer's range at its ends (`tf.saturate_cast`). */
export function saturateCast(value: Tensor, dtype: DType, options: Named = {}): Tensor {
  checkOptions("saturateCast", options, nameOnly);
  return nameScope(options.name ?? "saturate_cast", (scope) => {
    const [from, to] = [rangeOfType(value.dtype), rangeOfType(dtype)];
    let bounded = value;
    if (to !== undefined && (from === undefined || from.min < to.min)) bounded = maximum(bounded, to.min);
    if (to !== undefined && (from === undefined || from.max > to.max)) {
      // The greatest int32 has no float32 of its own; the next lower one is taken.
      bounded = minimum(bounded, isFloatingDType(value.dtype) ? to.greatestFloat : to.max);
    }
    return build("Cast", [bounded], { DstT: dtype }, scope);
  });
}
