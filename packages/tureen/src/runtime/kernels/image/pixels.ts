import { allocate, type DataOf, type DType } from "../../../core/dtype.js";
import type { Shape } from "../../../core/shape.js";
import { type TensorValue, tensorValue } from "../../../core/tensor-value.js";
import type { FloatArray } from "../linalg/gemm.js";
import { realArray, realData, realValue } from "../linalg/real-data.js";

/** Elements as numbers, in their own array where that holds numbers. */
export function pixelsOf(value: TensorValue): ArrayLike<number> {
  if (value.dtype === "int64" || value.dtype === "uint64")
    return Float64Array.from(value.data as BigInt64Array, Number);
  if (value.dtype === "float16" || value.dtype === "bfloat16") return realData(value);
  return value.data as unknown as ArrayLike<number>;
}

/** A tensor of any real dtype from numbers, which are cut off towards zero for integers as a C++ cast does. */
export function pixelsValue(dtype: DType, shape: Shape, pixels: ArrayLike<number>): TensorValue {
  if (dtype === "float16" || dtype === "bfloat16" || dtype === "float32" || dtype === "float64") {
    const data = realArray(dtype, pixels.length);
    data.set(pixels);
    return realValue(dtype, shape, data);
  }
  if (dtype === "int64") {
    const wide = new BigInt64Array(pixels.length);
    for (let i = 0; i < wide.length; i++) wide[i] = BigInt(Math.trunc(pixels[i]!));
    return tensorValue<DType>(dtype, shape, wide);
  }
  const data = allocate(dtype, pixels.length) as unknown as FloatArray;
  for (let i = 0; i < pixels.length; i++) data[i] = Math.trunc(pixels[i]!);
  return tensorValue<DType>(dtype, shape, data as unknown as DataOf[DType]);
}
