export type { BatchOptions, DataFormat, OutputFormat } from "./batch/batch-options.js";
export { type BatchProgress, type BatchResult, type RunBatchOptions, runBatch } from "./batch/run-batch.js";
export { type CloudLimits, defaultLimits } from "./cloud-context.js";
export { type CloudServer, type CloudServerOptions, startCloudServer } from "./cloud-server.js";
export type { RowForm } from "./predict/encode-rows.js";
export { parseJsonLine, parsePredictBody } from "./predict/parse-instances.js";
export {
  modelOf,
  type PredictModel,
  type PredictOptions,
  predictionErrorJson,
  predictionsJson,
  predictOnline,
} from "./predict/predict-online.js";
export { PredictionError, type PredictionErrorName } from "./predict/prediction-error.js";
