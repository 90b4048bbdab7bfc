import type { TensorValue } from "../core/tensor-value.js";

/** A plan that takes longer than this goes to a worker: about what handing it over and back costs, and what others may be kept waiting. */
const toWorkerMilliseconds = 1;
/** A plan in a worker that takes less than this comes back; lower than the other, so that plans on the edge do not go to and fro. */
const toMainMilliseconds = 0.6;
/** So many runs are needed before the measure counts: the first ones are slow for the code's being new. */
const coldRuns = 3;
/** A run of this length is long, cold or not. */
const surelyLongMilliseconds = 30;
/** The weight of the latest run. */
const smoothing = 0.25;
/** Powers of two of elements that inputs may have. */
const buckets = 40;

/** Where the runs of one plan take place, by what they have taken so far and how large their inputs are. */
export class RunPlacement {
  readonly #mean = new Float64Array(buckets);
  readonly #runs = new Int32Array(buckets);
  readonly #inWorker = new Uint8Array(buckets);
  readonly #presumedLong: boolean;

  /** `presumedLong` says where the first run goes. */
  constructor(presumedLong = false) {
    this.#presumedLong = presumedLong;
  }

  /** Whether a run of this size belongs in a worker. */
  isLong(size: number): boolean {
    if (this.#runs[size]! > 0) return this.#inWorker[size] === 1;
    // Not seen yet: as long as the next smaller one that was, and longer in proportion.
    for (let smaller = size - 1; smaller >= 0; smaller--) {
      if (this.#runs[smaller]! < coldRuns) continue;
      return this.#mean[smaller]! * 2 ** (size - smaller) > toWorkerMilliseconds;
    }
    return this.#presumedLong;
  }

  /** Notes how long a run of this size took. */
  observe(size: number, milliseconds: number): void {
    const runs = ++this.#runs[size]!;
    if (runs === 1 && this.#presumedLong) this.#inWorker[size] = 1;
    const mean = runs <= 2 ? milliseconds : this.#mean[size]! + smoothing * (milliseconds - this.#mean[size]!);
    this.#mean[size] = mean;
    if (milliseconds > surelyLongMilliseconds) this.#inWorker[size] = 1;
    else if (runs < coldRuns) return;
    else if (mean > toWorkerMilliseconds) this.#inWorker[size] = 1;
    else if (mean < toMainMilliseconds) this.#inWorker[size] = 0;
  }
}

/** The size of a run's inputs, as placements count it. */
export function sizeOf(feeds: ReadonlyMap<string, TensorValue>): number {
  let elements = 1;
  for (const { data } of feeds.values()) elements += (data as ArrayLike<unknown>).length;
  return Math.min(buckets - 1, Math.floor(Math.log2(elements)));
}
