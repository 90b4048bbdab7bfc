import { invalidArgument } from "../../../core/status-error.js";
import type { Resource } from "../../resource-manager.js";
import { compressSummary, emptySummary, mergeSummaries, type QuantileSummary, summarize } from "./quantile-summary.js";

/** The kind of a quantile stream resource: TensorFlow's mangled C++ name, which its messages spell out. */
export const quantileStreamKind = "N10tensorflow34BoostedTreesQuantileStreamResourceE";

/** How many entries a level of a stream holds so that the error stays below `epsilon` for `maxElements` values. */
function blockSize(epsilon: number, maxElements: number): number {
  // As the sketch's authors chose it: levels are added, and blocks grown with them, until the top level is filled at most once.
  if (epsilon <= Number.EPSILON) return Math.max(maxElements, 2);
  let size = 2;
  for (let level = 1; 2 ** level * size < maxElements; level++) size = Math.ceil(level / epsilon) + 1;
  return size;
}

/**
 * An approximate quantile sketch of one feature: a buffer of values below levels of summaries.
 *
 * Made once, fed with values or with summaries of other sketches, and finalized once; TensorFlow's `WeightedQuantilesStream`.
 */
export class QuantileStream {
  readonly #epsilon: number;
  readonly #blockSize: number;
  readonly #capacity: number;
  #values = new Float32Array(0);
  #weights = new Float32Array(0);
  #buffered = 0;
  readonly #levels: QuantileSummary[] = [];
  #final: QuantileSummary | undefined;

  /** INVALID_ARGUMENT where epsilon is not within (0, 1) or nothing may be stored: there TensorFlow ends its process. */
  constructor(epsilon: number, maxElements: number) {
    if (!(epsilon > 0)) throw invalidArgument("An epsilon value of zero is not allowed.");
    if (!(epsilon < 1)) throw invalidArgument(`epsilon must be less than 1, got ${epsilon}`);
    if (!(maxElements > 0)) throw invalidArgument(`max_elements must be positive, got ${maxElements}`);
    this.#epsilon = epsilon;
    this.#blockSize = blockSize(epsilon, maxElements);
    this.#capacity = Math.min(2 * this.#blockSize, maxElements);
  }

  /** Whether the stream takes no more. */
  get isFinalized(): boolean {
    return this.#final !== undefined;
  }

  /** Adds values; `weights` has one for each or one for all. Values without a positive weight do not count. */
  pushValues(values: Float32Array, weights: Float32Array): void {
    this.#reserve(Math.min(this.#capacity, this.#buffered + values.length));
    const sole = weights.length === 1;
    if (sole && weights[0]! > 0) {
      this.#pushEqual(values, weights[0]!);
      return;
    }
    for (let i = 0; i < values.length; i++) {
      const weight = weights[sole ? 0 : i]!;
      if (weight <= 0) continue;
      this.#values[this.#buffered] = values[i]!;
      this.#weights[this.#buffered++] = weight;
      if (this.#buffered === this.#capacity) this.#flushBuffer();
    }
  }

  /** Adds values that all have one weight, a buffer of them at a time. */
  #pushEqual(values: Float32Array, weight: number): void {
    for (let done = 0; done < values.length; ) {
      const size = Math.min(this.#capacity - this.#buffered, values.length - done);
      this.#values.set(values.subarray(done, done + size), this.#buffered);
      this.#weights.fill(weight, this.#buffered, this.#buffered + size);
      this.#buffered += size;
      done += size;
      if (this.#buffered === this.#capacity) this.#flushBuffer();
    }
  }

  /** Adds what another stream has seen. */
  pushSummary(summary: QuantileSummary): void {
    this.#propagate(compressSummary(summary, this.#blockSize, this.#epsilon));
  }

  /** Ends the stream and gives the summary of all it has seen. */
  finalize(): QuantileSummary {
    if (this.#final !== undefined) return this.#final;
    this.#flushBuffer();
    let merged = emptySummary;
    for (const level of this.#levels) merged = mergeSummaries(merged, level);
    this.#levels.length = 0;
    this.#final = merged;
    return merged;
  }

  #reserve(size: number): void {
    if (this.#values.length >= size) return;
    const [values, weights] = [new Float32Array(size), new Float32Array(size)];
    values.set(this.#values);
    weights.set(this.#weights);
    this.#values = values;
    this.#weights = weights;
  }

  #flushBuffer(): void {
    const count = this.#buffered;
    this.#buffered = 0;
    if (count > 0) this.pushSummary(summarize(this.#values, this.#weights, count));
  }

  /** Merges a summary into the lowest level; one that grows too large moves up, leaving its level empty. */
  #propagate(summary: QuantileSummary): void {
    if (summary.size === 0) return;
    let moving = summary;
    for (let level = 0; ; level++) {
      const current = this.#levels[level] ?? emptySummary;
      moving = mergeSummaries(moving, current);
      if (current.size === 0 || moving.size <= this.#blockSize + 1) {
        this.#levels[level] = moving;
        return;
      }
      moving = compressSummary(moving, this.#blockSize, this.#epsilon);
      this.#levels[level] = emptySummary;
    }
  }
}

/** The sketches of several features and the bucket boundaries made of them. */
export interface QuantileStreamResource extends Resource {
  readonly kind: typeof quantileStreamKind;
  readonly epsilon: number;
  readonly maxElements: number;
  streams: readonly QuantileStream[];
  /** Ascending boundaries by stream; empty until flushed or restored. */
  readonly boundaries: Float32Array[];
}

/** A resource of `count` streams that have seen nothing. */
export function quantileStreamResource(epsilon: number, maxElements: number, count: number): QuantileStreamResource {
  return {
    kind: quantileStreamKind,
    epsilon,
    maxElements,
    streams: newStreams(epsilon, maxElements, count),
    boundaries: Array.from({ length: count }, () => new Float32Array(0)),
  };
}

/** Makes the streams anew; boundaries stay. */
export function resetStreams(resource: QuantileStreamResource): void {
  resource.streams = newStreams(resource.epsilon, resource.maxElements, resource.streams.length);
}

function newStreams(epsilon: number, maxElements: number, count: number): QuantileStream[] {
  return Array.from({ length: count }, () => new QuantileStream(epsilon, maxElements));
}
