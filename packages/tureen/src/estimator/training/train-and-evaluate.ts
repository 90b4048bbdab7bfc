import { invalidArgument } from "../../core/status-error.js";
import { Estimator, type EvaluationResult } from "../estimator.js";
import { pythonText } from "../feature-column/python-text.js";
import { type EvalSpec, type EvalSpecInit, evalSpec } from "./eval-spec.js";
import { EvaluationListener } from "./evaluation-listener.js";
import { Evaluator } from "./evaluator.js";
import { type TrainSpec, type TrainSpecInit, trainSpec } from "./train-spec.js";

/** The metrics of the last evaluation and what each exporter gave after it; undefined where training had nothing left to do. */
export type TrainAndEvaluateResult = readonly [
  metrics: EvaluationResult | undefined,
  exportResults: readonly (string | undefined)[] | undefined,
];

/**
 * Trains and evaluates a checkpoint now and then, with exports after evaluations (`tf.estimator.train_and_evaluate`).
 *
 * Checkpoints come as the Estimator's RunConfig says; each but the first is evaluated unless the last evaluation began less than
 * `throttleSecs` before, and the last one always. An exporter is told that it is the final export once training has reached `maxSteps`.
 */
export async function trainAndEvaluate(
  estimator: Estimator,
  train: TrainSpec | TrainSpecInit,
  evaluate: EvalSpec | EvalSpecInit,
): Promise<TrainAndEvaluateResult> {
  if (typeof evaluate !== "object" || evaluate === null) {
    throw invalidArgument(`\`eval_spec\` must have type \`tf.estimator.EvalSpec\`. Got: ${pythonText(evaluate)}`);
  }
  if (!(estimator instanceof Estimator)) {
    throw invalidArgument(`\`estimator\` must have type \`tf.estimator.Estimator\`. Got: ${pythonText(estimator)}`);
  }
  if (typeof train !== "object" || train === null) {
    throw invalidArgument(`\`train_spec\` must have type \`tf.estimator.TrainSpec\`. Got: ${pythonText(train)}`);
  }
  const { inputFn, maxSteps, hooks, savingListeners } = trainSpec(train);
  const spec = evalSpec(evaluate);
  const { logger, saveCheckpointsSteps, saveCheckpointsSecs } = estimator.config;
  logger.log("INFO", "Running training and evaluation locally (non-distributed).");
  logger.log(
    "INFO",
    `Start train and evaluate loop. The evaluate will happen after every checkpoint. Checkpoint frequency is determined based on RunConfig arguments: save_checkpoints_steps ${pythonText(saveCheckpointsSteps)} or save_checkpoints_secs ${pythonText(saveCheckpointsSecs)}.`,
  );
  const listener = new EvaluationListener(estimator, new Evaluator(estimator, spec, maxSteps), spec.throttleSecs);
  await estimator.train(inputFn, {
    ...(maxSteps === undefined ? {} : { maxSteps }),
    hooks,
    savingListeners: [...savingListeners, listener],
  });
  return [listener.latest?.metrics, listener.latest?.exportResults];
}
