import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { type DataOf, type DType, viewBytes } from "../core/dtype.js";
import { elementCount } from "../core/shape.js";
import { stringValue, type TensorValue, tensorValue } from "../core/tensor-value.js";

/** A tensor as the recorders under interop/estimator store it: base64 of little-endian elements, or texts. */
export interface StoredTensor {
  readonly d: DType;
  readonly s: readonly number[];
  readonly v: string | readonly string[];
}

/** The tensor that was stored. */
export function restored({ d, s, v }: StoredTensor): TensorValue {
  if (typeof v !== "string") return stringValue([...v], s);
  const bytes = Uint8Array.from(Buffer.from(v, "base64"));
  return tensorValue(d, s, viewBytes(d, bytes.buffer, 0, elementCount(s)) as DataOf[DType]);
}

/** Reads a recorded fixture by its name. */
export function readFixture<T>(name: string): T {
  const path = new URL(`./fixtures/${name}.json.gz`, import.meta.url);
  return JSON.parse(gunzipSync(readFileSync(path)).toString("utf8")) as T;
}

/** The largest difference of two tensors of numbers, relative to 1 or the larger magnitude; Infinity where shapes differ. */
export function largestError(actual: TensorValue, expected: TensorValue): number {
  if (actual.shape.join() !== expected.shape.join() || actual.dtype !== expected.dtype) return Number.POSITIVE_INFINITY;
  const a = actual.data as ArrayLike<number | bigint>;
  const b = expected.data as ArrayLike<number | bigint>;
  let worst = 0;
  for (let i = 0; i < b.length; i++) {
    const want = Number(b[i]);
    const error = Math.abs(Number(a[i]) - want) / Math.max(1, Math.abs(want));
    worst = Math.max(worst, Number.isNaN(error) ? Number.POSITIVE_INFINITY : error);
  }
  return worst;
}
