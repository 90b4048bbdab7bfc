import { invalidArgument } from "../../../core/status-error.js";
import type { TensorValue } from "../../../core/tensor-value.js";
import { type Regularization, shrink } from "./regularization.js";
import type { Logits } from "./sdca-column.js";

/** A dense column of a batch, its weights, and what the step has changed of them; sums of it are float32, as in TensorFlow. */
export class DenseColumn {
  readonly deltas: Float32Array;
  readonly #weights: Float32Array;
  readonly #features: Float32Array;
  readonly #width: number;

  /** INVALID_ARGUMENT, with TensorFlow's text, where there are more features than weights. */
  constructor(features: TensorValue, weights: TensorValue) {
    this.#width = features.shape[1]!;
    this.#features = features.data as Float32Array;
    this.#weights = weights.data as Float32Array;
    this.deltas = new Float32Array(this.#weights.length);
    if (this.#width === 0 || this.#width > this.deltas.length) {
      throw invalidArgument(`More dense features than we have parameters for: ${this.#width}`);
    }
  }

  /** The sum of an example's squares. */
  squaredNorm(example: number): number {
    const from = example * this.#width;
    let sum = 0;
    for (let i = from; i < from + this.#width; i++) sum += this.#features[i]! ** 2;
    return Math.fround(sum);
  }

  /** Adds what an example has of this column to its logits. */
  addLogits(example: number, partitions: number, { shrinkage }: Regularization, logits: Logits): void {
    const from = example * this.#width;
    let [before, now] = [0, 0];
    for (let i = 0; i < this.#width; i++) {
      const feature = this.#features[from + i]!;
      const weight = this.#weights[i]!;
      const moved = Math.fround(weight + Math.fround(this.deltas[i]! * partitions));
      before += feature * Math.fround(shrink(weight, shrinkage));
      now += feature * Math.fround(shrink(moved, shrinkage));
    }
    logits.before += Math.fround(before);
    logits.now += Math.fround(now);
  }

  /** Moves the weights by an example's features. */
  update(example: number, by: number): void {
    const from = example * this.#width;
    const factor = Math.fround(by);
    for (let i = 0; i < this.#width; i++) this.deltas[i]! += Math.fround(this.#features[from + i]! * factor);
  }
}
