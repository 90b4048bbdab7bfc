import { join } from "node:path";
import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { invalidArgument } from "../../core/status-error.js";
import { readEvents } from "../../formats/events.js";
import { pythonText } from "../feature-column/python-text.js";
import { deleteOldExports, listExports } from "../gc.js";
import {
  defaultExportsToKeep,
  type Exporter,
  type ExporterRequest,
  exportCheckpoint,
  type SavedModelExporterOptions,
} from "./exporter.js";
import { globFiles } from "./glob-files.js";

/** Metrics of an evaluation by name. */
export type EvalResult = Readonly<Record<string, number>>;

/** Whether the current evaluation beats the best one. */
export type CompareFn = (results: {
  readonly bestEvalResult: EvalResult;
  readonly currentEvalResult: EvalResult;
}) => boolean;

/** What a BestExporter takes. */
export interface BestExporterOptions extends SavedModelExporterOptions {
  /** Default `best_exporter`. */
  readonly name?: string;
  /** Where earlier evaluations are read from, below the model folder; default `eval/*.tfevents.*`, empty reads none. */
  readonly eventFilePattern?: string;
  /** Default a smaller loss. */
  readonly compareFn?: CompareFn;
  /** 5 unless said; null keeps all. */
  readonly exportsToKeep?: number | null;
  /**
   * Whether the first evaluation of a process is exported whatever it is, as TensorFlow does (its issue 47396); default true.
   *
   * With false a process that goes on with earlier training exports only what beats the evaluations before it, as long as their exports are there.
   */
  readonly exportsFirstEvaluation?: boolean;
}

const optionTable: OptionTable<BestExporterOptions> = {
  name: "optional",
  eventFilePattern: "optional",
  compareFn: "optional",
  exportsToKeep: "optional",
  exportsFirstEvaluation: "optional",
  servingInputReceiverFn: "required",
  assetsExtra: "optional",
  asText: "optional",
  warmupRequests: "optional",
  featureStatistics: "optional",
};

/** Exports the models that evaluate better than all before, and keeps the newest (`tf.estimator.BestExporter`). */
export class BestExporter implements Exporter {
  readonly name: string;
  readonly #options: BestExporterOptions;
  readonly #compare: CompareFn;
  readonly #keep: number | null;
  #modelDir: string | undefined;
  #best: EvalResult | undefined;
  #hasExported = false;

  constructor(options: BestExporterOptions) {
    checkOptions("BestExporter", options, optionTable);
    const { exportsToKeep = defaultExportsToKeep, compareFn = lossSmaller } = options;
    if (typeof compareFn !== "function") throw invalidArgument("`compare_fn` must not be None.");
    if (exportsToKeep !== null && !(exportsToKeep > 0)) {
      throw invalidArgument(
        `\`exports_to_keep\`, if provided, must be a positive number. Got ${pythonText(exportsToKeep)}`,
      );
    }
    this.name = options.name ?? "best_exporter";
    this.#options = options;
    this.#compare = compareFn;
    this.#keep = exportsToKeep;
  }

  async export(request: ExporterRequest): Promise<string | undefined> {
    const { estimator, evalResult, exportPath } = request;
    const { logger } = estimator.config;
    const { eventFilePattern = "eval/*.tfevents.*", exportsFirstEvaluation = true } = this.#options;
    if (this.#modelDir !== estimator.modelDir && eventFilePattern !== "") {
      logger.log("INFO", "Loading best metric from event files.");
      this.#modelDir = estimator.modelDir;
      // The evaluation at hand is in the files already: TensorFlow counts it, who compares with earlier ones must not.
      const without = exportsFirstEvaluation ? undefined : evalResult.global_step;
      this.#best = this.#readBest(join(estimator.modelDir, eventFilePattern), without);
    }
    const known = this.#hasExported || (!exportsFirstEvaluation && listExports(exportPath).length > 0);
    if (
      this.#best !== undefined &&
      known &&
      !this.#compare({ bestEvalResult: this.#best, currentEvalResult: evalResult })
    )
      return undefined;
    logger.log("INFO", "Performing best model export.");
    this.#best = evalResult;
    const path = await exportCheckpoint(this.#options, request);
    if (this.#keep !== null) deleteOldExports(exportPath, this.#keep);
    this.#hasExported = true;
    return path;
  }

  #readBest(pattern: string, withoutStep: number | undefined): EvalResult | undefined {
    let best: EvalResult | undefined;
    for (const file of globFiles(pattern)) {
      for (const event of readEvents(file)) {
        if (event.step === withoutStep) continue;
        const values = (event.summary ?? []).filter(({ simpleValue }) => simpleValue !== undefined);
        if (values.length === 0) continue;
        const current = Object.fromEntries(values.map(({ tag, simpleValue }) => [tag, simpleValue!]));
        if (best === undefined || this.#compare({ bestEvalResult: best, currentEvalResult: current })) best = current;
      }
    }
    return best;
  }
}

function lossSmaller(results: {
  readonly bestEvalResult: EvalResult;
  readonly currentEvalResult: EvalResult;
}): boolean {
  const { bestEvalResult: best, currentEvalResult: current } = results;
  if (best?.["loss"] === undefined)
    throw invalidArgument("best_eval_result cannot be empty or no loss is found in it.");
  if (current?.["loss"] === undefined)
    throw invalidArgument("current_eval_result cannot be empty or no loss is found in it.");
  return best["loss"] > current["loss"];
}
