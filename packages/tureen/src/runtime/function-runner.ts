import type { TensorValue } from "../core/tensor-value.js";
import type { FunctionReference } from "../graph/attr-value.js";
import type { RunContext } from "./run-context.js";

/** Runs functions of the graph's library from within a kernel; plans are compiled once for each function and its attributes. */
export interface FunctionRunner {
  /** A compiled function: arguments in, results out, in the order of its signature. Cache it where it is called in a loop. */
  prepare(reference: FunctionReference): (args: readonly TensorValue[], context: RunContext) => readonly TensorValue[];
}
