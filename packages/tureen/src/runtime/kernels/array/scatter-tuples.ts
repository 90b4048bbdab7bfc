import { elementCount, type Shape, shapeText } from "../../../core/shape.js";
import { invalidArgument } from "../../../core/status-error.js";
import type { TensorValue } from "../../../core/tensor-value.js";
import { accumulator, type ScatterKind } from "./accumulate.js";
import { indexText, tupleOffsets, tupleText } from "./gather-rows.js";

/** INVALID_ARGUMENT unless `updates` has one slice of `shape` for each tuple of `indices`. */
export function checkTuples(indices: TensorValue, updates: TensorValue, shape: Shape): void {
  if (indices.shape.length < 1 || updates.shape.length < 1) return;
  const depth = indices.shape[indices.shape.length - 1]!;
  const wanted = [...indices.shape.slice(0, -1), ...shape.slice(depth)];
  const fits = wanted.length === updates.shape.length && wanted.every((size, d) => size === updates.shape[d]);
  if (depth <= shape.length && fits) return;
  throw invalidArgument(
    `Must have updates.shape = indices.shape[:batch_dim] + params_shape[slice_dim:], got updates.shape: ${shapeText(updates.shape)}, indices.shape: ${shapeText(indices.shape)}, params_shape: ${shapeText(shape)}, slice_dim: ${depth}, and batch_dim: ${indices.shape.length - 1}`,
  );
}

/** Joins the slices of `updates` into `target`, whose data the caller owns, at the tuples in the last dimension of `indices`. */
export function scatterTuples(kind: ScatterKind, target: TensorValue, indices: TensorValue, updates: TensorValue): void {
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
