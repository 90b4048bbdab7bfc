import { dtypeWidth, type NumericArray } from "../core/dtype.js";
import { elementCount } from "../core/shape.js";
import { invalidArgument } from "../core/status-error.js";
import { type TensorValue, tensorValue } from "../core/tensor-value.js";
import { type Graph, Tensor } from "../graph/graph.js";
import { withGraph } from "../graph/scope.js";
import type { Session } from "../runtime/session.js";
import type { PredictOptions } from "./estimator.js";
import type { EstimatorSpec } from "./estimator-spec.js";
import { pythonText } from "./feature-column/python-text.js";
import { HookedRun } from "./hooked-run.js";
import type { OpenInput } from "./input.js";
import { ModelSession } from "./model-session.js";
import type { RunConfig } from "./run-config.js";

/** The predictions of one row (or batch) by key; of a model with one bare prediction that tensor under `output`. */
export type Prediction = Readonly<Record<string, TensorValue>>;

/** One prediction run of a built graph. */
export interface PredictRowsOptions {
  readonly graph: Graph;
  readonly input: OpenInput;
  readonly spec: EstimatorSpec;
  readonly config: RunConfig;
  readonly checkpoint: string | undefined;
  readonly warmStart: ((session: Session) => void) | undefined;
  readonly options: PredictOptions;
}

/** Runs batches and yields their rows. */
export async function* predictRows(predict: PredictRowsOptions): AsyncGenerator<Prediction> {
  const { graph, input, spec, options } = predict;
  const fetches = chosen(spec, options.predictKeys);
  const hooks = [...(options.hooks ?? []), ...(spec.predictionHooks ?? [])];
  const model = new ModelSession(graph, spec.scaffold, predict.config);
  try {
    withGraph(graph, () => {
      for (const hook of hooks) hook.begin?.();
      model.finalize();
    });
    model.start(predict.checkpoint, predict.warmStart);
    const run = new HookedRun({
      session: model.session,
      graph,
      placeholders: input.placeholders,
      fetches,
      targets: [],
      hooks,
    });
    await run.start();
    const keys = Object.keys(fetches);
    while (!run.stopRequested) {
      const feeds = await input.next();
      if (feeds === undefined) break;
      const results = await run.run(feeds);
      if (options.yieldSingleExamples === false) {
        yield Object.fromEntries(keys.map((key) => [key, results[key]!]));
        continue;
      }
      const rows = batchLength(keys, results);
      for (let row = 0; row < rows; row++) {
        yield Object.fromEntries(keys.map((key) => [key, rowOf(results[key]!, row)]));
      }
    }
    await run.end();
  } finally {
    model.close();
  }
}

function chosen(spec: EstimatorSpec, predictKeys: PredictOptions["predictKeys"]): Readonly<Record<string, Tensor>> {
  const { predictions } = spec;
  if (predictions instanceof Tensor) {
    if (predictKeys !== undefined)
      throw invalidArgument("predict_keys argument is not valid in case of non-dict predictions.");
    return { output: predictions };
  }
  if (predictKeys === undefined) return predictions!;
  const wanted = typeof predictKeys === "string" ? [predictKeys] : predictKeys;
  const kept = Object.entries(predictions!).filter(([key]) => wanted.includes(key));
  if (kept.length === 0) {
    const [existing, provided] = [Object.keys(predictions!), predictKeys].map(pythonText);
    throw invalidArgument(
      `Expected to run at least one output from dict_keys(${existing}), provided ${typeof predictKeys === "string" ? predictKeys : provided}.`,
    );
  }
  return Object.fromEntries(kept);
}

function batchLength(keys: readonly string[], results: Prediction): number {
  const rows = results[keys[0]!]!.shape[0];
  for (const key of keys) {
    const { shape } = results[key]!;
    if (shape.length === 0 || shape[0] !== rows) {
      throw invalidArgument(
        `Batch length of predictions should be same. ${key} has different batch length than others.`,
      );
    }
  }
  return rows ?? 0;
}

function rowOf(value: TensorValue, row: number): TensorValue {
  const shape = value.shape.slice(1);
  const width = elementCount(shape) * dtypeWidth(value.dtype);
  const data = (value.data as NumericArray).slice(row * width, (row + 1) * width);
  return tensorValue(value.dtype, shape, data as never);
}
