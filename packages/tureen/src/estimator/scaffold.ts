import type { Operation, Tensor } from "../graph/graph.js";
import type { Session } from "../runtime/session.js";
import type { Saver } from "./checkpoint/saver.js";

/** Parts that a model function may give in place of the usual ones (`tf.train.Scaffold`). */
export interface Scaffold {
  /** Runs after the variables are initialised or restored; default the table initialisers and local variables. */
  readonly localInitOp?: Operation;
  /** Runs once when there is no checkpoint; default the initialisers of all global variables. */
  readonly initOp?: Operation;
  /** Called after `initOp`, when there is no checkpoint. */
  readonly initFn?: (session: Session) => void;
  /** A serialized Summary; default everything in the collection of summaries, merged. */
  readonly summaryOp?: Tensor;
  /** Saves and restores; default all global variables. */
  readonly saver?: Saver;
}
