import type { DType } from "../../core/dtype.js";
import type { Lowering, LoweringTable, OnnxBuilder, OnnxValue } from "../lowering.js";
import { floats, numbers, single } from "./support/dtypes.js";

/** An ONNX op of one operand by its own name. */
function direct(type: string, dtypes: readonly DType[]): Lowering {
  return (node, onnx) => (dtypes.includes(node.inputTypes[0]!) ? [onnx.op(type, [node.input(0)])] : undefined);
}

type Formula = (x: OnnxValue, onnx: OnnxBuilder, dtype: DType) => OnnxValue;

function formula(dtypes: readonly DType[], compute: Formula): Lowering {
  return (node, onnx) => {
    const dtype = node.inputTypes[0]!;
    return dtypes.includes(dtype) ? [compute(node.input(0), onnx, dtype)] : undefined;
  };
}

/** ONNX lowerings of element-wise functions of one operand. */
export const mathUnaryLowerings: LoweringTable = {
  Abs: direct("Abs", numbers),
  Acos: direct("Acos", single),
  Acosh: direct("Acosh", single),
  Asin: direct("Asin", single),
  Asinh: direct("Asinh", single),
  Atan: direct("Atan", single),
  Atanh: direct("Atanh", single),
  Ceil: direct("Ceil", floats),
  Cos: direct("Cos", floats),
  Cosh: direct("Cosh", single),
  Erf: direct("Erf", single),
  Exp: direct("Exp", floats),
  Floor: direct("Floor", floats),
  Inv: direct("Reciprocal", floats),
  IsFinite: formula(single, (x, onnx) =>
    onnx.op("Not", [onnx.op("Or", [onnx.op("IsNaN", [x]), onnx.op("IsInf", [x])])]),
  ),
  IsInf: direct("IsInf", floats),
  IsNan: direct("IsNaN", floats),
  Log: direct("Log", floats),
  LogicalNot: direct("Not", ["bool"]),
  Neg: direct("Neg", numbers),
  Reciprocal: direct("Reciprocal", floats),
  Rint: direct("Round", floats),
  Round: direct("Round", floats),
  Rsqrt: formula(floats, (x, onnx) => onnx.op("Reciprocal", [onnx.op("Sqrt", [x])])),
  // ONNX Runtime's own Sigmoid is exact to 1e-7 only, which is a lot of a small probability.
  Sigmoid: formula(floats, (x, onnx, dtype) => {
    const e = onnx.op("Exp", [onnx.op("Neg", [x])]);
    return onnx.op("Reciprocal", [onnx.op("Add", [e, onnx.scalar(dtype, 1)])]);
  }),
  Sign: direct("Sign", numbers),
  Sin: direct("Sin", floats),
  Sinh: direct("Sinh", single),
  Sqrt: direct("Sqrt", floats),
  Square: formula(numbers, (x, onnx) => onnx.op("Mul", [x, x])),
  Tan: direct("Tan", single),
  Tanh: direct("Tanh", floats),
};
