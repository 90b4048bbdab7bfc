import type { TensorValue } from "../core/tensor-value.js";

/** Where a leaf lies in an element: keys from the outside in. */
export type LeafPath = readonly (string | number)[];

/** The leaf of an element at a path. */
export function leafAt(element: unknown, path: LeafPath): TensorValue {
  let value: unknown = element;
  for (const key of path) value = (value as Record<string | number, unknown>)[key];
  return value as TensorValue;
}
