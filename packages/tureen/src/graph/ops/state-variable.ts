import type { DType } from "../../core/dtype.js";
import type { PartialShape } from "../../core/shape.js";
import { build, buildOp, type TensorLike } from "../build-op.js";
import type { Operation, Tensor } from "../graph.js";

/** A handle to a variable of the session. */
export function varHandleOp(options: {
  readonly container?: string;
  readonly sharedName?: string;
  readonly debugName?: string;
  readonly dtype: DType;
  readonly shape: PartialShape | null;
  readonly allowedDevices?: readonly string[];
  readonly name?: string;
}): Tensor {
  return build(
    "VarHandleOp",
    [],
    {
      container: options.container,
      shared_name: options.sharedName,
      debug_name: options.debugName,
      dtype: options.dtype,
      shape: options.shape,
      allowed_devices: options.allowedDevices,
    },
    options,
  );
}

/** Whether a variable has a value. */
export function varIsInitializedOp(resource: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("VarIsInitializedOp", [resource], {}, options);
}

/** The value of a variable. */
export function readVariableOp(
  resource: TensorLike,
  options: { readonly dtype: DType; readonly name?: string },
): Tensor {
  return build("ReadVariableOp", [resource], { dtype: options.dtype }, options);
}

/** Sets the value of a variable. */
export function assignVariableOp(
  resource: TensorLike,
  value: TensorLike,
  options: { readonly validateShape?: boolean; readonly name?: string } = {},
): Operation {
  return buildOp("AssignVariableOp", [resource, value], { validate_shape: options.validateShape }, options);
}

/** Adds to the value of a variable. */
export function assignAddVariableOp(
  resource: TensorLike,
  value: TensorLike,
  options: { readonly name?: string } = {},
): Operation {
  return buildOp("AssignAddVariableOp", [resource, value], {}, options);
}

/** Subtracts from the value of a variable. */
export function assignSubVariableOp(
  resource: TensorLike,
  value: TensorLike,
  options: { readonly name?: string } = {},
): Operation {
  return buildOp("AssignSubVariableOp", [resource, value], {}, options);
}

/** Removes a resource from the session. */
export function destroyResourceOp(
  resource: TensorLike,
  options: { readonly ignoreLookupError?: boolean; readonly name?: string } = {},
): Operation {
  return buildOp("DestroyResourceOp", [resource], { ignore_lookup_error: options.ignoreLookupError }, options);
}

/** The shape of the value of a variable. */
export function variableShape(
  input: TensorLike,
  options: { readonly outType?: DType; readonly name?: string } = {},
): Tensor {
  return build("VariableShape", [input], { out_type: options.outType }, options);
}

/** The slices of a variable that the indices name, without reading the whole. */
export function resourceGather(
  resource: TensorLike,
  indices: TensorLike,
  options: {
    readonly batchDims?: number;
    readonly validateIndices?: boolean;
    readonly dtype: DType;
    readonly name?: string;
  },
): Tensor {
  return build(
    "ResourceGather",
    [resource, indices],
    { batch_dims: options.batchDims, validate_indices: options.validateIndices, dtype: options.dtype },
    options,
  );
}

/** The elements or slices of a variable at index tuples. */
export function resourceGatherNd(
  resource: TensorLike,
  indices: TensorLike,
  options: { readonly dtype: DType; readonly name?: string },
): Tensor {
  return build("ResourceGatherNd", [resource, indices], { dtype: options.dtype }, options);
}

/** Adds the updates to slices of a variable at the indices. */
export function resourceScatterAdd(
  resource: TensorLike,
  indices: TensorLike,
  updates: TensorLike,
  options: { readonly name?: string } = {},
): Operation {
  return buildOp("ResourceScatterAdd", [resource, indices, updates], {}, options);
}

/** Subtracts the updates from slices of a variable at the indices. */
export function resourceScatterSub(
  resource: TensorLike,
  indices: TensorLike,
  updates: TensorLike,
  options: { readonly name?: string } = {},
): Operation {
  return buildOp("ResourceScatterSub", [resource, indices, updates], {}, options);
}

