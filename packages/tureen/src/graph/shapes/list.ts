import type { DType } from "../../core/dtype.js";
import { dtypeLabel } from "../../core/dtype.js";
import type { PartialShape } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { toIntegers } from "../../core/tensor-value.js";
import type { HandleData } from "../graph.js";
import type { InferredShape, ShapeNode, ShapeRule, ShapeTable } from "../infer-shapes.js";
import { mergeShape, withRank, withRankAtLeast } from "./nn/shape-checks.js";

/** A scalar list (or array, or stack) of elements of this dtype and shape. */
function listOutput(dtype: DType, shape: PartialShape): InferredShape {
  return { shape: [], handle: { dtype, shape } };
}

/** What the graph knows of a list's elements; INVALID_ARGUMENT where their dtype is not the op's. */
function elementsOf({ inputs, attrs }: ShapeNode, input = 0): HandleData | undefined {
  const handle = inputs[input]!.handleData;
  const dtype = attrs.type("element_dtype");
  if (handle !== undefined && handle.dtype !== dtype) {
    throw invalidArgument(
      `Expected list with element dtype ${dtypeLabel(dtype)} but got list with element dtype ${dtypeLabel(handle.dtype)}`,
    );
  }
  return handle;
}

/** A shape input: the scalar -1 is an unknown rank. */
function shapeInput(node: ShapeNode, input: number): PartialShape {
  const value = node.constant(input);
  if (value !== undefined) return value.shape.length === 0 ? undefined : toIntegers(value);
  return node.inputs[input]!.shape?.length === 1 ? node.shapeOf(input) : undefined;
}

const emptyList: ShapeRule = (node) => [listOutput(node.attrs.type("element_dtype"), shapeInput(node, 0))];

const fromTensor: ShapeRule = (node) => {
  const tensor = withRankAtLeast(node.inputs[0]!.shape, 1);
  return [listOutput(node.attrs.type("element_dtype"), mergeShape(shapeInput(node, 1), tensor?.slice(1)))];
};

const stack: ShapeRule = (node) => {
  const shape = mergeShape(elementsOf(node)?.shape, shapeInput(node, 1));
  return [shape === undefined ? undefined : [node.attrs.int("num_elements"), ...shape]];
};

const getItem: ShapeRule = (node) => [mergeShape(elementsOf(node)?.shape, shapeInput(node, 2))];

/** Ops that hand on a list with other items. */
function sameList(item: number | undefined): ShapeRule {
  return (node) => {
    const { attrs, inputs } = node;
    const handle = attrs.has("element_dtype") ? elementsOf(node) : inputs[0]!.handleData;
    if (handle === undefined) {
      return [attrs.has("element_dtype") ? listOutput(attrs.type("element_dtype"), undefined) : []];
    }
    if (item !== undefined) mergeShape(handle.shape, inputs[item]!.shape);
    return [{ shape: [], handle }];
  };
}

const popBack: ShapeRule = (node) => {
  const handle = elementsOf(node);
  return [listOutput(node.attrs.type("element_dtype"), handle?.shape), mergeShape(handle?.shape, shapeInput(node, 1))];
};

const elementShape: ShapeRule = ({ inputs }) => {
  const handle = inputs[0]!.handleData;
  return [handle?.shape === undefined ? undefined : [handle.shape.length]];
};

const gather: ShapeRule = (node) => {
  const shape = mergeShape(elementsOf(node)?.shape, shapeInput(node, 2));
  const [count] = withRank(node.inputs[1]!.shape, 1);
  return [shape === undefined ? undefined : [count!, ...shape]];
};

const scatter: ShapeRule = (node) => {
  const tensor = withRankAtLeast(node.inputs[0]!.shape, 1);
  return [listOutput(node.attrs.type("element_dtype"), mergeShape(shapeInput(node, 2), tensor?.slice(1)))];
};

const scatterInto: ShapeRule = (node) => {
  const handle = elementsOf(node);
  const tensor = withRankAtLeast(node.inputs[1]!.shape, 1);
  return [listOutput(node.attrs.type("element_dtype"), mergeShape(handle?.shape, tensor?.slice(1)))];
};

