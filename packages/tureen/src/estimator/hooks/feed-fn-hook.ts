import { checkOptions, type OptionTable } from "../../core/check-options.js";
import type { TensorValue } from "../../core/tensor-value.js";
import type { Tensor } from "../../graph/graph.js";
import type { SessionRunArgs, SessionRunHook } from "./session-run-hook.js";

const optionTable: OptionTable<{ readonly feedFn: () => ReadonlyMap<Tensor, TensorValue> }> = {
  feedFn: "required",
};

/** Feeds tensors with what a function gives before each step (`tf.estimator.FeedFnHook`). */
export class FeedFnHook implements SessionRunHook {
  readonly #feedFn: () => ReadonlyMap<Tensor, TensorValue>;

  constructor(options: { readonly feedFn: () => ReadonlyMap<Tensor, TensorValue> }) {
    checkOptions("FeedFnHook", options, optionTable);
    this.#feedFn = options.feedFn;
  }

  beforeRun(): SessionRunArgs {
    return { feeds: this.#feedFn() };
  }
}
