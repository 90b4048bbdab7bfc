import { build, type TensorLike } from "../build-op.js";
import type { Tensor } from "../graph.js";

/** Rows replaced by values. */
export function inplaceUpdate(
  x: TensorLike,
  i: TensorLike,
  v: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("InplaceUpdate", [x, i, v], {}, options);
}

/** Values added to rows. */
export function inplaceAdd(
  x: TensorLike,
  i: TensorLike,
  v: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("InplaceAdd", [x, i, v], {}, options);
}

/** Values taken from rows. */
export function inplaceSub(
  x: TensorLike,
  i: TensorLike,
  v: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("InplaceSub", [x, i, v], {}, options);
}
