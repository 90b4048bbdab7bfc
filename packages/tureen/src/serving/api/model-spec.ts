import type { ModelSpecMessage } from "@tureen/protos/serving-messages";
import type { Servable } from "../servable/servable.js";

/** `method_name` of signatures for Predict. */
export const predictMethod = "tensorflow/serving/predict";
/** `method_name` of signatures for Classify. */
export const classifyMethod = "tensorflow/serving/classify";
/** `method_name` of signatures for Regress. */
export const regressMethod = "tensorflow/serving/regress";

/** The signature that a request means when it names none. */
export const defaultSignatureName = "serving_default";

/** The signature that a request means. */
export function signatureName(spec: ModelSpecMessage | undefined): string {
  return spec === undefined || spec.signatureName === "" ? defaultSignatureName : spec.signatureName;
}

/** The model spec of an answer: name, version and signature in full. */
export function answeredSpec(servable: Servable, signature: string): ModelSpecMessage {
  return { name: servable.name, version: servable.version, signatureName: signature };
}
