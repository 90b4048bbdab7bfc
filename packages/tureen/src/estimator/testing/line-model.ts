import { floatValue } from "../../core/tensor-value.js";
import { build, constant } from "../../graph/build-op.js";
import { gradients } from "../../graph/gradients.js";
import type { Tensor } from "../../graph/graph.js";
import { controlDependencies } from "../../graph/scope.js";
import { Variable } from "../../graph/variable.js";
import { getOrCreateGlobalStep } from "../global-step.js";
import { makeEstimatorSpec } from "../make-estimator-spec.js";
import { mean } from "../metrics/streaming.js";
import { ModeKeys } from "../mode-keys.js";
import type { ModelFn } from "../model-fn.js";

/** y = w x + b by gradient descent on the mean squared error: the model of interop/estimator/record_run_loop.py. */
export const lineModel: ModelFn = ({ features, labels, mode, params }) => {
  const column = build("Squeeze", [features["x"] as Tensor], { squeeze_dims: [1] });
  const w = new Variable({ name: "w", initializer: floatValue([0], []) });
  const b = new Variable({ name: "b", initializer: floatValue([0], []) });
  const y = build("AddV2", [build("Mul", [column, w.read()]), b.read()], {}, "y");
  if (mode === ModeKeys.PREDICT) return makeEstimatorSpec({ mode, predictions: { y } });
  const loss = build(
    "Mean",
    [build("SquaredDifference", [y, labels as Tensor]), constant([0], "int32")],
    {},
    "loss_value",
  );
  const evalMetricOps = mode === ModeKeys.EVAL ? { mean: mean(labels as Tensor) } : {};
  const rate = constant((params["learningRate"] as number | undefined) ?? 0.1);
  const [dw, db] = gradients([loss], [w.handle, b.handle]) as [Tensor, Tensor];
  const updates = [w.assignSub(build("Mul", [dw, rate])), b.assignSub(build("Mul", [db, rate]))];
  const trainOp = controlDependencies(updates, () =>
    getOrCreateGlobalStep().assignAdd({ dtype: "int64", shape: [], data: BigInt64Array.of(1n) }),
  );
  return makeEstimatorSpec({ mode, predictions: { y }, loss, trainOp, evalMetricOps });
};
