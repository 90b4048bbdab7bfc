import type { TensorLimits } from "./decode-tensor-proto.js";
import type { TensorEncoding } from "./encode-tensor-proto.js";
import { type ModelSpecMessage, readModelSpec, writeModelSpec } from "./model-spec.js";
import type { TensorMessage } from "./tensor-data.js";
import { readTensorEntry, tensorMapSizeHint, writeTensorMap } from "./tensor-map.js";
import type { WireError } from "./wire-error.js";
import { WireReader } from "./wire-reader.js";
import { WireWriter } from "./wire-writer.js";

/** A `tensorflow.serving.PredictRequest` as a server reads it. */
export interface PredictRequestMessage {
  /** Undefined where the request has none. */
  readonly modelSpec: ModelSpecMessage | undefined;
  /** Tensors by alias, in the request's order; a `WireError` stands where a tensor was refused. */
  readonly inputs: ReadonlyMap<string, TensorMessage | WireError>;
  /** Aliases of the outputs wanted; none means all. */
  readonly outputFilter: readonly string[];
}

/** What a client puts into a PredictRequest. */
export interface PredictRequestFields {
  readonly modelSpec: ModelSpecMessage;
  readonly inputs: ReadonlyMap<string, TensorMessage>;
  readonly outputFilter?: readonly string[];
}

/**
 * Decodes a serialized PredictRequest; tensors as `decodeTensorProto` does.
 *
 * Streaming options and request options are skipped: TensorFlow Serving's unary Predict does not read them. Throws `WireError`
 * with reason `malformed`.
 */
export function decodePredictRequest(bytes: Uint8Array, limits: TensorLimits = {}): PredictRequestMessage {
  const reader = new WireReader(bytes);
  const inputs = new Map<string, TensorMessage | WireError>();
  const outputFilter: string[] = [];
  let modelSpec: ModelSpecMessage | undefined;
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === 10) modelSpec = readModelSpec(reader, modelSpec);
    else if (tag === 18) readTensorEntry(reader, inputs, limits);
    else if (tag === 26) outputFilter.push(reader.text());
    else reader.skip(tag);
  }
  return { modelSpec, inputs, outputFilter };
}

/** Encodes a PredictRequest; tensors as `encodeTensorProto` does. */
export function encodePredictRequest(request: PredictRequestFields, encoding: TensorEncoding = {}): Uint8Array {
  const writer = new WireWriter(tensorMapSizeHint(request.inputs));
  const filter = request.outputFilter ?? [];
  for (let i = filter.length - 1; i >= 0; i--) writer.textField(26, filter[i]!);
  writeTensorMap(writer, 18, request.inputs, encoding.asContent ?? false);
  writeModelSpec(writer, 10, request.modelSpec);
  return writer.finish();
}
