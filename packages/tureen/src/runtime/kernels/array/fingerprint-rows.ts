import type { NumericArray } from "../../../core/dtype.js";
import { elementCount } from "../../../core/shape.js";
import { type TensorValue, tensorValue } from "../../../core/tensor-value.js";
import { fingerprint64, type Hash64 } from "../string/farm-hash.js";

/** Bytes of a Fingerprint64. */
const hashBytes = 8;

/** The fingerprint of each slice of the first dimension, little-endian; a row of several strings is the fingerprint of theirs. */
export function fingerprintRows(data: TensorValue): TensorValue {
  const rows = data.shape[0]!;
  const perRow = elementCount(data.shape.slice(1));
  if (data.dtype === "string") {
    const hashed = hashAll(data.data as readonly Uint8Array[]);
    return tensorValue("uint8", [rows, hashBytes], perRow === 1 ? hashed : hashBlocks(hashed, rows));
  }
  const { buffer, byteOffset, byteLength } = data.data as unknown as NumericArray;
  return tensorValue("uint8", [rows, hashBytes], hashBlocks(new Uint8Array(buffer, byteOffset, byteLength), rows));
}

function hashBlocks(bytes: Uint8Array, rows: number): Uint8Array {
  const length = rows === 0 ? 0 : bytes.length / rows;
  return hashAll(Array.from({ length: rows }, (_, row) => bytes.subarray(row * length, (row + 1) * length)));
}

function hashAll(items: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(items.length * hashBytes);
  const view = new DataView(out.buffer);
  const hash: Hash64 = { low: 0, high: 0 };
  items.forEach((item, i) => {
    fingerprint64(item, hash);
    view.setInt32(i * hashBytes, hash.low, true);
    view.setInt32(i * hashBytes + 4, hash.high, true);
  });
  return out;
}
