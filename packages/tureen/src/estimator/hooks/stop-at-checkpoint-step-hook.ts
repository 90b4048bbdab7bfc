import { invalidArgument } from "../../core/status-error.js";
import type { Estimator } from "../estimator.js";
import type { SessionRunHook } from "./session-run-hook.js";
import { StopAtStepHook } from "./stop-at-step-hook.js";

/**
 * Stops at a global step whose checkpoint is written (`tf.estimator.experimental.make_stop_at_checkpoint_step_hook`).
 *
 * Who trains alone writes the checkpoints itself, so that this is a StopAtStepHook, as for TensorFlow's chief.
 */
export function makeStopAtCheckpointStepHook(_estimator: Estimator, lastStep: number): SessionRunHook {
  if (lastStep === undefined || lastStep === null) throw invalidArgument("last_step must be specified.");
  return new StopAtStepHook({ lastStep });
}
