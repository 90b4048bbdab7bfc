import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { invalidArgument } from "../../core/status-error.js";
import { pythonText } from "../feature-column/python-text.js";
import type { CheckpointSaverListener } from "../hooks/checkpoint-saver-hook.js";
import type { SessionRunHook } from "../hooks/session-run-hook.js";
import type { InputFn } from "../input.js";

/** How `trainAndEvaluate` trains (`tf.estimator.TrainSpec`). */
export interface TrainSpec {
  readonly inputFn: InputFn;
  /** The global step to train up to; undefined trains until the input ends. */
  readonly maxSteps: number | undefined;
  readonly hooks: readonly SessionRunHook[];
  readonly savingListeners: readonly CheckpointSaverListener[];
}

/** What a TrainSpec is made of. */
export type TrainSpecInit = Pick<TrainSpec, "inputFn"> & Partial<TrainSpec>;

const optionTable: OptionTable<TrainSpecInit> = {
  inputFn: "required",
  maxSteps: "optional",
  hooks: "optional",
  savingListeners: "optional",
};

/** Checks and completes a TrainSpec; INVALID_ARGUMENT with TensorFlow's texts. */
export function trainSpec(init: TrainSpecInit): TrainSpec {
  // One that is given and is none is not one that is missing.
  if (Object.hasOwn(Object(init), "inputFn")) checkInputFn(init.inputFn);
  checkOptions("trainSpec", init, optionTable);
  const { inputFn, maxSteps, hooks = [], savingListeners = [] } = init;
  if (maxSteps !== undefined && !(maxSteps > 0))
    throw invalidArgument(`Must specify max_steps > 0, given: ${maxSteps}`);
  for (const listener of savingListeners) {
    if (typeof listener !== "object" || listener === null) {
      throw invalidArgument(
        `All saving_listeners must be \`CheckpointSaverListener\` instances, given: ${pythonText(listener)}`,
      );
    }
  }
  return Object.freeze({ inputFn, maxSteps, hooks: checkHooks(hooks), savingListeners: [...savingListeners] });
}

/** INVALID_ARGUMENT unless it is a function. */
export function checkInputFn(inputFn: unknown): void {
  if (typeof inputFn !== "function")
    throw invalidArgument(`\`input_fn\` must be callable, given: ${pythonText(inputFn)}`);
}

/** The hooks, if they are objects; INVALID_ARGUMENT otherwise. */
export function checkHooks(hooks: readonly SessionRunHook[]): SessionRunHook[] {
  for (const hook of hooks) {
    if (typeof hook !== "object" || hook === null)
      throw invalidArgument(`All hooks must be \`SessionRunHook\` instances, given: ${pythonText(hook)}`);
  }
  return [...hooks];
}
