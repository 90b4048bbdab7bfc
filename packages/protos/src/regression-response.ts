import { type ModelSpecMessage, readModelSpec, writeModelSpec } from "./model-spec.js";
import { WireReader } from "./wire-reader.js";
import { WireWriter } from "./wire-writer.js";

/** A `tensorflow.serving.RegressionResponse`. */
export interface RegressionResponseMessage {
  readonly modelSpec: ModelSpecMessage | undefined;
  /** One value an example. */
  readonly values: Float32Array;
}

/** Encodes a RegressionResponse straight from the typed array. */
export function encodeRegressionResponse(response: RegressionResponseMessage): Uint8Array {
  const writer = new WireWriter(256 + response.values.length * 7);
  if (response.modelSpec !== undefined) writeModelSpec(writer, 18, response.modelSpec);
  writeRegressionResult(writer, 10, response.values);
  return writer.finish();
}

/** Prepends a RegressionResult as a length-prefixed field with the given tag. */
export function writeRegressionResult(writer: WireWriter, tag: number, values: Float32Array): void {
  const start = writer.mark;
  for (let i = values.length - 1; i >= 0; i--) {
    const value = writer.mark;
    // Object.is: -0 is not the default and goes on the wire.
    if (!Object.is(values[i], 0)) writer.floatField(13, values[i]!);
    writer.wrap(10, value);
  }
  writer.wrap(tag, start);
}

/** Decodes a serialized RegressionResponse. Throws `WireError` with reason `malformed`. */
export function decodeRegressionResponse(bytes: Uint8Array): RegressionResponseMessage {
  const reader = new WireReader(bytes);
  const values: number[] = [];
  let modelSpec: ModelSpecMessage | undefined;
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === 10) readRegressionResult(reader, values);
    else if (tag === 18) modelSpec = readModelSpec(reader, modelSpec);
    else reader.skip(tag);
  }
  return { modelSpec, values: Float32Array.from(values) };
}

function readRegressionResult(reader: WireReader, values: number[]): void {
  const outer = reader.enter();
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === 10) values.push(readRegression(reader));
    else reader.skip(tag);
  }
  reader.leave(outer);
}

function readRegression(reader: WireReader): number {
  let value = 0;
  const outer = reader.enter();
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === 13) value = reader.float();
    else reader.skip(tag);
  }
  reader.leave(outer);
  return value;
}
