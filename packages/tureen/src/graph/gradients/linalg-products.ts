import { isFloatingDType } from "../../core/dtype.js";
import { isFullyDefined } from "../../core/shape.js";
import type { GradientRule, GradientTable } from "../gradient.js";
import type { Operation, Tensor } from "../graph.js";
import { reshape, shape, stridedSlice, transpose } from "../ops/array.js";
import { batchMatMulV2, matMul, sparseMatMul } from "../ops/linalg.js";
import { broadcastGradientArgs, cast, conj } from "../ops/math.js";
import { sum } from "../ops/reduce.js";
import { denseOf } from "./array/build-math.js";

/** The conjugate of a complex tensor, any other as it is. */
export function conjugate(tensor: Tensor): Tensor {
  return isFloatingDType(tensor.dtype) || !tensor.dtype.startsWith("complex") ? tensor : conj(tensor);
}

const matMulGradient: GradientRule = (op, grads) => {
  const grad = denseOf(grads);
  const [ta, tb] = [op.attrs.bool("transpose_a"), op.attrs.bool("transpose_b")];
  const [a, b] = [conjugate(op.inputs[0]!), conjugate(op.inputs[1]!)];
  const gradA = ta ? matMul(b, grad, { transposeA: tb, transposeB: true }) : matMul(grad, b, { transposeB: !tb });
  const gradB = tb ? matMul(grad, a, { transposeA: true, transposeB: ta }) : matMul(a, grad, { transposeA: !ta });
  return [gradA, gradB];
};

/** The dense gradient's sparsity is not known here but where Relu made it, as TensorFlow judges. */
const sparseMatMulGradient: GradientRule = (op, grads) => {
  const grad = denseOf(grads);
  const [a, b] = op.inputs as [Tensor, Tensor];
  const [ta, tb] = [op.attrs.bool("transpose_a"), op.attrs.bool("transpose_b")];
  const sparse = new Map<Tensor, boolean>([
    [a, op.attrs.bool("a_is_sparse")],
    [b, op.attrs.bool("b_is_sparse")],
    [grad, grad.op.type === "ReluGrad"],
  ]);
  const product = (x: Tensor, y: Tensor, like: Tensor, transposeA: boolean, transposeB: boolean): Tensor => {
    const right = transposeB ? transpose(y, [1, 0]) : y;
    const result = sparseMatMul(x, right, { transposeA, aIsSparse: sparse.get(x)!, bIsSparse: sparse.get(y)! });
    return result.dtype === like.dtype ? result : cast(result, like.dtype);
  };
  return [
    ta ? product(b, grad, a, tb, true) : product(grad, b, a, false, !tb),
    tb ? product(grad, a, b, true, ta) : product(a, grad, b, !ta, false),
  ];
};

function matrixProduct(x: Tensor, y: Tensor, adjX: boolean, adjY: boolean): Tensor {
  const batched = x.shape?.length !== 2 || y.shape?.length !== 2;
  if (batched) return batchMatMulV2(x, y, { adjX, adjY });
  return matMul(adjX ? conjugate(x) : x, adjY ? conjugate(y) : y, { transposeA: adjX, transposeB: adjY });
}

function productGradients(op: Operation, grad: Tensor): readonly [Tensor, Tensor] {
  const [x, y] = op.inputs as [Tensor, Tensor];
  const [adjX, adjY] = [op.attrs.bool("adj_x"), op.attrs.bool("adj_y")];
  return [
    adjX ? matrixProduct(y, grad, adjY, true) : matrixProduct(grad, y, false, !adjY),
    adjY ? matrixProduct(grad, x, true, adjX) : matrixProduct(x, grad, !adjX, false),
  ];
}

/** All but the last two entries of a shape. */
function batchOf(sizes: Tensor): Tensor {
  return stridedSlice(sizes, [0], [-2], [1], { beginMask: 1 });
}

/** Sums gradients over the batch dimensions along which their operand was repeated, unless static shapes say there are none. */
export function unbroadcastBatch(
  [x, y]: readonly [Tensor, Tensor],
  [gradX, gradY]: readonly [Tensor, Tensor],
): readonly [Tensor, Tensor] {
  const [batchX, batchY] = [x.shape?.slice(0, -2), y.shape?.slice(0, -2)];
  const noBatch = batchX?.length === 0 && batchY?.length === 0;
  const same =
    isFullyDefined(batchX) &&
    isFullyDefined(batchY) &&
    batchX.length === batchY.length &&
    batchX.every((size, i) => size === batchY[i]);
  if (noBatch || same) return [gradX, gradY];
  const [sizesX, sizesY] = [shape(x), shape(y)];
  const { r0, r1 } = broadcastGradientArgs(batchOf(sizesX), batchOf(sizesY));
  return [reshape(sum(gradX, r0), sizesX), reshape(sum(gradY, r1), sizesY)];
}

const batchMatMulGradient: GradientRule = (op, grads) => productGradients(op, denseOf(grads));

const broadcastMatMulGradient: GradientRule = (op, grads) =>
  unbroadcastBatch([op.inputs[0]!, op.inputs[1]!], productGradients(op, denseOf(grads)));

/** Gradients of matrix products. */
export const linalgProductGradients: GradientTable = {
  MatMul: matMulGradient,
  SparseMatMul: sparseMatMulGradient,
  BatchMatMul: batchMatMulGradient,
  BatchMatMulV2: broadcastMatMulGradient,
  BatchMatMulV3: broadcastMatMulGradient,
};
