import type { DType } from "../../core/dtype.js";
import { build, type TensorLike } from "../build-op.js";
import type { Tensor } from "../graph.js";

/** The sum of the elements along the given axes. */
export function sum(
  input: TensorLike,
  reductionIndices: TensorLike,
  options: { readonly keepDims?: boolean; readonly name?: string } = {},
): Tensor {
  return build("Sum", [input, reductionIndices], { keep_dims: options.keepDims }, options);
}

/** The mean of the elements along the given axes. */
export function mean(
  input: TensorLike,
  reductionIndices: TensorLike,
  options: { readonly keepDims?: boolean; readonly name?: string } = {},
): Tensor {
  return build("Mean", [input, reductionIndices], { keep_dims: options.keepDims }, options);
}

/** The product of the elements along the given axes. */
export function prod(
  input: TensorLike,
  reductionIndices: TensorLike,
  options: { readonly keepDims?: boolean; readonly name?: string } = {},
): Tensor {
  return build("Prod", [input, reductionIndices], { keep_dims: options.keepDims }, options);
}

/** The greatest of the elements along the given axes. */
export function max(
  input: TensorLike,
  reductionIndices: TensorLike,
  options: { readonly keepDims?: boolean; readonly name?: string } = {},
): Tensor {
  return build("Max", [input, reductionIndices], { keep_dims: options.keepDims }, options);
}

/** The least of the elements along the given axes. */
export function min(
  input: TensorLike,
  reductionIndices: TensorLike,
  options: { readonly keepDims?: boolean; readonly name?: string } = {},
): Tensor {
  return build("Min", [input, reductionIndices], { keep_dims: options.keepDims }, options);
}

/** The root of the sum of squares of the elements along the given axes. */
export function euclideanNorm(
  input: TensorLike,
  reductionIndices: TensorLike,
  options: { readonly keepDims?: boolean; readonly name?: string } = {},
): Tensor {
  return build("EuclideanNorm", [input, reductionIndices], { keep_dims: options.keepDims }, options);
}

/** Whether all are true of the elements along the given axes. */
export function all(
  input: TensorLike,
  reductionIndices: TensorLike,
  options: { readonly keepDims?: boolean; readonly name?: string } = {},
): Tensor {
  return build("All", [input, reductionIndices], { keep_dims: options.keepDims }, options);
}

/** Whether any is true of the elements along the given axes. */
export function any(
  input: TensorLike,
  reductionIndices: TensorLike,
  options: { readonly keepDims?: boolean; readonly name?: string } = {},
): Tensor {
  return build("Any", [input, reductionIndices], { keep_dims: options.keepDims }, options);
}

/** The place of the greatest element along one axis, the first of equals; int64 unless said. */
export function argMax(
  input: TensorLike,
  dimension: TensorLike,
  options: { readonly outputType?: DType; readonly name?: string } = {},
): Tensor {
  return build("ArgMax", [input, dimension], { output_type: options.outputType }, options);
}

/** The place of the least element along one axis, the first of equals; int64 unless said. */
export function argMin(
  input: TensorLike,
  dimension: TensorLike,
  options: { readonly outputType?: DType; readonly name?: string } = {},
): Tensor {
  return build("ArgMin", [input, dimension], { output_type: options.outputType }, options);
}

/** How often each of 0 … size-1 occurs, or the sum of its weights where `weights` is not empty. */
export function bincount(
  arr: TensorLike,
  size: TensorLike,
  weights: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("Bincount", [arr, size, weights], {}, options);
}

/** As bincount, of a vector or of each row of a matrix; `binaryOutput` says only whether there are any. */
export function denseBincount(
  input: TensorLike,
  size: TensorLike,
  weights: TensorLike,
  options: { readonly binaryOutput?: boolean; readonly name?: string } = {},
): Tensor {
  return build("DenseBincount", [input, size, weights], { binary_output: options.binaryOutput }, options);
}
