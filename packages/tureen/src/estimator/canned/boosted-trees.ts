import { checkOptions } from "../../core/check-options.js";
import { invalidArgument } from "../../core/status-error.js";
import { Estimator, type EstimatorOptions, type PredictOptions } from "../estimator.js";
import type { FeatureColumn } from "../feature-column/feature-column.js";
import { BinaryClassHead } from "../head/binary-class-head.js";
import type { Head } from "../head/head.js";
import { MultiClassHead } from "../head/multi-class-head.js";
import { RegressionHead } from "../head/regression-head.js";
import type { InputFn } from "../input.js";
import type { Prediction } from "../predict.js";
import { debugOutputKey, type Explanation, explanationOf } from "./boosted-trees-explanations.js";
import { treeColumns } from "./boosted-trees-features.js";
import type { PruningMode } from "./boosted-trees-grower.js";
import { featureImportances, featureNames } from "./boosted-trees-importances.js";
import { maxentLoss } from "./boosted-trees-maxent-loss.js";
import {
  type BoostedTreesModelOptions,
  boostedTreesModelFn,
  explainingModelFn,
  modelName,
} from "./boosted-trees-model-fn.js";
import {
  type CannedOptions,
  type ClassifierOptions,
  estimatorOptions,
  type RegressorOptions,
  regressorHead,
} from "./estimator-options.js";
import { boostedTreesOptions, classifierOptions, headedOptions, regressorOptions } from "./option-tables.js";

/** How a boosted trees estimator grows its trees. */
export interface BoostedTreesOptions {
  /** Numeric (their quantiles are learned in the first steps), bucketized, indicator and categorical columns. */
  readonly featureColumns: readonly FeatureColumn[];
  /** Batches whose statistics make one layer: all the data's, best; 1 where a batch is all the data. */
  readonly nBatchesPerLayer: number;
  /** Training ends when so many trees are grown; default 100. */
  readonly nTrees?: number | undefined;
  /** Layers of a tree; default 6. */
  readonly maxDepth?: number | undefined;
  /** What each tree's answer is multiplied with; default 0.1. */
  readonly learningRate?: number | undefined;
  readonly l1Regularization?: number | undefined;
  readonly l2Regularization?: number | undefined;
  /** What a split must gain to be kept; above 0 together with a pruning mode. */
  readonly treeComplexity?: number | undefined;
  /** The least sum of Hessians of a node that is split. */
  readonly minNodeWeight?: number | undefined;
  /** Whether the first root starts at the bias of the labels; default false, and not for more than two classes. */
  readonly centerBias?: boolean | undefined;
  /** Default "none". */
  readonly pruningMode?: PruningMode | undefined;
  /** The error of quantiles in (0, 1): a numeric feature has 1/epsilon buckets; default 0.01. */
  readonly quantileSketchEpsilon?: number | undefined;
  /** The input is one batch with all the data: keeps the rows' places in the trees between steps. Default false. */
  readonly trainInMemory?: boolean | undefined;
}

/** One row's predictions by key with what explains them. */
export type ExplainedPrediction = Explanation & { readonly predictions: Prediction };

/** What boosted trees can tell besides what every estimator can. */
class BoostedTrees extends Estimator {
  readonly #names: readonly string[];
  readonly #model: BoostedTreesModelOptions;

  constructor(options: EstimatorOptions, model: BoostedTreesModelOptions) {
    super(options);
    this.#model = model;
    this.#names = featureNames(treeColumns(model.featureColumns));
  }

