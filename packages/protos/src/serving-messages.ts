/** The hot codecs of TensorFlow Serving's Predict, Classify and Regress messages: load no descriptors. */
export {
  type ClassificationResponseMessage,
  type ClassificationTable,
  decodeClassificationResponse,
  encodeClassificationResponse,
  type ScoredClass,
} from "./classification-response.js";
export {
  decodeExamplesRequest,
  type ExamplesInput,
  type ExamplesRequestMessage,
  encodeExamplesRequest,
} from "./examples-request.js";
export type { ModelSpecMessage } from "./model-spec.js";
export {
  decodePredictRequest,
  encodePredictRequest,
  type PredictRequestFields,
  type PredictRequestMessage,
} from "./predict-request.js";
export { decodePredictResponse, encodePredictResponse, type PredictResponseMessage } from "./predict-response.js";
export {
  decodeRegressionResponse,
  encodeRegressionResponse,
  type RegressionResponseMessage,
} from "./regression-response.js";
export { WireError, type WireErrorReason } from "./wire-error.js";
