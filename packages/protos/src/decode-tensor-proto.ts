import {
  countElements,
  type NumericTensorData,
  stringDataType,
  type TensorLayout,
  type TensorMessage,
  tensorLayouts,
} from "./tensor-data.js";
import { WireError } from "./wire-error.js";
import { WireReader, wireType } from "./wire-reader.js";

/** Limits of decoding. */
export interface TensorLimits {
  /**
   * How many elements a tensor may have beyond those that its bytes spell out (a short list of values is filled up with its last).
   * Default 2^24: 64 MiB of floats from a request of a few bytes.
   */
  readonly maxFilled?: number;
}

const defaultMaxFilled = 2 ** 24;
const maxDimensions = 254;
const dataTypeBool = 10;
const dataTypeResource = 20;
const dataTypeVariant = 21;
const dataTypeInt4 = 29;
const dataTypeUint4 = 30;

/** Engines keep so small an array beside its object until someone asks for its buffer, which then has to be made. */
const fewFloats = 16;

const noBytes: Uint8Array = new Uint8Array(0);

/**
 * Decodes a serialized `tensorflow.TensorProto` straight into typed arrays.
 *
 * Takes values from `tensor_content`, or else from the dtype's `*_val` list, packed or not. As TensorFlow's `Tensor::FromProto`, a list
 * longer than the shape is cut, a shorter one filled up with its last value, a missing one stands for zeros (empty strings). Byte strings
 * are views of `bytes`; numbers are copied, once.
 *
 * Throws `WireError`: `malformed` where a protobuf parser fails too, `invalid` where TensorFlow refuses the tensor, `unsupported` for
 * resources and variants, `limit` for more elements than `limits` allow. Only the values of the tensor's own dtype are looked at.
 */
export function decodeTensorProto(bytes: Uint8Array, limits: TensorLimits = {}): TensorMessage {
  return readTensorProto(new WireReader(bytes), limits);
}

/** Decodes the TensorProto that fills the reader's range, as `decodeTensorProto` does. */
export function readTensorProto(reader: WireReader, limits: TensorLimits): TensorMessage {
  const start = reader.pos;
  const shape: number[] = [];
  let dtype = 0;
  let contentStart = 0;
  let contentLength = 0;
  let valuesStart = -1;
  while (!reader.done) {
    const at = reader.pos;
    const tag = reader.tag();
    if (tag === 8) {
      dtype = reader.varint();
    } else if (tag === 18) {
      readShape(reader, shape);
    } else if (tag === 34) {
      contentLength = reader.length();
      contentStart = reader.take(contentLength);
    } else {
      if (valuesStart < 0 && tag >= 40) valuesStart = at;
      reader.skip(tag);
    }
  }

  const layout = tensorLayouts[dtype];
  if (layout === undefined) {
    if (dtype === dataTypeResource || dtype === dataTypeVariant) {
      throw new WireError("resource and variant tensors have no plain values", start, "unsupported");
    }
    throw new WireError(`tensor has no valid dtype (${dtype})`, start, "invalid");
  }
  const count = checkShape(shape, start);
  if (count > 0 && contentLength > 0) {
    const end = contentStart + contentLength;
    if (dtype === stringDataType) {
      return { dtype, shape, data: readStringContent(reader.bytes, contentStart, end, count) };
    }
    const data = copyContent(reader.bytes, contentStart, end, count, layout);
    normalize(dtype, data, contentStart);
    return { dtype, shape, data };
  }
  if (valuesStart < 0) valuesStart = reader.end;
  const spelled = (reader.end - valuesStart) / minimumBytes[layout.encoding];
  if (count * layout.parts > spelled && count > (limits.maxFilled ?? defaultMaxFilled)) {
    throw new WireError(`tensor of ${count} elements exceeds the limit`, start, "limit");
  }
  if (dtype === stringDataType) return { dtype, shape, data: readStrings(reader, valuesStart, count) };
  const data = layout.allocate(count * layout.parts);
  if (count > 0) {
    const found = readNumbers(reader, valuesStart, data, layout);
    // A complex value of which only the real part came does not count.
    fillUp(data, found - (found % layout.parts), layout.parts);
    if (dtype === dataTypeInt4 || dtype === dataTypeUint4) normalize(dtype, data, start);
  }
  return { dtype, shape, data };
}

