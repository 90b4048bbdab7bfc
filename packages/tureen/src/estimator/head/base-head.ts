import { invalidArgument } from "../../core/status-error.js";
import { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import type { EstimatorSpec } from "../estimator-spec.js";
import type { ExportOutput } from "../export/export-output.js";
import { computeWeightedLoss } from "../losses/compute-weighted-loss.js";
import type { LossReduction } from "../losses/reduction.js";
import { makeEstimatorSpec } from "../make-estimator-spec.js";
import type { Metric } from "../metric.js";
import { type MeanMetric, meanMetric } from "../metrics/mean-metric.js";
import { ModeKeys } from "../mode-keys.js";
import type { Features, Labels } from "../model-fn.js";
import { add } from "../nn/arithmetic.js";
import { checkLogitsFinalDim } from "./check-logits.js";
import type { Head, HeadSpecArgs } from "./head.js";
import { metricKeys } from "./metric-keys.js";
import { addN, createTrainOp, lossSummaries } from "./train-op.js";
import { withUpdateOps } from "./update-ops.js";

/** Logits as heads take them. */
export type HeadLogits = HeadSpecArgs["logits"];

/** What `metrics` takes. */
export type MetricsArgs = Pick<HeadSpecArgs, "features" | "logits" | "labels" | "regularizationLosses">;

/** Updates metrics whose variables exist. */
export type MetricsUpdate = (args: MetricsArgs) => Record<string, Metric>;

/** Losses before weights and reduction, and the weights. */
export interface WeighedLosses {
  readonly losses: Tensor;
  readonly weights: Tensor | undefined;
}

/** A head that other heads can contain: it also tells how it reduces losses. */
export interface ReducingHead extends Head {
  readonly lossReduction: LossReduction;
}

/**
 * What all heads of one logits tensor share: the order in which predictions, loss, metrics and the train op are built, and under which names
 * (TensorFlow's `head/base_head.py`).
 */
export abstract class BaseHead implements ReducingHead {
  readonly name: string | undefined;
  readonly logitsDimension: number;
  readonly lossReduction: LossReduction;

  protected constructor(name: string | undefined, logitsDimension: number, lossReduction: LossReduction) {
    this.name = name;
    this.logitsDimension = logitsDimension;
    this.lossReduction = lossReduction;
  }

  /** Labels checked, looked up and in the dtype that the loss takes. */
  protected abstract processedLabels(logits: Tensor, labels: Labels): Tensor;
  protected abstract weighedLosses(logits: Tensor, labels: Tensor, features: Features): WeighedLosses;
  /** Predictions of checked logits, under the scope `predictions`. */
  protected abstract buildPredictions(logits: Tensor): Record<string, Tensor>;
  /** Makes the metrics' variables, and gives what updates them. */
  protected abstract createMetrics(): MetricsUpdate;
  protected abstract exportOutputs(predictions: Readonly<Record<string, Tensor>>): Record<string, ExportOutput>;

  loss(args: Pick<HeadSpecArgs, "features" | "mode" | "logits" | "labels" | "regularizationLosses">): Tensor {
    return nameScope("losses", () => {
      const logits = this.checkedLogits(args.logits);
      const labels = this.processedLabels(logits, args.labels);
      const { losses, weights } = this.weighedLosses(logits, labels, args.features);
      const loss = computeWeightedLoss(losses, weights, this.lossReduction);
      const { regularizationLosses } = args;
      return regularizationLosses === undefined ? loss : add(loss, addN(regularizationLosses));
    });
  }

  predictions(logits: HeadLogits): Readonly<Record<string, Tensor>> {
    const checked = this.checkedLogits(logits);
    return nameScope("predictions", () => this.buildPredictions(checked));
  }

  metrics(args: MetricsArgs): Readonly<Record<string, Metric>> {
    return this.#startMetrics(args.regularizationLosses)(args);
  }

  createEstimatorSpec(args: HeadSpecArgs): EstimatorSpec {
    const { mode, features, labels, regularizationLosses } = args;
    const logits = this.#oneTensor(args.logits);
    const lossArgs = {
      features,
      mode,
      logits,
      labels,
      ...(regularizationLosses === undefined ? {} : { regularizationLosses }),
    };
    const built = nameScope(this.name ?? "head", () => {
      const predictions = this.predictions(logits);
      if (mode === ModeKeys.PREDICT) {
        return { mode, predictions, exportOutputs: this.exportOutputs(predictions) };
      }
      const loss = this.loss(lossArgs);
      if (mode === ModeKeys.EVAL) return { mode, predictions, loss, update: this.#startMetrics(regularizationLosses) };
      return { mode, predictions, loss, trainOp: createTrainOp(args, loss) };
    });
    if ("update" in built) {
      const { update, ...spec } = built;
      // TensorFlow updates metrics outside of the head's scope.
      return makeEstimatorSpec({ ...spec, evalMetricOps: withUpdateOps(update!(lossArgs)) });
    }
    if ("trainOp" in built) lossSummaries(built.loss!, regularizationLosses, (name) => this.summaryKey(name));
    return makeEstimatorSpec(built);
  }

  /** A metric's or summary's name, with the head's name behind it. */
  protected summaryKey(key: string): string {
    return this.name === undefined ? key : `${key}/${this.name}`;
  }

  protected checkedLogits(logits: HeadLogits): Tensor {
    return checkLogitsFinalDim(this.#oneTensor(logits), this.logitsDimension);
  }

  #oneTensor(logits: HeadLogits): Tensor {
    if (logits instanceof Tensor) return logits;
    throw invalidArgument(`logits must be a Tensor, given a dict with keys ${Object.keys(logits).join(", ")}`);
  }

  #startMetrics(regularizationLosses: readonly Tensor[] | undefined): MetricsUpdate {
    let regularization: MeanMetric | undefined;
    const update = nameScope("metrics", () => {
      const heads = this.createMetrics();
      if (regularizationLosses !== undefined) regularization = meanMetric();
      return heads;
    });
    return (args) => {
      const metrics = update(args);
      if (regularization !== undefined && regularizationLosses !== undefined) {
        const op = regularization.update(addN(regularizationLosses));
        metrics[this.summaryKey(metricKeys.regularizationLoss)] = { value: regularization.value(), update: op };
      }
      return metrics;
    };
  }
}
