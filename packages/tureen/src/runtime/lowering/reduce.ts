import type { DType } from "../../core/dtype.js";
import type { Lowering, LoweringNode, LoweringTable, OnnxBuilder, OnnxValue } from "../lowering.js";
import { constantAxis, constantIntegers, frontAxis } from "./support/constants.js";
import { floats, numbers, single } from "./support/dtypes.js";

/** The constant axes of a reduction, all in range and each once, or undefined. */
function reductionAxes(node: LoweringNode): number[] | undefined {
  const rank = node.shape(0)?.length;
  const axes = constantIntegers(node, 1)?.map((axis) => frontAxis(axis, rank));
  if (axes === undefined || axes.some((axis) => axis === undefined) || new Set(axes).size !== axes.length)
    return undefined;
  return axes as number[];
}

function reduced(node: LoweringNode, onnx: OnnxBuilder, type: string, input: OnnxValue): OnnxValue | undefined {
  const axes = reductionAxes(node);
  if (axes === undefined) return undefined;
  if (axes.length === 0) return input;
  return onnx.op(type, [input, onnx.int64(axes)], { keepdims: Number(node.attrs.bool("keep_dims")) });
}

function reduction(type: string, dtypes: readonly DType[]): Lowering {
  return (node, onnx) => {
    if (!dtypes.includes(node.inputTypes[0]!)) return undefined;
    const result = reduced(node, onnx, type, node.input(0));
    return result === undefined ? undefined : [result];
  };
}

/** All and Any, for which ONNX has no op: the least or greatest of zeros and ones. */
function logical(type: string): Lowering {
  return (node, onnx) => {
    const result = reduced(node, onnx, type, onnx.cast(node.input(0), "int32"));
    return result === undefined ? undefined : [onnx.cast(result, "bool")];
  };
}

/** Max and Min; of NaN and numbers ONNX Runtime gives a number, TensorFlow NaN. */
function extreme(type: string): Lowering {
  return (node, onnx) => {
    const dtype = node.inputTypes[0]!;
    if (!numbers.includes(dtype)) return undefined;
    const result = reduced(node, onnx, type, node.input(0));
    if (result === undefined || !floats.includes(dtype)) return result === undefined ? undefined : [result];
    const isNan = onnx.cast(onnx.op("IsNaN", [node.input(0)]), "int32");
    const anyNan = onnx.cast(reduced(node, onnx, "ReduceMax", isNan)!, "bool");
    return [onnx.op("Where", [anyNan, onnx.scalar(dtype, Number.NaN), result])];
  };
}

/** The index of the first extreme element; NaN is never one. */
function extremeIndex(type: string, worst: number): Lowering {
  return (node, onnx) => {
    const axis = constantAxis(node, 1, node.shape(0)?.length);
    if (axis === undefined || !single.includes(node.inputTypes[0]!)) return undefined;
    const values = onnx.op("Where", [onnx.op("IsNaN", [node.input(0)]), onnx.scalar("float32", worst), node.input(0)]);
    const index = onnx.op(type, [values], { axis, keepdims: 0 });
    return [node.outputTypes[0] === "int64" ? index : onnx.cast(index, node.outputTypes[0]!)];
  };
}

/** ONNX lowerings of the reduce family. */
export const reduceLowerings: LoweringTable = {
  All: logical("ReduceMin"),
  Any: logical("ReduceMax"),
  ArgMax: extremeIndex("ArgMax", Number.NEGATIVE_INFINITY),
  ArgMin: extremeIndex("ArgMin", Number.POSITIVE_INFINITY),
  Max: extreme("ReduceMax"),
  Mean: reduction("ReduceMean", floats),
  Min: extreme("ReduceMin"),
  // Integers saturate in ONNX Runtime, where TensorFlow wraps.
  Prod: reduction("ReduceProd", floats),
  Sum: reduction("ReduceSum", floats),
};