const split: ShapeRule = (node) => {
  const tensor = withRankAtLeast(node.inputs[0]!.shape, 1);
  const rows = tensor === undefined ? undefined : [-1, ...tensor.slice(1)];
  return [listOutput(node.attrs.type("element_dtype"), mergeShape(rows, shapeInput(node, 1)))];
};

function concat(shapeAt: number | undefined): ShapeRule {
  return (node) => {
    const declared = shapeAt === undefined ? node.attrs.shape("element_shape") : shapeInput(node, shapeAt);
    const shape = mergeShape(elementsOf(node)?.shape, declared);
    return [shape === undefined ? undefined : [-1, ...shape.slice(1)], [-1]];
  };
}

const concatLists: ShapeRule = ({ inputs }) => {
  const shape = mergeShape(inputs[0]!.shape, inputs[1]!.shape);
  const [a, b] = [inputs[0]!.handleData, inputs[1]!.handleData];
  if (a === undefined || b === undefined) return [{ shape, handle: a ?? b }];
  return [{ shape, handle: { dtype: a.dtype, shape: mergeShape(a.shape, b.shape) } }];
};

const tensorArray: ShapeRule = ({ attrs }) => [listOutput(attrs.type("dtype"), attrs.shape("element_shape")), []];

const arrayGrad: ShapeRule = ({ inputs }) => [{ shape: [], handle: inputs[0]!.handleData }, []];

const arrayWrite: ShapeRule = ({ inputs }) => {
  const handle = inputs[0]!.handleData;
  if (handle !== undefined) mergeShape(handle.shape, inputs[2]!.shape);
  return [[]];
};

const arrayRead: ShapeRule = ({ inputs }) => [inputs[0]!.handleData?.shape];

const arrayGather: ShapeRule = ({ inputs, attrs }) => {
  const [count] = withRank(inputs[1]!.shape, 1);
  const shape = mergeShape(attrs.shape("element_shape"), inputs[0]!.handleData?.shape);
  return [shape === undefined ? undefined : [count!, ...shape]];
};

const flow: ShapeRule = () => [[]];

/** Shape rules of the list family. */
export const listShapes: ShapeTable = {
  EmptyTensorList: emptyList,
  TensorListReserve: emptyList,
  TensorListFromTensor: fromTensor,
  TensorListStack: stack,
  TensorListGetItem: getItem,
  TensorListSetItem: sameList(2),
  TensorListPushBack: sameList(1),
  TensorListPopBack: popBack,
  TensorListLength: () => [[]],
  TensorListResize: sameList(undefined),
  TensorListElementShape: elementShape,
  TensorListGather: gather,
  TensorListScatter: scatter,
  TensorListScatterV2: scatter,
  TensorListScatterIntoExistingList: scatterInto,
  TensorListSplit: split,
  TensorListConcat: concat(undefined),
  TensorListConcatV2: concat(1),
  TensorListConcatLists: concatLists,
  TensorListPushBackBatch: ({ inputs }) => [{ shape: inputs[0]!.shape, handle: inputs[0]!.handleData }],
  TensorArrayV3: tensorArray,
  TensorArrayGradV3: arrayGrad,
  TensorArrayWriteV3: arrayWrite,
  TensorArrayReadV3: arrayRead,
  TensorArrayGatherV3: arrayGather,
  TensorArrayScatterV3: flow,
  TensorArraySizeV3: flow,
  TensorArrayConcatV3: () => [undefined, [-1]],
  TensorArraySplitV3: flow,
  TensorArrayCloseV3: () => [],
  EmptyTensorMap: () => [[]],
  TensorMapInsert: () => [[]],
  TensorMapErase: () => [[]],
  TensorMapSize: () => [[]],
  TensorMapHasKey: () => [[]],
  TensorMapLookup: () => [undefined],
  TensorMapStackKeys: () => [undefined],
  CompositeTensorVariantFromComponents: () => [[]],
  CompositeTensorVariantToComponents: ({ outputTypes }) => outputTypes.map(() => undefined),
  Stack: () => [[2]],
  StackPush: ({ inputs }) => [inputs[1]!.shape],
  StackPop: () => [undefined],
  StackClose: () => [],
  StackV2: () => [[]],
  StackPushV2: ({ inputs }) => [inputs[1]!.shape],
  StackPopV2: () => [undefined],
  StackCloseV2: () => [],
};
