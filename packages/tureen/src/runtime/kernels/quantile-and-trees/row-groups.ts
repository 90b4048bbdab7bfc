import { growTo } from "../simd/assembler.js";
import type { Regularization } from "./best-split.js";
import { foundWords, type HistogramSizes } from "./histogram-layout.js";
import { type Histograms, histograms } from "./histogram-module.js";

/** Rows by number: what a layer's statistics are made of. */
export interface LayerRows {
  readonly nodes: Int32Array;
  readonly gradients: Float32Array;
  readonly hessians: Float32Array;
  /** A column of buckets for each feature; -1 for a missing value. Equal arrays hold equal values, always. */
  readonly features: readonly Int32Array[];
}

/** The best split of a feature in a group; `gain` is `lowestGain` where there is none. */
export interface FoundSplit {
  gain: number;
  bucket: number;
  /** Whether missing values go right. */
  isRight: boolean;
  /** Sums on the left side and in all. */
  leftGradient: number;
  leftHessian: number;
  gradient: number;
  hessian: number;
}

/** Where the parts of the rows' memory begin, in bytes. */
interface RowLayout {
  readonly cells: number;
  readonly order: number;
  readonly pairs: number;
  readonly nodes: number;
  readonly gradients: number;
  readonly hessians: number;
  readonly end: number;
}

/** Memory that is asked for at most: more rows than fit go through the ops one by one. */
const mostBytes = 2 ** 31;

/**
 * The rows of a batch in the memory of the histogram loops, by the node that they stand in.
 *
 * Features are kept as bytes, row by row; a feature whose array is the same as before is not taken again.
 */
export class RowGroups {
  readonly #loops: Histograms;
  readonly #sizes: HistogramSizes;
  readonly #taken: (Int32Array | undefined)[];
  readonly #starts: Int32Array;
  readonly #found: readonly FoundSplit[];
  #rows = -1;
  #at: RowLayout | undefined;
  #memory: ArrayBuffer;

  /** For features and nodes of these sizes; undefined where the engine has no such loops. */
  static make(sizes: HistogramSizes): RowGroups | undefined {
    const loops = histograms(sizes);
    return loops === undefined ? undefined : new RowGroups(loops, sizes);
  }

  private constructor(loops: Histograms, sizes: HistogramSizes) {
    this.#loops = loops;
    this.#sizes = sizes;
    this.#taken = new Array<Int32Array | undefined>(sizes.features).fill(undefined);
    this.#starts = new Int32Array(sizes.nodes + 1);
    this.#memory = loops.memory.buffer;
    const nothing = { gain: 0, bucket: 0, isRight: false, leftGradient: 0, leftHessian: 0, gradient: 0, hessian: 0 };
    this.#found = this.#taken.map(() => ({ ...nothing }));
  }

  /** Takes the rows; false where they are too many or a bucket is out of range. */
  take({ nodes, gradients, hessians, features }: LayerRows): boolean {
    const at = this.#reserve(nodes.length);
    if (at === undefined) return false;
    for (let f = 0; f < features.length; f++) {
      if (this.#taken[f] === features[f]) continue;
      this.#taken[f] = undefined;
      if (!this.#takeFeature(f, features[f]!, at.cells)) return false;
      this.#taken[f] = features[f];
    }
    new Int32Array(this.#memory, at.nodes, nodes.length).set(nodes);
    new Float32Array(this.#memory, at.gradients, nodes.length).set(gradients);
    new Float32Array(this.#memory, at.hessians, nodes.length).set(hessians);
    return true;
  }

  /** Groups the rows of `span` nodes from `first` on; false where a row stands in a node that there cannot be. */
  group(first: number, span: number): boolean {
    const { count, place } = this.#loops;
    const at = this.#at!;
    const counts = new Int32Array(this.#memory, 0, span);
    counts.fill(0);
    const end = at.nodes + 4 * this.#rows;
    if (this.#rows > 0 && count(at.nodes, end, first, span) !== 0) return false;
    let start = 0;
    for (let node = 0; node < span; node++) {
      const size = counts[node]!;
      this.#starts[node] = start;
      counts[node] = start;
      start += size;
    }
    this.#starts[span] = start;
    if (this.#rows > 0) place(at.nodes, end, first, span, at.gradients, at.hessians, at.order, at.pairs);
    return true;
  }

  /** Sums up a group and looks for the best split of each feature in it; groups are numbered from 0, the `first` node's. */
  search(group: number, { l1, l2 }: Regularization): readonly FoundSplit[] {
    const { add, search, layout } = this.#loops;
    const at = this.#at!;
    const [from, to] = [this.#starts[group]!, this.#starts[group + 1]!];
    const sums = new Float64Array(this.#memory, layout.sums, layout.sumsBytes / 8);
    const words = new Int32Array(this.#memory, layout.found, layout.blockFeatures * foundWords);
    const numbers = new Float32Array(this.#memory, layout.found, words.length);
    const found = this.#found;
    for (let b = 0, f = 0; b < layout.blocks; b++) {
      sums.fill(0);
      const cells = at.cells + b * this.#rows * layout.rowBytes;
      if (to > from) add(at.order + 4 * from, at.order + 4 * to, at.pairs + 8 * from, cells);
      search(l1, l2);
      for (let w = 0; w < words.length && f < found.length; w += foundWords, f++) {
        const split = found[f]!;
        split.gain = numbers[w]!;
        split.bucket = words[w + 1]!;
        split.isRight = words[w + 2] !== 0;
        split.leftGradient = numbers[w + 3]!;
        split.leftHessian = numbers[w + 4]!;
        split.gradient = numbers[w + 5]!;
        split.hessian = numbers[w + 6]!;
      }
    }
    return found;
  }

  #reserve(rows: number): RowLayout | undefined {
    if (rows === this.#rows) return this.#at;
    const { layout, memory } = this.#loops;
    const vectors = (bytes: number): number => Math.ceil(bytes / 16) * 16;
    const cells = vectors(layout.rows);
    const order = cells + vectors(layout.blocks * rows * layout.rowBytes);
    const pairs = order + vectors(4 * rows);
    const nodes = pairs + vectors(8 * rows);
    const gradients = nodes + vectors(4 * rows);
    const hessians = gradients + vectors(4 * rows);
    const end = hessians + vectors(4 * rows);
    if (end > mostBytes || !growTo(memory, end)) return undefined;
    this.#memory = memory.buffer;
    this.#taken.fill(undefined);
    this.#rows = rows;
    this.#at = { cells, order, pairs, nodes, gradients, hessians, end };
    return this.#at;
  }

  #takeFeature(feature: number, values: Int32Array, cells: number): boolean {
    const { blockFeatures, rowBytes, cellBytes } = this.#loops.layout;
    const block = Math.floor(feature / blockFeatures);
    const from = cells + block * this.#rows * rowBytes + (feature % blockFeatures) * cellBytes;
    const missing = this.#sizes.cells - 1;
    const target = cellBytes === 1 ? new Uint8Array(this.#memory, from) : new Uint16Array(this.#memory, from);
    const step = rowBytes / cellBytes;
    for (let i = 0, to = 0; i < values.length; i++, to += step) {
      const value = values[i]!;
      if (value < -1 || value > missing) return false;
      target[to] = value === -1 ? missing : value;
    }
    return true;
  }
}
