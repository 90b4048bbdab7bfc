import { elementCount, isFullyDefined } from "../../../core/shape.js";
import { toIntegers } from "../../../core/tensor-value.js";
import { constant } from "../../build-op.js";
import { constantShape, constantValue } from "../../constant-value.js";
import type { Tensor } from "../../graph.js";
import { dynamicStitch, fill, range, shape, size } from "../../ops/array.js";
import { addV2, cast, floorMod } from "../../ops/math.js";

/** The axes of a reduction where they are known, none negative. */
export function knownAxes(axes: Tensor, rank: number): number[] | undefined {
  const value = constantValue(axes);
  return value === undefined ? undefined : toIntegers(value).map((axis) => (axis < 0 ? axis + rank : axis));
}

/** A shape vector with 1 at the reduced axes (`reduced_shape`): a constant where it is known, else stitched together during the run. */
export function keptShape(inputShape: Tensor, axes: Tensor): Tensor {
  const known = constantShape(inputShape);
  const reduced = isFullyDefined(known) ? knownAxes(axes, known.length) : undefined;
  if (isFullyDefined(known) && reduced !== undefined) {
    return constant(
      known.map((count, axis) => (reduced.includes(axis) ? 1 : count)),
      "int32",
    );
  }
  const indices = axes.dtype === "int32" ? axes : cast(axes, "int32");
  const rank = size(inputShape);
  const positive = floorMod(addV2(indices, rank), rank);
  const ones = fill(shape(positive), constant(1, "int32"));
  return dynamicStitch([range(constant(0, "int32"), rank, constant(1, "int32")), positive], [inputShape, ones]);
}

/** How many elements go into each of a reduction's outputs, where the shapes tell. */
export function knownReducedCount(input: Tensor, output: Tensor): number | undefined {
  if (!isFullyDefined(input.shape) || !isFullyDefined(output.shape)) return undefined;
  return Math.floor(elementCount(input.shape) / Math.max(elementCount(output.shape), 1));
}