/** Multiplies by the updates the slices of a variable at the indices. */
export function resourceScatterMul(
  resource: TensorLike,
  indices: TensorLike,
  updates: TensorLike,
  options: { readonly name?: string } = {},
): Operation {
  return buildOp("ResourceScatterMul", [resource, indices, updates], {}, options);
}

/** Divides by the updates the slices of a variable at the indices. */
export function resourceScatterDiv(
  resource: TensorLike,
  indices: TensorLike,
  updates: TensorLike,
  options: { readonly name?: string } = {},
): Operation {
  return buildOp("ResourceScatterDiv", [resource, indices, updates], {}, options);
}

/** Keeps the smaller of the updates and the slices of a variable at the indices. */
export function resourceScatterMin(
  resource: TensorLike,
  indices: TensorLike,
  updates: TensorLike,
  options: { readonly name?: string } = {},
): Operation {
  return buildOp("ResourceScatterMin", [resource, indices, updates], {}, options);
}

/** Keeps the larger of the updates and the slices of a variable at the indices. */
export function resourceScatterMax(
  resource: TensorLike,
  indices: TensorLike,
  updates: TensorLike,
  options: { readonly name?: string } = {},
): Operation {
  return buildOp("ResourceScatterMax", [resource, indices, updates], {}, options);
}

/** Puts the updates in place of the slices of a variable at the indices. */
export function resourceScatterUpdate(
  resource: TensorLike,
  indices: TensorLike,
  updates: TensorLike,
  options: { readonly name?: string } = {},
): Operation {
  return buildOp("ResourceScatterUpdate", [resource, indices, updates], {}, options);
}

/** Puts the updates in place of the elements or slices of a variable at index tuples. */
export function resourceScatterNdUpdate(
  ref: TensorLike,
  indices: TensorLike,
  updates: TensorLike,
  options: { readonly useLocking?: boolean; readonly name?: string } = {},
): Operation {
  return buildOp("ResourceScatterNdUpdate", [ref, indices, updates], { use_locking: options.useLocking }, options);
}

/** Adds the updates to elements or slices of a variable at index tuples. */
export function resourceScatterNdAdd(
  ref: TensorLike,
  indices: TensorLike,
  updates: TensorLike,
  options: { readonly useLocking?: boolean; readonly name?: string } = {},
): Operation {
  return buildOp("ResourceScatterNdAdd", [ref, indices, updates], { use_locking: options.useLocking }, options);
}

/** Subtracts the updates from elements or slices of a variable at index tuples. */
export function resourceScatterNdSub(
  ref: TensorLike,
  indices: TensorLike,
  updates: TensorLike,
  options: { readonly useLocking?: boolean; readonly name?: string } = {},
): Operation {
  return buildOp("ResourceScatterNdSub", [ref, indices, updates], { use_locking: options.useLocking }, options);
}

/** Keeps the larger of the updates and the elements or slices of a variable at index tuples. */
export function resourceScatterNdMax(
  ref: TensorLike,
  indices: TensorLike,
  updates: TensorLike,
  options: { readonly useLocking?: boolean; readonly name?: string } = {},
): Operation {
  return buildOp("ResourceScatterNdMax", [ref, indices, updates], { use_locking: options.useLocking }, options);
}

/** Keeps the smaller of the updates and the elements or slices of a variable at index tuples. */
export function resourceScatterNdMin(
  ref: TensorLike,
  indices: TensorLike,
  updates: TensorLike,
  options: { readonly useLocking?: boolean; readonly name?: string } = {},
): Operation {
  return buildOp("ResourceScatterNdMin", [ref, indices, updates], { use_locking: options.useLocking }, options);
}

/** Puts a value in place of a slice of a variable. */
export function resourceStridedSliceAssign(
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
): Operation {
  return buildOp(
    "ResourceStridedSliceAssign",
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

/** The value of a variable, which grows by one; OUT_OF_RANGE at the limit. */
export function resourceCountUpTo(
  resource: TensorLike,
  options: { readonly limit: number; readonly t: DType; readonly name?: string },
): Tensor {
  return build("ResourceCountUpTo", [resource], { limit: options.limit, T: options.t }, options);
}
