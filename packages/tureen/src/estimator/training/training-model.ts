import type { Estimator } from "../estimator.js";
import type { ServingInputReceiverFn } from "../export/serving-input.js";
import type { EvalSpecInit } from "./eval-spec.js";
import type { TrainSpecInit } from "./train-spec.js";

/** What `tureen train`, `evaluate` and `export` work with: a module exports it, or a function that gives it. Each verb says what it misses. */
export interface TrainingModel {
  readonly estimator: Estimator;
  /** For `train`, and for the statistics of an export. */
  readonly trainSpec?: TrainSpecInit | undefined;
  /** For `evaluate`, and for evaluations while training. */
  readonly evalSpec?: EvalSpecInit | undefined;
  /** For `export`. */
  readonly servingInputReceiverFn?: ServingInputReceiverFn | undefined;
}

/** What such a function is told. */
export interface ModelArguments {
  /** The command line's `--model_dir`; undefined where it has none. */
  readonly modelDir?: string | undefined;
}
