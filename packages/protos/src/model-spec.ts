import { WireError } from "./wire-error.js";
import type { WireReader } from "./wire-reader.js";
import type { WireWriter } from "./wire-writer.js";

/** A `tensorflow.serving.ModelSpec`: which model, version and signature. At most one of `version` and `versionLabel` is set. */
export interface ModelSpecMessage {
  readonly name: string;
  readonly version?: bigint;
  readonly versionLabel?: string;
  /** "" stands for the default signature. */
  readonly signatureName: string;
}

/**
 * Reads a length-prefixed ModelSpec.
 *
 * `before` is what the same message said in an earlier occurrence of the field; protobuf merges the two.
 */
export function readModelSpec(reader: WireReader, before?: ModelSpecMessage): ModelSpecMessage {
  let name = before?.name ?? "";
  let signatureName = before?.signatureName ?? "";
  let version = before?.version;
  let versionLabel = before?.versionLabel;
  const outer = reader.enter();
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === 10) {
      name = reader.text();
    } else if (tag === 18) {
      version = readInt64Value(reader, version ?? 0n);
      versionLabel = undefined;
    } else if (tag === 26) {
      signatureName = reader.text();
    } else if (tag === 34) {
      versionLabel = reader.text();
      version = undefined;
    } else {
      reader.skip(tag);
    }
  }
  reader.leave(outer);
  if (version !== undefined) return { name, version, signatureName };
  if (versionLabel !== undefined) return { name, versionLabel, signatureName };
  return { name, signatureName };
}

/** Prepends a ModelSpec as a length-prefixed field with the given tag. */
export function writeModelSpec(writer: WireWriter, tag: number, spec: ModelSpecMessage): void {
  const start = writer.mark;
  if (spec.versionLabel !== undefined) {
    if (spec.version !== undefined)
      throw new WireError("a model spec has a version or a label, not both", 0, "invalid");
    writer.textField(34, spec.versionLabel);
  }
  if (spec.signatureName !== "") writer.textField(26, spec.signatureName);
  if (spec.version !== undefined) {
    const value = writer.mark;
    if (spec.version !== 0n) {
      writer.bigint(spec.version);
      writer.varint(8);
    }
    writer.wrap(18, value);
  }
  if (spec.name !== "") writer.textField(10, spec.name);
  writer.wrap(tag, start);
}

function readInt64Value(reader: WireReader, before: bigint): bigint {
  let value = before;
  const outer = reader.enter();
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === 8) value = reader.int64();
    else reader.skip(tag);
  }
  reader.leave(outer);
  return value;
}
