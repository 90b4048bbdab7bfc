import { writeModelSpec } from "@tureen/protos/model-spec";
import type { ModelSpecMessage } from "@tureen/protos/serving-messages";
import { WireWriter } from "@tureen/protos/wire-writer";

/** The RPCs that a PredictionLog can hold. */
export type LoggedKind = "classify" | "regress" | "multiInference" | "predict";

/** Fields of PredictionLog's oneof (apis/prediction_log.proto). */
const fields: Readonly<Record<LoggedKind, number>> = Object.freeze({
  classify: 2,
  regress: 3,
  multiInference: 4,
  predict: 6,
});

/** A length-delimited field's tag. */
const lengthTag = (field: number): number => field * 8 + 2;

/** What of a request is logged beside the messages. */
export interface LogEntry {
  readonly kind: LoggedKind;
  readonly modelSpec: ModelSpecMessage;
  /** The encoded request and response messages of the RPC. */
  readonly request: Uint8Array;
  readonly response: Uint8Array;
  /** The share of requests that is logged, 0 to 1. */
  readonly samplingRate: number;
  readonly tags: readonly string[];
  /** Seconds since the epoch. */
  readonly time: number;
}

/** A serialized `tensorflow.serving.PredictionLog`: log_metadata, then the RPC's log of request and response. */
export function encodePredictionLog(entry: LogEntry): Uint8Array {
  const { kind, modelSpec, request, response, samplingRate, tags, time } = entry;
  const writer = new WireWriter(request.length + response.length + 128);
  const log = writer.mark;
  writer.bytesField(lengthTag(2), response);
  writer.bytesField(lengthTag(1), request);
  writer.wrap(lengthTag(fields[kind]), log);
  // LogMetadata: model_spec = 1, sampling_config = 2 {sampling_rate = 1}, saved_model_tags = 3, timestamp_secs = 4.
  const metadata = writer.mark;
  writer.int64(time);
  writer.varint(4 * 8);
  for (let i = tags.length - 1; i >= 0; i--) writer.textField(lengthTag(3), tags[i]!);
  const sampling = writer.mark;
  writeDouble(writer, 1 * 8 + 1, samplingRate);
  writer.wrap(lengthTag(2), sampling);
  writeModelSpec(writer, lengthTag(1), modelSpec);
  writer.wrap(lengthTag(1), metadata);
  return writer.finish();
}

function writeDouble(writer: WireWriter, tag: number, value: number): void {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  writer.raw(bytes);
  writer.varint(tag);
}
