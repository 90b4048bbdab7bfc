import { isFullyDefined } from "../../core/shape.js";
import type { Lowering, LoweringNode, LoweringTable, OnnxBuilder, OnnxValue } from "../lowering.js";
import { constantIntegers } from "./support/constants.js";
import { movable } from "./support/dtypes.js";

const pass: Lowering = (node) => (movable.includes(node.inputTypes[0]!) ? [node.input(0)] : undefined);

/** An integer input as the int64 that ONNX wants of shapes. */
export function asInt64(node: LoweringNode, onnx: OnnxBuilder, index: number): OnnxValue {
  const known = node.constant(index);
  if (known !== undefined && known.shape.length === 1) return onnx.int64(constantIntegers(node, index)!);
  return node.inputTypes[index] === "int64" ? node.input(index) : onnx.cast(node.input(index), "int64");
}

function fromInt64(onnx: OnnxBuilder, value: OnnxValue, node: LoweringNode, output: number): OnnxValue {
  const dtype = node.outputTypes[output]!;
  return dtype === "int64" ? value : onnx.cast(value, dtype);
}

/** A value of the shape of an input, all `element`. */
function filledLike(element: number): Lowering {
  return (node, onnx) => {
    const dtype = node.outputTypes[0]!;
    if (!movable.includes(dtype)) return undefined;
    return [onnx.op("Expand", [onnx.scalar(dtype, element), onnx.op("Shape", [node.input(0)])])];
  };
}

/** ONNX lowerings of what changes or tells shapes and moves no element. */
export const arrayShapeLowerings: LoweringTable = {
  BroadcastTo: (node, onnx) => {
    const from = node.shape(0);
    const to = constantIntegers(node, 1);
    if (!movable.includes(node.inputTypes[0]!) || from === undefined || to === undefined || from.length > to.length)
      return undefined;
    // ONNX also lets the input's larger dimension win.
    const lead = to.length - from.length;
    if (to.some((size) => size < 1) || from.some((size, i) => size !== 1 && size !== to[lead + i])) return undefined;
    return [onnx.op("Expand", [node.input(0), onnx.int64(to)])];
  },
  ExpandDims: (node, onnx) => {
    const axis = constantIntegers(node, 1);
    if (!movable.includes(node.inputTypes[0]!) || axis?.length !== 1) return undefined;
    return [onnx.op("Unsqueeze", [node.input(0), onnx.int64(axis)])];
  },
  Fill: (node, onnx) => {
    const shape = node.outputShape(0);
    if (
      !movable.includes(node.outputTypes[0]!) ||
      node.shape(1)?.length !== 0 ||
      !isFullyDefined(shape) ||
      shape.includes(0)
    )
      return undefined;
    return [onnx.op("Expand", [node.input(1), onnx.int64(shape)])];
  },
  Identity: pass,
  OnesLike: filledLike(1),
  PreventGradient: pass,
  Rank: (node, onnx) => {
    const rank = node.shape(0)?.length;
    return rank === undefined ? undefined : [onnx.scalar("int32", rank)];
  },
  Reshape: (node, onnx) => {
    if (!movable.includes(node.inputTypes[0]!) || node.shape(1)?.length !== 1) return undefined;
    return [onnx.op("Reshape", [node.input(0), asInt64(node, onnx, 1)], { allowzero: 1 })];
  },
  Shape: (node, onnx) => {
    if (!movable.includes(node.inputTypes[0]!)) return undefined;
    return [fromInt64(onnx, onnx.op("Shape", [node.input(0)]), node, 0)];
  },
  ShapeN: (node, onnx) => {
    if (!movable.includes(node.inputTypes[0]!)) return undefined;
    return node.inputTypes.map((_, i) => fromInt64(onnx, onnx.op("Shape", [node.input(i)]), node, i));
  },
  Size: (node, onnx) => {
    if (!movable.includes(node.inputTypes[0]!)) return undefined;
    return [fromInt64(onnx, onnx.op("Size", [node.input(0)]), node, 0)];
  },
  Snapshot: pass,
  Squeeze: (node, onnx) => {
    const shape = node.shape(0);
    if (!movable.includes(node.inputTypes[0]!)) return undefined;
    let axes = node.attrs.ints("squeeze_dims");
    if (axes.length === 0) {
      if (!isFullyDefined(shape)) return undefined;
      axes = shape.flatMap((size, i) => (size === 1 ? [i] : []));
      if (axes.length === 0) return [node.input(0)];
    }
    return [onnx.op("Squeeze", [node.input(0), onnx.int64(axes)])];
  },
  StopGradient: pass,
  Transpose: (node, onnx) => {
    const rank = node.shape(0)?.length;
    const perm = constantIntegers(node, 1)?.map((axis) => (axis < 0 && rank !== undefined ? axis + rank : axis));
    if (!movable.includes(node.inputTypes[0]!) || perm === undefined || perm.length !== rank) return undefined;
    if ([...perm].sort((a, b) => a - b).some((axis, i) => axis !== i)) return undefined;
    return [perm.every((axis, i) => axis === i) ? node.input(0) : onnx.op("Transpose", [node.input(0)], { perm })];
  },
  ZerosLike: filledLike(0),
};
