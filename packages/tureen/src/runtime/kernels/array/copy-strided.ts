import type { Shape } from "../../../core/shape.js";
import { type Cells, copyCells } from "./cells.js";

/** One side of a strided copy: where element 0 lies and how far apart neighbours of each dimension are, in elements. */
export interface StridedSide {
  readonly cells: Cells;
  readonly offset: number;
  readonly strides: readonly number[];
}

/**
 * Copies the elements of an index space of `shape` between two strided layouts.
 *
 * Strides may be negative (reversal) or 0 on the source (broadcast). `width` is the cells an element takes.
 */
export function copyStrided(target: StridedSide, source: StridedSide, shape: Shape, width: number): void {
  const sizes: number[] = [];
  const to: number[] = [];
  const from: number[] = [];
  for (let d = 0; d < shape.length; d++) {
    const size = shape[d]!;
    if (size === 0) return;
    if (size !== 1) appendDimension(sizes, to, from, size, target.strides[d]! * width, source.strides[d]! * width);
  }
  if (width > 1) appendDimension(sizes, to, from, width, 1, 1);
  copyLevel(target.cells, target.offset * width, to, source.cells, source.offset * width, from, sizes, 0);
}

/** Adds a dimension, merged into the one outside of it where both sides' memory runs through. */
function appendDimension(
  sizes: number[],
  to: number[],
  from: number[],
  size: number,
  toStride: number,
  fromStride: number,
): void {
  const last = sizes.length - 1;
  if (last >= 0 && to[last] === toStride * size && from[last] === fromStride * size) {
    sizes[last] = sizes[last]! * size;
    to[last] = toStride;
    from[last] = fromStride;
  } else {
    sizes.push(size);
    to.push(toStride);
    from.push(fromStride);
  }
}

function copyLevel(
  target: Cells,
  at: number,
  to: readonly number[],
  source: Cells,
  start: number,
  from: readonly number[],
  sizes: readonly number[],
  level: number,
): void {
  const left = sizes.length - level;
  if (left === 0) {
    target[at] = source[start]!;
  } else if (left === 1) {
    copyLine(target, at, to[level]!, source, start, from[level]!, sizes[level]!);
  } else if (left === 2) {
    copyPlane(target, at, to, source, start, from, sizes, level);
  } else {
    const size = sizes[level]!;
    const toStride = to[level]!;
    const fromStride = from[level]!;
    for (let i = 0; i < size; i++) {
      copyLevel(target, at + i * toStride, to, source, start + i * fromStride, from, sizes, level + 1);
    }
  }
}

function copyLine(
  target: Cells,
  at: number,
  to: number,
  source: Cells,
  start: number,
  from: number,
  size: number,
): void {
  if (to === 1 && from === 1) {
    copyCells(target, at, source, start, size);
  } else if (to === 1 && from === 0) {
    target.fill(source[start]!, at, at + size);
  } else {
    for (let i = 0, a = at, b = start; i < size; i++, a += to, b += from) target[a] = source[b]!;
  }
}

function copyPlane(
  target: Cells,
  at: number,
  to: readonly number[],
  source: Cells,
  start: number,
  from: readonly number[],
  sizes: readonly number[],
  level: number,
): void {
  const rows = sizes[level]!;
  const columns = sizes[level + 1]!;
  const [rowTo, rowFrom, columnTo, columnFrom] = [to[level]!, from[level]!, to[level + 1]!, from[level + 1]!];
  if (columnTo === 1 && (columnFrom === 1 || columnFrom === 0) && columns > 8) {
    for (let i = 0; i < rows; i++)
      copyLine(target, at + i * rowTo, 1, source, start + i * rowFrom, columnFrom, columns);
    return;
  }
  // In tiles, so that both sides stay in the cache while a matrix is transposed.
  for (let top = 0; top < rows; top += tileSize) {
    const bottom = Math.min(rows, top + tileSize);
    for (let left = 0; left < columns; left += tileSize) {
      const right = Math.min(columns, left + tileSize);
      for (let i = top; i < bottom; i++) {
        let a = at + i * rowTo + left * columnTo;
        let b = start + i * rowFrom + left * columnFrom;
        for (let j = left; j < right; j++) {
          target[a] = source[b]!;
          a += columnTo;
          b += columnFrom;
        }
      }
    }
  }
}

/** Cells a side of a tile: a line of 64 bytes holds sixteen 32-bit cells, and two tiles of this size fit the first-level cache. */
const tileSize = 32;
