import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  type InferParameter,
  type InferTensorContents,
  type ModelInferRequest,
  type ModelInferRequest_InferInputTensor,
  ModelInferRequestSchema,
  ModelInferResponseSchema,
  ModelMetadataResponseSchema,
  RepositoryIndexResponseSchema,
} from "@tureen/protos/gen/inference/grpc_inference_service_pb";
import { allocate, type DataOf, type DType } from "../../core/dtype.js";
import { elementCount } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../core/tensor-value.js";
import { datatypeName, datatypeOf, dtypeOfDatatype } from "./datatype.js";
import { addInput, checkedShape, type InferRequest, type InferResponse } from "./infer.js";
import type { InferMetadata } from "./model-metadata.js";
import { rawFromTensor, tensorFromRaw } from "./raw-contents.js";
import type { IndexedModel } from "./repository.js";

/** The parameter that names a signature: the protocol knows none. */
export const signatureParameter = "signature_name";

/** A request and whether its tensors came as raw bytes: then the answer's go so too. */
export interface DecodedInfer {
  readonly request: InferRequest;
  readonly isRaw: boolean;
}

/** Reads a ModelInferRequest. INVALID_ARGUMENT for a datatype, shape or number of elements that do not fit each other. */
export function decodeInferRequest(bytes: Uint8Array): DecodedInfer {
  const message = fromBinary(ModelInferRequestSchema, bytes);
  const { rawInputContents: raw } = message;
  if (raw.length > 0 && raw.length !== message.inputs.length) {
    throw invalidArgument(
      `expected one entry of raw_input_contents for each of ${message.inputs.length} inputs but got ${raw.length}`,
    );
  }
  const inputs = new Map<string, TensorValue>();
  message.inputs.forEach((input, i) => {
    addInput(inputs, input.name, raw.length > 0 ? rawInput(input, raw[i]!) : typedInput(input));
  });
  return { request: requestOf(message, inputs), isRaw: raw.length > 0 };
}

function requestOf(message: ModelInferRequest, inputs: ReadonlyMap<string, TensorValue>): InferRequest {
  return {
    modelName: message.modelName,
    modelVersion: message.modelVersion,
    id: message.id,
    signatureName: textParameter(message.parameters[signatureParameter]),
    inputs,
    outputs: message.outputs.map(({ name }) => name),
  };
}

function textParameter(parameter: InferParameter | undefined): string {
  if (parameter === undefined) return "";
  const choice = parameter.parameterChoice;
  if (choice.case === "stringParam") return choice.value;
  throw invalidArgument(`the parameter ${signatureParameter} must be a string`);
}

function dtypeOf({ name, datatype }: ModelInferRequest_InferInputTensor): DType {
  const dtype = dtypeOfDatatype(datatype);
  if (dtype === undefined) throw invalidArgument(`input '${name}' has the unknown datatype '${datatype}'`);
  return dtype;
}

function rawInput(input: ModelInferRequest_InferInputTensor, bytes: Uint8Array): TensorValue {
  if (input.contents !== undefined) {
    throw invalidArgument(`input '${input.name}' has contents beside raw_input_contents`);
  }
  return tensorFromRaw(input.name, dtypeOf(input), checkedShape(input.name, input.shape), bytes);
}

function typedInput(input: ModelInferRequest_InferInputTensor): TensorValue {
  const dtype = dtypeOf(input);
  const shape = checkedShape(input.name, input.shape);
  const values = input.contents === undefined ? [] : contentsOf(input.name, dtype, input.contents);
  const count = elementCount(shape);
  if (values.length !== count) {
    throw invalidArgument(`input '${input.name}' needs ${count} elements but got ${values.length}`);
  }
  if (dtype === "string") return tensorValue("string", shape, values as readonly Uint8Array[]);
  const data = allocate(dtype, count) as unknown as (number | bigint)[];
  for (let i = 0; i < count; i++) data[i] = dtype === "bool" ? Number(values[i]) : (values[i] as number | bigint);
  return tensorValue(dtype, shape, data as unknown as DataOf[DType]);
}

type Contents = readonly (number | bigint | boolean | Uint8Array)[];

function contentsOf(name: string, dtype: DType, contents: InferTensorContents): Contents {
  switch (dtype) {
    case "bool":
      return contents.boolContents;
    case "int8":
    case "int16":
    case "int32":
      return contents.intContents;
    case "int64":
      return contents.int64Contents;
    case "uint8":
    case "uint16":
    case "uint32":
      return contents.uintContents;
    case "uint64":
      return contents.uint64Contents;
    case "float32":
      return contents.fp32Contents;
    case "float64":
      return contents.fp64Contents;
    case "string":
      return contents.bytesContents;
    default:
      throw invalidArgument(`input '${name}' of datatype ${datatypeOf(dtype)} needs raw_input_contents`);
  }
}

/** Writes a ModelInferResponse; tensors as raw bytes under `isRaw`, else in the lists of their datatypes. */
export function encodeInferResponse(
  { modelName, modelVersion, id, outputs }: InferResponse,
  isRaw: boolean,
): Uint8Array {
  const entries = [...outputs];
  // Half-precision numbers have no list of their own, and raw contents are for all outputs or none.
  const asRaw = isRaw || entries.some(([, { dtype }]) => dtype === "float16" || dtype === "bfloat16");
  const message = create(ModelInferResponseSchema, {
    modelName,
    modelVersion,
    id,
    outputs: entries.map(([name, value]) => ({
      name,
      datatype: datatypeName(value.dtype),
      shape: value.shape.map(BigInt),
      ...(asRaw ? {} : { contents: typedContents(value) }),
    })),
    rawOutputContents: asRaw ? entries.map(([, value]) => rawFromTensor(value)) : [],
  });
  return toBinary(ModelInferResponseSchema, message);
}

function typedContents({ dtype, data }: TensorValue): Partial<Omit<InferTensorContents, "$typeName" | "$unknown">> {
  const numbers = (): number[] => Array.from(data as ArrayLike<number>);
  switch (dtype) {
    case "bool":
      return { boolContents: numbers().map((value) => value !== 0) };
    case "int8":
    case "int16":
    case "int32":
      return { intContents: numbers() };
    case "int64":
      return { int64Contents: Array.from(data as BigInt64Array) };
    case "uint8":
    case "uint16":
    case "uint32":
      return { uintContents: numbers() };
    case "uint64":
      return { uint64Contents: Array.from(data as BigUint64Array) };
    case "float32":
      return { fp32Contents: numbers() };
    case "float64":
      return { fp64Contents: numbers() };
    default:
      return { bytesContents: [...(data as readonly Uint8Array[])] };
  }
}

/** Writes a ModelMetadataResponse. */
export function encodeMetadataResponse({ name, versions, platform, inputs, outputs }: InferMetadata): Uint8Array {
  const message = create(ModelMetadataResponseSchema, {
    name,
    versions: [...versions],
    platform,
    inputs: inputs.map((tensor) => ({ ...tensor, shape: tensor.shape.map(BigInt) })),
    outputs: outputs.map((tensor) => ({ ...tensor, shape: tensor.shape.map(BigInt) })),
  });
  return toBinary(ModelMetadataResponseSchema, message);
}

/** Writes a RepositoryIndexResponse. */
export function encodeIndexResponse(models: readonly IndexedModel[]): Uint8Array {
  return toBinary(
    RepositoryIndexResponseSchema,
    create(RepositoryIndexResponseSchema, { models: models.map((model) => ({ ...model })) }),
  );
}
