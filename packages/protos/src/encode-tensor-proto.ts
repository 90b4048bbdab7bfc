import {
  countElements,
  type NumericTensorData,
  stringDataType,
  type TensorLayout,
  type TensorMessage,
  tensorLayouts,
} from "./tensor-data.js";
import { WireError } from "./wire-error.js";
import { wireType } from "./wire-reader.js";
import { WireWriter } from "./wire-writer.js";

/** How to encode a tensor. */
export interface TensorEncoding {
  /** Values as raw bytes in `tensor_content` (`AsProtoTensorContent`) instead of the dtype's `*_val` list (`AsProtoField`). */
  readonly asContent?: boolean;
}

/**
 * Encodes a tensor as a serialized `tensorflow.TensorProto`.
 *
 * By default in the dtype's packed `*_val` list with every value, as TensorFlow's `Tensor::AsProtoField`. Throws `WireError` with reason
 * `invalid` where data and shape do not fit each other, `unsupported` for a dtype without plain values.
 */
export function encodeTensorProto(tensor: TensorMessage, encoding: TensorEncoding = {}): Uint8Array {
  const writer = new WireWriter(tensorSizeHint(tensor));
  writeTensorProto(writer, tensor, encoding.asContent ?? false);
  return writer.finish();
}

/** A guess of a tensor's encoded size, for the capacity of a writer; exact enough for floats and tensor_content. */
export function tensorSizeHint(tensor: TensorMessage): number {
  const values = "byteLength" in tensor.data ? tensor.data.byteLength : tensor.data.length * 16;
  return values + 32 + tensor.shape.length * 8;
}

/** Engines keep so small an array beside its object until someone asks for its buffer, which then has to be made. */
const fewFloats = 16;

/** Prepends the fields of a TensorProto, without a length prefix. */
export function writeTensorProto(writer: WireWriter, tensor: TensorMessage, asContent: boolean): void {
  const { dtype, shape, data } = tensor;
  const layout = tensorLayouts[dtype];
  if (layout === undefined) throw new WireError(`tensor of dtype ${dtype} has no plain values`, 0, "unsupported");
  if (data.length !== countElements(shape) * layout.parts) {
    throw new WireError(`${data.length} values do not fill the shape [${shape.join(",")}]`, 0, "invalid");
  }
  if (dtype !== stringDataType && (data as NumericTensorData).BYTES_PER_ELEMENT !== layout.width) {
    throw new WireError(`the typed array does not fit dtype ${dtype}`, 0, "invalid");
  }
  if (data.length > 0) {
    if (dtype === stringDataType) writeStrings(writer, data as readonly Uint8Array[], asContent);
    else if (asContent) writer.bytesField(34, bytesOf(data as NumericTensorData));
    else writeNumbers(writer, data as NumericTensorData, layout);
  }
  const shapeStart = writer.mark;
  writeDimensions(writer, shape);
  writer.wrap(18, shapeStart);
  writer.varint(dtype);
  writer.varint(8);
}

/** Prepends the `dim` fields of a TensorShapeProto; -1 is a size that is not known. */
export function writeDimensions(writer: WireWriter, shape: readonly number[]): void {
  for (let i = shape.length - 1; i >= 0; i--) {
    const dimension = writer.mark;
    const size = shape[i]!;
    if (size !== 0) {
      writer.int64(size);
      writer.varint(8);
    }
    writer.wrap(18, dimension);
  }
}

function writeStrings(writer: WireWriter, data: readonly Uint8Array[], asContent: boolean): void {
  if (!asContent) {
    for (let i = data.length - 1; i >= 0; i--) writer.bytesField(66, data[i]!);
    return;
  }
  const start = writer.mark;
  for (let i = data.length - 1; i >= 0; i--) writer.raw(data[i]!);
  for (let i = data.length - 1; i >= 0; i--) writer.varint(data[i]!.length);
  writer.wrap(34, start);
}

function writeNumbers(writer: WireWriter, data: NumericTensorData, layout: TensorLayout): void {
  const tag = layout.field * 8 + wireType.length;
  switch (layout.encoding) {
    case "varint64": {
      const start = writer.mark;
      const halves = new Int32Array(data.buffer, data.byteOffset, data.length * 2);
      for (let i = halves.length - 2; i >= 0; i -= 2) writer.varint(halves[i]!, halves[i + 1]!);
      writer.wrap(tag, start);
      return;
    }
    case "varint32": {
      const start = writer.mark;
      if (data instanceof Uint32Array) {
        for (let i = data.length - 1; i >= 0; i--) writer.varint(data[i]!);
      } else {
        for (let i = data.length - 1; i >= 0; i--) writer.int32(data[i] as number);
      }
      writer.wrap(tag, start);
      return;
    }
    // Floats lie in memory as on the wire, and a bool is the byte 0 or 1, which is its varint.
    default:
      if (data instanceof Float32Array && data.length <= fewFloats) {
        writer.floats(data);
        writer.varint(data.length * 4);
        writer.varint(tag);
        return;
      }
      writer.bytesField(tag, bytesOf(data));
  }
}

function bytesOf(data: NumericTensorData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
