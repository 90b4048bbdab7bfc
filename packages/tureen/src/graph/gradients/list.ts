import { invalidArgument } from "../../core/status-error.js";
import { constant } from "../build-op.js";
import type { Gradient, GradientRule, GradientTable } from "../gradient.js";
import type { Operation, Tensor } from "../graph.js";
import { concatV2, shape, slice, zerosLike } from "../ops/array.js";
import {
  emptyTensorList,
  tensorArrayConcatV3,
  tensorArrayGatherV3,
  tensorArrayGradV3,
  tensorArrayReadV3,
  tensorArrayScatterV3,
  tensorArraySplitV3,
  tensorArrayWriteV3,
  tensorListConcatV2,
  tensorListElementShape,
  tensorListFromTensor,
  tensorListGather,
  tensorListGetItem,
  tensorListLength,
  tensorListPopBack,
  tensorListPushBack,
  tensorListReserve,
  tensorListResize,
  tensorListScatterIntoExistingList,
  tensorListSetItem,
  tensorListSplit,
  tensorListStack,
} from "../ops/list.js";
import { denseOf } from "./array/build-math.js";

const elementShapeOf = (list: Tensor): Tensor => tensorListElementShape(list, { shapeType: "int32" });

/** The sizes of a tensor's rows. */
function rowShape(tensor: Tensor): Tensor {
  return slice(shape(tensor), constant([1], "int32"), constant([-1], "int32"));
}

/** The gradient of a list output, or an empty list where none arrived. */
function listGradient(grads: readonly (Gradient | null)[], op: Operation, output = 0): Tensor {
  if (grads[output] !== null && grads[output] !== undefined) return denseOf(grads, output);
  const dtype = op.attrs.type("element_dtype");
  return emptyTensorList(elementShapeOf(op.outputs[output]!), constant(-1, "int32"), { elementDtype: dtype });
}

const pushBack: GradientRule = (op, grads) => {
  const elementDtype = op.attrs.type("element_dtype");
  const { outputHandle, tensor } = tensorListPopBack(denseOf(grads), shape(op.inputs[1]!), { elementDtype });
  return [outputHandle, tensor];
};

const popBack: GradientRule = (op, grads) => {
  const element = grads[1] === null || grads[1] === undefined ? zerosLike(op.outputs[1]!) : denseOf(grads, 1);
  return [tensorListPushBack(listGradient(grads, op), element), null];
};

const stack: GradientRule = (_, grads) => {
  const grad = denseOf(grads);
  return [tensorListFromTensor(grad, staticRowShape(grad)), null];
};

/** The row shape as far as the graph knows it, as TensorFlow puts it into the graph: the scalar -1 for unknown rank. */
function staticRowShape(tensor: Tensor): Tensor {
  return tensor.shape === undefined ? constant(-1, "int32") : constant(tensor.shape.slice(1), "int32");
}

const concat: GradientRule = (op, grads) => {
  const list = tensorListSplit(denseOf(grads), elementShapeOf(op.inputs[0]!), op.outputs[1]!);
  return [list, ...op.inputs.slice(1).map(() => null)];
};

const split: GradientRule = (op, grads) => {
  const [tensor, , lengths] = op.inputs as [Tensor, Tensor, Tensor];
  const elementShape = concatV2([constant([-1], "int32"), rowShape(tensor)], 0);
  const joined = tensorListConcatV2(denseOf(grads), elementShape, lengths, { elementDtype: tensor.dtype });
  return [joined.tensor, null, null];
};

const fromTensor: GradientRule = (op, grads) => {
  const tensor = op.inputs[0]!;
  const count = tensor.shape?.[0] ?? -1;
  const options = { elementDtype: tensor.dtype, numElements: count };
  return [tensorListStack(listGradient(grads, op), rowShape(tensor), options), null];
};

const getItem: GradientRule = (op, grads) => {
  const [list, index] = op.inputs as [Tensor, Tensor];
  const grad = denseOf(grads);
  const empty = tensorListReserve(elementShapeOf(list), tensorListLength(list), { elementDtype: grad.dtype });
  return [tensorListSetItem(empty, index, grad), null, null];
};

const setItem: GradientRule = (op, grads) => {
  const [list, index, item] = op.inputs as [Tensor, Tensor, Tensor];
  const grad = denseOf(grads);
  const cleared = tensorListSetItem(grad, index, zerosLike(item));
  const itemGrad = tensorListGetItem(grad, index, shape(item), { elementDtype: item.dtype });
  const resized = op.attrs.bool("resize_if_index_out_of_bounds")
    ? tensorListResize(cleared, tensorListLength(list))
    : cleared;
  return [resized, null, itemGrad];
};

const resize: GradientRule = (op, grads) => [tensorListResize(denseOf(grads), tensorListLength(op.inputs[0]!)), null];

const gather: GradientRule = (op, grads) => {
  const [list, indices] = op.inputs as [Tensor, Tensor];
  const grad = denseOf(grads);
  const empty = tensorListReserve(elementShapeOf(list), tensorListLength(list), { elementDtype: grad.dtype });
  return [tensorListScatterIntoExistingList(empty, grad, indices), null, null];
};

