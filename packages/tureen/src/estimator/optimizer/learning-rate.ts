import type { Tensor } from "../../graph/graph.js";

/** A learning rate that changes with the step: from the step (a float32 scalar) to the rate (a float32 scalar). */
export type LearningRateSchedule = (step: Tensor) => Tensor;

/** A fixed learning rate or a schedule. */
export type LearningRate = number | LearningRateSchedule;
