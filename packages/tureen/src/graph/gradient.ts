import { invalidArgument } from "../core/status-error.js";
import { build } from "./build-op.js";
import { type Operation, Tensor } from "./graph.js";

/** The gradient of a gather: rows of `values` belong at `indices` of a dense tensor of shape `denseShape`; same indices add up. */
export interface IndexedSlices {
  readonly values: Tensor;
  readonly indices: Tensor;
  readonly denseShape: Tensor | undefined;
}

/** The gradient with respect to one tensor. */
export type Gradient = Tensor | IndexedSlices;

/** Whether a gradient is sparse. */
export function isIndexedSlices(gradient: Gradient | null | undefined): gradient is IndexedSlices {
  return gradient !== null && gradient !== undefined && !(gradient instanceof Tensor);
}

/** A gradient as one dense tensor: rows of the same index are summed. */
export function denseGradient(gradient: Gradient): Tensor {
  if (gradient instanceof Tensor) return gradient;
  if (gradient.denseShape === undefined)
    throw invalidArgument("IndexedSlices without a dense shape cannot become a tensor");
  const rows = build("StridedSlice", [gradient.denseShape, [0], [1], [1]], { shrink_axis_mask: 1 });
  return build("UnsortedSegmentSum", [gradient.values, gradient.indices, rows]);
}

/** What rules of ops that call functions need beyond gradients: the walk through a function's body is a walk of its own. */
export interface GradientWalk {
  /** Whether a gradient of the op's `input`th input leads to one of the xs. */
  needs(input: number): boolean;
  /** The gradients of ys with respect to xs within one body, from those of ys; their ops go to the current graph. */
  within(ys: readonly Tensor[], xs: readonly Tensor[], gradYs: readonly Tensor[]): (Gradient | null)[];
}

/** Ops whose rules want to see which outputs no gradient reached, where others get zeros. */
export const takesMissingGradients: ReadonlySet<string> = new Set([
  "If",
  "StatelessIf",
  "Case",
  "StatelessCase",
  "While",
  "StatelessWhile",
  "PartitionedCall",
  "StatefulPartitionedCall",
  "Switch",
]);

/**
 * Builds the gradients of one op: from the gradient of each output (null where none reached it; a resource output's never does) one for each
 * input, null where there is none. Adds its ops to the current graph, within a scope that the driver has opened.
 */
export type GradientRule = (
  op: Operation,
  grads: readonly (Gradient | null)[],
  walk: GradientWalk,
) => readonly (Gradient | null | undefined)[];

/** A family's gradient rules by op name; null marks an op that is known to have no gradient. */
export type GradientTable = Readonly<Record<string, GradientRule | null>>;
