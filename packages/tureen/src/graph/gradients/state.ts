import type { DType } from "../../core/dtype.js";
import { isFullyDefined } from "../../core/shape.js";
import { constant } from "../build-op.js";
import type { GradientRule, GradientTable } from "../gradient.js";
import type { Tensor } from "../graph.js";
import { variableShape } from "../ops/state.js";
import { denseOf } from "./array/build-math.js";
import { rowGradient, tupleGradient } from "./array-gather.js";

/** The shape of a variable's value: a constant where the handle tells it. */
function shapeOfVariable(handle: Tensor, outType: DType): Tensor {
  const shape = handle.handleData?.shape;
  return isFullyDefined(shape) ? constant([...shape], outType) : variableShape(handle, { outType });
}

const read: GradientRule = (_, [grad]) => [grad ?? null];

const gather: GradientRule = (op, grads) => {
  const [handle, indices] = op.inputs;
  return [rowGradient(denseOf(grads), indices!, shapeOfVariable(handle!, "int32")), null];
};

const gatherNd: GradientRule = (op, grads) => {
  const [handle, indices] = op.inputs;
  return [tupleGradient(denseOf(grads), indices!, shapeOfVariable(handle!, indices!.dtype)), null];
};

/** Gradients of the state family: a gradient with respect to a handle is one with respect to the variable's value. */
export const stateGradients: GradientTable = {
  ReadVariableOp: read,
  ResourceGather: gather,
  ResourceGatherNd: gatherNd,
  VarHandleOp: null,
  VarIsInitializedOp: null,
  VariableShape: null,
  VariableV2: null,
  Variable: null,
  Assign: null,
  AssignAdd: null,
  AssignSub: null,
  IsVariableInitialized: null,
  ScatterAdd: null,
  ScatterSub: null,
  ScatterMul: null,
  ScatterDiv: null,
  ScatterUpdate: null,
  CountUpTo: null,
  ScatterNdAdd: null,
  ScatterNdSub: null,
  ScatterNdUpdate: null,
};
