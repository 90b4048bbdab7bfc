import { type PartialShape, shapeText } from "../../../core/shape.js";
import { invalidArgument } from "../../../core/status-error.js";

/** The shape with this rank, unknown sizes for unknown rank; TensorFlow's `WithRank`. */
export function withRank(shape: PartialShape, rank: number): readonly number[] {
  if (shape === undefined) return new Array<number>(rank).fill(-1);
  if (shape.length !== rank) throw invalidArgument(`Shape must be rank ${rank} but is rank ${shape.length}`);
  return shape;
}

/** The shape, which must have at least this rank; TensorFlow's `WithRankAtLeast`. */
export function withRankAtLeast(shape: PartialShape, rank: number): PartialShape {
  if (shape !== undefined && shape.length < rank) {
    throw invalidArgument(`Shape must be at least rank ${rank} but is rank ${shape.length}`);
  }
  return shape;
}

/** What is known of two sizes that must be equal; TensorFlow's `Merge` of dimensions. */
export function mergeSize(a: number, b: number): number {
  if (a >= 0 && b >= 0 && a !== b) throw invalidArgument(`Dimensions must be equal, but are ${a} and ${b}`);
  return a < 0 ? b : a;
}

/** What is known of two shapes that must be equal; TensorFlow's `Merge` of shapes, with its texts. */
export function mergeShape(a: PartialShape, b: PartialShape): PartialShape {
  if (a === undefined) return b;
  if (b === undefined) return a;
  if (a.length !== b.length) {
    throw invalidArgument(`Shapes must be equal rank, but are ${a.length} and ${b.length}`);
  }
  return a.map((size, i) => {
    const other = b[i]!;
    if (size >= 0 && other >= 0 && size !== other) {
      throw invalidArgument(
        `Dimension ${i} in both shapes must be equal, but are ${size} and ${other}. Shapes are ${shapeText(a)} and ${shapeText(b)}.`,
      );
    }
    return size < 0 ? other : size;
  });
}

/** Broadcasts partly known shapes: an unknown size stays unknown unless the other is known and above 1. */
export function broadcastPartial(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, d) => {
    const x = a[d - rank + a.length] ?? 1;
    const y = b[d - rank + b.length] ?? 1;
    if (x === 1) return y;
    if (y === 1) return x;
    if (x < 0 || y < 0) return Math.max(x, y);
    return mergeSize(x, y);
  });
}
