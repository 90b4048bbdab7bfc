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
  readonly predictions?: Predictions | undefined;
  readonly loss?: Tensor | undefined;
  readonly trainOp?: Operation | Tensor | undefined;
  readonly evalMetricOps?: Readonly<Record<string, Metric>> | undefined;
  readonly exportOutputs?: Readonly<Record<string, ExportOutput>> | undefined;
  readonly trainingHooks?: readonly SessionRunHook[] | undefined;
  readonly trainingChiefHooks?: readonly SessionRunHook[] | undefined;
  readonly evaluationHooks?: readonly SessionRunHook[] | undefined;
  readonly predictionHooks?: readonly SessionRunHook[] | undefined;
  readonly scaffold?: Scaffold | undefined;
}

/** A checked specification of the ops of a model in one mode. */
export interface EstimatorSpec extends EstimatorSpecInit {
  readonly evalMetricOps: Readonly<Record<string, Metric>>;
  /** Complete in PREDICT mode: has `serving_default` where TensorFlow's would. */
  readonly exportOutputs: Readonly<Record<string, ExportOutput>>;
}
