import { invalidArgument } from "../../core/status-error.js";
import { build } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { pythonText } from "../feature-column/python-text.js";
import { gelu, softmax, swish } from "./activations.js";
import { add, maximum, minimum, mul } from "./arithmetic.js";

/** From a layer's values to its outputs; adds ops to the current graph. */
export type Activation = (x: Tensor) => Tensor;

const op = (type: string, x: Tensor): Tensor => build(type, [x], {}, type);

/** The names that Keras knows activations by (`tf.keras.activations.get`). */
const activations: Readonly<Record<string, Activation>> = {
  elu: (x) => op("Elu", x),
  exponential: (x) => op("Exp", x),
  gelu: (x) => gelu(x),
  // A fifth of x and a half, between 0 and 1: Keras's, not the one of other libraries.
  hard_sigmoid: (x) => minimum(maximum(add(mul(x, 0.2), 0.5), 0), 1),
  linear: (x) => x,
  mish: (x) => mul(x, op("Tanh", op("Softplus", x))),
  relu: (x) => op("Relu", x),
  selu: (x) => op("Selu", x),
  sigmoid: (x) => op("Sigmoid", x),
  softmax: (x) => softmax(x),
  softplus: (x) => op("Softplus", x),
  softsign: (x) => op("Softsign", x),
  swish: (x) => swish(x),
  tanh: (x) => op("Tanh", x),
};

/** An activation, by Keras's name for it or as it is; INVALID_ARGUMENT for what is neither. */
export function activationOf(activation: Activation | string): Activation {
  if (typeof activation === "function") return activation;
  if (typeof activation === "string" && Object.hasOwn(activations, activation)) return activations[activation]!;
  const known = Object.keys(activations).join(", ");
  throw invalidArgument(`Unknown activation function: ${pythonText(activation)}. It is a function or one of ${known}.`);
}
