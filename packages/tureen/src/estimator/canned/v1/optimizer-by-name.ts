import { invalidArgument } from "../../../core/status-error.js";
import { formatTuple } from "../../nn/python-format.js";
import type { OptimizerLike } from "../../optimizer/get-optimizer.js";
import type { Optimizer } from "../../optimizer/optimizer.js";
import { adagradOptimizer } from "../../optimizer/train/adagrad.js";
import { adamOptimizer } from "../../optimizer/train/adam.js";
import { ftrlOptimizer } from "../../optimizer/train/ftrl.js";
import { gradientDescentOptimizer } from "../../optimizer/train/gradient-descent.js";
import { rmsPropOptimizer } from "../../optimizer/train/rmsprop.js";

const byName: Readonly<Record<string, (learningRate: number) => Optimizer>> = {
  Adagrad: adagradOptimizer,
  Adam: adamOptimizer,
  Ftrl: ftrlOptimizer,
  RMSProp: rmsPropOptimizer,
  SGD: gradientDescentOptimizer,
};

/** The optimizer of TensorFlow 1.x that is meant (`get_optimizer_instance`): by a string one of five with `learningRate`. */
export function optimizerByName(optimizer: OptimizerLike, learningRate: number): Optimizer {
  if (typeof optimizer === "string") {
    if (!Object.hasOwn(byName, optimizer)) {
      throw invalidArgument(
        `Unsupported optimizer name: ${optimizer}. Supported names are: ${formatTuple(Object.keys(byName).sort())}`,
      );
    }
    return byName[optimizer]!(learningRate);
  }
  const made = typeof optimizer === "function" ? optimizer() : optimizer;
  if (typeof made?.minimize !== "function") {
    throw invalidArgument(`The given object is not an Optimizer instance. Given: ${String(made)}`);
  }
  return made;
}
