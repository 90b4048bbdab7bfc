import { join } from "node:path";
import type { Estimator, EvaluationResult } from "../estimator.js";
import type { EvalSpec } from "./eval-spec.js";

/** What became of one turn of an evaluator. */
export type EvalStatus = "evaluated" | "missing checkpoint" | "no new checkpoint";

/** An evaluation of a checkpoint and what the exporters made of it. */
export interface EvaluatedCheckpoint {
  readonly status: EvalStatus;
  readonly metrics: EvaluationResult | undefined;
  readonly checkpointPath: string | undefined;
  /** What each exporter gave, in their order. */
  readonly exportResults: readonly (string | undefined)[];
}

/** Two warnings that say the same are this many seconds apart at least. */
const warnEvery = 600;

/** Evaluates each new checkpoint of a model once and lets the exporters have it. */
export class Evaluator {
  readonly #estimator: Estimator;
  readonly #spec: EvalSpec;
  readonly #maxTrainingSteps: number | undefined;
  #previous: string | undefined;
  #lastWarning = 0;

  constructor(estimator: Estimator, spec: EvalSpec, maxTrainingSteps: number | undefined) {
    this.#estimator = estimator;
    this.#spec = spec;
    this.#maxTrainingSteps = maxTrainingSteps;
  }

  /** One turn with the latest checkpoint. */
  async evaluateAndExport(): Promise<EvaluatedCheckpoint> {
    const checkpointPath = this.#estimator.latestCheckpoint();
    if (checkpointPath === undefined) {
      return this.#skip(
        "missing checkpoint",
        "Estimator is not trained yet. Will start an evaluation when a checkpoint is ready.",
      );
    }
    if (checkpointPath === this.#previous) {
      return this.#skip(
        "no new checkpoint",
        "No new checkpoint ready for evaluation. Skip the current evaluation pass as evaluation results are expected to be same for the same checkpoint.",
      );
    }
    const { inputFn, steps, name, hooks } = this.#spec;
    const metrics = await this.#estimator.evaluate(inputFn, {
      ...(steps === null ? {} : { steps }),
      ...(name === undefined ? {} : { name }),
      checkpointPath,
      hooks,
    });
    const isTheFinalExport = this.#maxTrainingSteps !== undefined && metrics.global_step >= this.#maxTrainingSteps;
    const exportResults = await this.#export(checkpointPath, metrics, isTheFinalExport);
    if (isTheFinalExport)
      this.#estimator.config.logger.log("DEBUG", "Calling exporter with the `is_the_final_export=True`.");
    this.#lastWarning = 0;
    this.#previous = checkpointPath;
    return { status: "evaluated", metrics, checkpointPath, exportResults };
  }

  async #export(
    checkpointPath: string,
    evalResult: EvaluationResult,
    isTheFinalExport: boolean,
  ): Promise<(string | undefined)[]> {
    const results: (string | undefined)[] = [];
    for (const exporter of this.#spec.exporters) {
      const exportPath = join(this.#estimator.modelDir, "export", exporter.name);
      results.push(
        await exporter.export({ estimator: this.#estimator, exportPath, checkpointPath, evalResult, isTheFinalExport }),
      );
    }
    return results;
  }

  #skip(status: EvalStatus, message: string): EvaluatedCheckpoint {
    const now = this.#estimator.clock.now() / 1000;
    if (now - this.#lastWarning > warnEvery) {
      this.#estimator.config.logger.log("WARNING", message);
      this.#lastWarning = now;
    }
    return { status, metrics: undefined, checkpointPath: undefined, exportResults: [] };
  }
}