/** The fewest wire bytes that spell out one number or string. */
const minimumBytes: Readonly<Record<TensorLayout["encoding"], number>> = Object.freeze({
  fixed32: 4,
  fixed64: 8,
  varint32: 1,
  varint64: 1,
  bool: 1,
  bytes: 1,
  strings: 2,
});

/** Appends the sizes of a TensorShapeProto; like TensorFlow, ignores `unknown_rank` and dimension names here. */
function readShape(reader: WireReader, shape: number[]): void {
  const outer = reader.enter();
  while (!reader.done) {
    const tag = reader.tag();
    if (tag !== 18) {
      reader.skip(tag);
      continue;
    }
    const shapeEnd = reader.enter();
    let size = 0;
    while (!reader.done) {
      const inner = reader.tag();
      if (inner === 8) {
        const low = reader.varint();
        size = reader.high * 0x1_0000_0000 + (low >>> 0);
      } else {
        reader.skip(inner);
      }
    }
    reader.leave(shapeEnd);
    shape.push(size);
  }
  reader.leave(outer);
}

function checkShape(shape: readonly number[], offset: number): number {
  if (shape.length > maxDimensions) throw new WireError("tensor has too many dimensions", offset, "invalid");
  for (const size of shape) {
    if (size < 0 || !Number.isSafeInteger(size))
      throw new WireError("tensor shape is not fully defined", offset, "invalid");
  }
  const count = shape.includes(0) ? 0 : countElements(shape);
  if (!Number.isSafeInteger(count)) throw new WireError("tensor shape is too large", offset, "invalid");
  return count;
}

function copyContent(
  bytes: Uint8Array,
  start: number,
  end: number,
  count: number,
  layout: TensorLayout,
): NumericTensorData {
  const width = layout.width * layout.parts;
  if (count * width !== end - start) {
    throw new WireError(`tensor_content has ${end - start} bytes instead of ${count * width}`, start, "invalid");
  }
  const data = layout.allocate(count * layout.parts);
  if (data instanceof Float32Array && data.length <= fewFloats) {
    const reader = new WireReader(bytes, start, end);
    for (let i = 0; i < data.length; i++) data[i] = reader.float();
    return data;
  }
  bytesOf(data).set(bytes.subarray(start, end));
  return data;
}

/** What TensorFlow does to single elements: bools must be 0 or 1, 4-bit integers keep only four bits. */
function normalize(dtype: number, data: NumericTensorData, offset: number): void {
  if (dtype === dataTypeBool) {
    for (let i = 0; i < data.length; i++) {
      if ((data[i] as number) > 1)
        throw new WireError("bool tensor holds a byte that is neither 0 nor 1", offset, "invalid");
    }
  } else if (dtype === dataTypeInt4) {
    for (let i = 0; i < data.length; i++) data[i] = ((data[i] as number) << 28) >> 28;
  } else if (dtype === dataTypeUint4) {
    for (let i = 0; i < data.length; i++) data[i] = (data[i] as number) & 15;
  }
}

/** `tensor_content` of strings: all lengths as varints, then all bytes. */
function readStringContent(bytes: Uint8Array, start: number, end: number, count: number): Uint8Array[] {
  if (count > end - start) throw new WireError("tensor_content has too few strings", start, "invalid");
  const reader = new WireReader(bytes, start, end);
  const lengths: number[] = [];
  let total = 0;
  try {
    for (let i = 0; i < count; i++) {
      const length = reader.varint() >>> 0;
      if (reader.high !== 0) throw new WireError("string is too long", reader.pos);
      lengths.push(length);
      total += length;
    }
  } catch (error) {
    throw new WireError(`tensor_content of strings: ${(error as Error).message}`, start, "invalid");
  }
  if (total !== end - reader.pos) throw new WireError("tensor_content does not fit its strings", start, "invalid");
  return lengths.map((length) => {
    const at = reader.take(length);
    return bytes.subarray(at, at + length);
  });
}

function readStrings(reader: WireReader, start: number, count: number): Uint8Array[] {
  const data: Uint8Array[] = [];
  reader.pos = start;
  while (!reader.done && data.length < count) {
    const tag = reader.tag();
    if (tag === 66) data.push(reader.bytesView());
    else reader.skip(tag);
  }
  reader.pos = reader.end;
  const last = data.length > 0 ? data[data.length - 1]! : noBytes;
  while (data.length < count) data.push(last);
  return data;
}

