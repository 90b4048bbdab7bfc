import type { Operation, Tensor } from "../graph/graph.js";
import type { ExportOutput } from "./export/export-output.js";
import type { SessionRunHook } from "./hooks/session-run-hook.js";
import type { Metric } from "./metric.js";
import type { Mode } from "./mode-keys.js";
import type { Scaffold } from "./scaffold.js";

/** Predictions: one tensor or several by name. */
export type Predictions = Tensor | Readonly<Record<string, Tensor>>;

/** What a model function returns; `makeEstimatorSpec` checks and completes it. */
export interface EstimatorSpecInit {
  readonly mode: Mode;
  readonly predictions?: Predictions;
  readonly loss?: Tensor;
  readonly trainOp?: Operation | Tensor;
  readonly evalMetricOps?: Readonly<Record<string, Metric>>;
  readonly exportOutputs?: Readonly<Record<string, ExportOutput>>;
  readonly trainingHooks?: readonly SessionRunHook[];
  readonly trainingChiefHooks?: readonly SessionRunHook[];
  readonly evaluationHooks?: readonly SessionRunHook[];
  readonly predictionHooks?: readonly SessionRunHook[];
  readonly scaffold?: Scaffold;
}

/** A checked specification of the ops of a model in one mode. */
export interface EstimatorSpec extends EstimatorSpecInit {
  readonly evalMetricOps: Readonly<Record<string, Metric>>;
  /** Complete in PREDICT mode: has `serving_default` where TensorFlow's would. */
  readonly exportOutputs: Readonly<Record<string, ExportOutput>>;
}
