import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { isIntegerDType } from "../../core/dtype.js";
import { invalidArgument } from "../../core/status-error.js";
import { build } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { classificationOutput, type ExportOutput, predictOutput } from "../export/export-output.js";
import { indexTableFromTensor, indexToStringTableFromTensor } from "../lookup/index-tables.js";
import { checkLossReduction, type LossReduction, Reduction } from "../losses/reduction.js";
import { sparseSoftmaxCrossEntropy } from "../losses/sparse-softmax-cross-entropy.js";
import type { Metric } from "../metric.js";
import { accuracyMetric } from "../metrics/accuracy-metric.js";
import { meanMetric } from "../metrics/mean-metric.js";
import type { Features, Labels } from "../model-fn.js";
import { formatList } from "../nn/python-format.js";
import { expandDims } from "../nn/tensor-shape.js";
import { BaseHead, type MetricsUpdate, type WeighedLosses } from "./base-head.js";
import { callLossFn, type LossFn } from "./call-loss-fn.js";
import { checkDenseLabels, checkLabelRange } from "./check-labels.js";
import { allClasses, allClassIds, argMax, checkVocabularyType } from "./class-labels.js";
import { exampleWeights, type WeightColumn } from "./example-weights.js";
import { exportKeys, metricKeys, predictionKeys } from "./metric-keys.js";
import { updated } from "./thresholds.js";

/** Options of MultiClassHead. */
export interface MultiClassHeadOptions {
  /** More than two; for two there is BinaryClassHead. */
  readonly nClasses: number;
  readonly weightColumn?: WeightColumn | undefined;
  /** The labels, where they are strings; default the ids. */
  readonly labelVocabulary?: readonly string[] | undefined;
  readonly lossReduction?: LossReduction | undefined;
  /** Instead of the softmax cross entropy. */
  readonly lossFn?: LossFn | undefined;
  readonly name?: string | undefined;
}

const optionTable: OptionTable<MultiClassHeadOptions> = {
  nClasses: "required",
  weightColumn: "optional",
  labelVocabulary: "optional",
  lossReduction: "optional",
  lossFn: "optional",
  name: "optional",
};

/** A head for classifying into more than two (`tf.estimator.MultiClassHead`): a logit a class, softmax cross entropy. */
export class MultiClassHead extends BaseHead {
  readonly #options: MultiClassHeadOptions;

  constructor(options: MultiClassHeadOptions) {
    checkOptions("MultiClassHead", options, optionTable);
    const { nClasses, labelVocabulary } = options;
    if (nClasses === undefined || nClasses === null) throw invalidArgument("n_classes cannot be None");
    checkVocabularyType(labelVocabulary, "label_vocabulary should be a list or a tuple.");
    if (labelVocabulary !== undefined && labelVocabulary.length !== nClasses) {
      throw invalidArgument(
        `"label_vocabulary" does not have "n_classes" items. len(label_vocabulary)=${labelVocabulary.length}, n_classes=${nClasses}, label_vocabulary=${formatList(labelVocabulary)}`,
      );
    }
    const reduction = checkLossReduction(options.lossReduction ?? Reduction.SUM_OVER_BATCH_SIZE);
    if (nClasses <= 2) throw invalidArgument(`n_classes must be > 2: ${nClasses}.`);
    super(options.name, nClasses, reduction);
    this.#options = options;
  }

  protected override processedLabels(logits: Tensor, labels: Labels): Tensor {
    const dense = checkDenseLabels(labels, logits, 1);
    const { labelVocabulary } = this.#options;
    if (labelVocabulary === undefined) {
      if (!isIntegerDType(dense.dtype)) {
        throw invalidArgument(`Labels dtype should be integer. Instead got <dtype: '${dense.dtype}'>.`);
      }
      return checkLabelRange(dense, this.logitsDimension);
    }
    if (dense.dtype !== "string") {
      throw invalidArgument(
        `Labels dtype should be string if there is a vocabulary. Instead got <dtype: '${dense.dtype}'>`,
      );
    }
    return checkLabelRange(
      indexTableFromTensor(labelVocabulary, { name: "class_id_lookup" }).lookup(dense),
      this.logitsDimension,
    );
  }

  protected override weighedLosses(logits: Tensor, labels: Tensor, features: Features): WeighedLosses {
    const { lossFn, weightColumn } = this.#options;
    const losses =
      lossFn === undefined
        ? expandDims(sparseSoftmaxCrossEntropy(labels, logits), -1)
        : callLossFn(lossFn, labels, logits, features, 1);
    return { losses, weights: exampleWeights(features, weightColumn, logits) };
  }

  protected override buildPredictions(logits: Tensor): Record<string, Tensor> {
    const { labelVocabulary } = this.#options;
    const probabilities = build("Softmax", [logits], {}, predictionKeys.probabilities);
    const classIds = expandDims(argMax(logits, predictionKeys.classIds), -1);
    const classes =
      labelVocabulary === undefined
        ? build("AsString", [classIds], {}, "str_classes")
        : indexToStringTableFromTensor(labelVocabulary, { name: "class_string_lookup" }).lookup(classIds);
    return {
      [predictionKeys.logits]: logits,
      [predictionKeys.probabilities]: probabilities,
      [predictionKeys.classIds]: classIds,
      [predictionKeys.classes]: classes,
      [predictionKeys.allClassIds]: allClassIds(logits, this.logitsDimension),
      [predictionKeys.allClasses]: allClasses(logits, this.logitsDimension, labelVocabulary),
    };
  }

  protected override createMetrics(): MetricsUpdate {
    const averageLoss = meanMetric();
    const accuracy = accuracyMetric();
    return ({ logits: given, labels: givenLabels, features }) => {
      const classIds = this.predictions(given)[predictionKeys.classIds]!;
      const logits = this.checkedLogits(given);
      const labels = this.processedLabels(logits, givenLabels);
      const { losses, weights } = this.weighedLosses(logits, labels, features);
      const update = averageLoss.update(losses, weights);
      const metrics: Record<string, Metric> = {
        [this.summaryKey(metricKeys.averageLoss)]: { value: averageLoss.value(), update },
        [this.summaryKey(metricKeys.accuracy)]: updated(accuracy, labels, classIds, weights),
      };
      return metrics;
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
