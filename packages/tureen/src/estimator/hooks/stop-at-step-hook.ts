import { invalidArgument } from "../../core/status-error.js";
import type { SessionRunHook } from "./session-run-hook.js";
import { readGlobalStep } from "../global-step.js";

/** Stops after `numSteps` more steps, or at global step `lastStep` (`tf.estimator.StopAtStepHook`); exactly one of them. */
export function stopAtStepHook(options: { readonly numSteps?: number; readonly lastStep?: number }): SessionRunHook {
  const { numSteps, lastStep } = options;
  if (numSteps === undefined && lastStep === undefined) throw invalidArgument("One of num_steps or last_step must be specified.");
  if (numSteps !== undefined && lastStep !== undefined) throw invalidArgument("Only one of num_steps or last_step can be specified.");
  let last = lastStep ?? 0;
  return {
    afterCreateSession(session) {
      if (numSteps !== undefined) last = readGlobalStep(session.resources) + numSteps;
    },
    afterRun(context) {
      if (context.globalStep >= last) context.requestStop();
    },
  };
}
