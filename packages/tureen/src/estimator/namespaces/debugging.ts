/** `tf.debugging`: ops that fail where a condition does not hold. Run them with `controlDependencies` around what must not come before them. */
import { checkOptions, type OptionTable } from "../../core/check-options.js";
import type { DType } from "../../core/dtype.js";
import { shapeTuple } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { toTensor } from "../../core/tensor-value.js";
import { asTensor, build, buildOp, constant, type NamedOptions, type TensorLike } from "../../graph/build-op.js";
import type { Operation, Tensor } from "../../graph/graph.js";
import { controlDependencies, nameScope } from "../../graph/scope.js";
import { add, mul, sub, tensorPair, unary } from "../nn/arithmetic.js";
import { rankOf, reduceAll, shapeOf } from "../nn/tensor-shape.js";

export { assert as Assert, checkNumerics } from "../../graph/ops/check.js";

/** Options of assertions. */
export interface AssertOptions extends NamedOptions {
  /** What the error begins with. */
  readonly message?: string;
  /** How many elements of each tensor the error tells; default 3. */
  readonly summarize?: number;
}

const assertTable: OptionTable<AssertOptions> = { message: "optional", summarize: "optional", name: "optional" };

function failing(
  condition: Tensor,
  told: string | undefined,
  data: readonly TensorLike[],
  { summarize = 3 }: AssertOptions,
): Operation {
  const all = told === undefined ? data : [told, ...data];
  const tensors = all.map((item) => (typeof item === "string" ? toTensor(item, "string") : item));
  return buildOp("Assert", [condition, tensors], { summarize }, "Assert");
}

/** A message as TensorFlow puts it before what it has to say itself. */
function prefix(message: string | undefined): string {
  return message === undefined || message === "" ? "" : `${message}.  `;
}

/** An assertion about two tensors, element by element; they broadcast. INVALID_ARGUMENT of the run in which it does not hold. */
export type AssertPair = (x: TensorLike, y: TensorLike, options?: AssertOptions) => Operation;

function comparing(call: string, op: string, sign: string): AssertPair {
  return (x, y, options = {}) => {
    checkOptions(call, options, assertTable);
    return nameScope(options.name ?? call, () => {
      const [a, b] = tensorPair(x, y);
      const data = [`Condition x ${sign} y did not hold element-wise:`, `x (${a.name}) = `, a, `y (${b.name}) = `, b];
      return failing(reduceAll(build(op, [a, b], {}, op)), options.message, data, options);
    });
  };
}

/** All of x and y are equal (`tf.debugging.assert_equal`). */
export const assertEqual: AssertPair = comparing("assert_equal", "Equal", "==");
/** None of x and y are equal (`tf.debugging.assert_none_equal`). */
export const assertNoneEqual: AssertPair = comparing("assert_none_equal", "NotEqual", "!=");
/** All of x are less (`tf.debugging.assert_less`). */
export const assertLess: AssertPair = comparing("assert_less", "Less", "<");
/** All of x are less or equal (`tf.debugging.assert_less_equal`). */
export const assertLessEqual: AssertPair = comparing("assert_less_equal", "LessEqual", "<=");
/** All of x are greater (`tf.debugging.assert_greater`). */
export const assertGreater: AssertPair = comparing("assert_greater", "Greater", ">");
/** All of x are greater or equal (`tf.debugging.assert_greater_equal`). */
export const assertGreaterEqual: AssertPair = comparing("assert_greater_equal", "GreaterEqual", ">=");

/** An assertion about the elements of one tensor. INVALID_ARGUMENT of the run in which it does not hold. */
export type AssertSign = (x: TensorLike, options?: AssertOptions) => Operation;

function signed(call: string, op: string, sign: string, isJoined = false): AssertSign {
  return (x, options = {}) => {
    checkOptions(call, options, assertTable);
    return nameScope(options.name ?? call, () => {
      const a = asTensor(x, undefined, "x");
      const holds = build(op, [a, constant(0, a.dtype)], {}, op);
      const texts = [`Condition x ${sign} 0 did not hold element-wise:`, `x (${a.name}) = `];
      // TensorFlow's text for one of the four is in one piece.
      const data = [...(isJoined ? [texts.join("")] : texts), a];
      return failing(reduceAll(holds), prefix(options.message), data, options);
    });
  };
}

/** All are above 0 (`tf.debugging.assert_positive`). */
export const assertPositive: AssertSign = signed("assert_positive", "Greater", ">");
/** All are below 0 (`tf.debugging.assert_negative`). */
export const assertNegative: AssertSign = signed("assert_negative", "Less", "<");
/** All are 0 or above (`tf.debugging.assert_non_negative`). */
export const assertNonNegative: AssertSign = signed("assert_non_negative", "GreaterEqual", ">=");
/** All are 0 or below (`tf.debugging.assert_non_positive`). */
export const assertNonPositive: AssertSign = signed("assert_non_positive", "LessEqual", "<=", true);

