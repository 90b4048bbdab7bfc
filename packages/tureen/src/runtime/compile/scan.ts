import type { PartialShape } from "../../core/shape.js";
import type { Cluster } from "./partition.js";
import type { PlanFacts } from "./partition-facts.js";
import type { PlanGraph, Port } from "./plan-node.js";

/** What one value that leaves a scan is: a state after the last step, what all steps wrote one after another, or what the last step wrote. */
export interface ScanOutput {
  readonly kind: "state" | "rows" | "last";
  /** Which state, or which of the written values. */
  readonly index: number;
}

/**
 * A while loop that goes once over the rows of tensors, from the first to the last: what recurrent layers are.
 *
 * Steps have no effects; all tensors have the same number of rows.
 */
export interface Scan {
  /** The nodes of the plan that the scan stands for. */
  readonly cluster: Cluster;
  /** One step. Feeds: states, constants, rows; fetches: the next states, then what the step writes. */
  readonly body: PlanGraph;
  /** The states before the first step. */
  readonly states: readonly Port[];
  /** Values that are the same in all steps. */
  readonly constants: readonly Port[];
  /** Tensors of which each step reads a row. */
  readonly sequences: readonly Port[];
  /** Shapes that the loop asks of what steps write, one list for each written value. */
  readonly written: readonly (readonly PartialShape[])[];
  /** What the outputs of the cluster are. */
  readonly outputs: readonly ScanOutput[];
  /** What is sure of the values around it. */
  readonly facts: PlanFacts;
}
