import { existsSync } from "node:fs";
import type { DType } from "../core/dtype.js";
import type { Shape } from "../core/shape.js";
import { notFound } from "../core/status-error.js";
import type { TensorValue } from "../core/tensor-value.js";
import { bundleIndexPath, latestCheckpoint, openBundle } from "../formats/index.js";

/*
 * `tf.train`: what a training loop is made of. Optimizers of 1.x, decays, moving averages, hooks, the global step, and what checkpoints hold.
 */

export { readCheckpointState as getCheckpointState } from "../formats/index.js";
export { type Saver, type SaverOptions, saver } from "./checkpoint/saver.js";
export { getGlobalStep, getOrCreateGlobalStep } from "./global-step.js";
export { CheckpointSaverHook, type CheckpointSaverListener } from "./hooks/checkpoint-saver-hook.js";
export { FeedFnHook } from "./hooks/feed-fn-hook.js";
export { FinalOpsHook } from "./hooks/final-ops-hook.js";
export { GlobalStepWaiterHook } from "./hooks/global-step-waiter-hook.js";
export { LoggingTensorHook } from "./hooks/logging-tensor-hook.js";
export { NanLossDuringTrainingError, NanTensorHook } from "./hooks/nan-tensor-hook.js";
export { ProfilerHook } from "./hooks/profiler-hook.js";
export { SecondOrStepTimer } from "./hooks/second-or-step-timer.js";
export type { SessionRunArgs, SessionRunContext, SessionRunHook, SessionRunValues } from "./hooks/session-run-hook.js";
export { StepCounterHook } from "./hooks/step-counter-hook.js";
export { StopAtStepHook } from "./hooks/stop-at-step-hook.js";
export { SummarySaverHook } from "./hooks/summary-saver-hook.js";
export { ExponentialMovingAverage } from "./optimizer/exponential-moving-average.js";
export * from "./optimizer/learning-rate-schedules.js";
export type { Optimizer } from "./optimizer/optimizer.js";
export { adadeltaOptimizer } from "./optimizer/train/adadelta.js";
export { adagradOptimizer, proximalAdagradOptimizer } from "./optimizer/train/adagrad.js";
export { adagradDAOptimizer } from "./optimizer/train/adagrad-da.js";
export { adamOptimizer } from "./optimizer/train/adam.js";
export { ftrlOptimizer } from "./optimizer/train/ftrl.js";
export {
  gradientDescentOptimizer,
  momentumOptimizer,
  proximalGradientDescentOptimizer,
} from "./optimizer/train/gradient-descent.js";
export { rmsPropOptimizer } from "./optimizer/train/rmsprop.js";
export type { Scaffold } from "./scaffold.js";
export { type AssignmentMap, initFromCheckpoint } from "./warm-start/init-from-checkpoint.js";
export { type VocabInfo, type WarmStartSettings, warmStartSettings } from "./warm-start/warm-start-settings.js";
export { latestCheckpoint };

/** A variable as a checkpoint has it. */
export interface CheckpointVariable {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: DType;
}

/** Whether there is a checkpoint of this prefix (`tf.train.checkpoint_exists`). */
export function checkpointExists(prefix: string): boolean {
  return existsSync(bundleIndexPath(prefix));
}

/** The variables of a checkpoint, or of the latest of a folder, in the order of their names (`tf.train.list_variables`). */
export function listVariables(checkpoint: string): CheckpointVariable[] {
  return withReader(checkpoint, (reader) =>
    reader.keys().map((name) => {
      const { shape, dtype } = reader.entry(name);
      return { name, shape, dtype };
    }),
  );
}

/** A variable's value in a checkpoint, or in the latest of a folder (`tf.train.load_variable`); NOT_FOUND where it is not there. */
export function loadVariable(checkpoint: string, name: string): TensorValue {
  return withReader(checkpoint, (reader) => reader.read(name));
}

function withReader<T>(checkpoint: string, use: (reader: ReturnType<typeof openBundle>) => T): T {
  const prefix = checkpointExists(checkpoint) ? checkpoint : latestCheckpoint(checkpoint);
  if (prefix === undefined) {
    throw notFound(`Couldn't find 'checkpoint' file or checkpoints in given directory ${checkpoint}`);
  }
  const reader = openBundle(prefix);
  try {
    return use(reader);
  } finally {
    reader.close();
  }
}
