export { type RowForm } from "./predict/encode-rows.js";
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
