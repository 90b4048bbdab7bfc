import { scalarValue } from "../../core/tensor-value.js";
import { build } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { oneHot } from "../feature-column/one-hot.js";
import { add, cast, div, greaterEqual, lessEqual, mul, unary } from "../nn/arithmetic.js";
import { expandDims, onesLike, reduceSum, zerosLike } from "../nn/tensor-shape.js";

/** TensorFlow's bound of probabilities in this loss. */
const epsilon = 1e-15;

/** The maximum entropy loss of each example, [batch, 1]: softmax cross entropy with bounded probabilities (`per_example_maxent_loss`). */
export function maxentLoss(labels: Tensor, logits: Tensor, nClasses: number): Tensor {
  const hot = reduceSum(oneHot(cast(labels, "int64"), nClasses), [1]);
  const exponentials = unary("Exp", logits);
  const sums = build(
    "Sum",
    [exponentials, { dtype: "int32", shape: [], data: Int32Array.of(1) }],
    { keep_dims: true },
    "Sum",
  );
  const eps = scalarValue("float32", epsilon);
  const softmax = div(exponentials, add(sums, eps));
  const chosen = reduceSum(mul(hot, softmax), [1]);
  const least = add(zerosLike(chosen), eps);
  const most = add(onesLike(chosen), scalarValue("float32", -epsilon));
  const notBelow = build("Select", [greaterEqual(chosen, eps), chosen, least], {}, "Select");
  const bounded = build(
    "Select",
    [lessEqual(notBelow, scalarValue("float32", 1 - epsilon)), notBelow, most],
    {},
    "Select",
  );
  return expandDims(unary("Neg", unary("Log", bounded)), 1);
}
