import type { Clock } from "../core/clock.js";
import { invalidArgument } from "../core/status-error.js";
import { stringValue, type TensorValue } from "../core/tensor-value.js";
import { EventWriter } from "../formats/events.js";
import { encodeSummaryTensor } from "../formats/summary.js";
import type { Graph, Tensor } from "../graph/graph.js";
import { withGraph } from "../graph/scope.js";
import type { EvaluationResult } from "./estimator.js";
import type { EstimatorSpec } from "./estimator-spec.js";
import { readGlobalStep } from "./global-step.js";
import type { SessionRunHook } from "./hooks/session-run-hook.js";
import type { OpenInput } from "./input.js";
import { asOperation } from "./make-estimator-spec.js";
import { ModelSession } from "./model-session.js";
import type { RunConfig } from "./run-config.js";
import { runLoop } from "./run-loop.js";

/** Names that results have of their own. */
const reserved: ReadonlySet<string> = new Set(["loss", "global_step"]);

/** One evaluation of a built graph. */
export interface EvaluateLoopOptions {
  readonly graph: Graph;
  readonly input: OpenInput;
  readonly placeholders: readonly Tensor[];
  readonly spec: EstimatorSpec;
  readonly config: RunConfig;
  readonly checkpoint: string;
  readonly steps: number | undefined;
  readonly hooks: readonly SessionRunHook[];
  readonly eventDirectory: string;
  readonly clock: Clock;
}

/** Folds the input's batches into the model's metrics and reads them; writes them as events. */
export async function evaluateLoop(options: EvaluateLoopOptions): Promise<EvaluationResult> {
  const { graph, spec, config } = options;
  const metrics = Object.entries(spec.evalMetricOps);
  for (const [name] of metrics) if (reserved.has(name)) throw invalidArgument(`Metric with name "${name}" is not allowed, because Estimator already defines a default metric with the same name.`);
  const model = new ModelSession(graph, spec.scaffold, config);
  const hooks = [...options.hooks, ...(spec.evaluationHooks ?? [])];
  withGraph(graph, () => {
    for (const hook of hooks) hook.begin?.();
    model.finalize();
  });
  try {
    config.logger.log("INFO", "Starting evaluation");
    const began = performance.now();
    model.start(options.checkpoint);
    let [batches, total] = [0, 0];
    await runLoop({
      session: model.session,
      graph,
      input: options.input,
      placeholders: options.placeholders,
      fetches: { loss: spec.loss! },
      targets: metrics.map(([, metric]) => asOperation(metric.update)),
      hooks,
      onStep: ({ loss }) => {
        // The mean of the batches' losses, whatever their sizes, as TensorFlow's streaming mean of the scalar.
        total += (loss!.data as Float32Array)[0]!;
        batches += 1;
        return options.steps === undefined || batches < options.steps;
      },
    });
    const values = metrics.length === 0 ? [] : model.session.run(metrics.map(([, metric]) => metric.value));
    const step = readGlobalStep(model.session.resources);
    const result = resultOf(metrics.map(([name], i) => [name, values[i]!]), Math.fround(total / batches), step);
    config.logger.log("INFO", `Inference Time : ${((performance.now() - began) / 1000).toFixed(5)}s`);
    const listed = Object.keys(result).sort().map((name) => `${name} = ${result[name]}`);
    config.logger.log("INFO", `Saving dict for global step ${step}: ${listed.join(", ")}`);
    writeEvents(options, result, step);
    return result;
  } finally {
    model.close();
  }
}

function resultOf(metrics: readonly (readonly [string, TensorValue])[], loss: number, step: number): EvaluationResult {
  const entries = metrics.map(([name, value]) => [name, Number((value.data as ArrayLike<number | bigint>)[0])] as const);
  return { ...Object.fromEntries(entries), loss, global_step: step } as EvaluationResult;
}

function writeEvents(options: EvaluateLoopOptions, result: EvaluationResult, step: number): void {
  const writer = new EventWriter(options.eventDirectory, { clock: options.clock });
  try {
    const tags = Object.keys(result).filter((name) => name !== "global_step").sort();
    writer.addSummary(tags.map((tag) => ({ tag, simpleValue: result[tag]! })), step);
    options.config.logger.log("INFO", `Saving 'checkpoint_path' summary for global step ${step}: ${options.checkpoint}`);
    const path = encodeSummaryTensor(stringValue([options.checkpoint], []));
    writer.addSummary([{ tag: "checkpoint_path", tensor: path, metadata: { pluginName: "" } }], step);
  } finally {
    writer.close();
  }
}
