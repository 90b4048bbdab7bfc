import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { build } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { classificationOutput, type ExportOutput, predictOutput, regressionOutput } from "../export/export-output.js";
import { indexTableFromTensor, indexToStringTableFromTensor } from "../lookup/index-tables.js";
import { checkLossReduction, type LossReduction, Reduction } from "../losses/reduction.js";
import { sigmoidCrossEntropyWithLogits } from "../losses/sigmoid-cross-entropy.js";
import type { Metric } from "../metric.js";
import { accuracyMetric } from "../metrics/accuracy-metric.js";
import { aucMetric } from "../metrics/auc-metric.js";
import { type MeanMetric, meanMetric } from "../metrics/mean-metric.js";
import { precisionMetric, recallMetric } from "../metrics/precision-recall-metric.js";
import type { Features, Labels } from "../model-fn.js";
import { divNoNan, maximum, sub, unary } from "../nn/arithmetic.js";
import { formatTuple } from "../nn/python-format.js";
import { concat, expandDims, zerosLike } from "../nn/tensor-shape.js";
import { BaseHead, type MetricsUpdate, type WeighedLosses } from "./base-head.js";
import { callLossFn, type LossFn } from "./call-loss-fn.js";
import { checkDenseLabels, checkLabelRange, floatLabels } from "./check-labels.js";
import { allClasses, allClassIds, argMax, checkVocabularyType } from "./class-labels.js";
import { exampleWeights, type WeightColumn } from "./example-weights.js";
import { exportKeys, metricKeys, predictionKeys } from "./metric-keys.js";
import { checkThresholds, thresholdMetrics, updated } from "./thresholds.js";

/** Options of BinaryClassHead. */
export interface BinaryClassHeadOptions {
  readonly weightColumn?: WeightColumn | undefined;
  /** Probabilities in (0, 1) at which accuracy, precision and recall are also measured. */
  readonly thresholds?: readonly number[] | undefined;
  /** The two labels, where they are strings; default 0 and 1. */
  readonly labelVocabulary?: readonly string[] | undefined;
  readonly lossReduction?: LossReduction | undefined;
  /** Instead of the sigmoid cross entropy. */
  readonly lossFn?: LossFn | undefined;
  readonly name?: string | undefined;
  /** Sums the area under the precision-recall curve by trapezoids, as TensorFlow's heads of before 2.0 do; default false. */
  readonly prByTrapezoids?: boolean | undefined;
}

const optionTable: OptionTable<BinaryClassHeadOptions> = {
  weightColumn: "optional",
  thresholds: "optional",
  labelVocabulary: "optional",
  lossReduction: "optional",
  lossFn: "optional",
  name: "optional",
  prByTrapezoids: "optional",
};

/** A head for classifying into two (`tf.estimator.BinaryClassHead`): one logit, sigmoid cross entropy. */
export class BinaryClassHead extends BaseHead {
  readonly #options: BinaryClassHeadOptions;
  readonly #thresholds: readonly number[];

  constructor(options: BinaryClassHeadOptions = {}) {
    checkOptions("BinaryClassHead", options, optionTable);
    checkVocabularyType(options.labelVocabulary, "label_vocabulary should be a list or a tuple.");
    const thresholds = options.thresholds ?? [];
    // TensorFlow prints the tuple within a tuple.
    checkThresholds(thresholds, () => `thresholds not in (0, 1): (${formatTuple(thresholds)},).`);
    super(options.name, 1, checkLossReduction(options.lossReduction ?? Reduction.SUM_OVER_BATCH_SIZE));
    this.#options = options;
    this.#thresholds = thresholds;
  }

  /** The feature that weighs examples. */
  get weightColumn(): WeightColumn | undefined {
    return this.#options.weightColumn;
  }

  protected override processedLabels(logits: Tensor, labels: Labels): Tensor {
    const dense = checkDenseLabels(labels, logits, 1);
    const { labelVocabulary } = this.#options;
    const ids =
      labelVocabulary === undefined
        ? dense
        : indexTableFromTensor(labelVocabulary, { name: "class_id_lookup" }).lookup(dense);
    return checkLabelRange(floatLabels(ids), 2);
  }

