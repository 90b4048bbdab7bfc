import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { isIntegerDType } from "../../core/dtype.js";
import { invalidArgument } from "../../core/status-error.js";
import { build, constant } from "../../graph/build-op.js";
import { Tensor } from "../../graph/graph.js";
import { RaggedTensor } from "../../graph/ragged-tensor.js";
import { controlDependencies } from "../../graph/scope.js";
import { SparseTensor } from "../../graph/sparse-tensor.js";
import { classificationOutput, type ExportOutput, predictOutput } from "../export/export-output.js";
import { indexTableFromTensor } from "../lookup/index-tables.js";
import { checkLossReduction, type LossReduction, Reduction } from "../losses/reduction.js";
import { sigmoidCrossEntropy } from "../losses/sigmoid-cross-entropy.js";
import type { Metric } from "../metric.js";
import type { AccuracyMetric } from "../metrics/accuracy-metric.js";
import { aucMetric } from "../metrics/auc-metric.js";
import { type MeanMetric, meanMetric } from "../metrics/mean-metric.js";
import type { Features, Labels } from "../model-fn.js";
import { cast, unary } from "../nn/arithmetic.js";
import { notConvertible } from "../nn/not-convertible.js";
import { reduceMean } from "../nn/tensor-shape.js";
import { BaseHead, type MetricsUpdate, type WeighedLosses } from "./base-head.js";
import { callLossFn, type LossFn } from "./call-loss-fn.js";
import { checkDenseLabels, checkLabelRange, labelNoneMessage } from "./check-labels.js";
import { allClasses, checkVocabularyType } from "./class-labels.js";
import { exampleWeights, type WeightColumn } from "./example-weights.js";
import { exportKeys, metricKeys, predictionKeys } from "./metric-keys.js";
import { sparseToIndicator } from "./sparse-indicator.js";
import { checkThresholds, thresholdMetrics, updated } from "./thresholds.js";

/** Options of MultiLabelHead. */
export interface MultiLabelHeadOptions {
  /** More than one. */
  readonly nClasses: number;
  readonly weightColumn?: WeightColumn | undefined;
  /** Probabilities in (0, 1) at which accuracy, precision and recall are also measured. */
  readonly thresholds?: readonly number[] | undefined;
  readonly labelVocabulary?: readonly string[] | undefined;
  readonly lossReduction?: LossReduction | undefined;
  /** Instead of the mean of the classes' sigmoid cross entropies. */
  readonly lossFn?: LossFn | undefined;
  /** Ids or labels of classes that get metrics of their own. */
  readonly classesForClassBasedMetrics?: readonly (number | string)[] | undefined;
  readonly name?: string | undefined;
}

interface ClassMetrics {
  readonly id: number;
  readonly probabilityMean: readonly [string, MeanMetric];
  readonly areas: readonly (readonly [string, AccuracyMetric])[];
}

const optionTable: OptionTable<MultiLabelHeadOptions> = {
  nClasses: "required",
  weightColumn: "optional",
  thresholds: "optional",
  labelVocabulary: "optional",
  lossReduction: "optional",
  lossFn: "optional",
  classesForClassBasedMetrics: "optional",
  name: "optional",
};

/**
 * A head for examples of several classes at once (`tf.estimator.MultiLabelHead`).
 *
 * Labels: an integer indicator [batch, n], or a SparseTensor of ids or of the vocabulary's strings.
 */
export class MultiLabelHead extends BaseHead {
  readonly #options: MultiLabelHeadOptions;
  readonly #thresholds: readonly number[];
  readonly #classIds: readonly number[];

  constructor(options: MultiLabelHeadOptions) {
    checkOptions("MultiLabelHead", options, optionTable);
    const { nClasses, labelVocabulary } = options;
    if (nClasses === undefined || nClasses < 2) {
      throw invalidArgument(`n_classes must be > 1 for multi-label classification. Given: ${nClasses ?? "None"}`);
    }
    const thresholds = checkThresholds(
      options.thresholds ?? [],
      (threshold) => `thresholds must be in (0, 1) range. Given: ${threshold}`,
    );
    checkVocabularyType(labelVocabulary, "label_vocabulary must be a list or tuple.");
    if (labelVocabulary !== undefined && labelVocabulary.length !== nClasses) {
      throw invalidArgument(
        `Length of label_vocabulary must be n_classes (${nClasses}). Given: ${labelVocabulary.length}`,
      );
    }
    super(options.name, nClasses, checkLossReduction(options.lossReduction ?? Reduction.SUM_OVER_BATCH_SIZE));
    this.#options = options;
    this.#thresholds = thresholds;
    this.#classIds = classIdsOf(options.classesForClassBasedMetrics ?? [], nClasses, labelVocabulary);
  }

