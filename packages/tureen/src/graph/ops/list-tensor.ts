import type { DType } from "../../core/dtype.js";
import type { PartialShape } from "../../core/shape.js";
import { toTensor } from "../../core/tensor-value.js";
import { build, buildOp, constant, type TensorLike } from "../build-op.js";
import type { Tensor } from "../graph.js";

/** What is known of the shape of a list's elements, as ops take it: -1 for a dimension, and alone for a rank, that is not known. */
export function elementShapeInput(shape: PartialShape, name = "element_shape"): Tensor {
  return shape === undefined
    ? constant(-1, "int32", name)
    : constant(toTensor([...shape], "int32", [shape.length]), "int32", name);
}

/** An empty list of tensors of one dtype. */
export function emptyTensorList(
  elementShape: TensorLike,
  maxNumElements: TensorLike,
  options: { readonly elementDtype: DType; readonly name?: string },
): Tensor {
  return build("EmptyTensorList", [elementShape, maxNumElements], { element_dtype: options.elementDtype }, options);
}

/** A list of `numElements` elements, none set. */
export function tensorListReserve(
  elementShape: TensorLike,
  numElements: TensorLike,
  options: { readonly elementDtype: DType; readonly name?: string },
): Tensor {
  return build("TensorListReserve", [elementShape, numElements], { element_dtype: options.elementDtype }, options);
}

/** The list of a tensor's slices along its first dimension. */
export function tensorListFromTensor(
  tensor: TensorLike,
  elementShape: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("TensorListFromTensor", [tensor, elementShape], {}, options);
}

/** A list's elements as one tensor, along a new first dimension. */
export function tensorListStack(
  inputHandle: TensorLike,
  elementShape: TensorLike,
  options: { readonly elementDtype: DType; readonly numElements?: number; readonly name?: string },
): Tensor {
  return build(
    "TensorListStack",
    [inputHandle, elementShape],
    { element_dtype: options.elementDtype, num_elements: options.numElements },
    options,
  );
}

/** The element at an index; zeros where it was never set. */
export function tensorListGetItem(
  inputHandle: TensorLike,
  index: TensorLike,
  elementShape: TensorLike,
  options: { readonly elementDtype: DType; readonly name?: string },
): Tensor {
  return build(
    "TensorListGetItem",
    [inputHandle, index, elementShape],
    { element_dtype: options.elementDtype },
    options,
  );
}

/** The list with another element at an index. */
export function tensorListSetItem(
  inputHandle: TensorLike,
  index: TensorLike,
  item: TensorLike,
  options: { readonly resizeIfIndexOutOfBounds?: boolean; readonly name?: string } = {},
): Tensor {
  return build(
    "TensorListSetItem",
    [inputHandle, index, item],
    { resize_if_index_out_of_bounds: options.resizeIfIndexOutOfBounds },
    options,
  );
}

/** The list with one more element at its end. */
export function tensorListPushBack(
  inputHandle: TensorLike,
  tensor: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("TensorListPushBack", [inputHandle, tensor], {}, options);
}

/** The list without its last element, and that element. */
export function tensorListPopBack(
  inputHandle: TensorLike,
  elementShape: TensorLike,
  options: { readonly elementDtype: DType; readonly name?: string },
): { readonly outputHandle: Tensor; readonly tensor: Tensor } {
  const { outputs } = buildOp(
    "TensorListPopBack",
    [inputHandle, elementShape],
    { element_dtype: options.elementDtype },
    options,
  );
  return { outputHandle: outputs[0]!, tensor: outputs[1]! };
}

/** The number of elements. */
export function tensorListLength(inputHandle: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("TensorListLength", [inputHandle], {}, options);
}

/** The list cut or grown to `size` elements. */
export function tensorListResize(
  inputHandle: TensorLike,
  size: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("TensorListResize", [inputHandle, size], {}, options);
}

/** The shape that all elements fit, -1 where unknown. */
export function tensorListElementShape(
  inputHandle: TensorLike,
  options: { readonly shapeType: DType; readonly name?: string },
): Tensor {
  return build("TensorListElementShape", [inputHandle], { shape_type: options.shapeType }, options);
}

/** The elements at `indices` as one tensor. */
export function tensorListGather(
  inputHandle: TensorLike,
  indices: TensorLike,
  elementShape: TensorLike,
  options: { readonly elementDtype: DType; readonly name?: string },
): Tensor {
  return build(
    "TensorListGather",
    [inputHandle, indices, elementShape],
    { element_dtype: options.elementDtype },
    options,
  );
}

/** A list with `tensor`'s rows at `indices`. */
export function tensorListScatter(
  tensor: TensorLike,
  indices: TensorLike,
  elementShape: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("TensorListScatter", [tensor, indices, elementShape], {}, options);
}

/** A list of `numElements` (or as many as needed) with `tensor`'s rows at `indices`. */
export function tensorListScatterV2(
  tensor: TensorLike,
  indices: TensorLike,
  elementShape: TensorLike,
  numElements: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("TensorListScatterV2", [tensor, indices, elementShape, numElements], {}, options);
}

/** The list with `tensor`'s rows at `indices`. */
export function tensorListScatterIntoExistingList(
  inputHandle: TensorLike,
  tensor: TensorLike,
  indices: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("TensorListScatterIntoExistingList", [inputHandle, tensor, indices], {}, options);
}

/** The elements joined along their first dimension, and the length of each. */
export function tensorListConcat(
  inputHandle: TensorLike,
  options: { readonly elementDtype: DType; readonly elementShape?: PartialShape | null; readonly name?: string },
): { readonly tensor: Tensor; readonly lengths: Tensor } {
  const { outputs } = buildOp(
    "TensorListConcat",
    [inputHandle],
    { element_dtype: options.elementDtype, element_shape: options.elementShape ?? null },
    options,
  );
  return { tensor: outputs[0]!, lengths: outputs[1]! };
}

/** The elements joined along their first dimension, with lengths for elements never set. */
export function tensorListConcatV2(
  inputHandle: TensorLike,
  elementShape: TensorLike,
  leadingDims: TensorLike,
  options: { readonly elementDtype: DType; readonly name?: string },
): { readonly tensor: Tensor; readonly lengths: Tensor } {
  const { outputs } = buildOp(
    "TensorListConcatV2",
    [inputHandle, elementShape, leadingDims],
    { element_dtype: options.elementDtype },
    options,
  );
  return { tensor: outputs[0]!, lengths: outputs[1]! };
}

/** The elements of two lists (or two tensors of lists) one after the other. */
export function tensorListConcatLists(
  inputA: TensorLike,
  inputB: TensorLike,
  options: { readonly elementDtype: DType; readonly name?: string },
): Tensor {
  return build("TensorListConcatLists", [inputA, inputB], { element_dtype: options.elementDtype }, options);
}

/** The list of `tensor`'s pieces of the given lengths along the first dimension. */
export function tensorListSplit(
  tensor: TensorLike,
  elementShape: TensorLike,
  lengths: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("TensorListSplit", [tensor, elementShape, lengths], {}, options);
}

/** A vector of lists, each with its row of `tensor` at its end. */
export function tensorListPushBackBatch(
  inputHandles: TensorLike,
  tensor: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("TensorListPushBackBatch", [inputHandles, tensor], {}, options);
}
