import { fromBinary } from "@bufbuild/protobuf";
import { readExamplesInput } from "@tureen/protos/examples-request";
import { GetModelMetadataRequestSchema } from "@tureen/protos/gen/tensorflow_serving/apis/get_model_metadata_pb";
import { GetModelStatusRequestSchema } from "@tureen/protos/gen/tensorflow_serving/apis/get_model_status_pb";
import { ReloadConfigRequestSchema } from "@tureen/protos/gen/tensorflow_serving/apis/model_management_pb";
import type { ModelSpec } from "@tureen/protos/gen/tensorflow_serving/apis/model_pb";
import { type ModelSpecMessage, readModelSpec } from "@tureen/protos/model-spec";
import {
  decodeExamplesRequest as decodeExamples,
  decodePredictRequest as decodePredict,
  type ExamplesInput,
  type ExamplesRequestMessage,
  WireError,
} from "@tureen/protos/serving-messages";
import type { TensorMessage } from "@tureen/protos/tensor-proto";
import { WireReader } from "@tureen/protos/wire-reader";
import { type DataOf, type DType, dtypeFromNumber } from "../../core/dtype.js";
import { type TensorValue, tensorValue } from "../../core/tensor-value.js";
import type { ModelMetadataRequest } from "../api/get-model-metadata.js";
import type { ReloadRequest } from "../api/handle-reload-config.js";
import type { InferenceTask, MultiInferenceRequest } from "../api/multi-inference.js";
import type { PredictRequest } from "../api/predict.js";

/** The tensor that a decoded TensorProto is: the same arrays under the engine's names. */
export function tensorOf(message: TensorMessage): TensorValue {
  return tensorValue(dtypeFromNumber(message.dtype), message.shape, message.data as DataOf[DType]);
}

/** Reads a PredictRequest; a tensor that TensorFlow would refuse becomes undefined under its alias. */
export function decodePredictRequest(bytes: Uint8Array): PredictRequest {
  const { modelSpec, inputs, outputFilter } = decodePredict(bytes);
  const tensors = new Map<string, TensorValue | undefined>();
  for (const [alias, tensor] of inputs) tensors.set(alias, tensor instanceof WireError ? undefined : tensorOf(tensor));
  return { modelSpec, inputs: tensors, outputFilter };
}

/** Reads a ClassificationRequest or RegressionRequest, whose fields are the same. */
export function decodeExamplesRequest(bytes: Uint8Array): ExamplesRequestMessage {
  return decodeExamples(bytes);
}

/** Reads a MultiInferenceRequest; Examples stay bytes. */
export function decodeMultiInferenceRequest(bytes: Uint8Array): MultiInferenceRequest {
  const reader = new WireReader(bytes);
  const tasks: InferenceTask[] = [];
  let input: ExamplesInput = { examples: [] };
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === 10) tasks.push(readTask(reader));
    else if (tag === 18) input = readExamplesInput(reader, input);
    else reader.skip(tag);
  }
  return { tasks, input };
}

function readTask(reader: WireReader): InferenceTask {
  let modelSpec: ModelSpecMessage | undefined;
  let methodName = "";
  const outer = reader.enter();
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === 10) modelSpec = readModelSpec(reader, modelSpec);
    else if (tag === 18) methodName = reader.text();
    else reader.skip(tag);
  }
  reader.leave(outer);
  return { modelSpec, methodName };
}

/** Reads a GetModelMetadataRequest. */
export function decodeModelMetadataRequest(bytes: Uint8Array): ModelMetadataRequest {
  const { modelSpec, metadataField } = fromBinary(GetModelMetadataRequestSchema, bytes);
  return { modelSpec: specOf(modelSpec), fields: metadataField };
}

/** Reads a GetModelStatusRequest. */
export function decodeModelStatusRequest(bytes: Uint8Array): ModelSpecMessage | undefined {
  return specOf(fromBinary(GetModelStatusRequestSchema, bytes).modelSpec);
}

/** Reads a ReloadConfigRequest. */
export function decodeReloadRequest(bytes: Uint8Array): ReloadRequest {
  const { config, metricNames } = fromBinary(ReloadConfigRequestSchema, bytes);
  return { config, metricNames };
}

function specOf(spec: ModelSpec | undefined): ModelSpecMessage | undefined {
  if (spec === undefined) return undefined;
  const { name, signatureName, versionChoice } = spec;
  if (versionChoice.case === "version") return { name, signatureName, version: versionChoice.value.value };
  if (versionChoice.case === "versionLabel") return { name, signatureName, versionLabel: versionChoice.value };
  return { name, signatureName };
}
