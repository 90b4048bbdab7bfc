export type { ExportAllOptions, ExportOptions, InputReceiverFnMap } from "./export-model.js";
export { classificationOutput, type ExportOutput, predictOutput, regressionOutput } from "./export-output.js";
export { type FeatureDrift, featureDrift } from "./feature-drift.js";
export type { FeatureStatistic, FeatureStatistics } from "./feature-statistic.js";
export { type FeatureStatisticsOptions, featureStatistics } from "./feature-statistics.js";
export { buildParsingServingInputReceiverFn, type ReceiverOptions } from "./parsing-serving-input-receiver.js";
export {
  buildRawServingInputReceiverFn,
  buildRawSupervisedInputReceiverFn,
  buildSupervisedInputReceiverFnFromInputFn,
  type PlaceholderModel,
} from "./raw-serving-input-receiver.js";
export type { ServingInput, ServingInputReceiverFn } from "./serving-input.js";
export {
  type ServingInputReceiver,
  type SupervisedInputReceiver,
  servingInputReceiver,
  supervisedInputReceiver,
  type TensorServingInputReceiver,
  tensorServingInputReceiver,
} from "./serving-input-receiver.js";
export { evalOutput, type SupervisedOutputs, trainOutput } from "./supervised-output.js";
export type { WarmupRequestsOptions } from "./warm-up-requests.js";
