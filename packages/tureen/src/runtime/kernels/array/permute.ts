import { elementCount, type Shape, stridesOf } from "../../../core/shape.js";
import { type TensorValue, withShape } from "../../../core/tensor-value.js";
import { cellsOf, cellWidth, newValue } from "./cells.js";
import { copyStrided } from "./copy-strided.js";

/** Reads a value as one of shape `view`, brings its dimensions into the order `permutation`, and shows the result as `shape`. */
export function permute(input: TensorValue, view: Shape, permutation: readonly number[], shape: Shape): TensorValue {
  if (keepsOrder(view, permutation)) return withShape(input, shape);
  const output = newValue(input.dtype, shape);
  if (elementCount(shape) === 0) return output;
  const own = stridesOf(view);
  const space = permutation.map((d) => view[d]!);
  const source = { cells: cellsOf(input), offset: 0, strides: permutation.map((d) => own[d]!) };
  copyStrided({ cells: cellsOf(output), offset: 0, strides: stridesOf(space) }, source, space, cellWidth(input.dtype));
  return output;
}

/** Whether a permutation moves only dimensions of size 1, so that memory stays as it is. */
function keepsOrder(view: Shape, permutation: readonly number[]): boolean {
  let last = -1;
  for (const d of permutation) {
    if (view[d] === 1) continue;
    if (d < last) return false;
    last = d;
  }
  return true;
}
