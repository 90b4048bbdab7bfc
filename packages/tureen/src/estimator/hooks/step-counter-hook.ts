import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { invalidArgument } from "../../core/status-error.js";
import type { EventWriter } from "../../formats/events.js";
import { globalStepName } from "../global-step.js";
import { formatG } from "../nn/python-format.js";
import { type RunServices, runServices } from "../run-services.js";
import { SecondOrStepTimer } from "./second-or-step-timer.js";
import type { SessionRunContext, SessionRunHook } from "./session-run-hook.js";

/** How often steps are counted, and where that is written. */
export interface StepCounterOptions {
  /** Default 100 unless `everyNSecs` is given. */
  readonly everyNSteps?: number;
  readonly everyNSecs?: number;
  /** The folder of the event file; default none. */
  readonly outputDir?: string;
}

const summaryTag = `${globalStepName}/sec`;

const optionTable: OptionTable<StepCounterOptions> = {
  everyNSteps: "optional",
  everyNSecs: "optional",
  outputDir: "optional",
};

/** Logs the steps a second as `global_step/sec` and writes them as a summary (`tf.estimator.StepCounterHook`). */
export class StepCounterHook implements SessionRunHook {
  readonly #options: StepCounterOptions;
  #services: RunServices | undefined;
  #timer: SecondOrStepTimer | undefined;
  #writer: EventWriter | undefined;

  constructor(options: StepCounterOptions = {}) {
    checkOptions("StepCounterHook", options, optionTable);
    if (options.everyNSteps !== undefined && options.everyNSecs !== undefined) {
      throw invalidArgument("exactly one of every_n_steps and every_n_secs should be provided.");
    }
    this.#options = options;
  }

  begin(): void {
    const { everyNSecs, everyNSteps = everyNSecs === undefined ? 100 : undefined, outputDir } = this.#options;
    this.#services = runServices();
    this.#timer = new SecondOrStepTimer({
      everySteps: everyNSteps,
      everySecs: everyNSecs,
      clock: this.#services.clock,
    });
    if (outputDir !== undefined) this.#writer = this.#services.writers.get(outputDir);
  }

  afterRun(context: SessionRunContext): void {
    const step = context.globalStep;
    if (!this.#timer!.shouldTriggerForStep(step)) return;
    const { seconds, steps } = this.#timer!.updateLastTriggeredStep(step);
    if (seconds === undefined) return;
    const rate = steps! / seconds;
    this.#writer?.addScalars({ [summaryTag]: rate }, step);
    this.#services!.logger.log("INFO", `${summaryTag}: ${formatG(rate)}`);
  }

  end(): void {
    this.#writer?.flush();
  }
}
