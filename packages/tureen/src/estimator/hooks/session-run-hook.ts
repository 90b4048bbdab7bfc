import type { TensorValue } from "../../core/tensor-value.js";
import type { Graph, Operation, Tensor } from "../../graph/graph.js";
import type { Session } from "../../runtime/session.js";

/** What a hook asks for besides what the loop runs, by keys of its own (`SessionRunArgs`). */
export interface SessionRunArgs {
  readonly fetches?: Readonly<Record<string, Tensor>>;
  readonly targets?: readonly Operation[];
  readonly feeds?: ReadonlyMap<Tensor, TensorValue>;
}

/** What a hook sees of the loop (`SessionRunContext`). */
export interface SessionRunContext {
  readonly session: Session;
  readonly graph: Graph;
  /** Ends the loop after this step. */
  requestStop(): void;
  readonly stopRequested: boolean;
}

/** Called around each step of training, evaluation or prediction (`tf.estimator.SessionRunHook`); every method may be left out. */
export interface SessionRunHook {
  /** Once, while the graph may still be changed; the graph is the current one. */
  begin?(): void;
  afterCreateSession?(session: Session): void;
  beforeRun?(context: SessionRunContext): SessionRunArgs | undefined;
  afterRun?(context: SessionRunContext, results: Readonly<Record<string, TensorValue>>): void | Promise<void>;
  end?(session: Session): void | Promise<void>;
}
