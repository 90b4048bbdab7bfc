import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { NamedTensorProtoSchema } from "@tureen/protos/gen/tensorflow/core/protobuf/named_tensor_pb";
import {
  SessionRunRequestSchema,
  SessionRunResponseSchema,
} from "@tureen/protos/gen/tensorflow_serving/apis/session_service_pb";
import { invalidArgument } from "../../core/status-error.js";
import { tensorFromProto, tensorToProto } from "../../graph/tensor-proto.js";
import type { SessionRunRequest, sessionRun } from "../api/session-run.js";

/** A SessionRunRequest; INVALID_ARGUMENT for a feed without a tensor or with one that is not right. */
export function decodeRequest(bytes: Uint8Array): SessionRunRequest {
  const { modelSpec, feed, fetch, target, tensorNameIsAlias } = fromBinary(SessionRunRequestSchema, bytes);
  return {
    modelSpec:
      modelSpec === undefined
        ? undefined
        : {
            name: modelSpec.name,
            signatureName: modelSpec.signatureName,
            ...(modelSpec.versionChoice.case === "version" ? { version: modelSpec.versionChoice.value.value } : {}),
            ...(modelSpec.versionChoice.case === "versionLabel" ? { versionLabel: modelSpec.versionChoice.value } : {}),
          },
    feeds: feed.map(({ name, tensor }) => {
      if (tensor === undefined) throw invalidArgument(`Feed ${name} has no tensor`);
      return [name, tensorFromProto(tensor)] as const;
    }),
    fetches: fetch,
    targets: target,
    tensorNameIsAlias,
  };
}

/** The bytes of a SessionRunResponse. */
export function encodeResponse({ modelSpec, tensors }: Awaited<ReturnType<typeof sessionRun>>): Uint8Array {
  const { name, version, signatureName } = modelSpec;
  const versionChoice = version === undefined ? undefined : { case: "version" as const, value: { value: version } };
  const response = create(SessionRunResponseSchema, {
    modelSpec: {
      name,
      signatureName: signatureName ?? "",
      ...(versionChoice === undefined ? {} : { versionChoice }),
    },
    tensor: tensors.map(([tensor, value]) =>
      create(NamedTensorProtoSchema, { name: tensor, tensor: tensorToProto(value) }),
    ),
  });
  return toBinary(SessionRunResponseSchema, response);
}
