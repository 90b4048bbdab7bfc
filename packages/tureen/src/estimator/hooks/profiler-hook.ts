import { join } from "node:path";
import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { makeFolders, writeFileAtomically } from "../../core/file-system.js";
import { encodeText } from "../../core/text.js";
import { type RunServices, runServices } from "../run-services.js";
import { SecondOrStepTimer } from "./second-or-step-timer.js";
import type { SessionRunContext, SessionRunHook } from "./session-run-hook.js";

/** How often steps are profiled, and where the timelines go. */
export interface ProfilerOptions {
  readonly saveSteps?: number;
  readonly saveSecs?: number;
  /** The folder of the files; default the working folder. */
  readonly outputDir?: string;
}

interface TraceEvent {
  readonly name: string;
  readonly ph: "X";
  readonly ts: number;
  readonly dur: number;
  readonly pid: number;
  readonly tid: number;
  readonly args: Readonly<Record<string, number>>;
}

const optionTable: OptionTable<ProfilerOptions> = {
  saveSteps: "optional",
  saveSecs: "optional",
  outputDir: "optional",
};

/**
 * Writes `timeline-<step>.json` now and then, which chrome://tracing and Perfetto show (`tf.estimator.ProfilerHook`).
 *
 * It holds the steps since the last file, with the time inside of the step and the wait for its input; a step is one plan here, so there is no
 * track of each op.
 */
export class ProfilerHook implements SessionRunHook {
  readonly #directory: string;
  readonly #options: ProfilerOptions;
  #services: RunServices | undefined;
  #timer: SecondOrStepTimer | undefined;
  #events: TraceEvent[] = [];
  #nextStep: number | undefined;
  #asked = false;
  #lastEnd: number | undefined;
  #began = 0;

  constructor(options: ProfilerOptions) {
    checkOptions("ProfilerHook", options, optionTable);
    // Checks the two intervals.
    new SecondOrStepTimer({ everySteps: options.saveSteps, everySecs: options.saveSecs });
    this.#options = options;
    this.#directory = options.outputDir ?? "";
  }

  begin(): void {
    this.#services = runServices();
    this.#timer = new SecondOrStepTimer({
      everySteps: this.#options.saveSteps,
      everySecs: this.#options.saveSecs,
      clock: this.#services.clock,
    });
    this.#events = [];
    this.#nextStep = undefined;
    this.#lastEnd = undefined;
  }

  beforeRun(): undefined {
    this.#asked = this.#nextStep !== undefined && this.#timer!.shouldTriggerForStep(this.#nextStep);
    this.#began = performance.now();
    if (this.#lastEnd !== undefined) this.#add("input", this.#lastEnd, this.#began, {});
    return undefined;
  }

  afterRun(context: SessionRunContext): void {
    const now = performance.now();
    const step = context.globalStep;
    this.#add("step", this.#began, now, {
      step,
      ...(context.batchSize === undefined ? {} : { batchSize: context.batchSize }),
    });
    if (this.#nextStep === undefined) this.#timer!.updateLastTriggeredStep(step - 1);
    if (this.#asked) {
      this.#timer!.updateLastTriggeredStep(step);
      this.#save(step);
    }
    this.#nextStep = step + 1;
    this.#lastEnd = performance.now();
  }

  #add(name: string, from: number, to: number, args: Readonly<Record<string, number>>): void {
    // The trace format counts microseconds.
    this.#events.push({ name, ph: "X", ts: from * 1000, dur: (to - from) * 1000, pid: 0, tid: 0, args });
  }

  #save(step: number): void {
    const path = join(this.#directory, `timeline-${step}.json`);
    this.#services!.logger.log("INFO", `Saving timeline for ${step} into '${path}'.`);
    if (this.#directory !== "") makeFolders(this.#directory);
    writeFileAtomically(path, encodeText(JSON.stringify({ traceEvents: this.#events })));
    this.#events = [];
  }
}
