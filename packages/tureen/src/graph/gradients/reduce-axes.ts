import { isFullyDefined } from "../../core/shape.js";
import { constant } from "../build-op.js";
import type { Gradient, GradientRule, GradientTable } from "../gradient.js";
import type { Operation, Tensor } from "../graph.js";
import {
  broadcastTo,
  concatV2,
  gatherV2,
  invertPermutation,
  listDiff,
  pack,
  range,
  rank,
  reshape,
  shape,
  size,
  tile,
  transpose,
} from "../ops/array.js";
import * as m from "../ops/math.js";
import { prod, sum } from "../ops/reduce.js";
import { denseOf, shapeTensor } from "./array/build-math.js";
import { conjugate } from "./math/scalar-like.js";
import { keptShape, knownAxes, knownReducedCount } from "./reduce/kept-shape.js";

// The formulas of TensorFlow's gradient functions, with their short cuts for shapes that are known.

type Grads = readonly (Gradient | null)[];

/** The gradient of a sum: the output's, repeated along the axes that were summed over. */
function spread(op: Operation, grads: Grads): Tensor {
  const [input, axes, grad] = [op.inputs[0]!, op.inputs[1]!, denseOf(grads)];
  const dims = input.shape;
  const reduced = dims === undefined ? undefined : knownAxes(axes, dims.length);
  if (dims !== undefined && reduced !== undefined) {
    // All axes in order: one element that is tiled. TensorFlow asks for non-negative axes here.
    const isAll = reduced.length === dims.length && reduced.every((axis, i) => axis === i);
    if (isAll)
      return tile(
        reshape(
          grad,
          constant(
            dims.map(() => 1),
            "int32",
          ),
        ),
        shapeTensor(input),
      );
    if (isFullyDefined(dims)) {
      const kept = dims.map((count, axis) => (reduced.includes(axis) ? 1 : count));
      const times = dims.map((count, axis) => Math.floor(count / Math.max(kept[axis]!, 1)));
      return tile(reshape(grad, constant(kept, "int32")), constant(times, "int32"));
    }
  }
  const inputShape = shapeTensor(input);
  const kept = op.attrs.bool("keep_dims") ? grad : reshape(grad, keptShape(inputShape, axes));
  return broadcastTo(kept, inputShape);
}

function mean(op: Operation, grads: Grads): (Tensor | null)[] {
  const total = spread(op, grads);
  const known = knownReducedCount(op.inputs[0]!, op.output);
  const count = known === undefined ? reducedCount(op) : constant(known, "int32");
  return [m.realDiv(total, m.cast(count, total.dtype)), null];
}

function reducedCount(op: Operation): Tensor {
  const inputShape = shapeTensor(op.inputs[0]!);
  const axes = positiveAxes(op.inputs[1]!, size(inputShape));
  // A lone axis may be a scalar.
  const sizes = reshape(gatherV2(inputShape, axes, constant(0, "int32")), constant([-1], "int32"));
  return prod(sizes, constant([0], "int32"));
}

function positiveAxes(axes: Tensor, count: Tensor): Tensor {
  const inputRank = axes.dtype === "int32" ? count : m.cast(count, axes.dtype);
  return m.floorMod(m.addV2(axes, inputRank), inputRank);
}

/** The gradient goes to the elements equal to the result, in equal parts. */
const extreme: GradientRule = (op, grads) => {
  const [input, axes] = [op.inputs[0]!, op.inputs[1]!];
  const keeps = op.attrs.bool("keep_dims");
  const kept = keeps ? shapeTensor(op.output) : keptShape(shapeTensor(input), axes);
  const y = keeps ? op.output : reshape(op.output, kept);
  const grad = keeps ? denseOf(grads) : reshape(denseOf(grads), kept);
  const chosen = m.cast(m.equal(y, input), grad.dtype);
  const count = reshape(sum(chosen, axes), kept);
  return [m.mul(m.realDiv(chosen, count), grad), null];
};

function euclideanNorm(op: Operation, grads: Grads): (Tensor | null)[] {
  const [input, axes] = [op.inputs[0]!, op.inputs[1]!];
  if (op.attrs.bool("keep_dims")) return [m.realDiv(input, m.realDiv(op.output, denseOf(grads))), null];
  const kept = keptShape(shapeTensor(input), axes);
  return [m.realDiv(input, m.realDiv(reshape(op.output, kept), reshape(denseOf(grads), kept))), null];
}

/** Each element's gradient is the product of the others, from the running products before and after it, so that zeros do no harm. */
function product(op: Operation, grads: Grads): (Tensor | null)[] {
  const [input, axes] = [op.inputs[0]!, op.inputs[1]!];
  const zero = constant(0, "int32");
  const inputShape = shapeTensor(input);
  const kept = op.attrs.bool("keep_dims") ? denseOf(grads) : reshape(denseOf(grads), keptShape(inputShape, axes));
  const grad = broadcastTo(kept, inputShape);
  const inputRank = rank(input);
  const positive = positiveAxes(reshape(axes, constant([-1], "int32")), inputRank);
  const reduced = positive.dtype === "int32" ? positive : m.cast(positive, "int32");
  const other = listDiff(range(zero, inputRank, constant(1, "int32")), reduced).out;
  const order = concatV2([reduced, other], zero);
  const count = (which: Tensor): Tensor => prod(gatherV2(inputShape, which, zero), constant([0], "int32"));
  const permuted = transpose(input, order);
  const lines = reshape(permuted, pack([count(reduced), count(other)]));
  const before = m.cumprod(lines, zero, { exclusive: true });
  const after = m.cumprod(lines, zero, { exclusive: true, reverse: true });
  const others = reshape(m.mul(conjugate(before), conjugate(after)), shape(permuted));
  return [reshape(m.mul(grad, transpose(others, invertPermutation(order))), inputShape), null];
}

const none: GradientRule = () => [null, null];

/** Gradients of the reductions along axes. */
export const reduceAxesGradients: GradientTable = {
  All: null,
  Any: null,
  ArgMax: none,
  ArgMin: none,
  Bincount: null,
  DenseBincount: null,
  EuclideanNorm: euclideanNorm,
  Max: extreme,
  Mean: mean,
  Min: extreme,
  Prod: product,
  Sum: (op, grads) => [spread(op, grads), null],
};
