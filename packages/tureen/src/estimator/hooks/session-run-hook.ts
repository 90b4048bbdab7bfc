import type { TensorValue } from "../../core/tensor-value.js";
import type { MaybePromise } from "../../data/index.js";
import type { Graph, Operation, Tensor } from "../../graph/graph.js";
import type { Session } from "../../runtime/session.js";

/**
 * What a hook asks for besides what the loop runs (`SessionRunArgs`).
 *
 * Return the same object each time (with `feeds`, the same `fetches` object): the loop compiles a plan once for each set of requests that come together.
 */
export interface SessionRunArgs {
  readonly fetches?: Readonly<Record<string, Tensor>>;
  readonly targets?: readonly Operation[];
  /** Values for tensors of the graph that neither the input nor another hook feeds. */
  readonly feeds?: ReadonlyMap<Tensor, TensorValue>;
}

/** What a hook sees of the loop (`SessionRunContext`). */
export interface SessionRunContext {
  readonly session: Session;
  readonly graph: Graph;
  /** The global step after what has run so far. */
  readonly globalStep: number;
  /** Rows of the batch that is fed in this step, where its features have a first dimension. */
  readonly batchSize: number | undefined;
  /** Ends the loop after this step. */
  requestStop(): void;
  readonly stopRequested: boolean;
}

/** Values by the keys of the hook's own `fetches`; for every hook also `loss` where the loop has one. */
export type SessionRunValues = Readonly<Record<string, TensorValue>>;

/** Called around each step of training, evaluation or prediction (`tf.estimator.SessionRunHook`); every method may be left out. */
export interface SessionRunHook {
  /** Once, while the graph may still be changed; the graph is the current one. */
  begin?(): void;
  /** `nextFeeds` takes a batch from the input before the first step sees any; undefined at the input's end. */
  afterCreateSession?(
    session: Session,
    nextFeeds: () => MaybePromise<ReadonlyMap<Tensor, TensorValue> | undefined>,
  ): MaybePromise<void>;
  beforeRun?(context: SessionRunContext): MaybePromise<SessionRunArgs | undefined>;
  afterRun?(context: SessionRunContext, values: SessionRunValues): MaybePromise<void>;
  /** After the last step, unless the loop failed. */
  end?(session: Session): MaybePromise<void>;
}
