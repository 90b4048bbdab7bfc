import { endianness } from "node:os";
import { type DataOf, type DType, dtypeSize, emptyBytes, viewBytes } from "../../core/dtype.js";
import { elementCount, type Shape, shapeText } from "../../core/shape.js";
import { internal, invalidArgument } from "../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../core/tensor-value.js";

/** The protocol's bytes are little-endian, and so are the typed arrays of every machine that Node runs on but for a few mainframes. */
function checkEndianness(): void {
  if (endianness() !== "LE") throw internal("Raw tensor contents need a little-endian machine");
}

/**
 * A tensor from its bytes: elements little-endian and row-major, a byte string as its length in four bytes and then itself.
 *
 * A view where the bytes happen to lie aligned, else a copy. INVALID_ARGUMENT where the bytes are more or fewer than the shape needs.
 */
export function tensorFromRaw(name: string, dtype: DType, shape: Shape, bytes: Uint8Array): TensorValue {
  checkEndianness();
  const count = elementCount(shape);
  if (dtype === "string") return tensorValue("string", shape, stringsFromRaw(name, count, bytes));
  const needed = count * dtypeSize(dtype);
  if (bytes.length !== needed) {
    throw invalidArgument(
      `input '${name}' of shape ${shapeText(shape)} needs ${needed} bytes of data but got ${bytes.length}`,
    );
  }
  const isAligned = bytes.byteOffset % Math.max(dtypeSize(dtype), 1) === 0;
  // Not slice(): a Buffer's makes a view.
  const own = isAligned ? bytes : new Uint8Array(bytes);
  const data = viewBytes(dtype, own.buffer, own.byteOffset, count);
  return tensorValue(dtype, shape, data as unknown as DataOf[DType]);
}

function stringsFromRaw(name: string, count: number, bytes: Uint8Array): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const strings: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.length) {
    const end = at + 4 <= bytes.length ? at + 4 + view.getUint32(at, true) : Number.POSITIVE_INFINITY;
    if (end > bytes.length) throw invalidArgument(`input '${name}' ends inside of element ${strings.length}`);
    strings.push(bytes.subarray(at + 4, end));
    at = end;
  }
  if (strings.length !== count) {
    throw invalidArgument(`input '${name}' needs ${count} elements but got ${strings.length}`);
  }
  return strings;
}

/** A tensor's bytes, as `tensorFromRaw` reads them; a view of the tensor where it is numeric. */
export function rawFromTensor({ dtype, data }: TensorValue): Uint8Array {
  checkEndianness();
  if (dtype !== "string") {
    const array = data as Float32Array;
    return array.length === 0 ? emptyBytes : new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  }
  const strings = data as readonly Uint8Array[];
  let size = 0;
  for (const text of strings) size += 4 + text.length;
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const text of strings) {
    view.setUint32(at, text.length, true);
    bytes.set(text, at + 4);
    at += 4 + text.length;
  }
  return bytes;
}
