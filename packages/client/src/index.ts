export { bytes, encodeExample, type FeatureValue, float, int64, type TypedFeature } from "@tureen/protos/example";
export { MlClient, type MlClientOptions } from "./ml-client.js";
export type { MlJob, MlModel, MlOperation, MlVersion, NewVersion, PredictionInput } from "./ml-resources.js";
export type { ModelRequest } from "./model-request.js";
export {
  type ClassScore,
  type ExamplesRequest,
  PredictionClient,
  type PredictionClientOptions,
  type PredictRequest,
  type SignatureDescription,
  type TensorDescription,
  type VersionStatus,
} from "./prediction-client.js";
export {
  type JsonValue,
  RestClient,
  type RestClientOptions,
  type RestExamplesRequest,
  type RestPredictRequest,
} from "./rest-client.js";
export { ServingError, type StatusCodeName } from "./serving-error.js";
export { type DTypeName, type PlainTensor, type TypedTensor, tensor } from "./tensor-value.js";
