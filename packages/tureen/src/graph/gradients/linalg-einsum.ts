import { isFullyDefined } from "../../core/shape.js";
import { constant } from "../build-op.js";
import type { GradientRule, GradientTable } from "../gradient.js";
import type { Tensor } from "../graph.js";
import { broadcastTo, concatV2, fill, pack, reshape, shape, stridedSlice, tensorScatterUpdate } from "../ops/array.js";
import { einsum } from "../ops/linalg.js";
import { addV2, broadcastGradientArgs } from "../ops/math.js";
import { sum } from "../ops/reduce.js";
import { denseOf } from "./array/build-math.js";
import { conjugate } from "./linalg-products.js";

const ellipsis = "...";

/** The labels of a subscript, each once, without the ellipsis. */
function labelsOf(subscript: string): string[] {
  return [...new Set(subscript.replaceAll(".", ""))];
}

/** The axis of a label's first occurrence, negative behind an ellipsis. */
function axisOf(subscript: string, label: string): number {
  const [before, after] = subscript.split(ellipsis) as [string, string | undefined];
  const index = before.indexOf(label);
  return index >= 0 || after === undefined ? index : after.indexOf(label) - after.length;
}

function hasRepeats(subscript: string): boolean {
  return new Set(subscript).size < subscript.length;
}

function sizeAt(sizes: Tensor, axis: number): Tensor {
  return stridedSlice(sizes, [axis], [axis + 1], [1], { shrinkAxisMask: 1, endMask: axis === -1 ? 1 : 0 });
}

/** The gradient of a one-operand einsum that sums over the labels `reduced`: the output's gradient repeated along them. */
function repeatAlong(
  grad: Tensor,
  outputSubscript: string,
  inputSubscript: string,
  sizes: Tensor,
  reduced: readonly string[],
): Tensor {
  const kept = [...inputSubscript].filter((label) => !reduced.includes(label)).join("");
  if (
    !hasRepeats(inputSubscript.replaceAll(".", "")) &&
    !hasRepeats(outputSubscript.replaceAll(".", "")) &&
    kept === outputSubscript
  ) {
    const axes = reduced.map((label) => axisOf(inputSubscript, label));
    const ones = withOnes(sizes, axes);
    return broadcastTo(reshape(grad, ones), sizes);
  }
  const dims = pack(reduced.map((label) => sizeAt(sizes, axisOf(inputSubscript, label))));
  const gradSizes = shape(grad);
  const spread = reshape(grad, concatV2([fill([reduced.length], constant(1, "int32")), gradSizes], 0));
  const repeated = broadcastTo(spread, concatV2([dims, gradSizes], 0));
  return einsum([repeated], { equation: `${reduced.join("")}${outputSubscript}->${inputSubscript}` });
}

/** A shape with ones at the given axes, as after a sum that keeps its dimensions. */
function withOnes(sizes: Tensor, axes: readonly number[]): Tensor {
  const rank = shape(sizes);
  const positions = axes.map((axis) => (axis < 0 ? addV2(rank, constant([axis], "int32")) : constant([axis], "int32")));
  return tensorScatterUpdate(
    sizes,
    pack(positions),
    constant(
      axes.map(() => 1),
      "int32",
    ),
  );
}

function gradientOf(
  grad: Tensor,
  other: Tensor,
  sizes: Tensor,
  own: string,
  otherSubscript: string,
  output: string,
): Tensor {
  const reduced = labelsOf(own).filter((label) => !output.includes(label) && !otherSubscript.includes(label));
  const left = [...own].filter((label) => !reduced.includes(label)).join("");
  const result = einsum([grad, other], { equation: `${output},${otherSubscript}->${left}` });
  return reduced.length === 0 ? result : repeatAlong(result, left, own, sizes, reduced);
}

/** Where the ellipsis' axes lie in a shape: from `start` on, up to `end` (0 for the last). */
function ellipsisRange(subscript: string): { readonly start: number; readonly end: number } {
  const start = subscript.indexOf(ellipsis);
  return { start, end: start + ellipsis.length - subscript.length };
}

function ellipsisSizes(sizes: Tensor, { start, end }: { start: number; end: number }): Tensor {
  return stridedSlice(sizes, [start], [end], [1], { endMask: end === 0 ? 1 : 0 });
}

const einsumGradient: GradientRule = (op, grads) => {
  const grad = denseOf(grads);
  const [inputSide, output] = op.attrs.text("equation").replaceAll(" ", "").split("->") as [string, string];
  if (op.inputs.length === 1) {
    const reduced = labelsOf(inputSide).filter((label) => !output.includes(label));
    if (reduced.length === 0) return [einsum([grad], { equation: `${output}->${inputSide}` })];
    return [repeatAlong(grad, output, inputSide, shape(op.inputs[0]!), reduced)];
  }
  let [xs, ys] = inputSide.split(",") as [string, string];
  const broadcasts = output.includes(ellipsis);
  if (broadcasts) {
    if (!xs.includes(ellipsis)) xs += ellipsis;
    if (!ys.includes(ellipsis)) ys += ellipsis;
  }
  const [x, y] = [op.inputs[0]!, op.inputs[1]!];
  const [sizesX, sizesY] = [shape(x), shape(y)];
  const gradX = gradientOf(grad, conjugate(y), sizesX, xs, ys, output);
  const gradY = gradientOf(grad, conjugate(x), sizesY, ys, xs, output);
  if (!broadcasts) return [gradX, gradY];
  const [rangeX, rangeY] = [ellipsisRange(xs), ellipsisRange(ys)];
  if (isFullyDefined(x.shape) && isFullyDefined(y.shape)) {
    const [own, other] = [
      x.shape.slice(rangeX.start, x.shape.length + rangeX.end),
      y.shape.slice(rangeY.start, y.shape.length + rangeY.end),
    ];
    if (own.length === other.length && own.every((size, i) => size === other[i])) return [gradX, gradY];
  }
  const { r0, r1 } = broadcastGradientArgs(ellipsisSizes(sizesX, rangeX), ellipsisSizes(sizesY, rangeY));
  return [
    reshape(sum(gradX, addV2(constant(rangeX.start, "int32"), r0)), sizesX),
    reshape(sum(gradY, addV2(constant(rangeY.start, "int32"), r1)), sizesY),
  ];
};

/** Gradient of Einsum. */
export const linalgEinsumGradients: GradientTable = { Einsum: einsumGradient };
