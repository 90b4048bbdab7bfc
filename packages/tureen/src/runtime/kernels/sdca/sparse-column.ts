import { invalidArgument } from "../../../core/status-error.js";
import type { TensorValue } from "../../../core/tensor-value.js";
import { type Regularization, shrink } from "./regularization.js";
import type { Logits } from "./sdca-column.js";

/** A sparse column of a batch: what each example has of it, its weights, and what the step has changed of them. */
export class SparseColumn {
  readonly deltas: Float32Array;
  readonly #weights: Float32Array;
  /** The range of each example in the lists below: of example i from entry i to entry i + 1 of the first, as far as the second says. */
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  /** Where the weight of each feature lies. */
  readonly #places: Int32Array;
  readonly #values: Float32Array | undefined;

  /** INVALID_ARGUMENT, with TensorFlow's texts, for lists of different lengths and for a feature without weight. */
  constructor(
    examples: number,
    exampleIndices: TensorValue,
    featureIndices: TensorValue,
    values: TensorValue | undefined,
    indices: TensorValue,
    weights: TensorValue,
  ) {
    const rows = exampleIndices.data as BigInt64Array;
    const features = featureIndices.data as BigInt64Array;
    if (rows.length !== features.length) {
      throw invalidArgument(
        `Found mismatched example_indices and feature_indices [${rows.join(" ")}] vs [${features.join(" ")}]`,
      );
    }
    const places = new Map<bigint, number>();
    (indices.data as BigInt64Array).forEach((index, place) => {
      places.set(index, place);
    });
    this.#weights = weights.data as Float32Array;
    this.deltas = new Float32Array(this.#weights.length);
    this.#values = values?.data as Float32Array | undefined;
    this.#places = new Int32Array(features.length);
    this.#starts = new Int32Array(examples);
    this.#ends = new Int32Array(examples);
    // One walk over both: what is not in the order of the examples is left out, as in TensorFlow.
    let at = 0;
    for (let example = 0; example < examples; example++) {
      this.#starts[example] = at;
      for (; at < rows.length && Number(rows[at]) === example; at++) {
        const place = places.get(features[at]!);
        if (place === undefined) {
          throw invalidArgument(`Found sparse feature indices out of valid range: ${features[at]}`);
        }
        this.#places[at] = place;
      }
      this.#ends[example] = at;
    }
  }

  /** The sum of an example's squared values; INVALID_ARGUMENT where it has a feature twice. */
  squaredNorm(example: number): number {
    const seen = new Set<number>();
    let sum = 0;
    for (let i = this.#starts[example]!; i < this.#ends[example]!; i++) {
      const place = this.#places[i]!;
      if (seen.has(place)) throw invalidArgument("Duplicate index in sparse vector.");
      seen.add(place);
      sum += this.#value(i) ** 2;
    }
    return sum;
  }

  /** Adds what an example has of this column to its logits. */
  addLogits(example: number, partitions: number, { shrinkage }: Regularization, logits: Logits): void {
    for (let i = this.#starts[example]!; i < this.#ends[example]!; i++) {
      const place = this.#places[i]!;
      const before = this.#weights[place]!;
      const now = Math.fround(before + Math.fround(this.deltas[place]! * partitions));
      logits.before += this.#value(i) * shrink(before, shrinkage);
      logits.now += this.#value(i) * shrink(now, shrinkage);
    }
  }

  /** Moves the weights of an example's features. */
  update(example: number, by: number): void {
    for (let i = this.#starts[example]!; i < this.#ends[example]!; i++) {
      this.deltas[this.#places[i]!]! += this.#value(i) * by;
    }
  }

  #value(i: number): number {
    return this.#values === undefined ? 1 : this.#values[i]!;
  }
}
