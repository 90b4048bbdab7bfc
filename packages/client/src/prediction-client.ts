import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  type ChannelCredentials,
  Client,
  type ClientOptions,
  credentials,
  Metadata,
  type ServiceError,
} from "@grpc/grpc-js";
import { encodeExample, type FeatureValue } from "@tureen/protos/example";
import {
  decodeClassificationResponse,
  decodePredictResponse,
  decodeRegressionResponse,
  encodeExamplesRequest,
  encodePredictRequest,
} from "@tureen/protos/serving-messages";
import type { TensorMessage } from "@tureen/protos/tensor-data";
import { type ModelRequest, modelSpec } from "./model-request.js";
import { codeName, ServingError } from "./serving-error.js";
import {
  type DTypeName,
  dtypeName,
  type PlainTensor,
  type TypedTensor,
  tensor,
  toMessage,
  toPlain,
} from "./tensor-value.js";

/** Where and how to connect. */
export interface PredictionClientOptions {
  /** TLS or call credentials; default none, as TensorFlow Serving's. */
  readonly credentials?: ChannelCredentials;
  /** gRPC channel arguments, such as `grpc.keepalive_time_ms`. */
  readonly channelOptions?: ClientOptions;
  /** Milliseconds a call may take unless it says otherwise; default none. */
  readonly timeout?: number;
  /** Metadata sent with every call, such as an authorization. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A request with tensors. */
export interface PredictRequest extends ModelRequest {
  /** Inputs by alias. Plain values take the dtype that the signature declares; the client asks for it once. */
  readonly inputs: Readonly<Record<string, PlainTensor | TypedTensor>>;
  /** Only these outputs; default all. */
  readonly outputFilter?: readonly string[];
}

/** A request with Examples: features by name. Numbers go as floats, bigints as integers, texts as bytes; or see `int64`, `float`, `bytes`. */
export interface ExamplesRequest extends ModelRequest {
  readonly examples: readonly (Readonly<Record<string, FeatureValue>> | Uint8Array)[];
  /** Features that all examples share. */
  readonly context?: Readonly<Record<string, FeatureValue>>;
}

/** A class with its score, as Classify answers; a model may leave out either. */
export interface ClassScore {
  readonly label: string;
  readonly score: number;
}

/** A version of a model as GetModelStatus reports it. */
export interface VersionStatus {
  readonly version: bigint;
  readonly state: "UNKNOWN" | "START" | "LOADING" | "AVAILABLE" | "UNLOADING" | "END";
  readonly errorCode: string;
  readonly errorMessage: string;
}

/** An input or output of a signature. */
export interface TensorDescription {
  readonly name: string;
  readonly dtype: DTypeName | undefined;
  /** -1 for a dimension that varies; undefined for an unknown rank. */
  readonly shape: readonly number[] | undefined;
}

/** A signature as GetModelMetadata reports it. */
export interface SignatureDescription {
  readonly inputs: Readonly<Record<string, TensorDescription>>;
  readonly outputs: Readonly<Record<string, TensorDescription>>;
  readonly methodName: string;
}

const unlimited = -1;
const predictionService = "/tensorflow.serving.PredictionService/";
const modelService = "/tensorflow.serving.ModelService/";
const states = { 0: "UNKNOWN", 10: "START", 20: "LOADING", 30: "AVAILABLE", 40: "UNLOADING", 50: "END" } as const;

/**
 * Talks to a model server over gRPC: TensorFlow Serving's PredictionService and ModelService.
 *
 * Plain values in and out. A failed call rejects with ServingError {code, message}. One client holds one connection; make one and share it.
 */
export class PredictionClient {
  readonly #client: Client;
  readonly #options: PredictionClientOptions;
  readonly #signatures = new Map<string, Promise<Readonly<Record<string, SignatureDescription>>>>();

