import type { Clock } from "../core/clock.js";
import { elementCount } from "../core/shape.js";
import { invalidArgument } from "../core/status-error.js";
import { stringValue, type TensorValue } from "../core/tensor-value.js";
import { encodeSummaryTensor } from "../formats/summary.js";
import type { Graph } from "../graph/graph.js";
import { withGraph } from "../graph/scope.js";
import type { Session } from "../runtime/session.js";
import type { EvaluationResult } from "./estimator.js";
import type { EstimatorSpec } from "./estimator-spec.js";
import { readGlobalStep } from "./global-step.js";
import { graphFiles } from "./graph-files.js";
import { HookedRun } from "./hooked-run.js";
import type { SessionRunHook } from "./hooks/session-run-hook.js";
import type { OpenInput } from "./input.js";
import { asOperation } from "./make-estimator-spec.js";
import { ModelSession } from "./model-session.js";
import { numpyScalarText } from "./numpy-text.js";
import type { RunConfig } from "./run-config.js";
import { runLoop } from "./run-loop.js";
import { runServices } from "./run-services.js";

/** Names that results have of their own. */
const reserved = ["global_step", "loss"] as const;

/** An evaluation's graph and input. */
export interface EvaluationOptions {
  readonly graph: Graph;
  readonly input: OpenInput;
  readonly spec: EstimatorSpec;
  readonly config: RunConfig;
  readonly steps: number | undefined;
  readonly hooks: readonly SessionRunHook[];
  readonly eventDirectory: string;
  readonly clock: Clock;
}

/** Where an evaluation's variables come from. */
export interface EvaluationStart {
  /** Undefined starts from the initialisers. */
  readonly checkpoint: string | undefined;
  /** Called after the initialisers. */
  readonly initialize?: ((session: Session) => void) | undefined;
}

/** An evaluation that may run several times; the graph is complete and its input is open. */
export class Evaluation {
  readonly #options: EvaluationOptions;
  readonly #model: ModelSession;
  readonly #run: HookedRun;
  #runs = 0;

  constructor(options: EvaluationOptions) {
    this.#options = options;
    const { graph, spec, input } = options;
    for (const name of reserved) {
      if (name in spec.evalMetricOps) {
        const quoted = name === "loss" ? `"${name}"` : `\`${name}\``;
        throw invalidArgument(
          `Metric with name ${quoted} is not allowed, because Estimator already defines a default metric with the same name.`,
        );
      }
    }
    const hooks = [...options.hooks, ...(spec.evaluationHooks ?? [])];
    this.#model = new ModelSession(graph, spec.scaffold, options.config);
    withGraph(graph, () => {
      for (const hook of hooks) hook.begin?.();
    });
    this.#run = new HookedRun({
      session: this.#model.session,
      graph,
      placeholders: input.placeholders,
      fetches: { loss: spec.loss! },
      targets: Object.values(spec.evalMetricOps).map((metric) => asOperation(metric.update)),
      hooks,
    });
  }

  /** Folds the input's batches into the metrics and reads them; logs them and writes them as events. */
  async run(start: EvaluationStart): Promise<EvaluationResult> {
    const { clock, config, spec, input, steps } = this.#options;
    const { logger } = config;
    const { session } = this.#model;
    logger.log("INFO", `Starting evaluation at ${localTime(clock, "T")}`);
    const began = clock.monotonic();
    if (this.#runs === 0) {
      withGraph(this.#options.graph, () => this.#model.finalize());
      this.#model.start(start.checkpoint, start.initialize);
    } else {
      await input.restart();
      this.#run.stopRequested = false;
      this.#model.resetLocalVariables();
      start.initialize?.(session);
    }
    this.#runs += 1;
    let [batches, total] = [0, 0];
    await runLoop({
      run: this.#run,
      input,
      onStep: ({ loss }) => {
        // The mean of the batches' losses, whatever their sizes, as TensorFlow's streaming mean of the scalar.
        total += (loss!.data as Float32Array)[0]!;
        batches += 1;
        if (steps === undefined) return true;
        if (batches % logEvery(steps) === 0 || batches === steps)
          logger.log("INFO", `Evaluation [${batches}/${steps}]`);
        return batches < steps;
      },
    });
    const metrics = Object.entries(spec.evalMetricOps);
    const values = metrics.length === 0 ? [] : session.run(metrics.map(([, metric]) => metric.value));
    logger.log("INFO", `Inference Time : ${((clock.monotonic() - began) / 1000).toFixed(5)}s`);
    logger.log("INFO", `Finished evaluation at ${localTime(clock, "-")}`);
    const loss: TensorValue = { dtype: "float32", shape: [], data: Float32Array.of(total / Math.max(batches, 1)) };
    const step = readGlobalStep(session.resources);
    const results = [...metrics.map(([name], i) => [name, values[i]!] as const), ["loss", loss] as const];
    return this.#report(results, step, start.checkpoint);
  }

  close(): void {
    this.#model.close();
  }

  #report(
    results: readonly (readonly [string, TensorValue])[],
    step: number,
    checkpoint: string | undefined,
  ): EvaluationResult {
    const { logger } = this.#options.config;
    const numbers = results.map(([name, value]) => [name, scalar(name, value)] as const);
    const texts = results.map(([name, value], i) => [name, numpyScalarText(numbers[i]![1], value.dtype)] as const);
    const sorted = [...texts, ["global_step", String(step)] as const].sort(([a], [b]) => (a < b ? -1 : 1));
    logger.log(
      "INFO",
      `Saving dict for global step ${step}: ${sorted.map(([name, text]) => `${name} = ${text}`).join(", ")}`,
    );
    const { graph, eventDirectory } = this.#options;
    const writer = runServices(graph).writers.get(eventDirectory);
    if (this.#runs === 1) {
      const files = graphFiles(graph, this.#model.saver);
      writer.addGraphDef(files.graphDef);
      writer.addMetaGraphDef(files.metaGraphDef);
    }
    const ordered = [...numbers].sort(([a], [b]) => (a < b ? -1 : 1));
    writer.addSummary(
      ordered.map(([tag, simpleValue]) => ({ tag, simpleValue })),
      step,
    );
    if (checkpoint !== undefined) {
      logger.log("INFO", `Saving 'checkpoint_path' summary for global step ${step}: ${checkpoint}`);
      writer.addSummary([{ tag: "checkpoint_path", tensor: encodeSummaryTensor(stringValue([checkpoint], [])) }], step);
    }
    writer.flush();
    return { ...Object.fromEntries(numbers), global_step: step } as EvaluationResult;
  }
}

/** As many lines as batches below twenty, then about ten. */
function logEvery(steps: number): number {
  return steps < 20 ? 1 : Math.floor(steps / 10);
}

function scalar(name: string, value: TensorValue): number {
  if (elementCount(value.shape) !== 1)
    throw invalidArgument(`Metric ${name} must be one number, its shape is (${value.shape.join(", ")})`);
  return Number((value.data as ArrayLike<number | bigint>)[0]);
}

function localTime(clock: Clock, between: string): string {
  const time = new Date(clock.now());
  const two = (part: number): string => String(part).padStart(2, "0");
  const date = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join("-");
  return `${date}${between}${[time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(":")}`;
}
