import type { Operation, Tensor } from "../../graph/graph.js";
import type { Variable } from "../../graph/variable.js";

/** Adds the ops that change variables so that a loss falls. */
export interface Optimizer {
  readonly name: string;
  /**
   * Gradients of `loss` and their application, then the step counter's increment; one op that runs it all.
   *
   * `iterations` is the variable that counts steps (`global_step` in an Estimator); undefined leaves none counted.
   */
  minimize(
    loss: Tensor,
    options: {
      readonly variables: readonly Variable[];
      readonly iterations: Variable | undefined;
      readonly name?: string;
      /** What the names of slots have between the variable's and the optimizer's (`part_0` of partitioned variables of 1.x). */
      readonly slotScope?: string;
    },
  ): Operation;
}