  /** `address` is `host:port`, or `unix:PATH`. */
  constructor(address: string, options: PredictionClientOptions = {}) {
    this.#options = options;
    this.#client = new Client(address, options.credentials ?? credentials.createInsecure(), {
      "grpc.max_receive_message_length": unlimited,
      "grpc.max_send_message_length": unlimited,
      ...options.channelOptions,
    });
  }

  /** Runs a signature: outputs by alias. */
  async predict(request: PredictRequest): Promise<Record<string, PlainTensor>> {
    const outputs = await this.predictTensors(request);
    return Object.fromEntries([...outputs].map(([alias, value]) => [alias, toPlain(value)]));
  }

  /** Runs a signature and gives the outputs as they came: flat typed arrays with their shapes. */
  async predictTensors(request: PredictRequest): Promise<ReadonlyMap<string, TensorMessage>> {
    const inputs = new Map<string, TensorMessage>();
    for (const [alias, value] of Object.entries(request.inputs))
      inputs.set(alias, toMessage(await this.#typed(alias, value, request)));
    const fields = { modelSpec: modelSpec(request), inputs, outputFilter: request.outputFilter ?? [] };
    const response = await this.#call(`${predictionService}Predict`, encodePredictRequest(fields), request);
    return decodePredictResponse(response).outputs;
  }

  /** Classifies examples: for each one its classes in the model's order. */
  async classify(request: ExamplesRequest): Promise<readonly (readonly ClassScore[])[]> {
    const response = await this.#call(`${predictionService}Classify`, encodeExamples(request), request);
    return decodeClassificationResponse(response).classifications;
  }

  /** Regresses examples: one value each. */
  async regress(request: ExamplesRequest): Promise<number[]> {
    const response = await this.#call(`${predictionService}Regress`, encodeExamples(request), request);
    return [...decodeRegressionResponse(response).values];
  }

  /** The signatures of a model by key. */
  async getModelMetadata(request: ModelRequest): Promise<Readonly<Record<string, SignatureDescription>>> {
    const { GetModelMetadataRequestSchema, GetModelMetadataResponseSchema, SignatureDefMapSchema } = await import(
      "@tureen/protos/gen/tensorflow_serving/apis/get_model_metadata_pb"
    );
    const { ModelSpecSchema } = await import("@tureen/protos/gen/tensorflow_serving/apis/model_pb");
    const message = create(GetModelMetadataRequestSchema, {
      modelSpec: create(ModelSpecSchema, specInit(request)),
      metadataField: ["signature_def"],
    });
    const bytes = await this.#call(
      `${predictionService}GetModelMetadata`,
      toBinary(GetModelMetadataRequestSchema, message),
      request,
    );
    const any = fromBinary(GetModelMetadataResponseSchema, bytes).metadata["signature_def"];
    if (any === undefined) throw new ServingError("INTERNAL", "The server's metadata has no signature_def");
    const map = fromBinary(SignatureDefMapSchema, any.value).signatureDef;
    return Object.fromEntries(
      Object.entries(map).map(([key, def]) => [
        key,
        { inputs: describe(def.inputs), outputs: describe(def.outputs), methodName: def.methodName },
      ]),
    );
  }

  /** The versions of a model that the server knows, the newest first. */
  async getModelStatus(request: Omit<ModelRequest, "signatureName">): Promise<VersionStatus[]> {
    const { GetModelStatusRequestSchema, GetModelStatusResponseSchema } = await import(
      "@tureen/protos/gen/tensorflow_serving/apis/get_model_status_pb"
    );
    const { ModelSpecSchema } = await import("@tureen/protos/gen/tensorflow_serving/apis/model_pb");
    const message = create(GetModelStatusRequestSchema, { modelSpec: create(ModelSpecSchema, specInit(request)) });
    const bytes = await this.#call(
      `${modelService}GetModelStatus`,
      toBinary(GetModelStatusRequestSchema, message),
      request,
    );
    return fromBinary(GetModelStatusResponseSchema, bytes).modelVersionStatus.map((status) => ({
      version: status.version,
      state: states[status.state as keyof typeof states] ?? "UNKNOWN",
      errorCode: codeName(status.status?.errorCode ?? 0),
      errorMessage: status.status?.errorMessage ?? "",
    }));
  }

  /** Closes the connection; calls under way end with CANCELLED. */
  close(): void {
    this.#client.close();
  }

  async #typed(alias: string, value: PlainTensor | TypedTensor, request: PredictRequest): Promise<TypedTensor> {
    if (typeof value === "object" && !ArrayBuffer.isView(value) && "dtype" in value) return value;
    const dtype = await this.#declaredType(alias, request);
    return tensor(value as PlainTensor, dtype ?? guessType(value as PlainTensor));
  }

  /** What the signature declares; undefined where the server cannot say or does not know the alias, so that Predict itself gives the error. */
  async #declaredType(alias: string, request: PredictRequest): Promise<DTypeName | undefined> {
    const key = `${request.model}\0${request.version ?? ""}\0${request.versionLabel ?? ""}`;
    let known = this.#signatures.get(key);
    if (known === undefined) {
      const { signatureName: _, ...model } = request;
      known = this.getModelMetadata(model);
      this.#signatures.set(key, known);
    }
    try {
      return (await known)[request.signatureName ?? "serving_default"]?.inputs[alias]?.dtype;
    } catch {
      // A model that is not there yet may be there for the next request.
      this.#signatures.delete(key);
      return undefined;
    }
  }

  #call(path: string, bytes: Uint8Array, request: Pick<ModelRequest, "timeout" | "signal">): Promise<Uint8Array> {
    const timeout = request.timeout ?? this.#options.timeout;
    const metadata = new Metadata();
    for (const [key, value] of Object.entries(this.#options.metadata ?? {})) metadata.set(key, value);
    return new Promise((resolve, reject) => {
      const call = this.#client.makeUnaryRequest(
        path,
        (message: Uint8Array) => Buffer.from(message.buffer, message.byteOffset, message.byteLength),
        (message: Buffer) => message,
        bytes,
        metadata,
        timeout === undefined ? {} : { deadline: Date.now() + timeout },
        (error: ServiceError | null, response?: Buffer) => {
          if (error === null) resolve(response!);
          else reject(new ServingError(codeName(error.code), error.details, { cause: error }));
        },
      );
      request.signal?.addEventListener("abort", () => call.cancel(), { once: true });
    });
  }
}

