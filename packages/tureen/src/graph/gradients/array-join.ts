import { isFullyDefined } from "../../core/shape.js";
import { build, constant } from "../build-op.js";
import type { Gradient, GradientRule, GradientTable } from "../gradient.js";
import type { Operation, Tensor } from "../graph.js";
import { concatOffset, concatV2, pack, rank, shapeN, slice, splitV, squeeze, unpack } from "../ops/array.js";
import { denseOf } from "./array/build-math.js";

/** From as many inputs on TensorFlow splits once instead of slicing for each. */
const splitInputs = 16;

function shapesOf(values: readonly Tensor[]): readonly Tensor[] {
  if (values.every(({ shape }) => isFullyDefined(shape))) {
    return values.map(({ shape }) => constant([...shape!], "int32"));
  }
  return shapeN([...values]);
}

/** The parts of a concatenation's gradient. */
function concatParts(values: readonly Tensor[], axis: Tensor, grad: Tensor): readonly Tensor[] {
  if (values.length === 1) return [grad];
  const positive = build("FloorMod", [axis, rank(values[0]!)]);
  const sizes = shapesOf(values);
  if (values.length > splitInputs) {
    const lengths = squeeze(slice(pack([...sizes], { axis: 1 }), pack([positive, 0]), [1, -1]));
    return splitV(grad, lengths, positive, { numSplit: values.length });
  }
  return concatOffset(positive, [...sizes]).map((offset, i) => slice(grad, offset, sizes[i]!));
}

const concatLast: GradientRule = (op, grads) => {
  const axis = op.inputs[op.inputs.length - 1]!;
  return [...concatParts(op.inputs.slice(0, -1), asInt32(axis), denseOf(grads)), null];
};

const concatFirst: GradientRule = (op, grads) => {
  return [null, ...concatParts(op.inputs.slice(1), op.inputs[0]!, denseOf(grads))];
};

function asInt32(axis: Tensor): Tensor {
  return axis.dtype === "int32" ? axis : build("Cast", [axis], { DstT: "int32" });
}

function allDense(op: Operation, grads: readonly (Gradient | null)[]): Tensor[] {
  return op.outputs.map((_, i) => denseOf(grads, i));
}

/** Gradients of what joins tensors and takes them apart. */
export const arrayJoinGradients: GradientTable = {
  Concat: concatFirst,
  ConcatV2: concatLast,
  ConcatOffset: null,
  Pack: (op, grads) => unpack(denseOf(grads), { num: op.inputs.length, axis: op.attrs.int("axis") }),
  Unpack: (op, grads) => [pack(allDense(op, grads), { axis: op.attrs.int("axis") })],
  Split: (op, grads) => [null, concatV2(allDense(op, grads), op.inputs[0]!)],
  SplitV: (op, grads) => [concatV2(allDense(op, grads), op.inputs[2]!), null, null],
};
