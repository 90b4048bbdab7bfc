import type { DType } from "../../core/dtype.js";
import type { Lowering, LoweringTable, OnnxBuilder, OnnxValue } from "../lowering.js";
import { floats, numbers } from "./support/dtypes.js";
import { sameShape } from "./support/shape-checks.js";

/** An ONNX op of two operands that broadcasts as TensorFlow's does. */
function direct(type: string, dtypes: readonly DType[]): Lowering {
  return (node, onnx) =>
    dtypes.includes(node.inputTypes[0]!) ? [onnx.op(type, [node.input(0), node.input(1)])] : undefined;
}

/** Equality; with `incompatible_shape_error` off shapes that do not broadcast are an answer, not an error, and the host gives it. */
function equality(compare: (x: OnnxValue, y: OnnxValue, onnx: OnnxBuilder) => OnnxValue): Lowering {
  return (node, onnx) => {
    if (![...numbers, "bool"].includes(node.inputTypes[0]!) || !node.attrs.bool("incompatible_shape_error"))
      return undefined;
    return [compare(node.input(0), node.input(1), onnx)];
  };
}

/** A gradient from an op's output `y` and the gradient `dy` of it, both of one shape. */
function fromOutput(compute: (y: OnnxValue, dy: OnnxValue, onnx: OnnxBuilder, dtype: DType) => OnnxValue): Lowering {
  return (node, onnx) => {
    const dtype = node.inputTypes[0]!;
    if (!floats.includes(dtype)) return undefined;
    const dy = sameShape(node, onnx, 0, 1);
    return dy === undefined ? undefined : [compute(node.input(0), dy, onnx, dtype)];
  };
}

const mul = (onnx: OnnxBuilder, a: OnnxValue, b: OnnxValue): OnnxValue => onnx.op("Mul", [a, b]);

/** ONNX lowerings of element-wise functions of two operands. */
export const mathBinaryLowerings: LoweringTable = {
  Add: direct("Add", numbers),
  AddV2: direct("Add", numbers),
  Div: direct("Div", floats),
  DivNoNan: (node, onnx) => {
    const dtype = node.inputTypes[0]!;
    if (!floats.includes(dtype)) return undefined;
    const zero = onnx.scalar(dtype, 0);
    const quotient = onnx.op("Div", [node.input(0), node.input(1)]);
    return [onnx.op("Where", [onnx.op("Equal", [node.input(1), zero]), zero, quotient])];
  },
  Equal: equality((x, y, onnx) => onnx.op("Equal", [x, y])),
  Greater: direct("Greater", numbers),
  GreaterEqual: direct("GreaterOrEqual", numbers),
  Less: direct("Less", numbers),
  LessEqual: direct("LessOrEqual", numbers),
  LogicalAnd: direct("And", ["bool"]),
  LogicalOr: direct("Or", ["bool"]),
  Maximum: direct("Max", numbers),
  Minimum: direct("Min", numbers),
  Mul: direct("Mul", numbers),
  NotEqual: equality((x, y, onnx) => onnx.op("Not", [onnx.op("Equal", [x, y])])),
  Pow: direct("Pow", floats),
  RealDiv: direct("Div", floats),
  SigmoidGrad: fromOutput((y, dy, onnx, dtype) =>
    mul(onnx, dy, mul(onnx, y, onnx.op("Sub", [onnx.scalar(dtype, 1), y]))),
  ),
  SquaredDifference: (node, onnx) => {
    if (!numbers.includes(node.inputTypes[0]!)) return undefined;
    const difference = onnx.op("Sub", [node.input(0), node.input(1)]);
    return [mul(onnx, difference, difference)];
  },
  Sub: direct("Sub", numbers),
  TanhGrad: fromOutput((y, dy, onnx, dtype) => mul(onnx, dy, onnx.op("Sub", [onnx.scalar(dtype, 1), mul(onnx, y, y)]))),
};
