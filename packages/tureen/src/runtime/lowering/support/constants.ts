import { toIntegers } from "../../../core/tensor-value.js";
import type { LoweringNode } from "../../lowering.js";

/** The integers of a constant input, or undefined. */
export function constantIntegers(node: LoweringNode, index: number): number[] | undefined {
  const value = node.constant(index);
  return value === undefined ? undefined : toIntegers(value);
}

/** A constant scalar axis as an index from the front, or undefined where it, or the rank it counts from, is not known. */
export function constantAxis(node: LoweringNode, index: number, rank: number | undefined): number | undefined {
  const axis = constantIntegers(node, index);
  if (axis?.length !== 1 || node.shape(index)?.length !== 0) return undefined;
  return frontAxis(axis[0]!, rank);
}

/** An axis counted from the front; undefined where it is out of range or the rank is not known. */
export function frontAxis(axis: number, rank: number | undefined): number | undefined {
  if (rank === undefined || axis < -rank || axis >= rank) return undefined;
  return axis < 0 ? axis + rank : axis;
}
