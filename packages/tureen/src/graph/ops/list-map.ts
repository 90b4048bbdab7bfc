import type { DType } from "../../core/dtype.js";
import { build, type TensorLike } from "../build-op.js";
import type { Tensor } from "../graph.js";

/** A map of tensors without entries. */
export function emptyTensorMap(options: { readonly name?: string } = {}): Tensor {
  return build("EmptyTensorMap", [], {}, options);
}

/** The map with an entry more, or another value for its key. */
export function tensorMapInsert(
  inputHandle: TensorLike,
  key: TensorLike,
  value: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("TensorMapInsert", [inputHandle, key, value], {}, options);
}

/** The value of a key. */
export function tensorMapLookup(
  inputHandle: TensorLike,
  key: TensorLike,
  options: { readonly valueDtype: DType; readonly name?: string },
): Tensor {
  return build("TensorMapLookup", [inputHandle, key], { value_dtype: options.valueDtype }, options);
}

/** The map without a key. */
export function tensorMapErase(
  inputHandle: TensorLike,
  key: TensorLike,
  options: { readonly valueDtype: DType; readonly name?: string },
): Tensor {
  return build("TensorMapErase", [inputHandle, key], { value_dtype: options.valueDtype }, options);
}

/** How many entries a map has. */
export function tensorMapSize(inputHandle: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("TensorMapSize", [inputHandle], {}, options);
}

/** Whether a map has a key. */
export function tensorMapHasKey(
  inputHandle: TensorLike,
  key: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("TensorMapHasKey", [inputHandle, key], {}, options);
}

/** All keys of a map as one tensor. */
export function tensorMapStackKeys(
  inputHandle: TensorLike,
  options: { readonly keyDtype: DType; readonly name?: string },
): Tensor {
  return build("TensorMapStackKeys", [inputHandle], { key_dtype: options.keyDtype }, options);
}
