import { StatusError } from "../../core/status-error.js";
import type { Logger } from "../log.js";
import type { SessionRunHook } from "./session-run-hook.js";

/** Thrown when the loss is not a number (`tf.estimator.NanLossDuringTrainingError`). */
export class NanLossDuringTrainingError extends StatusError {
  constructor() {
    super("INVALID_ARGUMENT", "NaN loss during training.");
    this.name = "NanLossDuringTrainingError";
  }
}

/** Stops training, or fails it, as soon as the loop's loss is NaN (`tf.estimator.NanTensorHook`). */
export function nanTensorHook(options: { readonly failOnNanLoss?: boolean; readonly logger: Logger }): SessionRunHook {
  const { failOnNanLoss = true, logger } = options;
  return {
    afterRun(context, { loss }) {
      if (loss === undefined || !Number.isNaN((loss.data as Float32Array)[0])) return;
      logger.log(failOnNanLoss ? "ERROR" : "WARNING", "Model diverged with loss = NaN.");
      if (failOnNanLoss) throw new NanLossDuringTrainingError();
      context.requestStop();
    },
  };
}
