import { readTensorProto, type TensorLimits } from "./decode-tensor-proto.js";
import { tensorSizeHint, writeTensorProto } from "./encode-tensor-proto.js";
import type { TensorMessage } from "./tensor-data.js";
import { WireError } from "./wire-error.js";
import { WireReader } from "./wire-reader.js";
import type { WireWriter } from "./wire-writer.js";

/**
 * Reads one length-prefixed entry of a `map<string, TensorProto>` into `map`.
 *
 * A tensor that is well-formed but refused (`invalid`, `unsupported`, `limit`) becomes a `WireError` in the map, so that the caller
 * can name it when its turn comes; what is malformed makes the whole message malformed and throws.
 */
export function readTensorEntry(
  reader: WireReader,
  map: Map<string, TensorMessage | WireError>,
  limits: TensorLimits,
): void {
  const outer = reader.enter();
  let key = "";
  let start = reader.end;
  let end = reader.end;
  let merged: Uint8Array | undefined;
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === 10) {
      key = reader.text();
    } else if (tag === 18) {
      const length = reader.length();
      const at = reader.take(length);
      if (start !== end || merged !== undefined) {
        // Two encodings of a message, one after the other, are the encoding of the merged message.
        const first: Uint8Array = merged ?? reader.bytes.subarray(start, end);
        merged = new Uint8Array(first.length + length);
        merged.set(first);
        merged.set(reader.bytes.subarray(at, at + length), first.length);
      }
      start = at;
      end = at + length;
    } else {
      reader.skip(tag);
    }
  }
  try {
    const source = merged === undefined ? new WireReader(reader.bytes, start, end) : new WireReader(merged);
    map.set(key, readTensorProto(source, limits));
  } catch (error) {
    if (!(error instanceof WireError) || error.reason === "malformed") throw error;
    map.set(key, error);
  }
  reader.leave(outer);
}

/** Prepends a `map<string, TensorProto>`, in the map's order. */
export function writeTensorMap(
  writer: WireWriter,
  tag: number,
  map: ReadonlyMap<string, TensorMessage>,
  asContent: boolean,
): void {
  for (const [key, tensor] of [...map].reverse()) {
    const entry = writer.mark;
    writeTensorProto(writer, tensor, asContent);
    writer.wrap(18, entry);
    writer.textField(10, key);
    writer.wrap(tag, entry);
  }
}

/** A guess of a map's encoded size, for the capacity of a writer. */
export function tensorMapSizeHint(map: ReadonlyMap<string, TensorMessage>): number {
  let size = 256;
  for (const [key, tensor] of map) size += key.length + 16 + tensorSizeHint(tensor);
  return size;
}
