import { build } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import { maximum, mul, unary } from "../nn/arithmetic.js";
import { reduceSum } from "../nn/tensor-shape.js";

/** Squared norms below this are taken for this (`tf.math.l2_normalize`'s epsilon). */
const epsilon = 1e-12;

/** Rows of length 1, [rows, columns] (`tf.math.l2_normalize` of axis 1). */
export function l2Normalize(x: Tensor): Tensor {
  return nameScope("l2_normalize", (scope) => {
    const squares = build("Reshape", [reduceSum(unary("Square", x), [1]), [-1, 1]]);
    return mul(x, unary("Rsqrt", maximum(squares, epsilon)), scope);
  });
}
