import { isFullyDefined } from "../../core/shape.js";
import { zeros } from "../../core/tensor-value.js";
import { constant } from "../build-op.js";
import type { GradientRule, GradientTable } from "../gradient.js";
import type { Operation, Tensor } from "../graph.js";
import {
  diag,
  diagPart,
  matrixBandPart,
  matrixDiag,
  matrixDiagPart,
  matrixDiagPartV2,
  matrixDiagPartV3,
  matrixDiagV2,
  matrixDiagV3,
  matrixSetDiag,
  matrixSetDiagV2,
  matrixSetDiagV3,
} from "../ops/array.js";
import { denseOf, zerosLikeTensor } from "./array/build-math.js";

function zero(like: Tensor): Tensor {
  return constant(zeros(like.dtype, []));
}

function part(op: Operation, grad: Tensor, k: Tensor): Tensor {
  if (!op.type.endsWith("V3")) return matrixDiagPartV2(grad, k, zero(grad));
  return matrixDiagPartV3(grad, k, zero(grad), { align: op.attrs.text("align") });
}

function set(op: Operation, input: Tensor, diagonal: Tensor, k: Tensor): Tensor {
  if (!op.type.endsWith("V3")) return matrixSetDiagV2(input, diagonal, k);
  return matrixSetDiagV3(input, diagonal, k, { align: op.attrs.text("align") });
}

const diagPartRule: GradientRule = (op, grads) => {
  const { shape } = op.inputs[0]!;
  const grad = denseOf(grads);
  const square = isFullyDefined(shape) && shape[shape.length - 2] === shape[shape.length - 1];
  return [square ? matrixDiag(grad) : matrixSetDiag(zerosLikeTensor(op.inputs[0]!), grad)];
};

const diagPartV2Rule: GradientRule = (op, grads) => {
  const [input, k] = op.inputs;
  const grad = denseOf(grads);
  const sizes = input!.shape?.slice(-2);
  if (sizes === undefined || !isFullyDefined(sizes)) {
    return [set(op, zerosLikeTensor(input!), grad, k!), null, null];
  }
  const [rows, columns] = sizes as [number, number];
  const full = op.type.endsWith("V3")
    ? matrixDiagV3(grad, k!, rows, columns, zero(grad), { align: op.attrs.text("align") })
    : matrixDiagV2(grad, k!, rows, columns, zero(grad));
  return [full, null, null];
};

const setDiagRule: GradientRule = (op, grads) => {
  const grad = denseOf(grads);
  return [matrixSetDiag(grad, zerosLikeTensor(op.inputs[1]!)), matrixDiagPart(grad)];
};

const setDiagV2Rule: GradientRule = (op, grads) => {
  const [, diagonal, k] = op.inputs;
  const grad = denseOf(grads);
  return [set(op, grad, zerosLikeTensor(diagonal!), k!), part(op, grad, k!), null];
};

/** Gradients of diagonals. */
export const arrayDiagGradients: GradientTable = {
  Diag: (_, grads) => [diagPart(denseOf(grads))],
  DiagPart: (_, grads) => [diag(denseOf(grads))],
  MatrixDiag: (_, grads) => [matrixDiagPart(denseOf(grads))],
  MatrixDiagV2: (op, grads) => [part(op, denseOf(grads), op.inputs[1]!), null, null, null, null],
  MatrixDiagV3: (op, grads) => [part(op, denseOf(grads), op.inputs[1]!), null, null, null, null],
  MatrixDiagPart: diagPartRule,
  MatrixDiagPartV2: diagPartV2Rule,
  MatrixDiagPartV3: diagPartV2Rule,
  MatrixSetDiag: setDiagRule,
  MatrixSetDiagV2: setDiagV2Rule,
  MatrixSetDiagV3: setDiagV2Rule,
  MatrixBandPart: (op, grads) => [matrixBandPart(denseOf(grads), op.inputs[1]!, op.inputs[2]!), null, null],
};
