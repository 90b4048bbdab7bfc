import type { ModelSpecMessage } from "@tureen/protos/serving-messages";
import { invalidArgument } from "../../core/status-error.js";
import type { SignatureInfo } from "../../saved-model/signature.js";
import { acquireServable } from "./acquire-servable.js";
import type { ApiContext, CallContext } from "./request-context.js";

/** The one metadata field that there is. */
export const signatureDefField = "signature_def";

/** A GetModelMetadata request. */
export interface ModelMetadataRequest {
  readonly modelSpec: ModelSpecMessage | undefined;
  readonly fields: readonly string[];
}

/** The answer: the model that was found, and its signatures. */
export interface ModelMetadata {
  readonly name: string;
  readonly version: bigint;
  readonly signatures: ReadonlyMap<string, SignatureInfo>;
}

/** PredictionService.GetModelMetadata (servables/tensorflow/get_model_metadata_impl.cc): the fields are checked before the model is. */
export async function getModelMetadata(
  context: ApiContext,
  request: ModelMetadataRequest,
  call: CallContext = {},
): Promise<ModelMetadata> {
  if (request.modelSpec === undefined) throw invalidArgument("Missing ModelSpec");
  if (request.fields.length === 0) {
    throw invalidArgument("GetModelMetadataRequest must specify at least one metadata_field");
  }
  for (const field of request.fields) {
    if (field !== signatureDefField) throw invalidArgument(`Metadata field ${field} is not supported`);
  }
  const handle = await acquireServable(context, request.modelSpec, call);
  try {
    const { name, version, signatures } = handle.servable;
    return { name, version, signatures: new Map([...signatures].map(([key, { info }]) => [key, info])) };
  } finally {
    handle.release();
  }
}
