import { internal } from "../../core/status-error.js";
import { build, buildOp } from "../../graph/build-op.js";
import { denseGradient } from "../../graph/gradient.js";
import { gradients } from "../../graph/gradients.js";
import type { Tensor } from "../../graph/graph.js";
import { checkDenseLabels } from "../head/check-labels.js";
import type { Labels } from "../model-fn.js";
import { add, cast, mul, sub, unary } from "../nn/arithmetic.js";
import { reshape, sizeOf } from "../nn/tensor-shape.js";

/** First and second derivatives of the loss by the logits: [batch, logits] and [batch, logits²]. */
export interface Derivatives {
  readonly gradients: Tensor;
  readonly hessians: Tensor;
}

/** Builds them by differentiating the graph twice; for several logits the full Hessian of each example. */
export function derivativesOf(loss: Tensor, logits: Tensor, logitsDimension: number): Derivatives {
  const first = gradientOf(loss, logits, "Gradients");
  if (logitsDimension === 1) return { gradients: first, hessians: gradientOf(first, logits, "Hessians") };
  const columns = buildOp("Unpack", [first], { num: logitsDimension, axis: 1 }, "unstack").outputs;
  const rows = columns.map((column, i) => gradientOf(column, logits, `Hessian_${i}`));
  const stacked = build("Pack", [rows], { axis: 1 }, "stack");
  return { gradients: first, hessians: reshape(stacked, [-1, logitsDimension ** 2]) };
}

function gradientOf(y: Tensor, x: Tensor, name: string): Tensor {
  const [gradient] = gradients([y], [x], { name });
  if (gradient === null || gradient === undefined)
    throw internal(`The loss of boosted trees has no derivative by ${x.name}`);
  return denseGradient(gradient);
}

/** The same in closed form for the mean sigmoid cross entropy of labels 0 and 1, as TensorFlow has it for plain binary classifiers. */
export function logLossDerivatives(logits: Tensor, labels: Labels): Derivatives {
  const predictions = build("Reciprocal", [add(unary("Exp", unary("Neg", logits)), 1)], {}, "Reciprocal");
  const normalizer = build("Reciprocal", [cast(sizeOf(predictions), "float32")], {}, "Reciprocal");
  const known = cast(checkDenseLabels(labels, logits, 1), "float32");
  return {
    gradients: mul(sub(predictions, known), normalizer),
    hessians: mul(mul(predictions, sub(1, predictions)), normalizer),
  };
}
