import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  allocate,
  dtypeFromName,
  elementCount,
  type NumericArray,
  type TensorValue,
  tensorValue,
} from "../../packages/tureen/src/core/index.js";

/** A tensor as the recordings store it. */
export interface StoredTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly values?: readonly (number | string | boolean | { readonly b64: string })[];
  readonly file?: string;
}

/** The value of a stored tensor; `folder` holds its file, if it has one. */
export function readTensor(stored: StoredTensor, folder: string): TensorValue {
  const dtype = dtypeFromName(stored.dtype);
  if (dtype === undefined) throw new Error(`unknown dtype ${stored.dtype}`);
  if (dtype === "string") {
    const strings = (stored.values ?? []).map(
      (value) => new Uint8Array(Buffer.from((value as { b64: string }).b64, "base64")),
    );
    return tensorValue("string", stored.shape, strings);
  }
  const data = allocate(dtype, elementCount(stored.shape)) as unknown as NumericArray;
  if (stored.file !== undefined) {
    new Uint8Array(data.buffer).set(readFileSync(join(folder, stored.file)));
  } else {
    (stored.values ?? []).forEach((value, i) => {
      data[i] =
        data instanceof BigInt64Array || data instanceof BigUint64Array ? BigInt(value as string) : Number(value);
    });
  }
  return tensorValue(dtype, stored.shape, data as never);
}
