import { checkOptions } from "../../core/check-options.js";
import { type Clock, systemClock } from "../../core/clock.js";
import { invalidArgument } from "../../core/status-error.js";

/** When a timer last fired before, in seconds and steps since; undefined the first time. */
export interface Elapsed {
  readonly seconds: number | undefined;
  readonly steps: number | undefined;
}

/** Fires at most every so many seconds, or every so many steps; the first time at once (`tf.estimator.SecondOrStepTimer`). Exactly one of both. */
export class SecondOrStepTimer {
  readonly #everySecs: number | undefined;
  readonly #everySteps: number | undefined;
  readonly #clock: Clock;
  #lastStep: number | undefined;
  #lastTime: number | undefined;

  constructor(options: {
    readonly everySecs?: number | undefined;
    readonly everySteps?: number | undefined;
    readonly clock?: Clock;
  }) {
    checkOptions("SecondOrStepTimer", options, { everySecs: "optional", everySteps: "optional", clock: "optional" });
    this.#everySecs = options.everySecs;
    this.#everySteps = options.everySteps;
    this.#clock = options.clock ?? systemClock;
    if (this.#everySecs === undefined && this.#everySteps === undefined) {
      throw invalidArgument("Either every_secs or every_steps should be provided.");
    }
    if (this.#everySecs !== undefined && this.#everySteps !== undefined) {
      throw invalidArgument("Can not provide both every_secs and every_steps.");
    }
  }

  /** Forgets when it fired. */
  reset(): void {
    this.#lastStep = undefined;
    this.#lastTime = undefined;
  }

  /** Whether it is time to fire; never twice for one step. */
  shouldTriggerForStep(step: number): boolean {
    if (this.#lastStep === undefined) return true;
    if (this.#lastStep === step) return false;
    if (this.#everySteps !== undefined) return step >= this.#lastStep + this.#everySteps;
    return this.#clock.monotonic() >= this.#lastTime! + this.#everySecs! * 1000;
  }

  /** Notes that it fired; tells how long after the last time. */
  updateLastTriggeredStep(step: number): Elapsed {
    const now = this.#clock.monotonic();
    const elapsed =
      this.#lastTime === undefined
        ? { seconds: undefined, steps: undefined }
        : { seconds: (now - this.#lastTime) / 1000, steps: step - this.#lastStep! };
    this.#lastTime = now;
    this.#lastStep = step;
    return elapsed;
  }

  /** The step it last fired for. */
  lastTriggeredStep(): number | undefined {
    return this.#lastStep;
  }
}
