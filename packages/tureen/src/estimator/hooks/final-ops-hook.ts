import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { StatusError } from "../../core/status-error.js";
import type { TensorValue } from "../../core/tensor-value.js";
import type { Tensor } from "../../graph/graph.js";
import type { Session } from "../../runtime/session.js";
import type { Logger } from "../log.js";
import { runServices } from "../run-services.js";
import type { SessionRunHook } from "./session-run-hook.js";

const optionTable: OptionTable<{
  readonly finalOps: Readonly<Record<string, Tensor>>;
  readonly finalOpsFeedDict?: ReadonlyMap<Tensor, TensorValue>;
}> = {
  finalOps: "required",
  finalOpsFeedDict: "optional",
};

/** Fetches tensors once, after the last step (`tf.estimator.FinalOpsHook`). */
export class FinalOpsHook implements SessionRunHook {
  readonly #finalOps: Readonly<Record<string, Tensor>>;
  readonly #feeds: ReadonlyMap<Tensor, TensorValue>;
  #logger: Logger | undefined;
  #values: Readonly<Record<string, TensorValue>> | undefined;

  constructor(options: {
    readonly finalOps: Readonly<Record<string, Tensor>>;
    readonly finalOpsFeedDict?: ReadonlyMap<Tensor, TensorValue>;
  }) {
    checkOptions("FinalOpsHook", options, optionTable);
    this.#finalOps = options.finalOps;
    this.#feeds = options.finalOpsFeedDict ?? new Map();
  }

  /** The values, once the loop has ended. */
  get finalOpsValues(): Readonly<Record<string, TensorValue>> | undefined {
    return this.#values;
  }

  begin(): void {
    this.#logger = runServices().logger;
  }

  end(session: Session): void {
    const keys = Object.keys(this.#finalOps);
    if (keys.length === 0) {
      this.#values = {};
      return;
    }
    try {
      const values = session.run(Object.values(this.#finalOps), this.#feeds);
      this.#values = Object.fromEntries(keys.map((key, i) => [key, values[i]!]));
    } catch (error) {
      if (error instanceof StatusError && error.code === "OUT_OF_RANGE")
        this.#logger!.log("WARNING", finalOpsReadInput);
      throw error;
    }
  }
}

const finalOpsReadInput =
  "An OutOfRangeError or StopIteration exception is raised by the code in FinalOpsHook. This typically means the Ops running by the FinalOpsHook have a dependency back to some input source, which should not happen. For example, for metrics in tf.estimator.Estimator, all metrics functions return two Ops: `value_op` and  `update_op`. Estimator.evaluate calls the `update_op` for each batch of the data in input source and, once it is exhausted, it call the `value_op` to get the metric values. The `value_op` here should have dependency back to variables reading only, rather than reading another batch from input. Otherwise, the `value_op`, executed by `FinalOpsHook`, triggers another data reading, which ends OutOfRangeError/StopIteration. Please fix that.";
