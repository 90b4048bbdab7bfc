import type { TensorValue } from "../../../core/tensor-value.js";
import { growTo } from "../simd/assembler.js";
import type { FlatTrees } from "./flat-trees.js";
import { ints } from "./input-checks.js";
import { nodeBytes, type WalkModule, walkModule } from "./walk-module.js";

/** Where rows are after a step of training, and what their logits change by. */
export interface Moved {
  readonly nodes: Int32Array;
  /** In memory that the next move overwrites. */
  readonly partial: Float32Array;
}

/** The attribute, of the compiler's own, that says that nobody keeps what logits change by beyond a run: its memory may be used again. */
export const passingPartialAttr = "_passing_partial";

/** The greatest bucket that a byte has room for beside the missing value's -1. */
const mostBuckets = 254;

/** Memory that is asked for at most. */
const mostBytes = 2 ** 31;

/**
 * Rows of bucketized features in the memory of the loop that moves them through a tree, which training in memory does again and again.
 *
 * A feature whose array is the same as before is not taken again.
 */
export class RowWalk {
  #loop: WalkModule | undefined;
  #width = 0;
  #rows = -1;
  #taken: (Int32Array | undefined)[] = [];

  /** Takes the features of a batch; false where they are not of one number each, a bucket is out of range, or the engine has no such loop. */
  take(features: readonly TensorValue[], rows: number): boolean {
    if (features.length !== this.#width) {
      this.#loop = walkModule(features.length);
      this.#width = features.length;
      this.#rows = -1;
    }
    const loop = this.#loop;
    if (loop === undefined || rows === 0 || features.some(({ shape }) => (shape[1] ?? 1) !== 1)) return false;
    if (rows !== this.#rows) {
      const bytes = this.#rowsFrom(rows) + rows * this.#width;
      if (bytes > mostBytes || !growTo(loop.memory, bytes)) return false;
      this.#taken = new Array<Int32Array | undefined>(this.#width).fill(undefined);
      this.#rows = rows;
    }
    const cells = new Uint8Array(loop.memory.buffer, this.#rowsFrom(rows), rows * this.#width);
    for (let f = 0; f < this.#width; f++) {
      const values = ints(features[f]!);
      if (this.#taken[f] === values) continue;
      this.#taken[f] = undefined;
      if (!pack(values, cells, f, this.#width)) return false;
      this.#taken[f] = values;
    }
    return true;
  }

  /** Where cells begin: after a row's node, what it becomes, and what the row's logit changes by. */
  #rowsFrom(rows: number): number {
    return 12 * rows;
  }

  /**
   * Moves the rows taken, which all stand in one tree: the last, or where that is but a root yet the one before; undefined where the tree is
   * another, tests equality, or a row's node is not in it. For ensembles of one logit.
   */
  move(flat: FlatTrees, tree: number, from: Int32Array): Moved | undefined {
    const { roots, values, weights, trees } = flat;
    const isLast = tree === trees - 1;
    const [root, end] = [roots[tree]!, roots[tree + 1]!];
    if (!isLast && (tree !== trees - 2 || roots[trees]! !== end + 1)) return undefined;
    const [loop, rows, count] = [this.#loop!, this.#rows, end - root];
    const table = Math.ceil((this.#rowsFrom(rows) + rows * this.#width) / 16) * 16;
    const ownValues = table + nodeBytes * count;
    if (!growTo(loop.memory, ownValues + 4 * count)) return undefined;
    const { buffer } = loop.memory;
    if (!layTree(flat, root, new Int32Array(buffer, table, 4 * count))) return undefined;
    new Float32Array(buffer, ownValues, count).set(values.subarray(root, end));
    new Int32Array(buffer, 0, rows).set(from);
    const next = isLast ? 0 : Math.fround(weights[trees - 1]! * values[end]!);
    const [last, partial, cells] = [4 * rows, 8 * rows, this.#rowsFrom(rows)];
    const mask = isLast ? -1 : 0;
    if (loop.move(0, 4 * rows, cells, table, count, ownValues, last, partial, mask, weights[tree]!, next) !== 0) {
      return undefined;
    }
    return {
      nodes: new Int32Array(buffer, last, rows).slice(),
      partial: new Float32Array(buffer, partial, rows),
    };
  }
}

function pack(values: Int32Array, cells: Uint8Array, feature: number, width: number): boolean {
  if (values.length * width !== cells.length) return false;
  for (let i = 0, at = feature; i < values.length; i++, at += width) {
    const value = values[i]!;
    if (value < -1 || value > mostBuckets) return false;
    cells[at] = value + 1;
  }
  return true;
}

/** Writes a tree as the loop reads it; false where a node tests equality. */
function layTree({ nodes, columnFeatures }: FlatTrees, root: number, table: Int32Array): boolean {
  for (let to = 0, at = 4 * root; to < table.length; to += 4, at += 4) {
    const test = nodes[at]!;
    if (test === -1) {
      table[to] = 0;
      table[to + 1] = 0;
      table[to + 2] = to / 4;
      table[to + 3] = to / 4;
      continue;
    }
    if ((test & 1) !== 0) return false;
    table[to] = columnFeatures[test >> 1]!;
    table[to + 1] = nodes[at + 1]! + 1;
    table[to + 2] = nodes[at + 2]! - root;
    table[to + 3] = nodes[at + 3]! - root;
  }
  return true;
}
