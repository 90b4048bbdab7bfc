import { create, toBinary } from "@bufbuild/protobuf";
import { anyPack } from "@bufbuild/protobuf/wkt";
import { writeClassificationResult } from "@tureen/protos/classification-response";
import {
  GetModelMetadataResponseSchema,
  SignatureDefMapSchema,
} from "@tureen/protos/gen/tensorflow_serving/apis/get_model_metadata_pb";
import {
  GetModelStatusResponseSchema,
  ModelVersionStatus_State,
} from "@tureen/protos/gen/tensorflow_serving/apis/get_model_status_pb";
import { ReloadConfigResponseSchema } from "@tureen/protos/gen/tensorflow_serving/apis/model_management_pb";
import { writeModelSpec } from "@tureen/protos/model-spec";
import { writeRegressionResult } from "@tureen/protos/regression-response";
import {
  encodeClassificationResponse,
  encodePredictResponse as encodePredict,
  encodeRegressionResponse,
} from "@tureen/protos/serving-messages";
import type { TensorData, TensorMessage } from "@tureen/protos/tensor-proto";
import { WireWriter } from "@tureen/protos/wire-writer";
import { dtypeNumber } from "../../core/dtype.js";
import { StatusCode } from "../../core/status-error.js";
import type { TensorValue } from "../../core/tensor-value.js";
import { signatureToProto } from "../../saved-model/signature-def.js";
import type { ClassifyResponse } from "../api/classify.js";
import { type ModelMetadata, signatureDefField } from "../api/get-model-metadata.js";
import type { MetricIncrease } from "../api/handle-reload-config.js";
import type { InferenceResult } from "../api/multi-inference.js";
import type { PredictResponse } from "../api/predict.js";
import type { RegressResponse } from "../api/regress.js";
import type { VersionStatus } from "../manager/servable-state.js";

/** A tensor as the codecs take it: the same arrays under TensorProto's names. */
export function tensorMessage({ dtype, shape, data }: TensorValue): TensorMessage {
  return { dtype: dtypeNumber(dtype), shape, data: data as TensorData };
}

/** Writes a PredictResponse; tensors in their `*_val` lists, or in `tensor_content` under `asContent`. */
export function encodePredictResponse({ modelSpec, outputs }: PredictResponse, asContent: boolean): Uint8Array {
  const messages = new Map<string, TensorMessage>();
  for (const [alias, value] of outputs) messages.set(alias, tensorMessage(value));
  return encodePredict({ modelSpec, outputs: messages }, { asContent });
}

/** Writes a ClassificationResponse. */
export function encodeClassifyResponse({ modelSpec, result }: ClassifyResponse): Uint8Array {
  return encodeClassificationResponse(modelSpec, result);
}

/** Writes a RegressionResponse. */
export function encodeRegressResponse(response: RegressResponse): Uint8Array {
  return encodeRegressionResponse(response);
}

/** Writes a MultiInferenceResponse. */
export function encodeMultiInferenceResponse(results: readonly InferenceResult[]): Uint8Array {
  const writer = new WireWriter(1024);
  for (let i = results.length - 1; i >= 0; i--) {
    const result = results[i]!;
    const start = writer.mark;
    if ("classification" in result) writeClassificationResult(writer, 18, result.classification);
    else writeRegressionResult(writer, 26, result.regression);
    writeModelSpec(writer, 10, result.modelSpec);
    writer.wrap(10, start);
  }
  return writer.finish();
}

/** Writes a GetModelMetadataResponse. */
export function encodeModelMetadataResponse({ name, version, signatures }: ModelMetadata): Uint8Array {
  const map = create(SignatureDefMapSchema, {
    signatureDef: Object.fromEntries([...signatures].map(([key, info]) => [key, signatureToProto(info)])),
  });
  const message = create(GetModelMetadataResponseSchema, {
    modelSpec: { name, versionChoice: { case: "version", value: { value: version } } },
    metadata: { [signatureDefField]: anyPack(SignatureDefMapSchema, map) },
  });
  return toBinary(GetModelMetadataResponseSchema, message);
}

/** Writes a GetModelStatusResponse. */
export function encodeModelStatusResponse(versions: readonly VersionStatus[]): Uint8Array {
  const message = create(GetModelStatusResponseSchema, {
    modelVersionStatus: versions.map(({ version, state, error }) => ({
      version,
      state: ModelVersionStatus_State[state],
      status: { errorCode: StatusCode[error?.code ?? "OK"] as number, errorMessage: error?.message ?? "" },
    })),
  });
  return toBinary(GetModelStatusResponseSchema, message);
}

/** Writes a ReloadConfigResponse for a reload that went well. */
export function encodeReloadResponse(increases: readonly MetricIncrease[]): Uint8Array {
  const message = create(ReloadConfigResponseSchema, {
    status: {},
    metric: increases.map(({ name, increase }) => ({
      name,
      valueIncrease: { case: "int64ValueIncrease" as const, value: BigInt(increase) },
    })),
  });
  return toBinary(ReloadConfigResponseSchema, message);
}
