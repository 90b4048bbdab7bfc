import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { invalidArgument } from "../../core/status-error.js";
import type { Tensor } from "../../graph/graph.js";
import { type ExportOutput, predictOutput, regressionOutput } from "../export/export-output.js";
import { logPoissonLoss } from "../losses/log-poisson-loss.js";
import { meanSquaredError } from "../losses/mean-squared-error.js";
import { checkLossReduction, type LossReduction, Reduction } from "../losses/reduction.js";
import { sigmoidCrossEntropyWithLogits } from "../losses/sigmoid-cross-entropy.js";
import type { Metric } from "../metric.js";
import { type MeanMetric, meanMetric } from "../metrics/mean-metric.js";
import type { Features, Labels } from "../model-fn.js";
import { unary } from "../nn/arithmetic.js";
import { BaseHead, type MetricsUpdate, type WeighedLosses } from "./base-head.js";
import { callLossFn, type LossFn } from "./call-loss-fn.js";
import { checkDenseLabels, checkLabelRange, floatLabels } from "./check-labels.js";
import { exampleWeights, type WeightColumn } from "./example-weights.js";
import { exportKeys, metricKeys, predictionKeys } from "./metric-keys.js";

/** Options of RegressionHead. */
export interface RegressionHeadOptions {
  /** Numbers to predict for each example; default 1. */
  readonly labelDimension?: number | undefined;
  readonly weightColumn?: WeightColumn | undefined;
  readonly lossReduction?: LossReduction | undefined;
  /** Instead of the squared error. */
  readonly lossFn?: LossFn | undefined;
  /** From logits to predictions; default the logits are the predictions. */
  readonly inverseLinkFn?: ((logits: Tensor) => Tensor) | undefined;
  readonly name?: string | undefined;
}

const optionTable: OptionTable<RegressionHeadOptions> = {
  labelDimension: "optional",
  weightColumn: "optional",
  lossReduction: "optional",
  lossFn: "optional",
  inverseLinkFn: "optional",
  name: "optional",
};

/** A head for predicting numbers (`tf.estimator.RegressionHead`): squared error. */
export class RegressionHead extends BaseHead {
  readonly #options: RegressionHeadOptions;

  constructor(options: RegressionHeadOptions = {}) {
    checkOptions("RegressionHead", options, optionTable);
    const dimension = options.labelDimension ?? 1;
    if (dimension < 1) throw invalidArgument(`Invalid label_dimension ${dimension}.`);
    super(options.name, dimension, checkLossReduction(options.lossReduction ?? Reduction.SUM_OVER_BATCH_SIZE));
    this.#options = options;
  }

  /** Whether the logits are the predictions. */
  get hasIdentityLink(): boolean {
    return this.#options.inverseLinkFn === undefined;
  }

  /** The feature that weighs examples. */
  get weightColumn(): WeightColumn | undefined {
    return this.#options.weightColumn;
  }

  protected override processedLabels(logits: Tensor, labels: Labels): Tensor {
    return floatLabels(checkDenseLabels(labels, logits, this.logitsDimension));
  }

  protected override weighedLosses(logits: Tensor, labels: Tensor, features: Features): WeighedLosses {
    const { lossFn, weightColumn } = this.#options;
    const losses =
      lossFn === undefined
        ? meanSquaredError(labels, logits)
        : callLossFn(lossFn, labels, logits, features, this.logitsDimension);
    return { losses, weights: exampleWeights(features, weightColumn, logits, true) };
  }

  protected override buildPredictions(logits: Tensor): Record<string, Tensor> {
    const { inverseLinkFn } = this.#options;
    if (inverseLinkFn === undefined) return { [predictionKeys.predictions]: logits };
    return { [predictionKeys.predictions]: inverseLinkFn(logits), [predictionKeys.logits]: logits };
  }

  protected override createMetrics(): MetricsUpdate {
    const averageLoss = meanMetric();
    const predictionMean = meanMetric();
    const labelMean = meanMetric();
    return ({ logits: given, labels: givenLabels, features }) => {
      const predicted = this.predictions(given)[predictionKeys.predictions]!;
      const logits = this.checkedLogits(given);
      const labels = this.processedLabels(logits, givenLabels);
      const { losses, weights } = this.weighedLosses(logits, labels, features);
      const mean = (metric: MeanMetric, values: Tensor): Metric => {
        const update = metric.update(values, weights);
        return { value: metric.value(), update };
      };
      return {
        [this.summaryKey(metricKeys.averageLoss)]: mean(averageLoss, losses),
        [this.summaryKey(metricKeys.labelMean)]: mean(labelMean, labels),
        [this.summaryKey(metricKeys.predictionMean)]: mean(predictionMean, predicted),
      };
    };
  }

  protected override exportOutputs(predictions: Readonly<Record<string, Tensor>>): Record<string, ExportOutput> {
    const regression = regressionOutput({ value: predictions[predictionKeys.predictions]! });
    return {
      [exportKeys.serving]: regression,
      [exportKeys.regression]: regression,
      [exportKeys.predict]: predictOutput(predictions),
    };
  }
}

/** Options of PoissonRegressionHead. */
export interface PoissonRegressionHeadOptions extends Omit<RegressionHeadOptions, "lossFn" | "inverseLinkFn"> {
  /** Whether the loss includes Stirling's term; default true. */
  readonly computeFullLoss?: boolean | undefined;
}

/** A head for predicting counts (`tf.estimator.PoissonRegressionHead`): the logits are log rates. */
export class PoissonRegressionHead extends RegressionHead {
  constructor(options: PoissonRegressionHeadOptions = {}) {
    const { lossFn: _lossFn, inverseLinkFn: _inverseLinkFn, ...shared } = optionTable;
    checkOptions("PoissonRegressionHead", options, { ...shared, computeFullLoss: "optional" });
    const { computeFullLoss = true, ...rest } = options;
    super({
      ...rest,
      lossFn: ({ labels, logits }) => logPoissonLoss(labels, logits, { computeFullLoss }),
      inverseLinkFn: (logits) => unary("Exp", logits),
    });
  }
}

/** Options of LogisticRegressionHead. */
export type LogisticRegressionHeadOptions = Pick<RegressionHeadOptions, "weightColumn" | "lossReduction" | "name">;

/** A head for predicting probabilities from labels in [0, 1] (`tf.estimator.LogisticRegressionHead`). */
export class LogisticRegressionHead extends RegressionHead {
  constructor(options: LogisticRegressionHeadOptions = {}) {
    checkOptions("LogisticRegressionHead", options, {
      weightColumn: "optional",
      lossReduction: "optional",
      name: "optional",
    });
    super({
      ...options,
      labelDimension: 1,
      lossFn: ({ labels, logits }) =>
        sigmoidCrossEntropyWithLogits(checkLabelRange(labels, 2, "Labels must be in range [0, 1]"), logits),
      inverseLinkFn: (logits) => unary("Sigmoid", logits),
    });
  }
}
