import type { Tensor } from "../../graph/graph.js";
import type { SessionRunArgs, SessionRunContext, SessionRunHook, SessionRunValues } from "../hooks/session-run-hook.js";

/** How far an ensemble is, int32 scalars. */
export interface EnsembleProgress {
  readonly finalizedTrees: Tensor;
  readonly attemptedLayers: Tensor;
}

/** Ends training when all trees are grown, or when too many attempts at a layer found no split (TensorFlow's `_StopAtAttemptsHook`). */
export class StopAtAttemptsHook implements SessionRunHook {
  readonly #fetches: SessionRunArgs;
  readonly #progress: EnsembleProgress;
  readonly #trees: number;
  readonly #attempts: number;

  constructor(progress: EnsembleProgress, nTrees: number, maxDepth: number) {
    this.#progress = progress;
    this.#fetches = { fetches: { ...progress } };
    this.#trees = nTrees;
    // TensorFlow gives up after twice as many attempts as there are layers to grow.
    this.#attempts = 2 * nTrees * maxDepth;
  }

  beforeRun(): SessionRunArgs {
    return this.#fetches;
  }

  afterRun(context: SessionRunContext, values: SessionRunValues): void {
    let trees = values["finalizedTrees"]!.data[0] as number;
    let attempts = values["attemptedLayers"]!.data[0] as number;
    if (trees >= this.#trees - 1 || attempts > this.#attempts - 1) {
      // Read within the step they may be of before its growth.
      const { finalizedTrees, attemptedLayers } = this.#progress;
      const now = context.session.run([finalizedTrees, attemptedLayers]);
      trees = now[0]!.data[0] as number;
      attempts = now[1]!.data[0] as number;
    }
    if (trees >= this.#trees || attempts > this.#attempts) context.requestStop();
  }
}
