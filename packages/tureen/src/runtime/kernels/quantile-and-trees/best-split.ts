import { invalidArgument } from "../../../core/status-error.js";
import { isLargerGain, lowestGain, scalarGain, vectorGain } from "./split-gain.js";

/** How a split sends an example on: by `<=` or by `==`, and where an example without the value goes; `SplitTypeWithDefault`'s names. */
export type SplitType = "INEQUALITY_DEFAULT_LEFT" | "INEQUALITY_DEFAULT_RIGHT" | "EQUALITY_DEFAULT_RIGHT";

/** Regularization of leaf weights. */
export interface Regularization {
  readonly l1: number;
  readonly l2: number;
}

/** The best split found for a node so far; `gain` is `lowestGain` where there is none. */
export interface SplitChoice {
  gain: number;
  bucket: number;
  dimension: number;
  type: SplitType;
  readonly left: Float32Array;
  readonly right: Float32Array;
}

/** No split yet. */
export function noSplit(logits: number): SplitChoice {
  return {
    gain: lowestGain,
    bucket: 0,
    dimension: 0,
    type: "INEQUALITY_DEFAULT_LEFT",
    left: new Float32Array(logits),
    right: new Float32Array(logits),
  };
}

/**
 * Sums of gradients and Hessians by node, feature dimension and bucket, row-major; the last bucket counts examples without a value.
 *
 * `hessians` is 1 for one class; for several, the number of classes (a diagonal) or its square.
 */
export interface DenseStats {
  readonly data: Float32Array;
  readonly nodes: number;
  readonly dimensions: number;
  readonly buckets: number;
  readonly logits: number;
  readonly hessians: number;
}

/** The numbers of statistics in one bucket, and all buckets of a dimension with the one for missing values. */
function strides({ logits, hessians, buckets }: DenseStats): { readonly bucket: number; readonly dimension: number } {
  const bucket = logits + hessians;
  return { bucket, dimension: (buckets + 1) * bucket };
}

/** The sum of a node's statistics over all buckets of its first dimension: gradients, then Hessians. */
export function nodeTotal(stats: DenseStats, node: number): Float32Array {
  const { bucket, dimension } = strides(stats);
  const total = new Float32Array(bucket);
  const from = node * stats.dimensions * dimension;
  for (let at = from; at < from + dimension; at += bucket) addTo(total, stats.data, at);
  return total;
}

function addTo(total: Float32Array, data: Float32Array, at: number): void {
  for (let i = 0; i < total.length; i++) total[i] = total[i]! + data[at + i]!;
}

/** The gain of not splitting, from a sum of gradients and Hessians. */
export function totalGain(total: Float32Array, logits: number, { l1, l2 }: Regularization): number {
  const weight = new Float32Array(logits);
  if (logits === 1) return scalarGain(total[0]!, total[1]!, l1, l2, weight, 0);
  return vectorGain(total.subarray(0, logits), total.subarray(logits), l2, weight);
}

/** The Euclidean norm of a node's Hessians, which is compared with the least weight of a node. */
export function hessianNorm(total: Float32Array, logits: number): number {
  let sum = 0;
  for (let i = logits; i < total.length; i++) sum = Math.fround(sum + Math.fround(total[i]! * total[i]!));
  return Math.fround(Math.sqrt(sum));
}

/** INVALID_ARGUMENT where Hessians are neither a diagonal nor a matrix; TensorFlow would go on with whatever memory holds. */
export function checkHessians(logits: number, hessians: number): void {
  if (hessians <= 0) throw invalidArgument(`hessian dim should be < 0, got ${hessians}`);
  const full = logits * logits;
  if (hessians > full) throw invalidArgument(`hessian dim should be <= ${full} but got: ${hessians}`);
  if (hessians !== full && hessians !== logits) {
    throw invalidArgument(`hessian dim should be ${logits} or ${full} but got: ${hessians}`);
  }
}

