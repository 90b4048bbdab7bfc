import type { DType } from "../../core/dtype.js";
import type { PartialShape } from "../../core/shape.js";
import { build, buildOp, type TensorLike } from "../build-op.js";
import type { Operation, Tensor } from "../graph.js";

/** A write-once array of tensors that lives for one run. */
export function tensorArrayV3(
  size: TensorLike,
  options: {
    readonly dtype: DType;
    readonly elementShape?: PartialShape | null;
    readonly dynamicSize?: boolean;
    readonly clearAfterRead?: boolean;
    readonly identicalElementShapes?: boolean;
    readonly tensorArrayName?: string;
    readonly name?: string;
  },
): { readonly handle: Tensor; readonly flow: Tensor } {
  const { outputs } = buildOp(
    "TensorArrayV3",
    [size],
    {
      dtype: options.dtype,
      element_shape: options.elementShape ?? null,
      dynamic_size: options.dynamicSize,
      clear_after_read: options.clearAfterRead,
      identical_element_shapes: options.identicalElementShapes,
      tensor_array_name: options.tensorArrayName,
    },
    options,
  );
  return { handle: outputs[0]!, flow: outputs[1]! };
}

/** Puts a tensor at an index. */
export function tensorArrayWriteV3(
  handle: TensorLike,
  index: TensorLike,
  value: TensorLike,
  flowIn: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("TensorArrayWriteV3", [handle, index, value, flowIn], {}, options);
}

/** The tensor at an index. */
export function tensorArrayReadV3(
  handle: TensorLike,
  index: TensorLike,
  flowIn: TensorLike,
  options: { readonly dtype: DType; readonly name?: string },
): Tensor {
  return build("TensorArrayReadV3", [handle, index, flowIn], { dtype: options.dtype }, options);
}

/** The tensors at `indices`, packed along a new first dimension. */
export function tensorArrayGatherV3(
  handle: TensorLike,
  indices: TensorLike,
  flowIn: TensorLike,
  options: { readonly dtype: DType; readonly elementShape?: PartialShape | null; readonly name?: string },
): Tensor {
  return build(
    "TensorArrayGatherV3",
    [handle, indices, flowIn],
    { dtype: options.dtype, element_shape: options.elementShape ?? null },
    options,
  );
}

/** Puts the slices of a tensor at `indices`. */
export function tensorArrayScatterV3(
  handle: TensorLike,
  indices: TensorLike,
  value: TensorLike,
  flowIn: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("TensorArrayScatterV3", [handle, indices, value, flowIn], {}, options);
}

/** The number of elements. */
export function tensorArraySizeV3(
  handle: TensorLike,
  flowIn: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("TensorArraySizeV3", [handle, flowIn], {}, options);
}

/** All elements joined along their first dimension, and the length of each. */
export function tensorArrayConcatV3(
  handle: TensorLike,
  flowIn: TensorLike,
  options: { readonly dtype: DType; readonly elementShapeExcept0?: PartialShape | null; readonly name?: string },
): { readonly value: Tensor; readonly lengths: Tensor } {
  const { outputs } = buildOp(
    "TensorArrayConcatV3",
    [handle, flowIn],
    { dtype: options.dtype, element_shape_except0: options.elementShapeExcept0 ?? null },
    options,
  );
  return { value: outputs[0]!, lengths: outputs[1]! };
}

/** Puts the pieces of a tensor, of the given lengths, at indices 0, 1, …. */
export function tensorArraySplitV3(
  handle: TensorLike,
  value: TensorLike,
  lengths: TensorLike,
  flowIn: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("TensorArraySplitV3", [handle, value, lengths, flowIn], {}, options);
}

/** Frees a TensorArray before the run ends. */
export function tensorArrayCloseV3(handle: TensorLike, options: { readonly name?: string } = {}): Operation {
  return buildOp("TensorArrayCloseV3", [handle], {}, options);
}

/** The TensorArray that sums the gradients of another's elements. */
export function tensorArrayGradV3(
  handle: TensorLike,
  flowIn: TensorLike,
  options: { readonly source: string; readonly name?: string },
): { readonly gradHandle: Tensor; readonly flowOut: Tensor } {
  const { outputs } = buildOp("TensorArrayGradV3", [handle, flowIn], { source: options.source }, options);
  return { gradHandle: outputs[0]!, flowOut: outputs[1]! };
}

/** A stack of tensors that lives for one run. */
export function stackV2(
  maxSize: TensorLike,
  options: { readonly elemType: DType; readonly stackName?: string; readonly name?: string },
): Tensor {
  return build("StackV2", [maxSize], { elem_type: options.elemType, stack_name: options.stackName }, options);
}

/** Pushes a tensor onto a stack and passes it on. */
export function stackPushV2(
  handle: TensorLike,
  elem: TensorLike,
  options: { readonly swapMemory?: boolean; readonly name?: string } = {},
): Tensor {
  return build("StackPushV2", [handle, elem], { swap_memory: options.swapMemory }, options);
}

/** Pops the tensor pushed last. */
export function stackPopV2(handle: TensorLike, options: { readonly elemType: DType; readonly name?: string }): Tensor {
  return build("StackPopV2", [handle], { elem_type: options.elemType }, options);
}

/** Frees a stack before the run ends. */
export function stackCloseV2(handle: TensorLike, options: { readonly name?: string } = {}): Operation {
  return buildOp("StackCloseV2", [handle], {}, options);
}
