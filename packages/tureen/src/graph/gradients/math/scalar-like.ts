import { type DataOf, type DType, dtypeWidth } from "../../../core/dtype.js";
import { toBfloat16, toFloat16 } from "../../../core/half-float.js";
import { scalarValue, type TensorValue, tensorValue } from "../../../core/tensor-value.js";
import { constant } from "../../build-op.js";
import type { Tensor } from "../../graph.js";
import { conj } from "../../ops/math.js";

/** A scalar constant in a tensor's dtype. */
export function scalarLike(like: Tensor, value: number, name = "Const"): Tensor {
  return constant(numberAs(like.dtype, value), undefined, name);
}

function numberAs(dtype: DType, value: number): TensorValue {
  if (dtype === "float16") return tensorValue(dtype, [], Uint16Array.of(toFloat16(value)));
  if (dtype === "bfloat16") return tensorValue(dtype, [], Uint16Array.of(toBfloat16(value)));
  if (dtypeWidth(dtype) === 1) return scalarValue(dtype, value);
  const parts = dtype === "complex64" ? Float32Array.of(value, 0) : Float64Array.of(value, 0);
  return tensorValue(dtype, [], parts as unknown as DataOf[DType]);
}

/** The complex conjugate; a real tensor itself. */
export function conjugate(x: Tensor): Tensor {
  return dtypeWidth(x.dtype) === 2 ? conj(x) : x;
}
