import type { Regularization } from "./regularization.js";

/** An example's logits by the weights of before the step, and by those of now. */
export interface Logits {
  before: number;
  now: number;
}

/** A column of a batch with its weights, [width] each, as steps of dual coordinate ascent use it. */
export interface SdcaColumn {
  /** What the step has added to the weights so far. */
  readonly deltas: Float32Array;
  /** The sum of an example's squared features. */
  squaredNorm(example: number): number;
  /** Adds an example's part to its logits; `partitions` of the loss move weights at the same time. */
  addLogits(example: number, partitions: number, regularization: Regularization, logits: Logits): void;
  /** Adds an example's features, times a factor, to the weights. */
  update(example: number, by: number): void;
}
