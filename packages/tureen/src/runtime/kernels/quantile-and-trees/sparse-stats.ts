import { invalidArgument } from "../../../core/status-error.js";
import {
  considerScalar,
  noSplit,
  type Regularization,
  type SplitChoice,
  type SplitType,
  totalGain,
} from "./best-split.js";
import { lowestGain } from "./split-gain.js";

/** A batch's gradients and Hessians with the values of one feature that is missing in most examples. */
export interface SparseExamples {
  readonly nodes: Int32Array;
  readonly gradients: Float32Array;
  readonly hessians: Float32Array;
  readonly batch: number;
  readonly logits: number;
  readonly hessianSize: number;
  /** Pairs of instance and feature dimension, ascending. */
  readonly indices: Int32Array;
  readonly values: Int32Array;
  readonly dimensions: number;
  readonly buckets: number;
}

/** Statistics of the buckets that some example falls into. */
export interface SparseStats {
  /** Node, feature dimension, bucket and statistic of each value, ascending. */
  readonly indices: Int32Array;
  readonly values: Float32Array;
}

/**
 * Sums gradients and Hessians by node, feature dimension and bucket; what is missing counts for bucket `buckets`.
 *
 * INVALID_ARGUMENT where indices are out of order or out of range.
 */
export function aggregateSparse(examples: SparseExamples): SparseStats {
  const { nodes, indices, values, batch, dimensions, buckets } = examples;
  const width = examples.logits + examples.hessianSize;
  const sums = new Map<number, Float32Array>();
  // One number for (node, dimension, bucket) that sorts as they do; values may be negative, dimensions one too many.
  const least = values.reduce((low, value) => Math.min(low, value), 0);
  const bucketSpan = buckets + 1 - least;
  const dimensionSpan = dimensions + 1;
  const add = (instance: number, dimension: number, bucket: number): void => {
    const key = (nodes[instance]! * dimensionSpan + dimension) * bucketSpan + (bucket - least);
    let sum = sums.get(key);
    if (sum === undefined) {
      sum = new Float32Array(width);
      sums.set(key, sum);
    }
    addExample(examples, instance, sum);
  };
  const addMissing = (from: number, fromDimension: number, to: number, toDimension: number): void => {
    if (from === to && fromDimension >= toDimension) {
      throw invalidArgument(`start_feature_dim = ${fromDimension} which is not at most end_feature_dim=${toDimension}`);
    }
    for (let instance = from; instance <= to; instance++) {
      const end = instance === to ? toDimension : dimensions;
      for (let d = instance === from ? fromDimension + 1 : 0; d < end; d++) add(instance, d, buckets);
    }
  };
  let previous = 0;
  let previousDimension = -1;
  if (values.length > 0 && indices[0]! < 0) {
    throw invalidArgument(`feature_indices should be non-negative but got feature_indices(0, 0)=${indices[0]}`);
  }
  for (let i = 0; i < values.length; i++) {
    const instance = indices[2 * i]!;
    const dimension = indices[2 * i + 1]!;
    checkInstance(i, instance, previous, batch, nodes.length);
    if (dimension < 0) throw invalidArgument(`Got invalid feature index feature_indices(${i}1) = ${dimension}`);
    addMissing(previous, previousDimension, instance, dimension);
    previous = instance;
    previousDimension = dimension;
    add(instance, dimension, values[i]!);
  }
  addMissing(previous, previousDimension, batch - 1, dimensions);
  return toEntries(sums, width, dimensionSpan, bucketSpan, least);
}

function addExample(examples: SparseExamples, instance: number, sum: Float32Array): void {
  const { gradients, hessians, logits, hessianSize } = examples;
  for (let i = 0; i < logits; i++) sum[i] = sum[i]! + gradients[instance * logits + i]!;
  for (let i = 0; i < hessianSize; i++) {
    sum[logits + i] = sum[logits + i]! + hessians[instance * hessianSize + i]!;
  }
}

function checkInstance(i: number, instance: number, previous: number, batch: number, nodes: number): void {
  if (instance > batch) {
    throw invalidArgument(`feature_indices(${i}0) should be at most batch size (${batch} but got ${instance}`);
  }
  if (instance < previous) {
    throw invalidArgument(
      `feature_indices should be increasing but got feature_indices(${i}, 0) < ${previous} (feature_indices(${i - 1}0))`,
    );
  }
  if (instance >= nodes || instance >= batch) {
    throw invalidArgument(
      `feature_indices(${i}0) is not a valid index in the node_ids vector (must be less than ${nodes}, got ${instance})`,
    );
  }
}

