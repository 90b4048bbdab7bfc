import { type DType, dtypeFromNumber, dtypeNumber } from "../core/dtype.js";
import type { Shape } from "../core/shape.js";
import { dataLoss } from "../core/status-error.js";
import type { Extent, TensorSlice } from "./tensor-slice.js";
import { WireReader, WireWriter } from "./wire-format.js";

/** The format version that TensorFlow writes and the highest it reads. */
export const bundleVersion = 1;

/** `tensorflow.BundleHeaderProto`, the value of the empty key. */
export interface BundleHeader {
  readonly numShards: number;
  readonly endianness: "LITTLE" | "BIG";
  readonly producer: number;
  readonly minConsumer: number;
  readonly badConsumers: readonly number[];
}

/** `tensorflow.BundleEntryProto`: where a tensor lies, or which slices make it up. */
export interface BundleEntry {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly shardId: number;
  /** Bytes from the start of the shard's file. */
  readonly offset: number;
  readonly size: number;
  /** The masked CRC-32C of the tensor's bytes. */
  readonly crc32c: number;
  /** The slices of a partitioned tensor, whose own entries hold the data; empty for a tensor stored whole. */
  readonly slices: readonly TensorSlice[];
}

/** The bytes of a header. */
export function encodeBundleHeader(header: BundleHeader): Uint8Array {
  const version = new WireWriter().integerField(1, header.producer).integerField(2, header.minConsumer);
  for (const consumer of header.badConsumers) version.tag(3, 0).varint(consumer);
  return new WireWriter()
    .integerField(1, header.numShards)
    .integerField(2, header.endianness === "BIG" ? 1 : 0)
    .bytesField(3, version.finish())
    .finish();
}

/** A header of its bytes; DATA_LOSS for what is none. */
export function decodeBundleHeader(bytes: Uint8Array): BundleHeader {
  const reader = new WireReader(bytes);
  let numShards = 0;
  let endianness: BundleHeader["endianness"] = "LITTLE";
  let producer = 0;
  let minConsumer = 0;
  const badConsumers: number[] = [];
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 8) numShards = reader.int64();
    else if (tag === 16) endianness = reader.varint() === 1 ? "BIG" : "LITTLE";
    else if (tag === 26) {
      const version = new WireReader(reader.lengthPrefixed());
      for (let field = version.tag(); field !== 0; field = version.tag()) {
        if (field === 8) producer = version.int64();
        else if (field === 16) minConsumer = version.int64();
        else if (field === 24) badConsumers.push(version.int64());
        else if (field === 26) {
          for (const packed = new WireReader(version.lengthPrefixed()); !packed.done; )
            badConsumers.push(packed.int64());
        } else version.skip(field);
      }
    } else reader.skip(tag);
  }
  return { numShards, endianness, producer, minConsumer, badConsumers };
}

function encodeShape(shape: Shape): Uint8Array {
  const writer = new WireWriter();
  for (const size of shape) writer.bytesField(2, new WireWriter().integerField(1, size).finish());
  return writer.finish();
}

function decodeShape(bytes: Uint8Array): number[] {
  const reader = new WireReader(bytes);
  const shape: number[] = [];
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag !== 18) {
      reader.skip(tag);
      continue;
    }
    const dimension = new WireReader(reader.lengthPrefixed());
    let size = 0;
    for (let field = dimension.tag(); field !== 0; field = dimension.tag()) {
      if (field === 8) size = dimension.int64();
      else dimension.skip(field);
    }
    if (size < 0) throw dataLoss(`negative dimension ${size}`);
    shape.push(size);
  }
  return shape;
}

function encodeSlice(slice: TensorSlice): Uint8Array {
  const writer = new WireWriter();
  for (const { start, length } of slice) {
    const extent = new WireWriter();
    if (length >= 0) extent.integerField(1, start).tag(2, 0).varint(length);
    writer.bytesField(1, extent.finish());
  }
  return writer.finish();
}

function decodeSlice(bytes: Uint8Array): TensorSlice {
  const reader = new WireReader(bytes);
  const slice: Extent[] = [];
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag !== 10) {
      reader.skip(tag);
      continue;
    }
    const extent = new WireReader(reader.lengthPrefixed());
    let start = 0;
    let length = -1;
    for (let field = extent.tag(); field !== 0; field = extent.tag()) {
      if (field === 8) start = extent.int64();
      else if (field === 16) length = extent.int64();
      else extent.skip(field);
    }
    if ((start !== 0 || length !== -1) && (start < 0 || length <= 0)) throw dataLoss(`bad extent ${start},${length}`);
    slice.push({ start, length });
  }
  return slice;
}

/** The bytes of an entry. */
export function encodeBundleEntry(entry: BundleEntry): Uint8Array {
  const writer = new WireWriter()
    .integerField(1, dtypeNumber(entry.dtype))
    .bytesField(2, encodeShape(entry.shape))
    .integerField(3, entry.shardId)
    .integerField(4, entry.offset)
    .integerField(5, entry.size);
  if (entry.crc32c !== 0) writer.tag(6, 5).fixed32(entry.crc32c);
  for (const slice of entry.slices) writer.bytesField(7, encodeSlice(slice));
  return writer.finish();
}

/** An entry of its bytes; DATA_LOSS for what is none, INVALID_ARGUMENT for a dtype that nobody knows. */
export function decodeBundleEntry(bytes: Uint8Array): BundleEntry {
  const reader = new WireReader(bytes);
  let dtype = 0;
  let shape: Shape = [];
  let shardId = 0;
  let offset = 0;
  let size = 0;
  let crc32c = 0;
  const slices: TensorSlice[] = [];
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 8) dtype = reader.int64();
    else if (tag === 18) shape = decodeShape(reader.lengthPrefixed());
    else if (tag === 24) shardId = reader.int64();
    else if (tag === 32) offset = reader.int64();
    else if (tag === 40) size = reader.int64();
    else if (tag === 53) crc32c = reader.fixed32();
    else if (tag === 58) slices.push(decodeSlice(reader.lengthPrefixed()));
    else reader.skip(tag);
  }
  return { dtype: dtypeFromNumber(dtype), shape, shardId, offset, size, crc32c, slices };
}
