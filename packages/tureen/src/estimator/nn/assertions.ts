import { invalidArgument } from "../../core/status-error.js";
import { toTensor } from "../../core/tensor-value.js";
import { buildOp, constant, type TensorLike } from "../../graph/build-op.js";
import type { Operation, Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import { greaterEqual, lessEqual } from "./arithmetic.js";
import { rankOf, reduceAll, shapeOf } from "./tensor-shape.js";

/**
 * An op that fails where the rank is below `rank` (`tf.debugging.assert_rank_at_least`).
 *
 * A known rank is checked while building: INVALID_ARGUMENT with TensorFlow's text.
 */
export function assertRankAtLeast(x: Tensor, rank: number, message: string): Operation {
  return nameScope("assert_rank_at_least", () => {
    const wanted = constant(rank, "int32", "rank");
    if (x.shape !== undefined) {
      if (x.shape.length < rank) {
        throw invalidArgument(
          `${message}.  Tensor ${x.name} must have rank at least ${rank}.  Received rank ${x.shape.length}, shape (${x.shape.map((size) => (size < 0 ? "None" : size)).join(", ")})`,
        );
      }
      nameScope("assert_type", () => buildOp("NoOp", [], {}, "statically_determined_correct_type"));
      return buildOp("NoOp", [], {}, "static_checks_determined_all_ok");
    }
    const condition = greaterEqual(rankOf(x), wanted);
    return assertTrue(condition, [
      message,
      `Tensor ${x.name} must have rank at least`,
      wanted,
      "Received shape: ",
      shapeOf(x),
    ]);
  });
}

/** An op that fails where two integer tensors differ anywhere (`tf.debugging.assert_equal` with `data`). */
export function assertEqual(x: Tensor, y: Tensor, data: readonly TensorLike[]): Operation {
  return nameScope("assert_equal_1", () => assertTrue(reduceAll(equalOf(x, y)), data));
}

/** An op that fails unless all of `x <= y` (`tf.debugging.assert_less_equal`). */
export function assertLessEqual(x: Tensor, y: Tensor, message: string): Operation {
  return nameScope("assert_less_equal", () =>
    assertTrue(reduceAll(lessEqual(x, y)), [
      message,
      "Condition x <= y did not hold element-wise:",
      `x (${x.name}) = `,
      x,
      `y (${y.name}) = `,
      y,
    ]),
  );
}

/** An op that fails unless all of x are 0 or more (`tf.debugging.assert_non_negative`). */
export function assertNonNegative(x: Tensor, message: string): Operation {
  return nameScope("assert_non_negative", () => {
    const zero = constant(0, x.dtype, "Const");
    return nameScope("assert_less_equal", () =>
      assertTrue(reduceAll(lessEqual(zero, x)), [
        // As TensorFlow 2 puts a message before its own words.
        `${message}.  `,
        "Condition x >= 0 did not hold element-wise:",
        `x (${x.name}) = `,
        x,
      ]),
    );
  });
}

/** An op that fails with `data` where the scalar condition is false (`tf.debugging.Assert`). */
export function assertTrue(condition: Tensor, data: readonly TensorLike[], scope = "Assert"): Operation {
  return nameScope(scope, () =>
    buildOp(
      "Assert",
      [condition, data.map((item) => (typeof item === "string" ? toTensor(item, "string") : item))],
      {},
      "Assert",
    ),
  );
}

function equalOf(x: Tensor, y: Tensor): Tensor {
  return buildOp("Equal", [x, y], {}, "Equal").output;
}
