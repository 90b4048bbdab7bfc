import type { Lowering, LoweringTable, OnnxBuilder, OnnxValue } from "../lowering.js";
import { floats, single } from "./support/dtypes.js";
import { matchDims } from "./support/shape-checks.js";

/** The value with its last two dimensions swapped. */
function adjoint(onnx: OnnxBuilder, value: OnnxValue, rank: number): OnnxValue {
  const perm = Array.from({ length: rank }, (_, i) => i);
  perm.push(...perm.splice(-2).reverse());
  return onnx.op("Transpose", [value], { perm });
}

/** Batched products; `broadcasts` is false for the first version of the op, whose batch dimensions must agree. */
function batchMatMul(broadcasts: boolean): Lowering {
  return (node, onnx) => {
    const [a, b] = [node.shape(0), node.shape(1)];
    if (
      !floats.includes(node.inputTypes[0]!) ||
      node.inputTypes[0] !== node.outputTypes[0] ||
      node.inputTypes[1] !== node.inputTypes[0]
    )
      return undefined;
    if (a === undefined || b === undefined || a.length < 2 || b.length < 2) return undefined;
    if (!broadcasts && (a.length !== b.length || a.slice(0, -2).some((size, i) => size < 0 || size !== b[i])))
      return undefined;
    const x = node.attrs.bool("adj_x") ? adjoint(onnx, node.input(0), a.length) : node.input(0);
    const y = node.attrs.bool("adj_y") ? adjoint(onnx, node.input(1), b.length) : node.input(1);
    return [onnx.op("MatMul", [x, y])];
  };
}

/** ONNX lowerings of the linalg family. */
export const linalgLowerings: LoweringTable = {
  BatchMatMul: batchMatMul(false),
  BatchMatMulV2: batchMatMul(true),
  BatchMatMulV3: batchMatMul(true),
  Einsum: (node, onnx) => {
    if (!single.includes(node.inputTypes[0]!)) return undefined;
    const equation = node.attrs.text("equation");
    const [left, right] = equation.split("->");
    const terms = left?.split(",") ?? [];
    if (right === undefined || terms.length !== node.inputTypes.length || !/^[a-zA-Z,]+->[a-zA-Z]*$/.test(equation))
      return undefined;
    // ONNX Runtime broadcasts a labelled dimension of 1, which TensorFlow does not.
    const sizes = new Map<string, { readonly input: number; readonly axis: number; readonly size: number }>();
    const operands: OnnxValue[] = [];
    for (const [i, term] of terms.entries()) {
      const shape = node.shape(i);
      if (shape?.length !== term.length || new Set(term).size !== term.length) return undefined;
      let operand = node.input(i);
      for (const [axis, label] of [...term].entries()) {
        const first = sizes.get(label);
        const size = shape[axis]!;
        if (first === undefined) sizes.set(label, { input: i, axis, size });
        else if (size < 0 || first.size < 0)
          operand = matchDims(onnx, node.input(first.input), operand, term.length, [[first.axis, axis]]);
        else if (size !== first.size) return undefined;
      }
      operands.push(operand);
    }
    if (![...right].every((label) => sizes.has(label)) || new Set(right).size !== right.length) return undefined;
    return [onnx.op("Einsum", operands, { equation })];
  },
  MatMul: (node, onnx) => {
    if (!floats.includes(node.inputTypes[0]!) || node.shape(0)?.length !== 2 || node.shape(1)?.length !== 2)
      return undefined;
    const [transA, transB] = [Number(node.attrs.bool("transpose_a")), Number(node.attrs.bool("transpose_b"))];
    if (transA + transB === 0) return [onnx.op("MatMul", [node.input(0), node.input(1)])];
    return [onnx.op("Gemm", [node.input(0), node.input(1)], { transA, transB })];
  },
};