function toEntries(
  sums: ReadonlyMap<number, Float32Array>,
  width: number,
  dimensionSpan: number,
  bucketSpan: number,
  least: number,
): SparseStats {
  const indices = new Int32Array(sums.size * width * 4);
  const values = new Float32Array(sums.size * width);
  const keys = Float64Array.from(sums.keys()).sort();
  keys.forEach((key, k) => {
    const rest = Math.floor(key / bucketSpan);
    const bucket = key - rest * bucketSpan + least;
    const node = Math.floor(rest / dimensionSpan);
    const dimension = rest - node * dimensionSpan;
    for (let i = 0; i < width; i++) indices.set([node, dimension, bucket, i], (k * width + i) * 4);
    values.set(sums.get(key)!, k * width);
  });
  return { indices, values };
}

/** Buckets in ascending order with their sum of gradients and of Hessians, by feature dimension, of one node. */
type NodeStats = Map<number, Map<number, Float32Array>>;

/** The best split of a node, and what it gains over not splitting. */
export interface NodeSplit {
  readonly node: number;
  readonly gain: number;
  readonly split: SplitChoice;
}

/**
 * The best split of each node that sparse statistics of one class speak of, runs of entries of one node in the order given.
 *
 * `shape` is that of the dense statistics. A node whose Hessians are below `leastWeight` has none. INVALID_ARGUMENT for entries out of range.
 */
export function bestSparseSplits(
  stats: SparseStats,
  shape: Int32Array,
  regular: Regularization,
  leastWeight: number,
): NodeSplit[] {
  const missing = shape[2]! - 1;
  const width = shape[3]!;
  const found: NodeSplit[] = [];
  let node = -1;
  let current: NodeStats = new Map();
  const finish = (): void => {
    const split = bestOfNode(node, current, missing, regular, leastWeight);
    if (split !== undefined) found.push(split);
    current = new Map();
  };
  for (let i = 0; i < stats.values.length; i++) {
    const entryNode = stats.indices[4 * i]!;
    const dimension = stats.indices[4 * i + 1]!;
    const bucket = stats.indices[4 * i + 2]!;
    const statistic = stats.indices[4 * i + 3]!;
    if (entryNode !== node) finish();
    node = entryNode;
    checkStatistic(i, statistic, width);
    let buckets = current.get(dimension);
    if (buckets === undefined) {
      buckets = new Map();
      current.set(dimension, buckets);
    }
    let sums = buckets.get(bucket);
    if (sums === undefined) {
      sums = new Float32Array(Math.max(width, 2));
      buckets.set(bucket, sums);
    }
    sums[statistic] = stats.values[i]!;
  }
  finish();
  return found;
}

function checkStatistic(i: number, statistic: number, width: number): void {
  if (statistic >= width) {
    throw invalidArgument(
      `Stat dim, the sum of logits dim and hessian dim in stats_summary_indices, cannot be greater than stats dims, the last value in stats_summary_shape, which was ${width}. At index (${i}, 4), stats_summary_indices contains value ${statistic}`,
    );
  }
  if (statistic < 0) {
    throw invalidArgument(
      `Stat dim, the sum of logits dim and hessian dim in stats_summary_indices, should be >= 0, which was ${statistic} at index ${i}`,
    );
  }
}

function ascending<V>(map: ReadonlyMap<number, V>): (readonly [number, V])[] {
  return [...map].sort(([a], [b]) => a - b);
}

function bestOfNode(
  node: number,
  stats: NodeStats,
  missing: number,
  regular: Regularization,
  leastWeight: number,
): NodeSplit | undefined {
  if (stats.size === 0) return undefined;
  const best = noSplit(1);
  const dimensions = ascending(stats);
  // The total is that of the first dimension: each dimension's buckets hold the same examples.
  let gradient = 0;
  let hessian = 0;
  for (const [, sums] of ascending(dimensions[0]![1])) {
    gradient = Math.fround(gradient + sums[0]!);
    hessian = Math.fround(hessian + sums[1]!);
  }
  if (hessian < leastWeight) return undefined;
  for (const [dimension, buckets] of dimensions) {
    const [missingGradient, missingHessian] = buckets.get(missing) ?? [0, 0];
    let left = 0;
    let leftHessian = 0;
    for (const [bucket, sums] of ascending(buckets)) {
      if (bucket === missing) break;
      left = Math.fround(left + sums[0]!);
      leftHessian = Math.fround(leftHessian + sums[1]!);
      const consider = (g: number, h: number, rightG: number, rightH: number, type: SplitType): void =>
        considerScalar(g, h, Math.fround(rightG), Math.fround(rightH), regular, bucket, dimension, type, best);
      consider(left, leftHessian, gradient - left, hessian - leftHessian, "INEQUALITY_DEFAULT_RIGHT");
      consider(
        Math.fround(left + missingGradient!),
        Math.fround(leftHessian + missingHessian!),
        Math.fround(gradient - missingGradient!) - left,
        Math.fround(hessian - missingHessian!) - leftHessian,
        "INEQUALITY_DEFAULT_LEFT",
      );
    }
  }
  const parent = totalGain(Float32Array.of(gradient, hessian), 1, regular);
  if (best.gain === lowestGain) return undefined;
  return { node, gain: Math.fround(best.gain - parent), split: best };
}
