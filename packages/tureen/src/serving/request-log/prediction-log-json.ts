import { createRegistry, fromBinary, toJsonString } from "@bufbuild/protobuf";
import { PredictionLogSchema } from "@tureen/protos/gen/tensorflow_serving/apis/prediction_log_pb";
import { encodeText } from "../../core/text.js";

const registry = createRegistry(PredictionLogSchema);

/** A serialized PredictionLog as one line of protobuf's JSON, without its end. */
export function predictionLogLine(record: Uint8Array): Uint8Array {
  return encodeText(toJsonString(PredictionLogSchema, fromBinary(PredictionLogSchema, record), { registry }));
}
