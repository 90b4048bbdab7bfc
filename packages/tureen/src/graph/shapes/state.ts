import { type DType, dtypeLabel } from "../../core/dtype.js";
import { mergeShapes, type PartialShape } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import type { HandleData } from "../graph.js";
import type { InferredShape, ShapeNode, ShapeRule, ShapeTable } from "../infer-shapes.js";
import { sameAsInput } from "./array-basic.js";
import { gatheredShape, gatheredTuples } from "./array-gather.js";
import { optimizerOps } from "./state/optimizer-ops.js";

function handle({ attrs }: ShapeNode): readonly InferredShape[] {
  return [{ shape: [], handle: { dtype: attrs.type("dtype"), shape: attrs.shape("shape") } }];
}

/** What a handle input points to; INVALID_ARGUMENT where it is known to be of another dtype. */
function pointed(node: ShapeNode, dtype: DType | undefined): HandleData | undefined {
  const data = node.inputs[0]!.handleData;
  if (data !== undefined && dtype !== undefined && data.dtype !== dtype) {
    throw invalidArgument(
      `Trying to read variable with wrong dtype. Expected ${dtypeLabel(data.dtype)} got ${dtypeLabel(dtype)}`,
    );
  }
  return data;
}

const read: ShapeRule = (node) => [pointed(node, node.attrs.type("dtype"))?.shape];

/** Checks an update of the variable's own shape. */
const update: ShapeRule = (node) => {
  const data = pointed(node, node.attrs.type("dtype"));
  if (data !== undefined) mergeShapes(data.shape, node.inputs[1]!.shape);
  return [];
};

const variableShape: ShapeRule = (node) => {
  const shape = pointed(node, undefined)?.shape;
  return [[shape?.length ?? -1]];
};

const gather: ShapeRule = (node) => {
  const batch = node.attrs.int("batch_dims");
  const shape = pointed(node, node.attrs.type("dtype"))?.shape;
  return [gatheredShape(shape, node.inputs[1]!.shape, batch, batch)];
};

const gatherNd: ShapeRule = (node) => {
  return [gatheredTuples(pointed(node, node.attrs.type("dtype"))?.shape, node.inputs[1]!.shape)];
};

const nothing: ShapeRule = () => [];
const scalar: ShapeRule = () => [[]];
const declared: ShapeRule = ({ attrs }) => [attrs.shape("shape")];

const assign: ShapeRule = ({ inputs: [ref, value], attrs }) => {
  if (!attrs.bool("validate_shape")) return [value!.shape];
  return [mergeShapes(ref!.shape, value!.shape)];
};

const assignUpdate: ShapeRule = ({ inputs: [ref, value] }) => [mergeShapes(ref!.shape, value!.shape)];

const refShapes: ShapeTable = {
  VariableV2: declared,
  Variable: ({ attrs }) => {
    const shape: PartialShape = attrs.shape("shape");
    // In Variable an empty shape meant that nothing is known.
    return [shape?.length === 0 ? undefined : shape];
  },
  TemporaryVariable: declared,
  DestroyTemporaryVariable: sameAsInput,
  IsVariableInitialized: scalar,
  Assign: assign,
  AssignAdd: assignUpdate,
  AssignSub: assignUpdate,
  StridedSliceAssign: sameAsInput,
  CountUpTo: scalar,
};

function scatterShapes(): ShapeTable {
  const table: Record<string, ShapeRule> = {};
  for (const kind of ["Add", "Sub", "Mul", "Div", "Min", "Max", "Update"]) {
    table[`ResourceScatter${kind}`] = nothing;
    table[`ResourceScatterNd${kind}`] = nothing;
    table[`Scatter${kind}`] = sameAsInput;
    table[`ScatterNd${kind}`] = sameAsInput;
  }
  return table;
}

/** The gradient of a dense step has the variable's shape. */
const resourceStep: ShapeRule = (node) => {
  const data = pointed(node, node.attrs.type("T"));
  const grad = gradInput(node);
  if (data !== undefined && grad !== undefined) mergeShapes(data.shape, grad);
  return [];
};

/** The last input, or the one after the slots in ops of the Ftrl kind: whichever has the rank of a variable. */
function gradInput(node: ShapeNode): PartialShape {
  return node.inputs.find(({ dtype, shape }) => dtype !== "resource" && shape !== undefined && shape.length > 0)?.shape;
}

function trainShapes(): ShapeTable {
  return Object.fromEntries(
    optimizerOps.map(({ type, isRef, isSparse }) => [type, isRef ? sameAsInput : isSparse ? nothing : resourceStep]),
  );
}

/** Shape rules of the state family. */
export const stateShapes: ShapeTable = {
  VarHandleOp: handle,
  VarIsInitializedOp: scalar,
  ReadVariableOp: read,
  AssignVariableOp: (node) => {
    pointed(node, node.attrs.type("dtype"));
    return [];
  },
  AssignAddVariableOp: update,
  AssignSubVariableOp: update,
  DestroyResourceOp: nothing,
  VariableShape: variableShape,
  ResourceGather: gather,
  ResourceGatherNd: gatherNd,
  ResourceStridedSliceAssign: nothing,
  ResourceCountUpTo: scalar,
  ...scatterShapes(),
  ...refShapes,
  ...trainShapes(),
};
