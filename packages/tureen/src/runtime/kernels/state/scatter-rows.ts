import { elementCount, type Shape, sameShape, shapeText } from "../../../core/shape.js";
import { invalidArgument } from "../../../core/status-error.js";
import type { TensorValue } from "../../../core/tensor-value.js";
import { accumulator, type ScatterKind } from "../array/accumulate.js";
import { indicesOf } from "../array/cells.js";
import { checkIndices } from "../array/gather-rows.js";

/** Joins the slices of `updates` (or one scalar) into those slices of `target`, whose data the caller owns, that `indices` name. */
export function scatterRows(kind: ScatterKind, target: TensorValue, indices: TensorValue, updates: TensorValue): void {
  const wanted = indicesOf(indices);
  checkIndices(wanted, indices.shape, target.shape[0] ?? 0);
  const inner = elementCount(target.shape.slice(1));
  const apply = accumulator(kind, target, updates);
  if (updates.shape.length === 0) {
    for (let i = 0; i < wanted.length; i++) apply(wanted[i]! * inner, 0, inner, 0);
  } else {
    for (let i = 0; i < wanted.length; i++) apply(wanted[i]! * inner, i * inner, inner, 1);
  }
}

/** Checks the updates of a scatter into a resource variable. */
export function checkResourceUpdates(shape: Shape, indices: TensorValue, updates: TensorValue): void {
  if (updates.shape.length === 0) return;
  const lead = updates.shape.slice(0, indices.shape.length);
  if (!sameShape(lead, indices.shape)) {
    throw invalidArgument(
      `The shape of indices (${shapeText(indices.shape)}) must be a prefix of the shape of updates (${shapeText(updates.shape)})`,
    );
  }
  if (elementCount(updates.shape.slice(lead.length)) !== elementCount(shape.slice(1))) {
    throw invalidArgument(
      `shape of indices (${shapeText(indices.shape)}) is not compatible with the shape of updates (${shapeText(updates.shape)})`,
    );
  }
}

/** Checks the updates of a scatter into a ref. */
export function checkRefUpdates(shape: Shape, indices: TensorValue, updates: TensorValue): void {
  if (shape.length < 1) throw invalidArgument(`params must be at least 1-D, got shape ${shapeText(shape)}`);
  if (updates.shape.length === 0 || sameShape(updates.shape, [...indices.shape, ...shape.slice(1)])) return;
  throw invalidArgument(
    `Must have updates.shape = indices.shape + params.shape[1:] or updates.shape = [], got updates.shape ${shapeText(updates.shape)}, indices.shape ${shapeText(indices.shape)}, params.shape ${shapeText(shape)}`,
  );
}
