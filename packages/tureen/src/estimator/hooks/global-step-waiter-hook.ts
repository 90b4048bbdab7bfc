import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { type RunServices, runServices } from "../run-services.js";
import type { SessionRunContext, SessionRunHook } from "./session-run-hook.js";

/** How often the step is looked at, in milliseconds, and how many steps pass between lines in the log. */
const [pollEvery, logEvery] = [500, 1000];

const optionTable: OptionTable<{ readonly waitUntilStep: number }> = {
  waitUntilStep: "required",
};

/** Delays the first step until the global step has come so far by other means (`tf.estimator.GlobalStepWaiterHook`). */
export class GlobalStepWaiterHook implements SessionRunHook {
  readonly #waitUntilStep: number;
  #services: RunServices | undefined;
  #started = false;

  constructor(options: { readonly waitUntilStep: number }) {
    checkOptions("GlobalStepWaiterHook", options, optionTable);
    this.#waitUntilStep = options.waitUntilStep;
  }

  begin(): void {
    this.#started = false;
    this.#services = runServices();
  }

  beforeRun(context: SessionRunContext): undefined | Promise<undefined> {
    if (this.#started) return undefined;
    this.#started = true;
    return this.#waitUntilStep <= 0 ? undefined : this.#wait(context);
  }

  async #wait(context: SessionRunContext): Promise<undefined> {
    const { logger, clock } = this.#services!;
    const text = `Waiting for global step ${this.#waitUntilStep} before starting training.`;
    logger.log("INFO", text);
    let lastLogged = 0;
    for (;;) {
      const step = context.globalStep;
      if (step >= this.#waitUntilStep) return undefined;
      if (step - lastLogged > logEvery) {
        logger.log("INFO", `${text} Current step is ${step}.`);
        lastLogged = step;
      }
      await clock.sleep(pollEvery);
    }
  }
}
