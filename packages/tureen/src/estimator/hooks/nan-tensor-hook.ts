import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { StatusError } from "../../core/status-error.js";
import type { Tensor } from "../../graph/graph.js";
import type { Logger } from "../log.js";
import { runServices } from "../run-services.js";
import type { SessionRunArgs, SessionRunContext, SessionRunHook, SessionRunValues } from "./session-run-hook.js";

/** Thrown when the loss is not a number (`tf.estimator.NanLossDuringTrainingError`). */
export class NanLossDuringTrainingError extends StatusError {
  constructor() {
    super("INVALID_ARGUMENT", "NaN loss during training.");
    this.name = "NanLossDuringTrainingError";
  }
}

const optionTable: OptionTable<{ readonly lossTensor: Tensor; readonly failOnNanLoss?: boolean }> = {
  lossTensor: "required",
  failOnNanLoss: "optional",
};

/** Stops training, or fails it, as soon as a loss is NaN (`tf.estimator.NanTensorHook`). */
export class NanTensorHook implements SessionRunHook {
  readonly #fails: boolean;
  readonly #request: SessionRunArgs;
  #logger: Logger | undefined;

  constructor(options: { readonly lossTensor: Tensor; readonly failOnNanLoss?: boolean }) {
    checkOptions("NanTensorHook", options, optionTable);
    this.#fails = options.failOnNanLoss ?? true;
    this.#request = { fetches: { watched: options.lossTensor } };
  }

  begin(): void {
    this.#logger = runServices().logger;
  }

  beforeRun(): SessionRunArgs {
    return this.#request;
  }

  afterRun(context: SessionRunContext, values: SessionRunValues): void {
    if (!Number.isNaN((values["watched"]!.data as Float32Array)[0])) return;
    this.#logger!.log(this.#fails ? "ERROR" : "WARNING", "Model diverged with loss = NaN.");
    if (this.#fails) throw new NanLossDuringTrainingError();
    context.requestStop();
  }
}
