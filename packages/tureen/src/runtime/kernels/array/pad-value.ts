import { elementCount, type Shape, stridesOf } from "../../../core/shape.js";
import type { TensorValue } from "../../../core/tensor-value.js";
import { cellsOf, cellWidth, newValue } from "./cells.js";
import { copyStrided } from "./copy-strided.js";
import { fillValue } from "./fill-value.js";

/** A value with `before` and `after` elements around it in each dimension: `fill`, or zeros (empty strings) without one. */
export function padValue(
  input: TensorValue,
  before: readonly number[],
  after: readonly number[],
  fill?: TensorValue,
): TensorValue {
  const shape = input.shape.map((size, d) => before[d]! + size + after[d]!);
  const output = fill === undefined ? newValue(input.dtype, shape) : fillValue(fill, shape);
  if (elementCount(input.shape) === 0) return output;
  const strides = stridesOf(shape);
  const offset = strides.reduce((total, stride, d) => total + stride * before[d]!, 0);
  const source = { cells: cellsOf(input), offset: 0, strides: stridesOf(input.shape) };
  copyStrided({ cells: cellsOf(output), offset, strides }, source, input.shape, cellWidth(input.dtype));
  return output;
}

/** A value without the first `before` and last `after` elements of each dimension. */
export function cropValue(input: TensorValue, before: readonly number[], after: readonly number[]): TensorValue {
  if (before.every((crop) => crop === 0) && after.every((crop) => crop === 0)) return input;
  const shape = input.shape.map((size, d) => size - before[d]! - after[d]!);
  const output = newValue(input.dtype, shape);
  if (elementCount(shape) === 0) return output;
  const strides = stridesOf(input.shape);
  const offset = strides.reduce((total, stride, d) => total + stride * before[d]!, 0);
  const target = { cells: cellsOf(output), offset: 0, strides: stridesOf(shape) };
  copyStrided(target, { cells: cellsOf(input), offset, strides }, shape, cellWidth(input.dtype));
  return output;
}

/** For each place of a padded dimension the place of the original that it mirrors; `edge` is 1 where the border itself is not repeated. */
export function mirrorTable(size: number, before: number, after: number, edge: 0 | 1): Int32Array {
  const table = new Int32Array(before + size + after);
  for (let i = 0; i < table.length; i++) {
    const place = i - before;
    if (place < 0) table[i] = -place - 1 + edge;
    else if (place >= size) table[i] = 2 * size - 1 - place - edge;
    else table[i] = place;
  }
  return table;
}

/** Calls `line` for each innermost line of the mirrored space: where it starts in the padded value and where in the original. */
export function mirrorLines(
  original: Shape,
  tables: readonly Int32Array[],
  line: (paddedAt: number, originalAt: number) => void,
): void {
  const inner = tables.length - 1;
  const own = stridesOf(original);
  const padded = stridesOf(tables.map((table) => table.length));
  const walk = (d: number, paddedAt: number, originalAt: number): void => {
    if (d >= inner) {
      line(paddedAt, originalAt);
      return;
    }
    const table = tables[d]!;
    for (let i = 0; i < table.length; i++) walk(d + 1, paddedAt + i * padded[d]!, originalAt + table[i]! * own[d]!);
  };
  walk(0, 0, 0);
}
