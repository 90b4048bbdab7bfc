import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { invalidArgument } from "../../core/status-error.js";
import type { EventWriter } from "../../formats/events.js";
import type { Tensor } from "../../graph/graph.js";
import { runServices } from "../run-services.js";
import { SecondOrStepTimer } from "./second-or-step-timer.js";
import type { SessionRunArgs, SessionRunContext, SessionRunHook, SessionRunValues } from "./session-run-hook.js";

/** Which summaries are written, where and how often. */
export interface SummarySaverOptions {
  readonly saveSteps?: number;
  readonly saveSecs?: number;
  /** The folder of the event file. */
  readonly outputDir: string;
  /** A serialized Summary, or several. */
  readonly summaryOp?: Tensor | readonly Tensor[];
  /** Gives the summary of everything in the graph, once the graph is complete. */
  readonly scaffold?: { readonly summaryOp?: Tensor | undefined };
}

const optionTable: OptionTable<SummarySaverOptions> = {
  saveSteps: "optional",
  saveSecs: "optional",
  outputDir: "required",
  summaryOp: "optional",
  scaffold: "optional",
};

/** Writes summaries after the first step and then every so many steps or seconds (`tf.estimator.SummarySaverHook`). */
export class SummarySaverHook implements SessionRunHook {
  readonly #options: SummarySaverOptions;
  #timer: SecondOrStepTimer | undefined;
  #writer: EventWriter | undefined;
  #request: SessionRunArgs | undefined;
  #nextStep: number | undefined;
  #asked = false;

  constructor(options: SummarySaverOptions) {
    checkOptions("SummarySaverHook", options, optionTable);
    if ((options.scaffold === undefined) === (options.summaryOp === undefined)) {
      throw invalidArgument("Exactly one of scaffold or summary_op must be provided.");
    }
    // Checks the two intervals.
    new SecondOrStepTimer({ everySteps: options.saveSteps, everySecs: options.saveSecs });
    this.#options = options;
  }

  begin(): void {
    const { clock, writers } = runServices();
    const { saveSteps, saveSecs, outputDir } = this.#options;
    this.#timer = new SecondOrStepTimer({ everySteps: saveSteps, everySecs: saveSecs, clock });
    this.#writer = writers.get(outputDir);
    this.#nextStep = undefined;
  }

  beforeRun(): SessionRunArgs | undefined {
    this.#asked = this.#nextStep === undefined || this.#timer!.shouldTriggerForStep(this.#nextStep);
    if (!this.#asked) return undefined;
    this.#request ??= this.#makeRequest();
    return this.#request;
  }

  afterRun(context: SessionRunContext, values: SessionRunValues): void {
    const step = context.globalStep;
    if (this.#nextStep === undefined) this.#writer!.addSessionLog({ status: "START" }, step);
    if (this.#asked) {
      this.#timer!.updateLastTriggeredStep(step);
      for (const key of Object.keys(this.#request?.fetches ?? {})) {
        this.#writer!.addSummaryBytes((values[key]!.data as readonly Uint8Array[])[0]!, step);
      }
    }
    this.#nextStep = step + 1;
  }

  end(): void {
    this.#writer!.flush();
  }

  #makeRequest(): SessionRunArgs | undefined {
    const { summaryOp = this.#options.scaffold?.summaryOp } = this.#options;
    if (summaryOp === undefined) return undefined;
    const tensors = Array.isArray(summaryOp) ? (summaryOp as readonly Tensor[]) : [summaryOp as Tensor];
    return { fetches: Object.fromEntries(tensors.map((tensor, i) => [`summary${i}`, tensor])) };
  }
}
