import type { DType } from "../../core/dtype.js";
import type { PartialShape } from "../../core/shape.js";
import { build, type TensorLike } from "../build-op.js";
import type { Tensor } from "../graph.js";

/** A TF1 variable, as a ref tensor. */
export function variableV2(options: {
  readonly shape: PartialShape | null;
  readonly dtype: DType;
  readonly container?: string;
  readonly sharedName?: string;
  readonly name?: string;
}): Tensor {
  return build(
    "VariableV2",
    [],
    { shape: options.shape, dtype: options.dtype, container: options.container, shared_name: options.sharedName },
    options,
  );
}

/** A TF1 variable, as a ref tensor. */
export function variable(options: {
  readonly shape: PartialShape | null;
  readonly dtype: DType;
  readonly container?: string;
  readonly sharedName?: string;
  readonly name?: string;
}): Tensor {
  return build(
    "Variable",
    [],
    { shape: options.shape, dtype: options.dtype, container: options.container, shared_name: options.sharedName },
    options,
  );
}

/** Sets the value of a ref. */
export function assign(
  ref: TensorLike,
  value: TensorLike,
  options: { readonly validateShape?: boolean; readonly useLocking?: boolean; readonly name?: string } = {},
): Tensor {
  return build(
    "Assign",
    [ref, value],
    { validate_shape: options.validateShape, use_locking: options.useLocking },
    options,
  );
}

/** Adds to the value of a ref. */
export function assignAdd(
  ref: TensorLike,
  value: TensorLike,
  options: { readonly useLocking?: boolean; readonly name?: string } = {},
): Tensor {
  return build("AssignAdd", [ref, value], { use_locking: options.useLocking }, options);
}

/** Subtracts from the value of a ref. */
export function assignSub(
  ref: TensorLike,
  value: TensorLike,
  options: { readonly useLocking?: boolean; readonly name?: string } = {},
): Tensor {
  return build("AssignSub", [ref, value], { use_locking: options.useLocking }, options);
}

/** Whether a ref has a value. */
export function isVariableInitialized(ref: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("IsVariableInitialized", [ref], {}, options);
}

/** Puts a value in place of a slice of a ref. */
export function stridedSliceAssign(
  ref: TensorLike,
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
    "StridedSliceAssign",
    [ref, begin, end, strides, value],
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

/** Adds the updates to slices of a ref at the indices. */
export function scatterAdd(
  ref: TensorLike,
  indices: TensorLike,
  updates: TensorLike,
  options: { readonly useLocking?: boolean; readonly name?: string } = {},
): Tensor {
  return build("ScatterAdd", [ref, indices, updates], { use_locking: options.useLocking }, options);
}

/** Subtracts the updates from slices of a ref at the indices. */
export function scatterSub(
  ref: TensorLike,
  indices: TensorLike,
  updates: TensorLike,
  options: { readonly useLocking?: boolean; readonly name?: string } = {},
): Tensor {
  return build("ScatterSub", [ref, indices, updates], { use_locking: options.useLocking }, options);
}

/** Multiplies by the updates the slices of a ref at the indices. */
export function scatterMul(
  ref: TensorLike,
  indices: TensorLike,
  updates: TensorLike,
  options: { readonly useLocking?: boolean; readonly name?: string } = {},
): Tensor {
  return build("ScatterMul", [ref, indices, updates], { use_locking: options.useLocking }, options);
}

/** Divides by the updates the slices of a ref at the indices. */
export function scatterDiv(
  ref: TensorLike,
  indices: TensorLike,
  updates: TensorLike,
  options: { readonly useLocking?: boolean; readonly name?: string } = {},
): Tensor {
  return build("ScatterDiv", [ref, indices, updates], { use_locking: options.useLocking }, options);
}

/** Keeps the smaller of the updates and the slices of a ref at the indices. */
export function scatterMin(
  ref: TensorLike,
  indices: TensorLike,
  updates: TensorLike,
  options: { readonly useLocking?: boolean; readonly name?: string } = {},
): Tensor {
  return build("ScatterMin", [ref, indices, updates], { use_locking: options.useLocking }, options);
}

/** Keeps the larger of the updates and the slices of a ref at the indices. */
export function scatterMax(
  ref: TensorLike,
  indices: TensorLike,
  updates: TensorLike,
  options: { readonly useLocking?: boolean; readonly name?: string } = {},
): Tensor {
  return build("ScatterMax", [ref, indices, updates], { use_locking: options.useLocking }, options);
}

/** Puts the updates in place of the slices of a ref at the indices. */
export function scatterUpdate(
  ref: TensorLike,
  indices: TensorLike,
  updates: TensorLike,
  options: { readonly useLocking?: boolean; readonly name?: string } = {},
): Tensor {
  return build("ScatterUpdate", [ref, indices, updates], { use_locking: options.useLocking }, options);
}

/** Puts the updates in place of the elements or slices of a ref at index tuples. */
export function scatterNdUpdate(
  ref: TensorLike,
  indices: TensorLike,
  updates: TensorLike,
  options: { readonly useLocking?: boolean; readonly name?: string } = {},
): Tensor {
  return build("ScatterNdUpdate", [ref, indices, updates], { use_locking: options.useLocking }, options);
}

/** Adds the updates to elements or slices of a ref at index tuples. */
export function scatterNdAdd(
  ref: TensorLike,
  indices: TensorLike,
  updates: TensorLike,
  options: { readonly useLocking?: boolean; readonly name?: string } = {},
): Tensor {
  return build("ScatterNdAdd", [ref, indices, updates], { use_locking: options.useLocking }, options);
}

/** Subtracts the updates from elements or slices of a ref at index tuples. */
export function scatterNdSub(
  ref: TensorLike,
  indices: TensorLike,
  updates: TensorLike,
  options: { readonly useLocking?: boolean; readonly name?: string } = {},
): Tensor {
  return build("ScatterNdSub", [ref, indices, updates], { use_locking: options.useLocking }, options);
}

/** The value of a ref, which grows by one; OUT_OF_RANGE at the limit. */
export function countUpTo(ref: TensorLike, options: { readonly limit: number; readonly name?: string }): Tensor {
  return build("CountUpTo", [ref], { limit: options.limit }, options);
}

/** A ref that lives until DestroyTemporaryVariable. */
export function temporaryVariable(options: {
  readonly shape: PartialShape | null;
  readonly dtype: DType;
  readonly varName?: string;
  readonly name?: string;
}): Tensor {
  return build(
    "TemporaryVariable",
    [],
    { shape: options.shape, dtype: options.dtype, var_name: options.varName },
    options,
  );
}

/** The value of a temporary variable, which is gone. */
export function destroyTemporaryVariable(
  ref: TensorLike,
  options: { readonly varName: string; readonly name?: string },
): Tensor {
  return build("DestroyTemporaryVariable", [ref], { var_name: options.varName }, options);
}
