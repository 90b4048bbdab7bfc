import type { Operation, Tensor } from "../graph/graph.js";

/** A streaming metric: `value` reads it, `update` folds one batch in. Its variables are in the `metric_variables` and `local_variables` collections. */
export interface Metric {
  readonly value: Tensor;
  readonly update: Tensor | Operation;
}