/** All of x and y differ by no more than `atol + rtol * |y|` (`tf.debugging.assert_near`); both 10 times the dtype's precision by default. */
export function assertNear(
  x: TensorLike,
  y: TensorLike,
  options: AssertOptions & { readonly rtol?: number; readonly atol?: number } = {},
): Operation {
  checkOptions("assert_near", options, { ...assertTable, rtol: "optional", atol: "optional" });
  return nameScope(options.name ?? "assert_near", () => {
    const [a, b] = tensorPair(x, y);
    const precision = 10 * (a.dtype === "float64" ? Number.EPSILON : a.dtype === "float16" ? 2 ** -10 : 2 ** -23);
    const { rtol = precision, atol = precision } = options;
    const limit = add(mul(unary("Abs", b), rtol), atol);
    const near = build("LessEqual", [unary("Abs", sub(a, b)), limit], {}, "LessEqual");
    const data = [
      `x and y not equal to tolerance rtol = ${rtol}, atol = ${atol}`,
      `x (${a.name}) = `,
      a,
      `y (${b.name}) = `,
      b,
    ];
    return failing(reduceAll(near), prefix(options.message), data, options);
  });
}

function ranked(
  call: string,
  op: "Equal" | "GreaterEqual",
  text: string,
  fits: (rank: number, wanted: number) => boolean,
) {
  return (x: Tensor, rank: number, options: AssertOptions = {}): Operation => {
    checkOptions(call, options, assertTable);
    return nameScope(options.name ?? call, () => {
      if (x.shape === undefined) {
        const wanted = constant(rank, "int32", "rank");
        const data = [`Tensor ${x.name} must have ${text}`, wanted, "Received shape: ", shapeOf(x)];
        return failing(build(op, [rankOf(x), wanted], {}, op), prefix(options.message), data, options);
      }
      if (fits(x.shape.length, rank)) return buildOp("NoOp", [], {}, "static_checks_determined_all_ok");
      throw invalidArgument(
        `${prefix(options.message)}Tensor ${x.name} must have ${text} ${rank}.  Received rank ${x.shape.length}, shape ${shapeTuple(x.shape)}`,
      );
    });
  };
}

/** An assertion about the rank; INVALID_ARGUMENT while building where it is known, else of the run. */
export type AssertRank = (x: Tensor, rank: number, options?: AssertOptions) => Operation;
/** The rank is so many (`tf.debugging.assert_rank`). */
export const assertRank: AssertRank = ranked("assert_rank", "Equal", "rank", (rank, wanted) => rank === wanted);
/** The rank is so many or more (`tf.debugging.assert_rank_at_least`). */
export const assertRankAtLeast: AssertRank = ranked(
  "assert_rank_at_least",
  "GreaterEqual",
  "rank at least",
  (rank, wanted) => rank >= wanted,
);

/** The tensor, whose known rank is 0: INVALID_ARGUMENT otherwise (`tf.debugging.assert_scalar`). */
export function assertScalar(tensor: Tensor, options: Omit<AssertOptions, "summarize"> = {}): Tensor {
  checkOptions("assert_scalar", options, { message: "optional", name: "optional" });
  if (tensor.shape?.length === 0) return tensor;
  const saw = tensor.shape === undefined ? "<unknown>" : shapeTuple(tensor.shape);
  throw invalidArgument(`${prefix(options.message)}Expected scalar shape for ${tensor.name}, saw shape: ${saw}.`);
}

/** An op that does nothing, for a tensor of the dtype: INVALID_ARGUMENT while building otherwise (`tf.debugging.assert_type`). */
export function assertType(tensor: Tensor, dtype: DType, options: Omit<AssertOptions, "summarize"> = {}): Operation {
  checkOptions("assert_type", options, { message: "optional", name: "optional" });
  if (tensor.dtype !== dtype) {
    throw invalidArgument(
      `${prefix(options.message)}${tensor.name} must be of type tf.${dtype}; got tf.${tensor.dtype}`,
    );
  }
  return nameScope(options.name ?? "assert_type", () => buildOp("NoOp", [], {}, "statically_determined_correct_type"));
}

/** The tensor, all of whose elements are finite: INVALID_ARGUMENT of the run otherwise, which begins with the message (`tf.debugging.assert_all_finite`). */
export function assertAllFinite(x: Tensor, message: string, options: NamedOptions = {}): Tensor {
  checkOptions("assert_all_finite", options, { name: "optional" });
  return nameScope(options.name ?? "VerifyFinite", () => {
    const checked = build("CheckNumerics", [x], { message }, "CheckNumerics");
    return controlDependencies([checked.op], () => build("Identity", [x], {}, "control_dependency"));
  });
}
