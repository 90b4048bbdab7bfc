import { failedPrecondition } from "../../core/status-error.js";
import type { Session } from "../../runtime/session.js";
import type { Estimator } from "../estimator.js";
import type { CheckpointSaverListener } from "../hooks/checkpoint-saver-hook.js";
import { SecondOrStepTimer } from "../hooks/second-or-step-timer.js";
import type { EvaluatedCheckpoint, Evaluator } from "./evaluator.js";

/** Evaluates after checkpoints: not the one before the first step, not sooner than the throttle allows, and once at the end in any case. */
export class EvaluationListener implements CheckpointSaverListener {
  readonly #estimator: Estimator;
  readonly #evaluator: Evaluator;
  readonly #throttleSecs: number;
  readonly #timer: SecondOrStepTimer;
  #isFirst = true;
  #latest: EvaluatedCheckpoint | undefined;

  constructor(estimator: Estimator, evaluator: Evaluator, throttleSecs: number) {
    this.#estimator = estimator;
    this.#evaluator = evaluator;
    this.#throttleSecs = throttleSecs;
    this.#timer = new SecondOrStepTimer({ everySecs: throttleSecs, clock: estimator.clock });
  }

  /** The last evaluation, once there was one. */
  get latest(): EvaluatedCheckpoint | undefined {
    return this.#latest;
  }

  begin(): void {
    this.#timer.reset();
    this.#isFirst = true;
  }

  async afterSave(_session: Session, globalStep: number): Promise<void> {
    if (this.#isFirst) {
      this.#isFirst = false;
    } else if (this.#timer.shouldTriggerForStep(globalStep)) {
      await this.#evaluate(globalStep);
    } else {
      this.#estimator.config.logger.log(
        "INFO",
        `Skip the current checkpoint eval due to throttle secs (${this.#throttleSecs} secs).`,
      );
    }
  }

  async end(_session: Session, globalStep: number): Promise<void> {
    if (globalStep !== this.#timer.lastTriggeredStep()) await this.#evaluate(globalStep);
  }

  async #evaluate(globalStep: number): Promise<void> {
    this.#timer.updateLastTriggeredStep(globalStep);
    this.#latest = await this.#evaluator.evaluateAndExport();
    if (this.#latest.status !== "evaluated") {
      throw failedPrecondition(`There was no new checkpoint after the training. Eval status: ${this.#latest.status}`);
    }
  }
}
