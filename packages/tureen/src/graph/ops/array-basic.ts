import type { DType } from "../../core/dtype.js";
import { build, buildOp, type TensorLike } from "../build-op.js";
import type { Tensor } from "../graph.js";

/** The same elements under another shape; one size may be -1, which is then worked out. */
export function reshape(tensor: TensorLike, shape: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Reshape", [tensor, shape], {}, options);
}

/** The shape as a vector. */
export function shape(input: TensorLike, options: { readonly outType?: DType; readonly name?: string } = {}): Tensor {
  return build("Shape", [input], { out_type: options.outType }, options);
}

/** The shape of each input as a vector. */
export function shapeN(
  input: readonly TensorLike[],
  options: { readonly outType?: DType; readonly name?: string } = {},
): readonly Tensor[] {
  return buildOp("ShapeN", [input], { out_type: options.outType }, options).outputs;
}

/** The number of elements. */
export function size(input: TensorLike, options: { readonly outType?: DType; readonly name?: string } = {}): Tensor {
  return build("Size", [input], { out_type: options.outType }, options);
}

/** The number of dimensions. */
export function rank(input: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Rank", [input], {}, options);
}

/** The input with a dimension of size 1 put in at `dim`, which may be negative. */
export function expandDims(input: TensorLike, dim: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("ExpandDims", [input, dim], {}, options);
}

/** The input without dimensions of size 1: all of them, or those listed. */
export function squeeze(
  input: TensorLike,
  options: { readonly squeezeDims?: readonly number[]; readonly name?: string } = {},
): Tensor {
  return build("Squeeze", [input], { squeeze_dims: options.squeezeDims }, options);
}

/** A tensor of a shape, every element of it `value`. */
export function fill(dims: TensorLike, value: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Fill", [dims, value], {}, options);
}

/** Zeros in the shape and dtype of the input. */
export function zerosLike(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("ZerosLike", [x], {}, options);
}

/** Ones in the shape and dtype of the input. */
export function onesLike(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("OnesLike", [x], {}, options);
}

/** A tensor of a shape; its elements are zeros here, TensorFlow leaves them open unless `init`. */
export function empty(
  shape: TensorLike,
  options: { readonly dtype: DType; readonly init?: boolean; readonly name?: string },
): Tensor {
  return build("Empty", [shape], { dtype: options.dtype, init: options.init }, options);
}

/** The input repeated to a shape by the rules of broadcasting. */
export function broadcastTo(input: TensorLike, shape: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("BroadcastTo", [input, shape], {}, options);
}

/** The input repeated `multiples` times along each dimension. */
export function tile(input: TensorLike, multiples: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Tile", [input, multiples], {}, options);
}

/** The sum over the tiles of a tiled tensor; removed from TensorFlow since GraphDef version 3. */
export function tileGrad(input: TensorLike, multiples: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("TileGrad", [input, multiples], {}, options);
}

/** The same bytes read as another dtype; a last dimension comes or goes where the sizes differ. */
export function bitcast(input: TensorLike, options: { readonly type: DType; readonly name?: string }): Tensor {
  return build("Bitcast", [input], { type: options.type }, options);
}

/** The input, with a promise that it never changes. */
export function guaranteeConst(input: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("GuaranteeConst", [input], {}, options);
}

/** `start`, `start + delta` and so on up to but without `limit`. */
export function range(
  start: TensorLike,
  limit: TensorLike,
  delta: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("Range", [start, limit, delta], {}, options);
}
