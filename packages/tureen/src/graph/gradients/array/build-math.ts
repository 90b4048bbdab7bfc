import type { DType } from "../../../core/dtype.js";
import { isFullyDefined } from "../../../core/shape.js";
import { zeros } from "../../../core/tensor-value.js";
import { build, buildOp, constant, type TensorLike } from "../../build-op.js";
import type { Gradient } from "../../gradient.js";
import { denseGradient } from "../../gradient.js";
import type { Operation, Tensor } from "../../graph.js";
import { shape } from "../../ops/array.js";

/** The first gradient as one tensor; a rule is only called where one arrived, or zeros in its place. */
export function denseOf(grads: readonly (Gradient | null)[], index = 0): Tensor {
  return denseGradient(grads[index]!);
}

/** The shape of a tensor: a constant where it is known (`array_ops.shape`), else a Shape op. */
export function shapeTensor(tensor: Tensor, outType: DType = "int32"): Tensor {
  if (isFullyDefined(tensor.shape)) return constant([...tensor.shape], outType, "Shape");
  return shape(tensor, { outType });
}

/** The sum over axes. */
export function sumOver(input: TensorLike, axes: TensorLike, keepDims = false): Tensor {
  return build("Sum", [input, axes], { keep_dims: keepDims });
}

/** The sum of all elements. */
export function sumAll(input: Tensor): Tensor {
  const rank = input.shape === undefined ? build("Rank", [input]) : undefined;
  const axes =
    rank === undefined
      ? constant(
          input.shape!.map((_, d) => d),
          "int32",
        )
      : build("Range", [0, rank, 1]);
  return sumOver(input, axes);
}

/** The axes along which each of two shapes was repeated to broadcast with the other. */
export function broadcastAxes(a: Tensor, b: Tensor): readonly [Tensor, Tensor] {
  const { outputs } = buildOp("BroadcastGradientArgs", [a, b]);
  return [outputs[0]!, outputs[1]!];
}

/** Zeros like a tensor: a constant where its shape is known. */
export function zerosLikeTensor(tensor: Tensor): Tensor {
  const known = isFullyDefined(tensor.shape)
    ? constant(zeros(tensor.dtype, tensor.shape), undefined, "zeros_like")
    : undefined;
  return known ?? build("ZerosLike", [tensor]);
}

/** Elements from `from` on of a vector. */
export function tailOf(vector: Tensor, from: number): Tensor {
  return build("StridedSlice", [vector, [from], [0], [1]], { end_mask: 1 });
}

/** The first input. */
export function inputOf(op: Operation, index = 0): Tensor {
  return op.inputs[index]!;
}
