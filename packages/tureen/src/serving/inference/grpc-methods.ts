import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  ModelMetadataRequestSchema,
  ModelReadyRequestSchema,
  ModelReadyResponseSchema,
  RepositoryIndexRequestSchema,
  RepositoryModelLoadRequestSchema,
  RepositoryModelLoadResponseSchema,
  RepositoryModelUnloadRequestSchema,
  RepositoryModelUnloadResponseSchema,
  ServerLiveResponseSchema,
  ServerMetadataResponseSchema,
  ServerReadyResponseSchema,
} from "@tureen/protos/gen/inference/grpc_inference_service_pb";
import type { ApiContext } from "../api/request-context.js";
import type { ByteHandler } from "../grpc/unary.js";
import { decodeInferRequest, encodeIndexResponse, encodeInferResponse, encodeMetadataResponse } from "./grpc-codec.js";
import { infer } from "./infer.js";
import { inferMetadata, isModelReady, isServerReady, serverMetadata } from "./model-metadata.js";
import { checkManagement, repositoryIndex } from "./repository.js";

/** The methods of GRPCInferenceService. */
export function messageMethods(context: ApiContext): Readonly<Record<string, ByteHandler>> {
  return {
    ServerLive: () => toBinary(ServerLiveResponseSchema, create(ServerLiveResponseSchema, { live: true })),
    ServerReady: () =>
      toBinary(ServerReadyResponseSchema, create(ServerReadyResponseSchema, { ready: isServerReady(context) })),
    ModelReady: (bytes) => {
      const { name, version } = fromBinary(ModelReadyRequestSchema, bytes);
      const ready = isModelReady(context, name, version);
      return toBinary(ModelReadyResponseSchema, create(ModelReadyResponseSchema, { ready }));
    },
    ServerMetadata: () => {
      const message = { ...serverMetadata, extensions: [...serverMetadata.extensions] };
      return toBinary(ServerMetadataResponseSchema, create(ServerMetadataResponseSchema, message));
    },
    ModelMetadata: async (bytes, call) => {
      const { name, version } = fromBinary(ModelMetadataRequestSchema, bytes);
      return encodeMetadataResponse(await inferMetadata(context, name, version, call));
    },
    ModelInfer: async (bytes, call) => {
      const { request, isRaw } = decodeInferRequest(bytes);
      return encodeInferResponse(await infer(context, request, call), isRaw);
    },
    RepositoryIndex: (bytes) =>
      encodeIndexResponse(repositoryIndex(context, fromBinary(RepositoryIndexRequestSchema, bytes).ready)),
    RepositoryModelLoad: async (bytes, call) => {
      checkManagement(call);
      await context.core.loadModel({ name: fromBinary(RepositoryModelLoadRequestSchema, bytes).modelName });
      return toBinary(RepositoryModelLoadResponseSchema, create(RepositoryModelLoadResponseSchema));
    },
    RepositoryModelUnload: async (bytes, call) => {
      checkManagement(call);
      await context.core.unloadModel(fromBinary(RepositoryModelUnloadRequestSchema, bytes).modelName);
      return toBinary(RepositoryModelUnloadResponseSchema, create(RepositoryModelUnloadResponseSchema));
    },
  };
}
