import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { invalidArgument } from "../../core/status-error.js";
import type { Session } from "../../runtime/session.js";
import { readGlobalStep } from "../global-step.js";
import type { SessionRunContext, SessionRunHook } from "./session-run-hook.js";

const optionTable: OptionTable<{ readonly numSteps?: number | undefined; readonly lastStep?: number | undefined }> = {
  numSteps: "optional",
  lastStep: "optional",
};

/** Stops after `numSteps` more steps, or at global step `lastStep` (`tf.estimator.StopAtStepHook`); exactly one of them. */
export class StopAtStepHook implements SessionRunHook {
  readonly #numSteps: number | undefined;
  #lastStep: number | undefined;

  constructor(options: { readonly numSteps?: number | undefined; readonly lastStep?: number | undefined }) {
    checkOptions("StopAtStepHook", options, optionTable);
    const { numSteps, lastStep } = options;
    if (numSteps === undefined && lastStep === undefined)
      throw invalidArgument("One of num_steps or last_step must be specified.");
    if (numSteps !== undefined && lastStep !== undefined)
      throw invalidArgument("Only one of num_steps or last_step can be specified.");
    this.#numSteps = numSteps;
    this.#lastStep = lastStep;
  }

  afterCreateSession(session: Session): void {
    this.#lastStep ??= readGlobalStep(session.resources) + this.#numSteps!;
  }

  afterRun(context: SessionRunContext): void {
    if (context.globalStep >= this.#lastStep!) context.requestStop();
  }
}
