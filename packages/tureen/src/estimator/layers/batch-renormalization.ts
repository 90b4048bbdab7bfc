import { invalidArgument } from "../../core/status-error.js";
import { build } from "../../graph/build-op.js";
import type { Operation, Tensor } from "../../graph/graph.js";
import { controlDependencies } from "../../graph/scope.js";
import type { Initializer, Variable } from "../../graph/variable.js";
import { pythonText } from "../feature-column/python-text.js";
import { add, div, maximum, minimum, mul, sub, unary } from "../nn/arithmetic.js";
import { moveAverage } from "./moving-average.js";

/** Bounds of batch renormalization: r is kept within [rmin, rmax], d within [-dmax, dmax]; what is not given is not bounded. */
export interface RenormClipping {
  readonly rmax?: number;
  readonly rmin?: number;
  readonly dmax?: number;
}

/** INVALID_ARGUMENT with TensorFlow's text for bounds by another name. */
export function checkClipping(clipping: RenormClipping): void {
  if (Object.keys(clipping).every((key) => ["rmax", "rmin", "dmax"].includes(key))) return;
  const given = Object.entries(clipping).map(([key, value]) => `${pythonText(key)}: ${pythonText(value)}`);
  throw invalidArgument(
    `Received invalid keys for \`renorm_clipping\` argument: {${given.join(", ")}}. Supported values: ['rmax', 'rmin', 'dmax'].`,
  );
}

/** What batch renormalization keeps besides the moving mean and variance. */
export interface RenormVariables {
  readonly mean: Variable;
  readonly deviation: Variable;
  /** Moves the moving deviation and sets the moving variance to its square; the assignment. */
  moveVariance(movingVariance: Variable, variance: Tensor, momentum: number, epsilon: number): Operation;
}

/** Makes `moving_stddev`, `renorm_mean` and `renorm_stddev`, which start as the moving mean and the root of the moving variance do. */
export function renormVariables(
  variable: (key: string, initializer: Initializer) => Variable,
  meanInitializer: Initializer,
  varianceInitializer: Initializer,
): RenormVariables {
  const root: Initializer = (shape, dtype) => unary("Sqrt", varianceInitializer(shape, dtype));
  const movingDeviation = variable("moving_stddev", root);
  return {
    mean: variable("renorm_mean", meanInitializer),
    deviation: variable("renorm_stddev", root),
    moveVariance: (movingVariance, variance, momentum, epsilon) => {
      const moved = moveAverage(movingDeviation, unary("Sqrt", add(variance, epsilon)), momentum);
      return controlDependencies([moved], () => {
        const deviation = movingDeviation.read();
        // Rounding may take the difference below 0.
        const square = unary("Relu", sub(mul(deviation, deviation), epsilon));
        return movingVariance.assign(square, "AssignVariableOp");
      });
    },
  };
}

/**
 * The corrections r and d of a batch's moments towards the moving ones, without gradients, and the moments themselves, which come after the moving
 * ones have been moved.
 */
export function renormalize(
  { mean: movingMean, deviation: movingDeviation }: RenormVariables,
  mean: Tensor,
  variance: Tensor,
  settings: { readonly epsilon: number; readonly renormClipping: RenormClipping; readonly renormMomentum: number },
): { readonly r: Tensor; readonly d: Tensor; readonly mean: Tensor; readonly variance: Tensor } {
  const { epsilon, renormClipping, renormMomentum } = settings;
  const { rmin, rmax, dmax } = renormClipping;
  const deviation = unary("Sqrt", add(variance, epsilon));
  // Early in training the moving deviation may be next to nothing.
  const known = maximum(movingDeviation.read(), Math.sqrt(epsilon));
  const freeR = div(deviation, known);
  const freeD = div(sub(mean, movingMean.read()), known);
  let [r, d] = [freeR, freeD];
  if (rmin !== undefined) r = maximum(r, rmin);
  if (rmax !== undefined) r = minimum(r, rmax);
  if (dmax !== undefined) d = minimum(maximum(d, -dmax), dmax);
  // Corrections are of the moments before this batch's update.
  const updates = controlDependencies([freeR, freeD], () => [
    moveAverage(movingMean, mean, renormMomentum),
    moveAverage(movingDeviation, deviation, renormMomentum),
  ]);
  return {
    r: build("StopGradient", [r], {}, "renorm_r"),
    d: build("StopGradient", [d], {}, "renorm_d"),
    ...controlDependencies(updates, () => ({
      mean: build("Identity", [mean], {}, "Identity"),
      variance: build("Identity", [variance], {}, "Identity"),
    })),
  };
}