function fillUp(data: NumericTensorData, found: number, parts: number): void {
  if (found === 0 || found >= data.length) return;
  if (parts === 1) {
    (data as Uint8Array).fill(data[found - 1] as number, found);
    return;
  }
  for (let i = found; i < data.length; i++) data[i] = data[i - 2]!;
}

/** As `readNumbers`, without a view of the memory of `data`. */
function readFewFloats(reader: WireReader, start: number, data: Float32Array, packed: number, single: number): number {
  let found = 0;
  reader.pos = start;
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === packed) {
      const outer = reader.enter();
      if ((reader.end - reader.pos) % 4 !== 0) throw new WireError("packed list ends inside a number", reader.end);
      while (found < data.length && !reader.done) data[found++] = reader.float();
      reader.leave(outer);
    } else if (tag === single) {
      const value = reader.float();
      if (found < data.length) data[found++] = value;
    } else {
      reader.skip(tag);
    }
  }
  return found;
}

/** Reads the dtype's list into `data` from the range that begins at `start`; returns how many numbers it set. */
function readNumbers(reader: WireReader, start: number, data: NumericTensorData, layout: TensorLayout): number {
  const { field, encoding } = layout;
  const packed = field * 8 + wireType.length;
  const single = field * 8 + singleWireType[encoding];
  if (encoding === "fixed32" && data.length <= fewFloats) {
    return readFewFloats(reader, start, data as Float32Array, packed, single);
  }
  const target = encoding === "varint64" ? new Int32Array(data.buffer) : data;
  const raw = bytesOf(data);
  let found = 0;
  reader.pos = start;
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === packed) {
      const outer = reader.enter();
      found = readPacked(reader, target, raw, found, data.length, encoding);
      reader.leave(outer);
    } else if (tag === single) {
      const outer = reader.end;
      if (encoding === "fixed32" || encoding === "fixed64") {
        const width = encoding === "fixed32" ? 4 : 8;
        const at = reader.take(width);
        if (found < data.length) raw.set(reader.bytes.subarray(at, at + width), found++ * width);
      } else if (found < data.length) {
        found = readVarints(reader, target, found, found + 1, encoding);
      } else {
        reader.varint();
      }
      reader.end = outer;
    } else {
      reader.skip(tag);
    }
  }
  return found;
}

const singleWireType: Readonly<Record<TensorLayout["encoding"], number>> = Object.freeze({
  fixed32: wireType.fixed32,
  fixed64: wireType.fixed64,
  varint32: wireType.varint,
  varint64: wireType.varint,
  bool: wireType.varint,
  bytes: wireType.length,
  strings: wireType.length,
});

function readPacked(
  reader: WireReader,
  target: NumericTensorData,
  raw: Uint8Array,
  found: number,
  capacity: number,
  encoding: TensorLayout["encoding"],
): number {
  const length = reader.end - reader.pos;
  if (encoding === "bytes") {
    // A singular field: of several occurrences the last counts.
    const count = Math.min(length, capacity);
    raw.fill(0);
    raw.set(reader.bytes.subarray(reader.pos, reader.pos + count));
    return count;
  }
  if (encoding === "fixed32" || encoding === "fixed64") {
    const width = encoding === "fixed32" ? 4 : 8;
    if (length % width !== 0) throw new WireError("packed list ends inside a number", reader.end);
    const count = Math.min(length / width, capacity - found);
    raw.set(reader.bytes.subarray(reader.pos, reader.pos + count * width), found * width);
    return found + count;
  }
  const next = readVarints(reader, target, found, capacity, encoding);
  while (!reader.done) reader.varint();
  return next;
}

/** Reads varints into `target` from index `from` up to `to` or the end of the range. */
function readVarints(
  reader: WireReader,
  target: NumericTensorData,
  from: number,
  to: number,
  encoding: TensorLayout["encoding"],
): number {
  let i = from;
  if (encoding === "varint64") {
    const halves = target as Int32Array;
    for (; i < to && reader.pos < reader.end; i++) {
      halves[2 * i] = reader.varint();
      halves[2 * i + 1] = reader.high;
    }
  } else if (encoding === "bool") {
    for (; i < to && reader.pos < reader.end; i++) target[i] = (reader.varint() | reader.high) === 0 ? 0 : 1;
  } else if (target instanceof Int32Array) {
    for (; i < to && reader.pos < reader.end; i++) target[i] = reader.varint();
  } else {
    for (; i < to && reader.pos < reader.end; i++) target[i] = reader.varint();
  }
  return i;
}

function bytesOf(data: NumericTensorData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
