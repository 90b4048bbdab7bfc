import { elementCount, type Shape, shapeText } from "../../../core/shape.js";
import { invalidArgument } from "../../../core/status-error.js";
import type { TensorValue } from "../../../core/tensor-value.js";
import { type Cells, cellsOf, cellWidth, copyCells, indicesOf, newValue } from "./cells.js";

/** `[i,j]`, the place of a flat index in a shape as TensorFlow's messages print it; empty for a scalar. */
export function indexText(shape: Shape, flat: number): string {
  if (shape.length === 0) return "";
  const parts = new Array<number>(shape.length);
  let rest = flat;
  for (let d = shape.length - 1; d >= 0; d--) {
    parts[d] = rest % shape[d]!;
    rest = Math.floor(rest / shape[d]!);
  }
  return `[${parts.join(",")}]`;
}

/** INVALID_ARGUMENT with TensorFlow's text where an index is outside [0, limit). */
export function checkIndices(indices: Int32Array | Float64Array, shape: Shape, limit: number): void {
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i]!;
    if (!(index >= 0 && index < limit)) {
      throw invalidArgument(`indices${indexText(shape, i)} = ${index} is not in [0, ${limit})`);
    }
  }
}

/**
 * The slices of `params` along `axis` that `indices` name; the first `batchDims` dimensions of both go along together.
 *
 * Result shape: `params.shape[:axis] + indices.shape[batchDims:] + params.shape[axis+1:]`.
 */
export function gatherRows(params: TensorValue, indices: TensorValue, axis: number, batchDims: number): TensorValue {
  const { shape } = params;
  const limit = shape[axis]!;
  const wanted = indicesOf(indices);
  const result = [...shape.slice(0, axis), ...indices.shape.slice(batchDims), ...shape.slice(axis + 1)];
  const output = newValue(params.dtype, result);
  // As in TensorFlow: where nothing is gathered no index is looked at.
  if (elementCount(result) === 0) return output;
  const batches = elementCount(shape.slice(0, batchDims));
  const outer = elementCount(shape.slice(batchDims, axis));
  const inner = elementCount(shape.slice(axis + 1)) * cellWidth(params.dtype);
  const perBatch = elementCount(indices.shape.slice(batchDims));
  checkIndices(wanted, indices.shape, limit);
  const target = cellsOf(output);
  const source = cellsOf(params);
  for (let b = 0, at = 0; b < batches; b++) {
    for (let o = 0; o < outer; o++) {
      const base = (b * outer + o) * limit * inner;
      copyIndexed(target, at, source, base, wanted, b * perBatch, perBatch, inner);
      at += perBatch * inner;
    }
  }
  return output;
}

function copyIndexed(
  target: Cells,
  start: number,
  source: Cells,
  base: number,
  indices: Int32Array | Float64Array,
  first: number,
  count: number,
  inner: number,
): void {
  if (inner === 1) {
    for (let i = 0; i < count; i++) target[start + i] = source[base + indices[first + i]!]!;
    return;
  }
  for (let i = 0, at = start; i < count; i++, at += inner) {
    copyCells(target, at, source, base + indices[first + i]! * inner, inner);
  }
}

/** The offset, in slices, of each index tuple of a GatherNd or ScatterNd; the first bad tuple is -1 - its number. */
export function tupleOffsets(indices: TensorValue, shape: Shape): Int32Array | Float64Array | number {
  const depth = indices.shape[indices.shape.length - 1] ?? 1;
  const wanted = indicesOf(indices);
  const count = elementCount(indices.shape.slice(0, -1));
  const offsets = elementCount(shape) > 0x7fffffff ? new Float64Array(count) : new Int32Array(count);
  for (let i = 0; i < count; i++) {
    let offset = 0;
    for (let d = 0; d < depth; d++) {
      const index = wanted[i * depth + d]!;
      if (!(index >= 0 && index < shape[d]!)) return -1 - i;
      offset = offset * shape[d]! + index;
    }
    offsets[i] = offset;
  }
  return offsets;
}

/** The number of the last tuple that is out of bounds, one of which there is. */
function lastBadTuple(indices: TensorValue, shape: Shape): number {
  const depth = indices.shape[indices.shape.length - 1]!;
  const wanted = indicesOf(indices);
  for (let at = wanted.length - 1; at >= 0; at--) {
    const index = wanted[at]!;
    if (!(index >= 0 && index < shape[at % depth]!)) return Math.floor(at / depth);
  }
  return 0;
}

/** `[5, 0]`: the index tuple of a number, as messages print it. */
export function tupleText(indices: TensorValue, number: number, separator: string): string {
  const depth = indices.shape[indices.shape.length - 1] ?? 1;
  const wanted = indicesOf(indices);
  return `[${Array.from(wanted.subarray(number * depth, (number + 1) * depth)).join(separator)}]`;
}

/** GatherNd: slices of `params` at the tuples in the last dimension of `indices`. */
export function gatherTuples(params: TensorValue, indices: TensorValue, nodeName: string): TensorValue {
  const { shape } = params;
  if (shape.length < 1) throw invalidArgument("params must be at least a vector");
  if (indices.shape.length < 1) throw invalidArgument("indices must be at least a vector");
  const depth = indices.shape[indices.shape.length - 1]!;
  if (depth > shape.length) {
    throw invalidArgument(`index innermost dimension length must be <= params rank; saw: ${depth} vs. ${shape.length}`);
  }
  const lead = indices.shape.slice(0, -1);
  const result = [...lead, ...shape.slice(depth)];
  const output = newValue(params.dtype, result);
  if (elementCount(lead) === 0) return output;
  if (elementCount(shape) === 0) {
    throw invalidArgument(`Requested more than 0 entries, but params is empty.  Params shape: ${shapeText(shape)}`);
  }
  const offsets = tupleOffsets(indices, shape);
  if (typeof offsets === "number") {
    // TensorFlow's kernel goes on to the end and tells of the last.
    const bad = lastBadTuple(indices, shape);
    throw invalidArgument(
      `indices${indexText(lead, bad)} = ${tupleText(indices, bad, ", ")} does not index into param shape ${shapeText(shape)}, node name: ${nodeName}`,
    );
  }
  const inner = elementCount(shape.slice(depth)) * cellWidth(params.dtype);
  copyIndexed(cellsOf(output), 0, cellsOf(params), 0, offsets, 0, offsets.length, inner);
  return output;
}