/** Looks for a better split of a node at `value <= bucket`, with missing values on either side. */
export function searchInequality(stats: DenseStats, node: number, regular: Regularization, best: SplitChoice): void {
  const { bucket: width, dimension: size } = strides(stats);
  const left = new Float32Array(width);
  const candidate = new Float32Array(width);
  const total = new Float32Array(width);
  for (let dimension = 0; dimension < stats.dimensions; dimension++) {
    const from = (node * stats.dimensions + dimension) * size;
    const missing = from + stats.buckets * width;
    total.fill(0);
    for (let at = from; at <= missing; at += width) addTo(total, stats.data, at);
    left.fill(0);
    for (let bucket = 0; bucket < stats.buckets; bucket++) {
      addTo(left, stats.data, from + bucket * width);
      candidate.set(left);
      addTo(candidate, stats.data, missing);
      consider(stats, candidate, total, regular, bucket, dimension, "INEQUALITY_DEFAULT_LEFT", best);
      consider(stats, left, total, regular, bucket, dimension, "INEQUALITY_DEFAULT_RIGHT", best);
    }
  }
}

/** Looks for a better split of a node at `value == bucket`; `total` is `nodeTotal`'s. */
export function searchEquality(
  stats: DenseStats,
  node: number,
  total: Float32Array,
  regular: Regularization,
  best: SplitChoice,
): void {
  const { bucket: width, dimension: size } = strides(stats);
  for (let dimension = 0; dimension < stats.dimensions; dimension++) {
    const from = (node * stats.dimensions + dimension) * size;
    for (let bucket = 0; bucket < stats.buckets; bucket++) {
      const at = from + bucket * width;
      const left = stats.data.subarray(at, at + width);
      consider(stats, left, total, regular, bucket, dimension, "EQUALITY_DEFAULT_RIGHT", best);
    }
  }
}

/** Keeps a split where it is better than the best so far; `left` and `total` hold gradients, then Hessians. */
function consider(
  { logits }: DenseStats,
  left: Float32Array,
  total: Float32Array,
  regular: Regularization,
  bucket: number,
  dimension: number,
  type: SplitType,
  best: SplitChoice,
): void {
  if (logits === 1) {
    const [gradient, hessian] = [Math.fround(total[0]! - left[0]!), Math.fround(total[1]! - left[1]!)];
    considerScalar(left[0]!, left[1]!, gradient, hessian, regular, bucket, dimension, type, best);
    return;
  }
  const right = new Float32Array(left.length);
  for (let i = 0; i < right.length; i++) right[i] = total[i]! - left[i]!;
  const weights = [new Float32Array(logits), new Float32Array(logits)] as const;
  const gain = Math.fround(
    vectorGain(left.subarray(0, logits), left.subarray(logits), regular.l2, weights[0]) +
      vectorGain(right.subarray(0, logits), right.subarray(logits), regular.l2, weights[1]),
  );
  if (!isLargerGain(gain, best.gain)) return;
  best.left.set(weights[0]);
  best.right.set(weights[1]);
  keep(best, gain, bucket, dimension, type);
}

/** Weights of both sides of the split under consideration, kept across calls: this is the inner loop of training. */
const bothWeights = new Float32Array(2);

/** Keeps a split of one class where it is better than the best so far, from the sums on both sides. */
export function considerScalar(
  leftGradient: number,
  leftHessian: number,
  rightGradient: number,
  rightHessian: number,
  { l1, l2 }: Regularization,
  bucket: number,
  dimension: number,
  type: SplitType,
  best: SplitChoice,
): void {
  const leftGain = scalarGain(leftGradient, leftHessian, l1, l2, bothWeights, 0);
  const gain = Math.fround(leftGain + scalarGain(rightGradient, rightHessian, l1, l2, bothWeights, 1));
  if (!isLargerGain(gain, best.gain)) return;
  best.left[0] = bothWeights[0]!;
  best.right[0] = bothWeights[1]!;
  keep(best, gain, bucket, dimension, type);
}

function keep(best: SplitChoice, gain: number, bucket: number, dimension: number, type: SplitType): void {
  best.gain = gain;
  best.bucket = bucket;
  best.dimension = dimension;
  best.type = type;
}
