import { invalidArgument } from "../../core/status-error.js";
import { formatTuple } from "../nn/python-format.js";
import type { GradientClipping } from "./clip-gradients.js";
import { Adagrad } from "./keras/adagrad.js";
import { Adam } from "./keras/adam.js";
import { Ftrl } from "./keras/ftrl.js";
import type { KerasOptimizerOptions } from "./keras/keras-optimizer.js";
import { RMSprop } from "./keras/rmsprop.js";
import { SGD } from "./keras/sgd.js";
import type { Optimizer } from "./optimizer.js";

/** An optimizer as canned estimators take it: a name, an optimizer, or a function that makes one for each training graph. */
export type OptimizerLike = string | Optimizer | (() => Optimizer);

const byName: Readonly<Record<string, (options: KerasOptimizerOptions) => Optimizer>> = {
  Adagrad: (options) => new Adagrad(options),
  Adam: (options) => new Adam(options),
  Ftrl: (options) => new Ftrl(options),
  RMSProp: (options) => new RMSprop(options),
  SGD: (options) => new SGD(options),
};

/**
 * The optimizer that is meant (TensorFlow's `get_optimizer_instance_v2`): by a string one of Adagrad, Adam, Ftrl, RMSProp and SGD with
 * `learningRate`, or with its own default where none is given, and with `clipping`.
 */
export function getOptimizer(
  optimizer: OptimizerLike,
  learningRate?: number,
  clipping: GradientClipping = {},
): Optimizer {
  if (typeof optimizer === "string") {
    if (!Object.hasOwn(byName, optimizer)) {
      throw invalidArgument(
        `Unsupported optimizer name: ${optimizer}. Supported names are: ${formatTuple(Object.keys(byName).sort())}`,
      );
    }
    return byName[optimizer]!({ ...clipping, ...(learningRate === undefined ? {} : { learningRate }) });
  }
  const made = typeof optimizer === "function" ? optimizer() : optimizer;
  if (typeof made?.minimize !== "function") {
    throw invalidArgument(`The given object is not a tf.keras.optimizers.Optimizer instance. Given: ${String(made)}`);
  }
  return made;
}
