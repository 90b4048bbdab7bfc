import { invalidArgument } from "../../core/status-error.js";
import type { Tensor } from "../../graph/graph.js";
import { pythonText } from "../feature-column/python-text.js";

/** A learning rate that changes with the step: from the step (a float32 scalar) to the rate (a float32 scalar). */
export type LearningRateSchedule = (step: Tensor) => Tensor;

/** A fixed learning rate or a schedule. */
export type LearningRate = number | LearningRateSchedule;

/** INVALID_ARGUMENT for what is no learning rate, such as the options of a Keras optimizer for one of tf.train, whose rate comes first. */
export function checkLearningRate(optimizer: string, rate: unknown): void {
  if (typeof rate === "number" || typeof rate === "function") return;
  throw invalidArgument(
    `The learning rate of ${optimizer} must be a number or a schedule, its first argument. Given: ${pythonText(rate)}`,
  );
}