const scatter: GradientRule = (op, grads) => {
  const [tensor, indices] = op.inputs as [Tensor, Tensor];
  const grad = tensorListGather(denseOf(grads), indices, rowShape(tensor), { elementDtype: tensor.dtype });
  return [grad, ...op.inputs.slice(1).map(() => null)];
};

const scatterInto: GradientRule = (op, grads) => {
  const [, tensor, indices] = op.inputs as [Tensor, Tensor, Tensor];
  const list = denseOf(grads);
  const grad = tensorListGather(list, indices, rowShape(tensor), { elementDtype: tensor.dtype });
  return [tensorListScatterIntoExistingList(list, zerosLike(tensor), indices), grad, null];
};

/** The gradients computation that a tensor belongs to, by its name scope: each has gradient arrays of its own. */
function gradientSource(grad: Tensor): string {
  const parts = grad.op.name.split("/");
  const at = parts.findLastIndex((part) => part.startsWith("gradients"));
  if (at < 0) {
    throw invalidArgument(`Expected op/tensor name to start with gradients (excluding scope), got: ${grad.name}.`);
  }
  return parts.slice(0, at + 1).join("/");
}

function gradientArray(handle: Tensor, flow: Tensor): { readonly handle: Tensor; readonly flow: Tensor } {
  const found = tensorArrayGradV3(handle, flow, { source: gradientSource(flow) });
  return { handle: found.gradHandle, flow: found.flowOut };
}

const arrayRead: GradientRule = (op, grads) => {
  const [handle, index, flow] = op.inputs as [Tensor, Tensor, Tensor];
  const grad = denseOf(grads);
  const array = tensorArrayGradV3(handle, flow, { source: gradientSource(grad) });
  return [null, null, tensorArrayWriteV3(array.gradHandle, index, grad, array.flowOut)];
};

const arrayWrite: GradientRule = (op, grads) => {
  const [handle, index, value] = op.inputs as [Tensor, Tensor, Tensor];
  const flow = denseOf(grads);
  const array = gradientArray(handle, flow);
  return [null, null, tensorArrayReadV3(array.handle, index, array.flow, { dtype: value.dtype }), flow];
};

const arrayGather: GradientRule = (op, grads) => {
  const [handle, indices, flow] = op.inputs as [Tensor, Tensor, Tensor];
  const grad = denseOf(grads);
  const array = tensorArrayGradV3(handle, flow, { source: gradientSource(grad) });
  return [null, null, tensorArrayScatterV3(array.gradHandle, indices, grad, array.flowOut)];
};

const arrayScatter: GradientRule = (op, grads) => {
  const [handle, indices, value] = op.inputs as [Tensor, Tensor, Tensor];
  const flow = denseOf(grads);
  const array = gradientArray(handle, flow);
  return [null, null, tensorArrayGatherV3(array.handle, indices, array.flow, { dtype: value.dtype }), flow];
};

const arrayConcat: GradientRule = (op, grads) => {
  const [handle, flow] = op.inputs as [Tensor, Tensor];
  const grad = denseOf(grads);
  const array = tensorArrayGradV3(handle, flow, { source: gradientSource(grad) });
  return [null, tensorArraySplitV3(array.gradHandle, grad, op.outputs[1]!, array.flowOut)];
};

const arraySplit: GradientRule = (op, grads) => {
  const [handle, value] = op.inputs as [Tensor, Tensor];
  const flow = denseOf(grads);
  const array = gradientArray(handle, flow);
  return [null, tensorArrayConcatV3(array.handle, array.flow, { dtype: value.dtype }).value, null, flow];
};

/** Gradients of the list family. */
export const listGradients: GradientTable = {
  EmptyTensorList: null,
  TensorListReserve: null,
  TensorListConcatLists: null,
  TensorListPushBackBatch: null,
  Stack: null,
  StackClose: null,
  StackPop: null,
  StackPush: null,
  TensorListLength: null,
  TensorListElementShape: null,
  TensorListPushBack: pushBack,
  TensorListPopBack: popBack,
  TensorListStack: stack,
  TensorListConcat: concat,
  TensorListConcatV2: concat,
  TensorListSplit: split,
  TensorListFromTensor: fromTensor,
  TensorListGetItem: getItem,
  TensorListSetItem: setItem,
  TensorListResize: resize,
  TensorListGather: gather,
  TensorListScatter: scatter,
  TensorListScatterV2: scatter,
  TensorListScatterIntoExistingList: scatterInto,
  TensorArrayV3: null,
  TensorArrayGradV3: null,
  TensorArraySizeV3: null,
  TensorArrayCloseV3: null,
  TensorArrayReadV3: arrayRead,
  TensorArrayWriteV3: arrayWrite,
  TensorArrayGatherV3: arrayGather,
  TensorArrayScatterV3: arrayScatter,
  TensorArrayConcatV3: arrayConcat,
  TensorArraySplitV3: arraySplit,
};