  protected override processedLabels(logits: Tensor, labels: Labels): Tensor {
    if (labels === undefined) throw invalidArgument(labelNoneMessage);
    const n = this.logitsDimension;
    if (labels instanceof SparseTensor) return checkDenseLabels(cast(this.#indicator(labels), "int64"), logits, n);
    if (labels instanceof RaggedTensor) throw notConvertible(labels);
    if (!(labels instanceof Tensor))
      throw invalidArgument(`labels must be one Tensor, given: {${Object.keys(labels).join(", ")}}`);
    const message = "labels must be an integer indicator Tensor with values in [0, 1]";
    return checkDenseLabels(checkLabelRange(labels, 2, message), logits, n);
  }

  #indicator(labels: SparseTensor): Tensor {
    const { indices, values, denseShape } = labels;
    const n = this.logitsDimension;
    if (values.dtype === "string") {
      const ids = indexTableFromTensor(this.#options.labelVocabulary ?? [], { name: "class_id_lookup" }).lookup(values);
      return sparseToIndicator(indices, ids, denseShape, n);
    }
    if (!isIntegerDType(values.dtype)) {
      throw invalidArgument(`Labels dtype should be integer. Instead got <dtype: '${values.dtype}'>.`);
    }
    const checked = checkLabelRange(values, n, `labels must be an integer SparseTensor with values in [0, ${n})`);
    return controlDependencies([checked], () => sparseToIndicator(indices, cast(values, "int64"), denseShape, n));
  }

  protected override weighedLosses(logits: Tensor, labels: Tensor, features: Features): WeighedLosses {
    const { lossFn, weightColumn } = this.#options;
    const losses =
      lossFn === undefined
        ? reduceMean(sigmoidCrossEntropy(labels, logits), [-1], true)
        : callLossFn(lossFn, labels, logits, features, 1);
    return { losses, weights: exampleWeights(features, weightColumn, logits) };
  }

  protected override buildPredictions(logits: Tensor): Record<string, Tensor> {
    return {
      [predictionKeys.logits]: logits,
      [predictionKeys.probabilities]: unary("Sigmoid", logits, predictionKeys.probabilities),
      [predictionKeys.classes]: allClasses(logits, this.logitsDimension, this.#options.labelVocabulary),
    };
  }

  protected override createMetrics(): MetricsUpdate {
    const averageLoss = meanMetric();
    const overall = [
      [metricKeys.auc, aucMetric("ROC")],
      [metricKeys.aucPrecisionRecall, aucMetric("PR")],
      ...thresholdMetrics(this.#thresholds),
    ] as const;
    const perClass = this.#classIds.map((id) => this.#classMetrics(id));
    return ({ logits: given, labels: givenLabels, features }) => {
      const logits = this.checkedLogits(given);
      const labels = this.processedLabels(logits, givenLabels);
      const { losses, weights } = this.weighedLosses(logits, labels, features);
      const probabilities = this.predictions(logits)[predictionKeys.probabilities]!;
      const metrics: Record<string, Metric> = {};
      const lossUpdate = averageLoss.update(losses, weights);
      metrics[this.summaryKey(metricKeys.averageLoss)] = { value: averageLoss.value(), update: lossUpdate };
      for (const [key, metric] of overall)
        metrics[this.summaryKey(key)] = updated(metric, labels, probabilities, weights);
      for (const { id, probabilityMean, areas } of perClass) {
        const scores = column(probabilities, id);
        const truth = column(labels, id);
        const [key, mean] = probabilityMean;
        const update = mean.update(scores, weights);
        metrics[this.summaryKey(key)] = { value: mean.value(), update };
        for (const [name, area] of areas) metrics[this.summaryKey(name)] = updated(area, truth, scores, weights);
      }
      return metrics;
    };
  }

  #classMetrics(id: number): ClassMetrics {
    const { labelVocabulary } = this.#options;
    const suffix = labelVocabulary === undefined ? `class${id}` : labelVocabulary[id]!;
    return {
      id,
      probabilityMean: [`probability_mean/${suffix}`, meanMetric()],
      areas: [
        [`${metricKeys.auc}/${suffix}`, aucMetric("ROC")],
        [`${metricKeys.aucPrecisionRecall}/${suffix}`, aucMetric("PR")],
      ],
    };
  }

  protected override exportOutputs(predictions: Readonly<Record<string, Tensor>>): Record<string, ExportOutput> {
    const scores = predictions[predictionKeys.probabilities]!;
    const classes = allClasses(scores, this.logitsDimension, this.#options.labelVocabulary);
    const classification = classificationOutput({ scores, classes });
    return {
      [exportKeys.serving]: classification,
      [exportKeys.classification]: classification,
      [exportKeys.predict]: predictOutput(predictions),
    };
  }
}

function classIdsOf(
  classes: readonly (number | string)[],
  n: number,
  vocabulary: readonly string[] | undefined,
): number[] {
  return classes.map((given) => {
    if (typeof given === "string") {
      if (vocabulary === undefined) {
        throw invalidArgument("label_vocabulary must be provided when classes_for_class_based_metrics are strings.");
      }
      const id = vocabulary.indexOf(given);
      if (id < 0) throw invalidArgument(`'${given}' is not in list`);
      return id;
    }
    if (given < 0 || given >= n) {
      throw invalidArgument(`All classes_for_class_based_metrics must be in range [0, ${n - 1}]. Given: ${given}`);
    }
    return given;
  });
}

/** One class's column, [batch, 1]. */
function column(x: Tensor, id: number): Tensor {
  return build("Slice", [x, constant([0, id], "int32"), constant([-1, 1], "int32")], {}, "Slice");
}
