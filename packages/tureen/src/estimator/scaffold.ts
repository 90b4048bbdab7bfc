import type { Operation } from "../graph/graph.js";

/** Parts that a model function may give in place of the usual ones (`tf.train.Scaffold`). */
export interface Scaffold {
  /** Runs after the variables are initialised or restored; default the table initialisers and local variables. */
  readonly localInitOp?: Operation;
  /** Runs once when there is no checkpoint; default the initialisers of all global variables. */
  readonly initOp?: Operation;
}
