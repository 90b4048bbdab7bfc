import { build, constant } from "../build-op.js";
import { constantValue } from "../constant-value.js";
import type { GradientRule, GradientTable } from "../gradient.js";
import type { Operation } from "../graph.js";
import {
  concatV2,
  pack,
  pad,
  rank,
  reshape,
  shape,
  stridedSlice,
  stridedSliceGrad,
  tensorStridedSliceUpdate,
} from "../ops/array.js";
import { denseOf, shapeTensor, zerosLikeTensor } from "./array/build-math.js";

/** The masks of a StridedSlice-like op as options for its kin. */
function masksOf({ attrs }: Operation): {
  beginMask: number;
  endMask: number;
  ellipsisMask: number;
  newAxisMask: number;
  shrinkAxisMask: number;
} {
  return {
    beginMask: attrs.int("begin_mask"),
    endMask: attrs.int("end_mask"),
    ellipsisMask: attrs.int("ellipsis_mask"),
    newAxisMask: attrs.int("new_axis_mask"),
    shrinkAxisMask: attrs.int("shrink_axis_mask"),
  };
}

const slice: GradientRule = (op, grads) => {
  const [input, begin] = op.inputs;
  const column = pack([rank(input!), constant(1, "int32")]);
  const before = reshape(begin!, column);
  const left = build("Sub", [shape(input!, { outType: begin!.dtype }), shape(op.output, { outType: begin!.dtype })]);
  const after = reshape(build("Sub", [left, begin!]), column);
  return [pad(denseOf(grads), concatV2([before, after], 1)), null, null];
};

const strided: GradientRule = (op, grads) => {
  const [input, begin, end, strides] = op.inputs;
  const inputShape = shapeTensor(input!, begin!.dtype);
  // Constants of an outer graph are made anew, so that the gradient stands alone.
  const fixed = [begin!, end!, strides!].map((bound) => {
    const value = constantValue(bound);
    return value === undefined ? bound : constant(value);
  });
  const result = stridedSliceGrad(inputShape, fixed[0]!, fixed[1]!, fixed[2]!, denseOf(grads), masksOf(op));
  return [result, null, null, null];
};

const stridedGrad: GradientRule = (op, grads) => {
  const [, begin, end, strides] = op.inputs;
  return [null, null, null, null, stridedSlice(denseOf(grads), begin!, end!, strides!, masksOf(op))];
};

const update: GradientRule = (op, grads) => {
  const [, begin, end, strides, value] = op.inputs;
  const grad = denseOf(grads);
  const masks = masksOf(op);
  const kept = tensorStridedSliceUpdate(grad, begin!, end!, strides!, zerosLikeTensor(value!), masks);
  return [kept, null, null, null, stridedSlice(grad, begin!, end!, strides!, masks)];
};

/** Gradients of what cuts blocks out of tensors or writes them. */
export const arraySliceGradients: GradientTable = {
  Slice: slice,
  StridedSlice: strided,
  StridedSliceGrad: stridedGrad,
  TensorStridedSliceUpdate: update,
};
