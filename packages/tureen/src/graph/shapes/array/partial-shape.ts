import { mergeShapes, type PartialShape } from "../../../core/shape.js";
import { invalidArgument } from "../../../core/status-error.js";
import type { TensorValue } from "../../../core/tensor-value.js";

/** The shape if it can have `rank` dimensions (unknown ones where nothing is known); INVALID_ARGUMENT with TensorFlow's text otherwise. */
export function withRank(shape: PartialShape, rank: number): readonly number[] {
  if (shape === undefined) return unknownSizes(rank);
  if (shape.length !== rank) throw invalidArgument(`Shape must be rank ${rank} but is rank ${shape.length}`);
  return shape;
}

/** The shape if it can have at least `rank` dimensions. */
export function withRankAtLeast(shape: PartialShape, rank: number): PartialShape {
  if (shape !== undefined && shape.length < rank) {
    throw invalidArgument(`Shape must be at least rank ${rank} but is rank ${shape.length}`);
  }
  return shape;
}

/** A shape of known rank and unknown sizes. */
export function unknownSizes(rank: number): number[] {
  return new Array<number>(rank).fill(-1);
}

/** The known one of two sizes that must be the same. */
export function mergeSizes(a: number, b: number): number {
  if (a >= 0 && b >= 0 && a !== b) throw invalidArgument(`Dimensions must be equal, but are ${a} and ${b}`);
  return a >= 0 ? a : b;
}

/** The product of sizes, unknown where one of them is. */
export function productOf(sizes: readonly number[]): number {
  return sizes.some((size) => size < 0) ? -1 : sizes.reduce((total, size) => total * size, 1);
}

/** All dimensions of `a`, then all of `b`. */
export function joinShapes(a: PartialShape, b: PartialShape): PartialShape {
  return a === undefined || b === undefined ? undefined : [...a, ...b];
}

/** Every shape's knowledge in one. */
export function mergeAll(shapes: readonly PartialShape[]): PartialShape {
  return shapes.reduce((merged, shape) => mergeShapes(merged, shape), undefined);
}

/** The one integer of a value that is known, or undefined. */
export function knownInteger(value: TensorValue | undefined): number | undefined {
  const data = value?.data as ArrayLike<number | bigint> | undefined;
  return data?.[0] === undefined ? undefined : Number(data[0]);
}

/** The place of an axis in a shape of known rank; INVALID_ARGUMENT outside [-rank, rank). */
export function axisOf(axis: number, rank: number): number {
  if (axis < -rank || axis >= rank) {
    throw invalidArgument(`Dimension ${axis} must be in the range [${-rank}, ${rank})`);
  }
  return axis < 0 ? axis + rank : axis;
}
