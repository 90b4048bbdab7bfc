import type { PartialShape } from "../../../core/shape.js";
import { invalidArgument } from "../../../core/status-error.js";

/** The broadcast of one dimension of each operand, -1 for unknown; undefined where they contradict each other. */
function broadcastDimension(x: number, y: number): number | undefined {
  if (x === y) return x;
  if (x === 1) return y;
  if (y === 1) return x;
  // A size above 1 wins over an unknown one: either that is the same, or it is 1.
  if (x < 0) return y;
  if (y < 0) return x;
  return undefined;
}

/**
 * The broadcast of two partly known shapes, as TensorFlow's `BroadcastBinaryOpOutputShapeFn` works it out.
 *
 * Shapes that contradict each other are INVALID_ARGUMENT, or give `otherwise` where that is passed.
 */
export function broadcastPartialShapes(
  a: PartialShape,
  b: PartialShape,
  otherwise?: { readonly shape: PartialShape },
): PartialShape {
  if (a === undefined || b === undefined) return undefined;
  const rank = Math.max(a.length, b.length);
  const result: number[] = [];
  for (let i = rank; i >= 1; i--) {
    const x = i <= a.length ? a[a.length - i]! : 1;
    const y = i <= b.length ? b[b.length - i]! : 1;
    const size = broadcastDimension(x, y);
    if (size === undefined) {
      if (otherwise !== undefined) return otherwise.shape;
      throw invalidArgument(`Dimensions must be equal, but are ${x} and ${y}`);
    }
    result.push(size);
  }
  return result;
}
