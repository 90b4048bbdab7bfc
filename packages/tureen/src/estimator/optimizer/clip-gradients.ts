import { invalidArgument } from "../../core/status-error.js";
import { build, constant } from "../../graph/build-op.js";
import type { Gradient } from "../../graph/gradient.js";
import type { Tensor } from "../../graph/graph.js";
import { div, maximum, minimum, mul, unary } from "../nn/arithmetic.js";
import { reduceSum } from "../nn/tensor-shape.js";
import { type GradientOf, isSparse } from "./apply-gradients.js";

/** How gradients are bounded before they are applied. */
export interface GradientClipping {
  /** Largest norm of each variable's gradient. */
  readonly clipnorm?: number | undefined;
  /** Largest absolute value of each element. */
  readonly clipvalue?: number | undefined;
  /** Largest norm of all gradients together. */
  readonly globalClipnorm?: number | undefined;
}

/** The gradients, bounded as asked; INVALID_ARGUMENT where clipnorm and globalClipnorm are both given. */
export function clipGradients(gradients: readonly GradientOf[], clipping: GradientClipping): readonly GradientOf[] {
  const { clipnorm, clipvalue, globalClipnorm } = clipping;
  if (clipnorm !== undefined && globalClipnorm !== undefined) {
    throw invalidArgument(
      `Cannot accept both \`clipnorm\` and \`global_clipnorm\`. Received: \`clipnorm\`=${clipnorm}, \`global_clipnorm\`=${globalClipnorm}.`,
    );
  }
  let clipped = gradients;
  if (clipvalue !== undefined) {
    clipped = clipped.map((item) =>
      mapValues(item, (values) => maximum(minimum(values, clipvalue), -clipvalue, "clip_by_value")),
    );
  }
  if (clipnorm !== undefined) {
    clipped = clipped.map((item) =>
      mapValues(item, (values) => {
        const squares = reduceSum(unary("Square", values));
        return scaleTo(values, unary("Sqrt", squares), clipnorm);
      }),
    );
  }
  if (globalClipnorm !== undefined) {
    const squares = clipped.map(({ gradient }) => reduceSum(unary("Square", valuesOf(gradient))));
    const norm = unary("Sqrt", build("AddN", [squares], {}, "AddN"), "global_norm");
    clipped = clipped.map((item) => mapValues(item, (values) => scaleTo(values, norm, globalClipnorm)));
  }
  return clipped;
}

function scaleTo(values: Tensor, norm: Tensor, bound: number): Tensor {
  return mul(values, div(constant(bound, values.dtype), maximum(norm, bound)));
}

function valuesOf(gradient: Gradient): Tensor {
  return isSparse(gradient) ? gradient.values : gradient;
}

function mapValues(item: GradientOf, change: (values: Tensor) => Tensor): GradientOf {
  const { gradient } = item;
  return {
    ...item,
    gradient: isSparse(gradient) ? { ...gradient, values: change(gradient.values) } : change(gradient),
  };
}