  /**
   * What the splits of each column gained, the most important first; with `normalize` they sum up to 1 (TensorFlow's
   * `experimental_feature_importances`).
   *
   * NOT_FOUND without a checkpoint; INVALID_ARGUMENT for trees that split by a raw categorical column: use indicator columns.
   */
  experimentalFeatureImportances(options: { readonly normalize?: boolean } = {}): Map<string, number> {
    checkOptions("experimentalFeatureImportances", options, { normalize: "optional" });
    const [serialized] = this.getVariableValue(`${modelName}:0_serialized`).data as readonly Uint8Array[];
    return featureImportances(serialized!, this.#names, options.normalize ?? false);
  }

  /**
   * Predictions row by row with what each column contributed to them (TensorFlow's `experimental_predict_with_explanations`).
   *
   * INVALID_ARGUMENT for models without a centered bias, of several logits, or whose head is a regression with an inverse link.
   */
  async *experimentalPredictWithExplanations(
    inputFn: InputFn,
    options: Omit<PredictOptions, "yieldSingleExamples"> = {},
  ): AsyncGenerator<ExplainedPrediction> {
    checkOptions("experimentalPredictWithExplanations", options, {
      predictKeys: "optional",
      hooks: "optional",
      checkpointPath: "optional",
    });
    const { head, trees } = this.#model;
    const isClassifier = head instanceof BinaryClassHead || head instanceof MultiClassHead;
    if (!trees.centerBias) {
      throw invalidArgument(
        "center_bias must be enabled during estimator instantiation when using experimental_predict_with_explanations.",
      );
    }
    if (head.logitsDimension > 1) {
      throw invalidArgument(
        "experimental_predict_with_explanations does not yet support multi-class classification and multi-label regression.",
      );
    }
    if (!isClassifier && !(head instanceof RegressionHead && head.hasIdentityLink)) {
      throw invalidArgument(
        "For now only identity inverse_link_fn in regression_head is supported for experimental_predict_with_explanations.",
      );
    }
    const explaining = new Estimator({
      modelFn: explainingModelFn(this.#model),
      modelDir: this.modelDir,
      config: this.config,
      clock: this.clock,
      warmStartFrom: this.warmStartSettings,
    });
    const { predictKeys } = options;
    const keys = predictKeys === undefined ? undefined : [...new Set([predictKeys, debugOutputKey].flat())];
    const rows = explaining.predict(inputFn, { ...options, ...(keys === undefined ? {} : { predictKeys: keys }) });
    for await (const { [debugOutputKey]: walk, ...predictions } of rows) {
      yield { predictions, ...explanationOf(walk!.data[0] as Uint8Array, this.#names, isClassifier) };
    }
  }
}

/** Gradient boosted trees that classify (`tf.estimator.BoostedTreesClassifier` of TensorFlow up to 2.7). */
export class BoostedTreesClassifier extends BoostedTrees {
  constructor(options: BoostedTreesOptions & Omit<ClassifierOptions, "lossReduction">) {
    const { lossReduction: _, ...table } = { ...classifierOptions, ...boostedTreesOptions };
    checkOptions("BoostedTreesClassifier", options, table);
    const { nClasses = 2, weightColumn, labelVocabulary } = options;
    if (nClasses > 2 && options.centerBias === true)
      throw invalidArgument("center_bias not yet support with n_classes > 2.");
    const head =
      nClasses === 2
        ? // TensorFlow never moved its boosted trees to the heads of 2.x.
          new BinaryClassHead({ weightColumn, labelVocabulary, prByTrapezoids: true })
        : new MultiClassHead({
            nClasses,
            weightColumn,
            labelVocabulary,
            lossFn: ({ labels, logits }) => maxentLoss(labels, logits, nClasses),
          });
    const isPlainLogLoss = nClasses === 2 && weightColumn === undefined && labelVocabulary === undefined;
    const model = modelOptions(options, head, isPlainLogLoss);
    super(estimatorOptions(options, boostedTreesModelFn(model)), model);
  }
}

/** Gradient boosted trees that predict numbers (`tf.estimator.BoostedTreesRegressor` of TensorFlow up to 2.7). */
export class BoostedTreesRegressor extends BoostedTrees {
  constructor(options: BoostedTreesOptions & Omit<RegressorOptions, "lossReduction">) {
    const { lossReduction: _, ...table } = { ...regressorOptions, ...boostedTreesOptions };
    checkOptions("BoostedTreesRegressor", options, table);
    const model = modelOptions(options, regressorHead(options), false);
    super(estimatorOptions(options, boostedTreesModelFn(model)), model);
  }
}

/** Gradient boosted trees under a head of one's own (`tf.estimator.BoostedTreesEstimator` of TensorFlow up to 2.7). */
export class BoostedTreesEstimator extends BoostedTrees {
  constructor(
    options: Omit<BoostedTreesOptions, "trainInMemory"> &
      CannedOptions &
      Pick<ClassifierOptions, "weightColumn"> & { readonly head: Head },
  ) {
    const { trainInMemory: _, ...table } = {
      ...headedOptions,
      ...boostedTreesOptions,
      weightColumn: "optional" as const,
    };
    checkOptions("BoostedTreesEstimator", options, table);
    const model = modelOptions(options, options.head, false);
    super(estimatorOptions(options, boostedTreesModelFn(model)), model);
  }
}

function modelOptions(
  options: BoostedTreesOptions & Pick<ClassifierOptions, "weightColumn">,
  head: Head,
  isPlainLogLoss: boolean,
): BoostedTreesModelOptions {
  return {
    head,
    featureColumns: options.featureColumns,
    nBatchesPerLayer: options.nBatchesPerLayer,
    weightColumn: options.weightColumn,
    trainInMemory: options.trainInMemory ?? false,
    isPlainLogLoss,
    trees: {
      nTrees: options.nTrees ?? 100,
      maxDepth: options.maxDepth ?? 6,
      learningRate: options.learningRate ?? 0.1,
      l1Regularization: options.l1Regularization ?? 0,
      l2Regularization: options.l2Regularization ?? 0,
      treeComplexity: options.treeComplexity ?? 0,
      minNodeWeight: options.minNodeWeight ?? 0,
      centerBias: options.centerBias ?? false,
      pruningMode: options.pruningMode ?? "none",
      quantileSketchEpsilon: options.quantileSketchEpsilon ?? 0.01,
    },
  };
}
