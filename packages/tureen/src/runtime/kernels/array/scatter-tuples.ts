import { elementCount, type Shape, sameShape, shapeText } from "../../../core/shape.js";
import { invalidArgument } from "../../../core/status-error.js";
import type { TensorValue } from "../../../core/tensor-value.js";
import { accumulator, type ScatterKind } from "./accumulate.js";
import { indexText, tupleOffsets, tupleText } from "./gather-rows.js";

/** INVALID_ARGUMENT unless `updates` has one slice of `shape` for each tuple of `indices`. */
export function checkTuples(indices: TensorValue, updates: TensorValue, shape: Shape): void {
  if (indices.shape.length < 1 || updates.shape.length < 1) return;
  const depth = indices.shape[indices.shape.length - 1]!;
  const lead = indices.shape.length - 1;
  for (let d = 0; d < lead; d++) {
    if (indices.shape[d] === updates.shape[d]) continue;
    throw invalidArgument(
      `Dimensions [0,${lead}) of indices[shape=${shapeText(indices.shape)}] = ${indices.shape[d]} must match dimensions [0,${lead}) of updates[shape=${shapeText(updates.shape)}] = ${updates.shape[d]}`,
    );
  }
  checkSlices(shape, depth, updates, lead);
}

/** INVALID_ARGUMENT unless the slices of `updates` behind `lead` dimensions are those of `shape` behind `depth`. */
export function checkSlices(shape: Shape, depth: number, updates: TensorValue, lead: number): void {
  if (depth <= shape.length && sameShape(shape.slice(depth), updates.shape.slice(lead))) return;
  throw invalidArgument(
    `Dimensions [${depth},${shape.length}) of input[shape=${shapeText(shape)}] must match dimensions [${depth},${updates.shape.length}) of updates[shape=${shapeText(updates.shape)}]`,
  );
}

/** Joins the slices of `updates` into `target`, whose data the caller owns, at the tuples in the last dimension of `indices`. */
export function scatterTuples(
  kind: ScatterKind,
  target: TensorValue,
  indices: TensorValue,
  updates: TensorValue,
): void {
  const { shape } = target;
  const depth = indices.shape[indices.shape.length - 1] ?? 1;
  const offsets = tupleOffsets(indices, shape);
  if (typeof offsets === "number") {
    const bad = -1 - offsets;
    throw invalidArgument(
      `indices${indexText(indices.shape.slice(0, -1), bad)} = ${tupleText(indices, bad, ", ")} does not index into shape ${shapeText(shape)}`,
    );
  }
  const inner = elementCount(shape.slice(depth));
  const apply = accumulator(kind, target, updates);
  const scalar = updates.shape.length === 0;
  for (let i = 0; i < offsets.length; i++) {
    apply(offsets[i]! * inner, scalar ? 0 : i * inner, inner, scalar ? 0 : 1);
  }
}