  protected override weighedLosses(logits: Tensor, labels: Tensor, features: Features): WeighedLosses {
    const { lossFn, weightColumn } = this.#options;
    const losses =
      lossFn === undefined
        ? sigmoidCrossEntropyWithLogits(labels, logits)
        : callLossFn(lossFn, labels, logits, features, 1);
    return { losses, weights: exampleWeights(features, weightColumn, logits) };
  }

  protected override buildPredictions(logits: Tensor): Record<string, Tensor> {
    const { labelVocabulary } = this.#options;
    const logistic = unary("Sigmoid", logits, predictionKeys.logistic);
    const twoClassLogits = concat([zerosLike(logits), logits], -1, "two_class_logits");
    const probabilities = build("Softmax", [twoClassLogits], {}, predictionKeys.probabilities);
    const classIds = expandDims(argMax(twoClassLogits, predictionKeys.classIds), -1);
    const classes =
      labelVocabulary === undefined
        ? build("AsString", [classIds], {}, "str_classes")
        : indexToStringTableFromTensor(labelVocabulary, { name: "class_string_lookup" }).lookup(classIds);
    return {
      [predictionKeys.logits]: logits,
      [predictionKeys.logistic]: logistic,
      [predictionKeys.probabilities]: probabilities,
      [predictionKeys.classIds]: classIds,
      [predictionKeys.classes]: classes,
      [predictionKeys.allClassIds]: allClassIds(logits, 2),
      [predictionKeys.allClasses]: allClasses(logits, 2, labelVocabulary),
    };
  }

  protected override createMetrics(): MetricsUpdate {
    const averageLoss = meanMetric();
    const byClass = [
      [metricKeys.accuracy, accuracyMetric()],
      [metricKeys.precision, precisionMetric()],
      [metricKeys.recall, recallMetric()],
    ] as const;
    const predictionMean = meanMetric();
    const labelMean = meanMetric();
    const byProbability = [
      [metricKeys.auc, aucMetric("ROC")],
      [metricKeys.aucPrecisionRecall, aucMetric(this.#options.prByTrapezoids === true ? "PR by trapezoids" : "PR")],
      ...thresholdMetrics(this.#thresholds),
    ] as const;
    return ({ logits: given, labels: givenLabels, features }) => {
      const predictions = this.predictions(given);
      const classIds = predictions[predictionKeys.classIds]!;
      const logistic = predictions[predictionKeys.logistic]!;
      const logits = this.checkedLogits(given);
      const labels = this.processedLabels(logits, givenLabels);
      const { losses, weights } = this.weighedLosses(logits, labels, features);
      const metrics: Record<string, Metric> = {};
      const put = (key: string, metric: Metric): void => {
        metrics[this.summaryKey(key)] = metric;
      };
      const mean = (metric: MeanMetric, values: Tensor): Metric => {
        const update = metric.update(values, weights);
        return { value: metric.value(), update };
      };
      put(metricKeys.averageLoss, mean(averageLoss, losses));
      for (const [key, metric] of byClass) put(key, updated(metric, labels, classIds, weights));
      put(metricKeys.predictionMean, mean(predictionMean, logistic));
      const labelMetric = mean(labelMean, labels);
      put(metricKeys.labelMean, labelMetric);
      put(metricKeys.accuracyBaseline, { value: baseline(labelMean), update: labelMetric.update });
      for (const [key, metric] of byProbability) put(key, updated(metric, labels, logistic, weights));
      return metrics;
    };
  }

  protected override exportOutputs(predictions: Readonly<Record<string, Tensor>>): Record<string, ExportOutput> {
    const scores = predictions[predictionKeys.probabilities]!;
    const classification = classificationOutput({
      scores,
      classes: allClasses(scores, 2, this.#options.labelVocabulary),
    });
    return {
      [exportKeys.serving]: classification,
      [exportKeys.classification]: classification,
      [exportKeys.regression]: regressionOutput({ value: predictions[predictionKeys.logistic]! }),
      [exportKeys.predict]: predictOutput(predictions),
    };
  }
}

/** The accuracy of always predicting the commoner label. */
function baseline(labelMean: MeanMetric): Tensor {
  const positives = labelMean.total.read();
  const count = labelMean.count.read();
  return build("Identity", [divNoNan(maximum(positives, sub(count, positives)), count)], {}, "Identity");
}
