import { type ChannelCredentials, Client, type ClientOptions, credentials, type ServiceError } from "@grpc/grpc-js";
import { encodeExample } from "@tureen/protos/example";
import { encodeExamplesRequest, encodePredictRequest, type ModelSpecMessage } from "@tureen/protos/serving-messages";
import type { TensorMessage } from "@tureen/protos/tensor-proto";
import { encodeText } from "../../core/text.js";

/** A gRPC client on bytes. */
export interface ByteClient {
  call(path: string, request: Uint8Array, timeoutMs?: number): Promise<Uint8Array>;
  close(): void;
}

/** A client of a server on this machine, or of a UNIX socket. */
export function byteClient(
  target: number | string,
  options: ClientOptions = {},
  security: ChannelCredentials = credentials.createInsecure(),
): ByteClient {
  const address = typeof target === "number" ? `127.0.0.1:${target}` : target;
  const client = new Client(address, security, {
    "grpc.max_receive_message_length": -1,
    ...options,
  });
  return {
    call: (path, request, timeoutMs) =>
      new Promise((resolve, reject) => {
        const deadline = timeoutMs === undefined ? {} : { deadline: Date.now() + timeoutMs };
        client.makeUnaryRequest<Uint8Array, Uint8Array>(
          path,
          (bytes) => Buffer.from(bytes),
          (bytes) => bytes,
          request,
          deadline,
          (error: ServiceError | null, response?: Uint8Array) => (error === null ? resolve(response!) : reject(error)),
        );
      }),
    close: () => client.close(),
  };
}

/** Paths of the RPCs. */
export const rpc = {
  predict: "/tensorflow.serving.PredictionService/Predict",
  classify: "/tensorflow.serving.PredictionService/Classify",
  regress: "/tensorflow.serving.PredictionService/Regress",
  multiInference: "/tensorflow.serving.PredictionService/MultiInference",
  metadata: "/tensorflow.serving.PredictionService/GetModelMetadata",
  status: "/tensorflow.serving.ModelService/GetModelStatus",
  reload: "/tensorflow.serving.ModelService/HandleReloadConfigRequest",
} as const;

/** A float tensor. */
export function floats(values: readonly number[], shape: readonly number[] = [values.length]): TensorMessage {
  return { dtype: 1, shape, data: Float32Array.from(values) };
}

/** A string tensor. */
export function strings(values: readonly string[]): TensorMessage {
  return { dtype: 7, shape: [values.length], data: values.map(encodeText) };
}

/** A PredictRequest. */
export function predictRequest(
  spec: Partial<ModelSpecMessage>,
  inputs: Readonly<Record<string, TensorMessage>>,
  outputFilter: readonly string[] = [],
): Uint8Array {
  const modelSpec = { name: "half_plus_two", signatureName: "", ...spec };
  return encodePredictRequest({ modelSpec, inputs: new Map(Object.entries(inputs)), outputFilter });
}

/** A ClassificationRequest or RegressionRequest with an Example for each x. */
export function examplesRequest(spec: Partial<ModelSpecMessage>, values: readonly number[]): Uint8Array {
  const examples = values.map((x) => encodeExample({ x }));
  return encodeExamplesRequest({
    modelSpec: { name: "half_plus_two", signatureName: "", ...spec },
    input: { examples },
  });
}
