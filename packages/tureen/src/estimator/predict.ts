import { dtypeWidth, type NumericArray } from "../core/dtype.js";
import { elementCount } from "../core/shape.js";
import { invalidArgument } from "../core/status-error.js";
import { type TensorValue, tensorValue } from "../core/tensor-value.js";
import { type Graph, Tensor } from "../graph/graph.js";
import { withGraph } from "../graph/scope.js";
import type { PredictOptions } from "./estimator.js";
import type { EstimatorSpec } from "./estimator-spec.js";
import type { OpenInput } from "./input.js";
import { ModelSession } from "./model-session.js";
import type { RunConfig } from "./run-config.js";

/** The predictions of one row (or batch) by key; of a model with one bare prediction that tensor under `output`. */
export type Prediction = Readonly<Record<string, TensorValue>>;

/** One prediction run of a built graph. */
export interface PredictRowsOptions {
  readonly graph: Graph;
  readonly input: OpenInput;
  readonly placeholders: readonly Tensor[];
  readonly spec: EstimatorSpec;
  readonly config: RunConfig;
  readonly checkpoint: string | undefined;
  readonly options: PredictOptions;
}

/** Runs batches and yields their rows. */
export async function* predictRows(run: PredictRowsOptions): AsyncGenerator<Prediction> {
  const { graph, input, spec, options } = run;
  const fetches = chosen(spec, options.predictKeys);
  const hooks = [...(options.hooks ?? []), ...(spec.predictionHooks ?? [])];
  const model = new ModelSession(graph, spec.scaffold, run.config);
  try {
    withGraph(graph, () => {
      for (const hook of hooks) hook.begin?.();
      model.finalize();
    });
    model.start(run.checkpoint);
    for (const hook of hooks) hook.afterCreateSession?.(model.session);
    const keys = Object.keys(fetches);
    const callable = model.session.callable({ feeds: run.placeholders, fetches: Object.values(fetches) });
    for (;;) {
      const feeds = await input.next();
      if (feeds === undefined) break;
      const results = callable(feeds);
      if (options.yieldSingleExamples === false) {
        yield Object.fromEntries(keys.map((key, i) => [key, results[i]!]));
        continue;
      }
      const rows = batchSize(keys, results);
      for (let row = 0; row < rows; row++) {
        yield Object.fromEntries(keys.map((key, i) => [key, rowOf(results[i]!, row)]));
      }
    }
    for (const hook of hooks) await hook.end?.(model.session);
  } finally {
    await input.close();
    model.close();
  }
}

function chosen(spec: EstimatorSpec, predictKeys: PredictOptions["predictKeys"]): Readonly<Record<string, Tensor>> {
  const { predictions } = spec;
  if (predictions instanceof Tensor) {
    if (predictKeys !== undefined) throw invalidArgument("predict_keys argument is not valid in case of non-dict predictions.");
    return { output: predictions };
  }
  if (predictKeys === undefined) return predictions!;
  const wanted = typeof predictKeys === "string" ? [predictKeys] : predictKeys;
  const kept = Object.entries(predictions!).filter(([key]) => wanted.includes(key));
  if (kept.length === 0) {
    throw invalidArgument(`Expected to run at least one output from [${Object.keys(predictions!).join(", ")}], provided [${wanted.join(", ")}].`);
  }
  return Object.fromEntries(kept);
}

function batchSize(keys: readonly string[], results: readonly TensorValue[]): number {
  const rows = results[0]!.shape[0];
  keys.forEach((key, i) => {
    if (results[i]!.shape.length === 0 || results[i]!.shape[0] !== rows) {
      throw invalidArgument(`Batch length of predictions should be same. ${key} has different batch length than others.`);
    }
  });
  return rows ?? 0;
}

function rowOf(value: TensorValue, row: number): TensorValue {
  const shape = value.shape.slice(1);
  const width = elementCount(shape) * dtypeWidth(value.dtype);
  const data = (value.data as NumericArray).slice(row * width, (row + 1) * width);
  return tensorValue(value.dtype, shape, data as never);
}
