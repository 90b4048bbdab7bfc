import type { TensorLimits } from "./decode-tensor-proto.js";
import type { TensorEncoding } from "./encode-tensor-proto.js";
import { type ModelSpecMessage, readModelSpec, writeModelSpec } from "./model-spec.js";
import type { TensorMessage } from "./tensor-data.js";
import { readTensorEntry, tensorMapSizeHint, writeTensorMap } from "./tensor-map.js";
import { WireError } from "./wire-error.js";
import { WireReader } from "./wire-reader.js";
import { WireWriter } from "./wire-writer.js";

/** A `tensorflow.serving.PredictResponse`. */
export interface PredictResponseMessage {
  /** The model that answered; undefined where the server does not say. */
  readonly modelSpec: ModelSpecMessage | undefined;
  /** Tensors by alias. */
  readonly outputs: ReadonlyMap<string, TensorMessage>;
}

/** Encodes a PredictResponse straight from the typed arrays; tensors as `encodeTensorProto` does. */
export function encodePredictResponse(response: PredictResponseMessage, encoding: TensorEncoding = {}): Uint8Array {
  const writer = new WireWriter(tensorMapSizeHint(response.outputs));
  if (response.modelSpec !== undefined) writeModelSpec(writer, 18, response.modelSpec);
  writeTensorMap(writer, 10, response.outputs, encoding.asContent ?? false);
  return writer.finish();
}

/** Decodes a serialized PredictResponse. Throws `WireError`, also for a tensor that `decodeTensorProto` refuses. */
export function decodePredictResponse(bytes: Uint8Array, limits: TensorLimits = {}): PredictResponseMessage {
  const reader = new WireReader(bytes);
  const read = new Map<string, TensorMessage | WireError>();
  let modelSpec: ModelSpecMessage | undefined;
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === 10) readTensorEntry(reader, read, limits);
    else if (tag === 18) modelSpec = readModelSpec(reader, modelSpec);
    else reader.skip(tag);
  }
  const outputs = new Map<string, TensorMessage>();
  for (const [alias, tensor] of read) {
    if (tensor instanceof WireError) throw tensor;
    outputs.set(alias, tensor);
  }
  return { modelSpec, outputs };
}
