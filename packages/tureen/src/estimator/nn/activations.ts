import { checkOptions, nameOnly } from "../../core/check-options.js";
import { build, constant } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import { add, mul, pow, unary } from "./arithmetic.js";

interface Named {
  readonly name?: string;
}

/** `x * sigmoid(beta * x)` (`tf.nn.swish`, also called SiLU). */
export function swish(features: Tensor, options: Named & { readonly beta?: number } = {}): Tensor {
  checkOptions("swish", options, { name: "optional", beta: "optional" });
  const { beta = 1 } = options;
  return nameScope(options.name ?? "swish", () =>
    mul(features, unary("Sigmoid", beta === 1 ? features : mul(features, beta))),
  );
}

/** `swish` with beta 1. */
export function silu(features: Tensor, options: Named = {}): Tensor {
  checkOptions("silu", options, nameOnly);
  return swish(features, { name: "silu", ...options });
}

/** `x` times the normal distribution's cumulative probability of it, or the tanh approximation of that (`tf.nn.gelu`). */
export function gelu(features: Tensor, options: Named & { readonly approximate?: boolean } = {}): Tensor {
  checkOptions("gelu", options, { name: "optional", approximate: "optional" });
  return nameScope(options.name ?? "Gelu", () => {
    const half = mul(features, 0.5);
    if (options.approximate === true) {
      // Hendrycks and Gimpel (2016).
      const inner = mul(add(features, mul(pow(features, 3), 0.044715)), Math.sqrt(2 / Math.PI));
      return mul(half, add(build("Tanh", [inner], {}, "Tanh"), 1));
    }
    return mul(half, add(build("Erf", [mul(features, Math.SQRT1_2)], {}, "Erf"), 1));
  });
}

/** The positive and the negative part side by side along an axis, both rectified (`tf.nn.crelu`). */
export function crelu(features: Tensor, options: Named & { readonly axis?: number } = {}): Tensor {
  checkOptions("crelu", options, { name: "optional", axis: "optional" });
  return nameScope(options.name ?? "CRelu", () => {
    const axis = constant(options.axis ?? -1, "int32", "axis");
    return unary("Relu", build("ConcatV2", [[features, unary("Neg", features)], axis], {}, "concat"));
  });
}

function along(x: Tensor, axis: number | undefined, op: "Softmax" | "LogSoftmax", name: string | undefined): Tensor {
  const rank = x.shape?.length;
  if (axis === undefined || axis === -1 || (rank !== undefined && axis === rank - 1)) return build(op, [x], {}, name);
  // The ops know the last axis only: it is swapped with the wanted one, and back.
  const order = Array.from({ length: rank! }, (_, i) => i);
  const from = axis < 0 ? axis + rank! : axis;
  [order[from], order[rank! - 1]] = [rank! - 1, from];
  const swap = (tensor: Tensor): Tensor => build("Transpose", [tensor, constant(order, "int32")], {}, "transpose");
  return nameScope(name ?? op, () => swap(build(op, [swap(x)], {}, op)));
}

/** `exp(x)` over its sum along an axis (`tf.nn.softmax`); the last by default. */
export function softmax(logits: Tensor, options: Named & { readonly axis?: number } = {}): Tensor {
  checkOptions("softmax", options, { name: "optional", axis: "optional" });
  return along(logits, options.axis, "Softmax", options.name);
}

/** The logarithm of `softmax`. */
export function logSoftmax(logits: Tensor, options: Named & { readonly axis?: number } = {}): Tensor {
  checkOptions("logSoftmax", options, { name: "optional", axis: "optional" });
  return along(logits, options.axis, "LogSoftmax", options.name);
}
