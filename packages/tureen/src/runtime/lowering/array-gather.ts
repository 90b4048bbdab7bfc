import type { DType } from "../../core/dtype.js";
import type { Lowering, LoweringNode, LoweringTable, OnnxBuilder, OnnxValue } from "../lowering.js";
import { constantAxis, constantIntegers } from "./support/constants.js";
import { movable, numbers } from "./support/dtypes.js";
import { isScalar, sameShape } from "./support/shape-checks.js";

/** Indices with those below zero put out of range: ONNX counts them from the end, TensorFlow rejects them. */
function withoutNegatives(onnx: OnnxBuilder, indices: OnnxValue, dtype: DType): OnnxValue {
  const out = onnx.scalar(dtype, 0x7fff_ffff);
  return onnx.op("Where", [onnx.op("Less", [indices, onnx.scalar(dtype, 0)]), out, indices]);
}

function gather(node: LoweringNode, onnx: OnnxBuilder, axis: number): readonly OnnxValue[] | undefined {
  if (!movable.includes(node.inputTypes[0]!)) return undefined;
  const dtype = node.inputTypes[1]!;
  if (dtype !== "int32" && dtype !== "int64") return undefined;
  const constant = constantIntegers(node, 1);
  if (constant?.some((index) => index < 0) === true) return undefined;
  const indices = constant === undefined ? withoutNegatives(onnx, node.input(1), dtype) : node.input(1);
  return [onnx.op("Gather", [node.input(0), indices], { axis })];
}

/** The dtypes of ONNX Runtime's Where. */
const selectable: readonly DType[] = [...numbers, "uint8"];

const select: Lowering = (node, onnx) => {
  if (!selectable.includes(node.inputTypes[1]!)) return undefined;
  return [onnx.op("Where", [node.input(0), node.input(1), node.input(2)])];
};

/** ONNX lowerings of what picks elements by index or condition. */
export const arrayGatherLowerings: LoweringTable = {
  Gather: (node, onnx) => (node.shape(0) === undefined || isScalar(node.shape(0)) ? undefined : gather(node, onnx, 0)),
  GatherV2: (node, onnx) => {
    const axis = constantAxis(node, 2, node.shape(0)?.length);
    return axis === undefined || node.attrs.int("batch_dims") !== 0 ? undefined : gather(node, onnx, axis);
  },
  OneHot: (node, onnx) => {
    const depth = constantIntegers(node, 1)?.[0];
    const rank = node.shape(0)?.length;
    const dtype = node.inputTypes[0]!;
    if (
      depth === undefined ||
      depth < 1 ||
      rank === undefined ||
      rank < 1 ||
      !isScalar(node.shape(1)) ||
      node.outputTypes[0] !== "float32"
    )
      return undefined;
    if ((dtype !== "int32" && dtype !== "int64") || !isScalar(node.shape(2)) || !isScalar(node.shape(3)))
      return undefined;
    const axis = node.attrs.int("axis");
    if (axis < -1 || axis > rank) return undefined;
    const values = onnx.op(
      "Concat",
      [onnx.op("Unsqueeze", [node.input(3), onnx.int64([0])]), onnx.op("Unsqueeze", [node.input(2), onnx.int64([0])])],
      { axis: 0 },
    );
    // ONNX Runtime has OneHot for few combinations of dtypes; all-int64 is one.
    const indices = onnx.cast(withoutNegatives(onnx, node.input(0), dtype), "int64");
    return [onnx.op("OneHot", [indices, onnx.scalar("int64", depth), values], { axis })];
  },
  Select: (node, onnx) => {
    if (!selectable.includes(node.inputTypes[1]!)) return undefined;
    // The first version broadcasts nothing but a scalar condition (and a vector along the first axis, which is left to the host).
    const y = sameShape(node, onnx, 1, 2);
    const condition = isScalar(node.shape(0)) ? node.input(0) : sameShape(node, onnx, 1, 0);
    return y === undefined || condition === undefined ? undefined : [onnx.op("Where", [condition, node.input(1), y])];
  },
  SelectV2: select,
};
