import type { Operation, Tensor } from "../../graph/graph.js";
import type { Variable } from "../../graph/variable.js";
import type { EstimatorSpec } from "../estimator-spec.js";
import type { Metric } from "../metric.js";
import type { Mode } from "../mode-keys.js";
import type { Features, Labels } from "../model-fn.js";
import type { Optimizer } from "../optimizer/optimizer.js";

/** What a head makes a specification from. */
export interface HeadSpecArgs {
  readonly features: Features;
  readonly mode: Mode;
  /** [batch, logitsDimension] floats; a multi-head takes one tensor a head by its name. */
  readonly logits: Tensor | Readonly<Record<string, Tensor>>;
  readonly labels: Labels;
  readonly optimizer?: Optimizer;
  readonly trainableVariables?: readonly Variable[];
  /** Instead of an optimizer: from the loss to the op that trains. */
  readonly trainOpFn?: (loss: Tensor) => Operation;
  readonly updateOps?: readonly Operation[];
  readonly regularizationLosses?: readonly Tensor[];
}

/** The top of a model (`tf.estimator.Head`): loss, metrics, predictions and exports from logits. */
export interface Head {
  readonly name: string | undefined;
  readonly logitsDimension: number;
  /** Scalar training loss, regularization included. */
  loss(args: Pick<HeadSpecArgs, "features" | "mode" | "logits" | "labels" | "regularizationLosses">): Tensor;
  /** Predictions by key. */
  predictions(logits: Tensor | Readonly<Record<string, Tensor>>): Readonly<Record<string, Tensor>>;
  /** The metrics of `evaluate` by name, updated with one batch. */
  metrics(
    args: Pick<HeadSpecArgs, "features" | "logits" | "labels" | "regularizationLosses">,
  ): Readonly<Record<string, Metric>>;
  createEstimatorSpec(args: HeadSpecArgs): EstimatorSpec;
}
