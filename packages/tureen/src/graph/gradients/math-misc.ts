import { lowestFloat } from "../../core/float-limits.js";
import { build } from "../build-op.js";
import type { Gradient, GradientTable } from "../gradient.js";
import type { Operation, Tensor } from "../graph.js";
import { reshape, selectV2 } from "../ops/array.js";
import * as m from "../ops/math.js";
import { sum } from "../ops/reduce.js";
import { denseOf, shapeTensor, zerosLikeTensor } from "./array/build-math.js";
import { scalarLike } from "./math/scalar-like.js";

function scanOptions(op: Operation): { readonly exclusive: boolean; readonly reverse: boolean } {
  return { exclusive: op.attrs.bool("exclusive"), reverse: op.attrs.bool("reverse") };
}

function cumsum(op: Operation, grads: readonly (Gradient | null)[]): (Tensor | null)[] {
  const { exclusive, reverse } = scanOptions(op);
  return [m.cumsum(denseOf(grads), op.inputs[1]!, { exclusive, reverse: !reverse }), null];
}

function cumprod(op: Operation, grads: readonly (Gradient | null)[]): (Tensor | null)[] {
  const [x, axis] = [op.inputs[0]!, op.inputs[1]!];
  const { exclusive, reverse } = scanOptions(op);
  const products = m.cumprod(x, axis, { exclusive, reverse });
  const sums = m.cumsum(m.mul(products, denseOf(grads)), axis, { exclusive, reverse: !reverse });
  return [m.divNoNan(sums, x), null];
}

/** Positive and negative gradients are each summed as logarithms, so that neither overflows. */
function cumulativeLogsumexp(op: Operation, grads: readonly (Gradient | null)[]): (Tensor | null)[] {
  const [x, axis, grad] = [op.inputs[0]!, op.inputs[1]!, denseOf(grads)];
  const { exclusive, reverse } = scanOptions(op);
  const zero = scalarLike(grad, 0);
  const lowest = scalarLike(grad, lowestFloat(grad.dtype));
  const part = (mask: Tensor, size: Tensor): Tensor => {
    const log = m.sub(selectV2(mask, m.log(size), lowest), op.output);
    return m.exp(m.addV2(m.cumulativeLogsumexp(log, axis, { exclusive, reverse: !reverse }), x));
  };
  return [m.sub(part(m.greater(grad, zero), grad), part(m.less(grad, zero), m.neg(grad))), null];
}

/** The gradient where the value lay between the bounds; a bound gets what it replaced. */
function clipByValue(op: Operation, grads: readonly (Gradient | null)[]): (Tensor | null)[] {
  const [x, low, high, grad] = [op.inputs[0]!, op.inputs[1]!, op.inputs[2]!, denseOf(grads)];
  const zeros = zerosLikeTensor(grad);
  const below = m.less(x, low);
  const above = m.greater(x, high);
  const sumTo = (bound: Tensor, mask: Tensor): Tensor => {
    const { r1 } = m.broadcastGradientArgs(shapeTensor(x), shapeTensor(bound));
    return reshape(sum(selectV2(mask, grad, zeros), r1), shapeTensor(bound));
  };
  return [selectV2(m.logicalOr(below, above), zeros, grad), sumTo(low, below), sumTo(high, above)];
}

/** Elements that were pooled share their gradients' mean. */
function isotonicRegression(op: Operation, grads: readonly (Gradient | null)[]): (Tensor | null)[] {
  const [input, segments] = [op.inputs[0]!, op.outputs[1]!];
  const grad = denseOf(grads);
  const sizes = shapeTensor(input);
  const total = build("Prod", [sizes, [0]]);
  const columns = build("StridedSlice", [sizes, [-1], [0], [1]], { shrink_axis_mask: 1 });
  // A row has at most as many pools as columns: numbers of their own for the pools of each row.
  const rowStarts = reshape(build("Range", [0, total, columns]), [-1, 1]);
  const wide = build("AddV2", [reshape(segments, build("Pack", [[-1, columns]])), rowStarts]);
  const pools = reshape(wide, [-1]);
  const flat = reshape(grad, [-1]);
  const sums = build("UnsortedSegmentSum", [flat, pools, total]);
  const counts = build("UnsortedSegmentSum", [build("OnesLike", [flat]), pools, total]);
  const means = m.realDiv(build("GatherV2", [sums, pools, 0]), build("GatherV2", [counts, pools, 0]));
  return [reshape(means, sizes)];
}

/** Gradients of the math ops that are neither element-wise functions of one nor of two operands. */
export const mathMiscGradients: GradientTable = {
  AddN: (op, grads) => op.inputs.map(() => grads[0]!),
  ClipByValue: clipByValue,
  Cross: (op, grads) => {
    const grad = denseOf(grads);
    return [m.cross(op.inputs[1]!, grad), m.cross(grad, op.inputs[0]!)];
  },
  Cumprod: cumprod,
  Cumsum: cumsum,
  CumulativeLogsumexp: cumulativeLogsumexp,
  IsotonicRegression: isotonicRegression,
};
