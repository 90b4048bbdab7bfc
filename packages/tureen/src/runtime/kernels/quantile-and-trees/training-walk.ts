import type { FeatureColumns, FlatTrees } from "./flat-trees.js";

/** Where examples stand in the trees, and what they are moved on to. */
export interface Standing {
  /** The tree and node that each example stood in after the last step; -1 for a node that stands nowhere yet. */
  readonly trees: Int32Array;
  readonly nodes: Int32Array;
  /** Filled: each example's last node, and what its logit changes by. */
  readonly last: Int32Array;
  readonly partial: Float32Array;
}

/**
 * Moves all examples through the rest of their trees, for ensembles of one logit without pruned trees; whether they could all be moved.
 *
 * A step of training moves every example by a node or two, so that what counts is how little is done around that.
 */
export function moveAll(flat: FlatTrees, columns: FeatureColumns, standing: Standing): boolean {
  const { nodes, values, roots, weights, trees: count } = flat;
  const { data, strides, offsets } = columns;
  const { trees, nodes: from, last, partial } = standing;
  const leaf = -1;
  for (let i = 0; i < from.length; i++) {
    let tree = trees[i]!;
    if (tree < 0 || tree >= count) return false;
    const start = from[i]!;
    const root = roots[tree]!;
    let node = start < 0 ? root : root + start;
    if (node >= roots[tree + 1]!) return false;
    let step = start < 0 ? 0 : -values[node]!;
    let sum = 0;
    for (;;) {
      for (let test = nodes[node * 4]!; test !== leaf; test = nodes[node * 4]!) {
        const column = test >> 1;
        const value = data[column]![i * strides[column]! + offsets[column]!]!;
        const threshold = nodes[node * 4 + 1]!;
        const left = (test & 1) === 0 ? value <= threshold : value === threshold;
        node = nodes[node * 4 + (left ? 2 : 3)]!;
      }
      sum = Math.fround(sum + Math.fround(weights[tree]! * Math.fround(step + values[node]!)));
      if (tree === count - 1) break;
      tree++;
      step = 0;
      node = roots[tree]!;
    }
    partial[i] = sum;
    last[i] = node - roots[count - 1]!;
  }
  return true;
}
