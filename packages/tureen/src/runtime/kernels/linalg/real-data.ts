import type { DataOf, DType } from "../../../core/dtype.js";
import { fromBfloat16, fromFloat16, toBfloat16, toFloat16 } from "../../../core/half-float.js";
import { elementCount, type Shape } from "../../../core/shape.js";
import { type TensorValue, tensorValue } from "../../../core/tensor-value.js";
import type { FloatArray } from "./gemm.js";

let halfTable: Float32Array | undefined;

/** What each 16-bit pattern of float16 stands for: looking it up is several times as fast as computing it. */
function float16Table(): Float32Array {
  halfTable ??= Float32Array.from({ length: 65536 }, (_, bits) => fromFloat16(bits));
  return halfTable;
}

/**
 * The elements of a floating tensor as a float32 or float64 array: its own data where it has such, else a widened copy.
 *
 * Complex tensors give their interleaved parts.
 */
export function realData(value: TensorValue): FloatArray {
  const { dtype, data } = value;
  if (dtype === "float16") {
    const table = float16Table();
    const bits = data as Uint16Array;
    const result = new Float32Array(bits.length);
    for (let i = 0; i < bits.length; i++) result[i] = table[bits[i]!]!;
    return result;
  }
  if (dtype === "bfloat16") {
    const bits = data as Uint16Array;
    const result = new Float32Array(bits.length);
    for (let i = 0; i < bits.length; i++) result[i] = fromBfloat16(bits[i]!);
    return result;
  }
  return data as FloatArray;
}

/** A zero-filled array in which results of a floating dtype are computed: float64 for float64 and complex128, else float32. */
export function realArray(dtype: DType, length: number): FloatArray {
  return dtype === "float64" || dtype === "complex128" ? new Float64Array(length) : new Float32Array(length);
}

/** A tensor of results that were computed in `realArray`: 16-bit dtypes are rounded, others keep the array. */
export function realValue(dtype: DType, shape: Shape, data: FloatArray): TensorValue {
  if (dtype !== "float16" && dtype !== "bfloat16") return tensorValue(dtype, shape, data as DataOf[DType]);
  const narrow = dtype === "float16" ? toFloat16 : toBfloat16;
  const bits = new Uint16Array(elementCount(shape));
  for (let i = 0; i < bits.length; i++) bits[i] = narrow(data[i]!);
  return tensorValue(dtype, shape, bits);
}
