import { type DType, dtypeFromNumber, dtypeNumber, emptyBytes, type NumericArray, viewBytes } from "../core/dtype.js";
import { elementCount } from "../core/shape.js";
import { dataLoss, invalidArgument } from "../core/status-error.js";
import { type TensorValue, tensorValue } from "../core/tensor-value.js";
import { flatten, isTensorValue, type Layout, layoutOf, pack, type Structure } from "./structure.js";

/** An alignment that every dtype's elements keep to. */
const alignment = 8;

/**
 * An element as bytes of its own: for a file, or for another thread without a copy.
 *
 * Little endian. A length and the layout as JSON; then for each leaf dtype number, rank and sizes as uint32 and, at a multiple of eight, its data;
 * a string leaf has the uint32 ends of its strings before their bytes. INVALID_ARGUMENT for leaves that are neither numbers nor strings.
 */
export function encodeElement(element: Structure): Uint8Array<ArrayBuffer> {
  const layout = layoutOf(element, isTensorValue);
  const leaves = flatten(layout, element) as TensorValue[];
  const head = Buffer.from(JSON.stringify(layout));
  let size = aligned(4 + head.length);
  for (const leaf of leaves) size += leafSize(leaf);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, head.length, true);
  bytes.set(head, 4);
  let at = aligned(4 + head.length);
  for (const leaf of leaves) at = writeLeaf(leaf, bytes, view, at);
  return bytes;
}

/** The element of bytes that `encodeElement` made; numbers are views of them. DATA_LOSS for other bytes. */
export function decodeElement(bytes: Uint8Array): Structure {
  // Views of elements of eight bytes need a buffer that begins at a multiple of it.
  const own = bytes.byteOffset % alignment === 0 ? bytes : bytes.slice();
  try {
    const view = new DataView(own.buffer, own.byteOffset, own.byteLength);
    const length = view.getUint32(0, true);
    const layout = JSON.parse(Buffer.from(own.subarray(4, 4 + length)).toString()) as Layout;
    const leaves: TensorValue[] = [];
    for (let at = aligned(4 + length); at < own.length; ) at = readLeaf(own, view, at, leaves);
    return pack(layout, leaves);
  } catch (error) {
    throw dataLoss(`no element of a dataset: ${(error as Error).message}`);
  }
}

function aligned(size: number): number {
  return Math.ceil(size / alignment) * alignment;
}

function headSize(rank: number): number {
  return aligned(8 + 4 * rank);
}

function leafSize({ dtype, shape, data }: TensorValue): number {
  if (dtype !== "string") {
    if (!ArrayBuffer.isView(data)) throw invalidArgument(`A ${dtype} tensor cannot leave this thread's memory`);
    return headSize(shape.length) + aligned(data.byteLength);
  }
  let size = 4 * data.length;
  for (const text of data as readonly Uint8Array[]) size += text.length;
  return headSize(shape.length) + aligned(size);
}

function writeLeaf({ dtype, shape, data }: TensorValue, bytes: Uint8Array, view: DataView, start: number): number {
  view.setUint32(start, dtypeNumber(dtype), true);
  view.setUint32(start + 4, shape.length, true);
  shape.forEach((size, axis) => {
    view.setUint32(start + 8 + 4 * axis, size, true);
  });
  let at = start + headSize(shape.length);
  if (dtype !== "string") {
    const { buffer, byteOffset, byteLength } = data as NumericArray;
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    return at + aligned(byteLength);
  }
  const texts = data as readonly Uint8Array[];
  const first = at + 4 * texts.length;
  let end = 0;
  for (const text of texts) {
    bytes.set(text, first + end);
    end += text.length;
    view.setUint32(at, end, true);
    at += 4;
  }
  return start + headSize(shape.length) + aligned(4 * texts.length + end);
}

function readLeaf(bytes: Uint8Array, view: DataView, start: number, leaves: TensorValue[]): number {
  const dtype: DType = dtypeFromNumber(view.getUint32(start, true));
  const rank = view.getUint32(start + 4, true);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(start + 8 + 4 * axis, true));
  const at = start + headSize(rank);
  const count = elementCount(shape);
  if (dtype !== "string") {
    const data = viewBytes(dtype, bytes.buffer, bytes.byteOffset + at, count) as TensorValue["data"];
    leaves.push(tensorValue(dtype, shape, data));
    return at + aligned((data as NumericArray).byteLength);
  }
  const texts = new Array<Uint8Array>(count).fill(emptyBytes);
  const first = at + 4 * count;
  let from = 0;
  for (let i = 0; i < count; i++) {
    const end = view.getUint32(at + 4 * i, true);
    texts[i] = bytes.subarray(first + from, first + end);
    from = end;
  }
  leaves.push(tensorValue("string", shape, texts));
  return at + aligned(4 * count + from);
}
