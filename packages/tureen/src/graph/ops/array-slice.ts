import { build, type TensorLike } from "../build-op.js";
import type { Tensor } from "../graph.js";

/** The block that starts at `begin`; a size of -1 takes all that is left. */
export function slice(
  input: TensorLike,
  begin: TensorLike,
  size: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("Slice", [input, begin, size], {}, options);
}

/** The elements from `begin` to `end` by `strides`; bit i of a mask says what entry i of the three vectors means. */
export function stridedSlice(
  input: TensorLike,
  begin: TensorLike,
  end: TensorLike,
  strides: TensorLike,
  options: {
    readonly beginMask?: number;
    readonly endMask?: number;
    readonly ellipsisMask?: number;
    readonly newAxisMask?: number;
    readonly shrinkAxisMask?: number;
    readonly name?: string;
  } = {},
): Tensor {
  return build(
    "StridedSlice",
    [input, begin, end, strides],
    {
      begin_mask: options.beginMask,
      end_mask: options.endMask,
      ellipsis_mask: options.ellipsisMask,
      new_axis_mask: options.newAxisMask,
      shrink_axis_mask: options.shrinkAxisMask,
    },
    options,
  );
}

/** The gradient of StridedSlice: `dy` where the slice was, zeros elsewhere. */
export function stridedSliceGrad(
  shape: TensorLike,
  begin: TensorLike,
  end: TensorLike,
  strides: TensorLike,
  dy: TensorLike,
  options: {
    readonly beginMask?: number;
    readonly endMask?: number;
    readonly ellipsisMask?: number;
    readonly newAxisMask?: number;
    readonly shrinkAxisMask?: number;
    readonly name?: string;
  } = {},
): Tensor {
  return build(
    "StridedSliceGrad",
    [shape, begin, end, strides, dy],
    {
      begin_mask: options.beginMask,
      end_mask: options.endMask,
      ellipsis_mask: options.ellipsisMask,
      new_axis_mask: options.newAxisMask,
      shrink_axis_mask: options.shrinkAxisMask,
    },
    options,
  );
}

/** The input with `value` in place of a slice. */
export function tensorStridedSliceUpdate(
  input: TensorLike,
  begin: TensorLike,
  end: TensorLike,
  strides: TensorLike,
  value: TensorLike,
  options: {
    readonly beginMask?: number;
    readonly endMask?: number;
    readonly ellipsisMask?: number;
    readonly newAxisMask?: number;
    readonly shrinkAxisMask?: number;
    readonly name?: string;
  } = {},
): Tensor {
  return build(
    "TensorStridedSliceUpdate",
    [input, begin, end, strides, value],
    {
      begin_mask: options.beginMask,
      end_mask: options.endMask,
      ellipsis_mask: options.ellipsisMask,
      new_axis_mask: options.newAxisMask,
      shrink_axis_mask: options.shrinkAxisMask,
    },
    options,
  );
}