function encodeExamples(request: ExamplesRequest): Uint8Array {
  const examples = request.examples.map((example) =>
    example instanceof Uint8Array ? example : encodeExample(example),
  );
  const context = request.context === undefined ? {} : { context: encodeExample(request.context) };
  return encodeExamplesRequest({ modelSpec: modelSpec(request), input: { examples, ...context } });
}

function specInit(request: ModelRequest) {
  const versionChoice =
    request.version !== undefined
      ? {
          case: "version" as const,
          value: { value: BigInt(request.version), $typeName: "google.protobuf.Int64Value" as const },
        }
      : request.versionLabel !== undefined
        ? { case: "versionLabel" as const, value: request.versionLabel }
        : { case: undefined };
  return { name: request.model, signatureName: request.signatureName ?? "", versionChoice };
}

function describe(infos: {
  readonly [alias: string]: {
    readonly encoding: { readonly case?: string | undefined; readonly value?: unknown };
    readonly dtype: number;
    readonly tensorShape?:
      | { readonly unknownRank: boolean; readonly dim: readonly { readonly size: bigint }[] }
      | undefined;
  };
}): Record<string, TensorDescription> {
  return Object.fromEntries(
    Object.entries(infos).map(([alias, info]) => [
      alias,
      {
        name: info.encoding.case === "name" ? (info.encoding.value as string) : "",
        dtype: dtypeName(info.dtype),
        shape:
          info.tensorShape?.unknownRank === true
            ? undefined
            : (info.tensorShape?.dim ?? []).map((dim) => Number(dim.size)),
      },
    ]),
  );
}

function guessType(value: PlainTensor): DTypeName {
  let first: PlainTensor | undefined = value;
  while (Array.isArray(first)) first = first[0] as PlainTensor | undefined;
  if (typeof first === "bigint") return "int64";
  if (typeof first === "boolean") return "bool";
  if (typeof first === "string" || first instanceof Uint8Array) return "string";
  return "float32";
}
