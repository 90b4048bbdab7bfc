export { addMetrics, type MetricFn, type MetricFnArgs } from "./add-metrics.js";
export { BaselineClassifier, BaselineEstimator, BaselineRegressor } from "./canned/baseline.js";
export {
  BoostedTreesClassifier,
  BoostedTreesEstimator,
  type BoostedTreesOptions,
  BoostedTreesRegressor,
  type ExplainedPrediction,
} from "./canned/boosted-trees.js";
export type { Explanation } from "./canned/boosted-trees-explanations.js";
export { DNNClassifier, DNNEstimator, DNNRegressor } from "./canned/dnn.js";
export {
  DNNLinearCombinedClassifier,
  DNNLinearCombinedEstimator,
  DNNLinearCombinedRegressor,
} from "./canned/dnn-linear-combined.js";
export { KMeans } from "./canned/k-means.js";
export type { DistanceMetric, InitialClusters, KMeansOptions } from "./canned/k-means-options.js";
export { LinearClassifier, LinearEstimator, LinearRegressor } from "./canned/linear.js";
export {
  callLogitFn,
  type DnnLogitFnOptions,
  dnnLogitFnBuilder,
  type LinearLogitFnOptions,
  type LogitFn,
  type LogitFnArgs,
  linearLogitFnBuilder,
} from "./canned/logit-fns.js";
export { RNNClassifier, RNNEstimator } from "./canned/rnn.js";
export * as v1 from "./canned/v1/index.js";
export { type EarlyStoppingInterval, makeEarlyStoppingHook } from "./early-stopping/make-early-stopping-hook.js";
export { readEvalMetrics } from "./early-stopping/read-eval-metrics.js";
export {
  type StopIfOptions,
  stopIfHigherHook,
  stopIfLowerHook,
  stopIfNoDecreaseHook,
  stopIfNoIncreaseHook,
} from "./early-stopping/stop-if-hooks.js";
export {
  Estimator,
  type EstimatorOptions,
  type EvaluateOptions,
  type EvaluationResult,
  type PredictOptions,
  type TrainOptions,
} from "./estimator.js";
export type { EstimatorSpec, EstimatorSpecInit } from "./estimator-spec.js";
export * as experimental from "./experimental.js";
export * as export from "./export/index.js";
export { BestExporter, type BestExporterOptions, type CompareFn, type EvalResult } from "./exporter/best-exporter.js";
export type { Exporter, ExporterRequest, SavedModelExporterOptions } from "./exporter/exporter.js";
export { FinalExporter } from "./exporter/final-exporter.js";
export { LatestExporter } from "./exporter/latest-exporter.js";
export { classifierParseExampleSpec, regressorParseExampleSpec } from "./feature-column/make-parse-example-spec.js";
export { deleteOldExports, listExports, type OldExports, oldExports, type VersionNames } from "./gc.js";
export { getGlobalStep, getOrCreateGlobalStep } from "./global-step.js";
export { type GraphElement, getNext, type InputElement } from "./graph-iterator.js";
export { BinaryClassHead } from "./head/binary-class-head.js";
export type { Head } from "./head/head.js";
export { MultiClassHead } from "./head/multi-class-head.js";
export { MultiHead } from "./head/multi-head.js";
export { MultiLabelHead } from "./head/multi-label-head.js";
export { LogisticRegressionHead, PoissonRegressionHead, RegressionHead } from "./head/regression-head.js";
export { type SequentialHeadOptions, SequentialHeadWrapper } from "./head/sequential-head.js";
export {
  CheckpointSaverHook,
  type CheckpointSaverListener,
  type CheckpointSaverOptions,
} from "./hooks/checkpoint-saver-hook.js";
export { FeedFnHook } from "./hooks/feed-fn-hook.js";
export { FinalOpsHook } from "./hooks/final-ops-hook.js";
export { GlobalStepWaiterHook } from "./hooks/global-step-waiter-hook.js";
export { InMemoryEvaluatorHook, type InMemoryEvaluatorOptions } from "./hooks/in-memory-evaluator-hook.js";
export { LoggingTensorHook, type LoggingTensorOptions } from "./hooks/logging-tensor-hook.js";
export { NanLossDuringTrainingError, NanTensorHook } from "./hooks/nan-tensor-hook.js";
export { ProfilerHook, type ProfilerOptions } from "./hooks/profiler-hook.js";
export { type ProgressOptions, progressHook } from "./hooks/progress-hook.js";
export { type Elapsed, SecondOrStepTimer } from "./hooks/second-or-step-timer.js";
export type { SessionRunArgs, SessionRunContext, SessionRunHook, SessionRunValues } from "./hooks/session-run-hook.js";
export { StepCounterHook, type StepCounterOptions } from "./hooks/step-counter-hook.js";
export { makeStopAtCheckpointStepHook } from "./hooks/stop-at-checkpoint-step-hook.js";
export { StopAtStepHook } from "./hooks/stop-at-step-hook.js";
export { SummarySaverHook, type SummarySaverOptions } from "./hooks/summary-saver-hook.js";
export type { GraphInput, InputFn } from "./input.js";
export { type Logger, type LogLevel, quietLogger, stderrLogger } from "./log.js";
export { makeEstimatorSpec } from "./make-estimator-spec.js";
export { type Mode, ModeKeys } from "./mode-keys.js";
export type { Features, FeatureTensor, Labels, ModelFn, ModelFnArgs, Params } from "./model-fn.js";
export type { Prediction } from "./predict.js";
export { type RunConfig, runConfig } from "./run-config.js";
export {
  SavedModelEstimator,
  type SavedModelEstimatorOptions,
} from "./saved-model-estimator/saved-model-estimator.js";
export type { Scaffold } from "./scaffold.js";
export { type EvalSpec, type EvalSpecInit, evalSpec } from "./training/eval-spec.js";
export { type TrainAndEvaluateResult, trainAndEvaluate } from "./training/train-and-evaluate.js";
export { type TrainSpec, type TrainSpecInit, trainSpec } from "./training/train-spec.js";
export type { ModelArguments, TrainingModel } from "./training/training-model.js";
export {
  type VocabInfo,
  type WarmStartSettings,
  type WarmStartSettingsInit,
  warmStartSettings,
} from "./warm-start/warm-start-settings.js";
