import { isFloatingDType } from "../../core/dtype.js";
import { elementCount, isFullyDefined } from "../../core/shape.js";
import { zeros } from "../../core/tensor-value.js";
import { build, constant } from "../build-op.js";
import { copyNode } from "../function-graph.js";
import type { Tensor } from "../graph.js";
import { currentGraph } from "../scope.js";

/** Zeros up to this size are stored in the graph; larger ones are filled when they are needed. */
const storedZeros = 64;

/** Whether gradients can pass a tensor that a function takes or gives: float numbers, variables and lists of them. */
export function isDifferentiable({ dtype, handleData }: Tensor): boolean {
  if (dtype !== "resource" && dtype !== "variant") return isFloat(dtype);
  return handleData === undefined || isFloat(handleData.dtype) || handleData.dtype === "variant";
}

function isFloat(dtype: Tensor["dtype"]): boolean {
  return isFloatingDType(dtype) || dtype === "complex64" || dtype === "complex128";
}

/** A gradient of zeros for a tensor: for a variable's handle one of the variable's shape. */
export function zeroGradient(tensor: Tensor): Tensor {
  if (tensor.dtype !== "resource") {
    const { shape } = tensor;
    if (tensor.dtype === "variant" || !isFullyDefined(shape)) return build("ZerosLike", [tensor]);
    if (elementCount(shape) <= storedZeros) return constant(zeros(tensor.dtype, shape), undefined, "zeros_like");
    return build("Fill", [constant([...shape], "int32"), constant(0, tensor.dtype)], {}, "zeros_like");
  }
  const { dtype = "float32", shape } = tensor.handleData ?? {};
  const size = isFullyDefined(shape) ? constant([...shape], "int32") : build("VariableShape", [tensor]);
  return build("Fill", [size, constant(0, dtype)], {}, "zeros_like");
}

/** What needs no history to be had in a gradient's body: constants and handles, which are made again there. */
export function madeAgain({ op }: Tensor): Tensor | undefined {
  const isAlone = op.type === "Const" || (op.type === "VarHandleOp" && op.inputs.length === 0);
  return isAlone ? copyNode(currentGraph(), op) : undefined;
}
