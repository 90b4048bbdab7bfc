import { build, constant } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import * as ops from "../../graph/ops/index.js";
import { trainableVariables, Variable } from "../../graph/variable.js";
import { predictOutput } from "../export/index.js";
import { getGlobalStep } from "../global-step.js";
import { makeEstimatorSpec } from "../make-estimator-spec.js";
import { ModeKeys } from "../mode-keys.js";
import type { ModelFn } from "../model-fn.js";
import { adamOptimizer } from "../optimizer/index.js";

/** First values of the variables, row by row. */
export interface WhileModelParams {
  readonly w: readonly (readonly number[])[];
  readonly u: readonly (readonly number[])[];
  readonly b: readonly number[];
  readonly v: readonly (readonly number[])[];
}

const int = (value: number): Tensor => constant(value, "int32");

/**
 * A recurrent network written with `whileLoop`, that of interop/control-flow/record_training.py: x [batch, time, features], lengths [batch].
 *
 * States of rows that have ended stay; `cond` takes another activation in odd steps. What a row gives is a sum over its last state.
 */
export const whileModel: ModelFn = ({ features, labels, mode, params }) => {
  const first = params as unknown as WhileModelParams;
  const variable = (name: string, value: readonly number[] | readonly (readonly number[])[]): Variable =>
    new Variable({ name: `rnn/${name}`, initializer: () => constant(value as number[]), shape: shapeOf(value) });
  const [w, u, b, v] = [variable("w", first.w), variable("u", first.u), variable("b", first.b), variable("v", first.v)];
  const x = features["x"] as Tensor;
  const lengths = features["lengths"] as Tensor;
  const sizes = build("Shape", [x]);
  const size = (d: number): Tensor => build("StridedSlice", [sizes, [d], [d + 1], [1]], { shrink_axis_mask: 1 });
  const units = first.b.length;
  const zero = build("Fill", [build("Pack", [[size(0), int(units)]]), constant(0)]);
  const steps = size(1);
  const [, last, total] = ops.whileLoop(
    (i) => build("Less", [i, steps]),
    (i, h, sum) => {
      const row = build("GatherV2", [x, i, int(1)]);
      const z = build("AddV2", [
        build("AddV2", [build("MatMul", [row, w.read()]), build("MatMul", [h, u.read()])]),
        b.read(),
      ]);
      const odd = build("Equal", [build("FloorMod", [i, int(2)]), int(1)]);
      const next = ops.cond(
        odd,
        () => build("Tanh", [z]),
        () => build("Sigmoid", [z]),
      );
      const goesOn = build("ExpandDims", [build("Less", [i, lengths]), int(1)]);
      const kept = build("SelectV2", [goesOn, next, h]);
      return [build("AddV2", [i, int(1)]), kept, build("AddV2", [sum, build("Square", [kept])])];
    },
    [int(0), zero, zero],
    { shapeInvariants: [[], [-1, units], [-1, units]] },
  );
  const y = build(
    "Squeeze",
    [
      build("AddV2", [
        build("MatMul", [last, v.read()]),
        build("Mul", [0.01, build("Sum", [total, int(1)], { keep_dims: true })]),
      ]),
    ],
    { squeeze_dims: [1] },
  );
  if (mode === ModeKeys.PREDICT) {
    return makeEstimatorSpec({
      mode,
      predictions: { y },
      exportOutputs: { serving_default: predictOutput({ y, last }) },
    });
  }
  const loss = build("Mean", [build("SquaredDifference", [y, labels as Tensor]), constant([0], "int32")]);
  if (mode === ModeKeys.EVAL) return makeEstimatorSpec({ mode, loss });
  const trainOp = adamOptimizer(0.05).minimize(loss, {
    variables: trainableVariables(),
    iterations: getGlobalStep(),
  });
  return makeEstimatorSpec({ mode, predictions: { y }, loss, trainOp });
};

function shapeOf(value: readonly number[] | readonly (readonly number[])[]): number[] {
  const [row] = value;
  return typeof row === "number" ? [value.length] : [value.length, row!.length];
}
