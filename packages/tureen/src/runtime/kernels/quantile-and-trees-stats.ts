import { allocate } from "../../core/dtype.js";
import { shapeText } from "../../core/shape.js";
import { invalidArgument, StatusError } from "../../core/status-error.js";
import { floatValue, intValue, type TensorValue } from "../../core/tensor-value.js";
import { decodeText } from "../../core/text.js";
import type { Kernel, KernelFactory, KernelTable } from "../kernel.js";
import {
  checkHessians,
  considerScalar,
  type DenseStats,
  hessianNorm,
  nodeTotal,
  noSplit,
  type Regularization,
  searchEquality,
  searchInequality,
  totalGain,
} from "./quantile-and-trees/best-split.js";
import { FoundSplits } from "./quantile-and-trees/found-splits.js";
import { checkRank, floatScalar, floats, ints, requireRank } from "./quantile-and-trees/input-checks.js";
import { aggregateSparse, bestSparseSplits } from "./quantile-and-trees/sparse-stats.js";
import { lowestGain } from "./quantile-and-trees/split-gain.js";

function checkNodesOf(nodes: TensorValue, gradients: TensorValue): void {
  requireRank(nodes, 1, "node_ids");
  requireRank(gradients, 2, "gradients");
  const [count, rows] = [nodes.shape[0], gradients.shape[0]];
  if (count !== rows) {
    throw invalidArgument(
      `node_ids size should match 0th dim of gradients. node ids size: ${count}, gradients dim0: ${rows}`,
    );
  }
}

/** INVALID_ARGUMENT unless a matrix has a row an example, where TensorFlow reads past its end. */
function checkRows(value: TensorValue, rows: number, name: string): void {
  requireRank(value, 2, name);
  if (value.shape[0] !== rows) throw invalidArgument(`${name} has ${value.shape[0]} rows, expected ${rows}`);
}

const makeStatsSummary: KernelFactory = ({ attrs }) => {
  const [splits, buckets, count] = [attrs.int("max_splits"), attrs.int("num_buckets"), attrs.int("num_features")];
  return ([nodeIds, gradients, hessians, ...features]) => {
    checkNodesOf(nodeIds!, gradients!);
    const nodes = ints(nodeIds!);
    checkRows(hessians!, nodes.length, "hessians");
    const sums = allocate("float64", count * splits * buckets * 2);
    const [g, h] = [floats(gradients!), floats(hessians!)];
    const [gradientStride, hessianStride] = [gradients!.shape[1]!, hessians!.shape[1]!];
    for (let f = 0; f < count; f++) {
      const values = ints(features[f]!);
      for (let i = 0; i < nodes.length; i++) {
        checkCell(nodes[i]!, splits, values[i]!, buckets);
        const at = ((f * splits + nodes[i]!) * buckets + values[i]!) * 2;
        sums[at] = sums[at]! + g[i * gradientStride]!;
        sums[at + 1] = sums[at + 1]! + h[i * hessianStride]!;
      }
    }
    return [floatValue(Float32Array.from(sums), [count, splits, buckets, 2])];
  };
};

/** INVALID_ARGUMENT for a node or bucket that the summary has no room for; TensorFlow writes outside of it. */
function checkCell(node: number, splits: number, bucket: number | undefined, buckets: number): void {
  if (node < 0 || node >= splits)
    throw invalidArgument(`Node ${node} is not in [0, max_splits) with max_splits ${splits}`);
  if (bucket === undefined || bucket < 0 || bucket >= buckets) {
    throw invalidArgument(`Feature value ${bucket} is not in [0, num_buckets) with num_buckets ${buckets}`);
  }
}

const aggregateStats: KernelFactory = ({ attrs }) => {
  const [splits, buckets] = [attrs.int("max_splits"), attrs.int("num_buckets")];
  return ([nodeIds, gradients, hessians, feature]) => {
    checkNodesOf(nodeIds!, gradients!);
    const nodes = ints(nodeIds!);
    checkRows(hessians!, nodes.length, "hessians");
    checkRows(feature!, nodes.length, "feature");
    const [g, h, values] = [floats(gradients!), floats(hessians!), ints(feature!)];
    const [logits, hessianSize, dimensions] = [gradients!.shape[1]!, hessians!.shape[1]!, feature!.shape[1]!];
    const width = logits + hessianSize;
    if (width === 2 && logits === 1 && dimensions === 1) {
      return [
        floatValue(new Float32Array(sumByCell(nodes, g, h, values, splits, buckets)), [splits, 1, buckets + 1, 2]),
      ];
    }
    const sums = allocate("float64", splits * dimensions * (buckets + 1) * width);
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[i]!;
      if (node < 0) throw invalidArgument(`node_ids ${i}th entry should be >=0, got: ${node}`);
      for (let d = 0; d < dimensions; d++) {
        const value = values[i * dimensions + d]!;
        // -1 stands for a missing value, which the last bucket counts.
        const bucket = value === -1 ? buckets : value;
        checkCell(node, splits, bucket, buckets + 1);
        const at = ((node * dimensions + d) * (buckets + 1) + bucket) * width;
        for (let k = 0; k < logits; k++) sums[at + k] = sums[at + k]! + g[i * logits + k]!;
        for (let k = 0; k < hessianSize; k++) sums[at + logits + k] = sums[at + logits + k]! + h[i * hessianSize + k]!;
      }
    }
    return [floatValue(new Float32Array(sums), [splits, dimensions, buckets + 1, width])];
  };
};

/** The sums of one logit and one number an example, which nearly all trees are grown of: much of the time of a step goes here. */
function sumByCell(
  nodes: Int32Array,
  gradients: Float32Array,
  hessians: Float32Array,
  values: Int32Array,
  splits: number,
  buckets: number,
): Float64Array {
  const row = (buckets + 1) * 2;
  const sums = allocate("float64", splits * row);
  const count = nodes.length;
  for (let i = 0; i < count; i++) {
    const node = nodes[i]!;
    const value = values[i]!;
    // One comparison each for both ends: what is negative is large as an unsigned number.
    if (node >>> 0 >= splits || value >>> 0 >= buckets) {
      if (node < 0) throw invalidArgument(`node_ids ${i}th entry should be >=0, got: ${node}`);
      checkCell(node, splits, value === -1 ? buckets : value, buckets + 1);
    }
    const at = node * row + (value === -1 ? buckets : value) * 2;
    sums[at] = sums[at]! + gradients[i]!;
    sums[at + 1] = sums[at + 1]! + hessians[i]!;
  }
  return sums;
}

const sparseAggregateStats: KernelFactory = ({ attrs }) => {
  const [splits, buckets] = [attrs.int("max_splits"), attrs.int("num_buckets")];
  return ([nodeIds, gradients, hessians, indices, values, shape]) => {
    checkRank(nodeIds!, 1, "node_ids must be a vector, received shape");
    ints(nodeIds!).forEach((node, i) => {
      if (node > splits) {
        throw invalidArgument(
          `Nodes in node_ids must be at most max_splits. Node ${i} is ${node} which is greater than ${splits}`,
        );
      }
    });
    checkRank(gradients!, 2, "gradients must be a matrix, received shape");
    checkRank(hessians!, 2, "hessians must be a matrix, received shape");
    checkRank(indices!, 2, "feature_indices must be a matrix, received shape");
    if (indices!.shape[1] !== 2) {
      throw invalidArgument(
        `feature_indices must be a matrix of shape [?, 2], received shape ${shapeText(indices!.shape)}`,
      );
    }
    checkRank(values!, 1, "feature_values must be a vector, received shape");
    ints(values!).forEach((value, i) => {
      if (value > buckets) {
        throw invalidArgument(
          `Features in feature_values must be at most num_buckets. Node ${i} is ${value} which is greater than ${buckets}`,
        );
      }
    });
    checkRank(shape!, 1, "Input shapes should be a vector but received shapes");
    const dimensions = checkSparse(indices!, values!, shape!, gradients!.shape[0]!);
    const batch = gradients!.shape[0]!;
    checkRows(hessians!, batch, "hessians");
    if (ints(nodeIds!).length !== batch) {
      throw invalidArgument(`node_ids has ${ints(nodeIds!).length} entries, expected ${batch}`);
    }
    const [logits, hessianSize] = [gradients!.shape[1]!, hessians!.shape[1]!];
    const stats = aggregateSparse({
      nodes: ints(nodeIds!),
      gradients: floats(gradients!),
      hessians: floats(hessians!),
      batch,
      logits,
      hessianSize,
      indices: ints(indices!),
      values: ints(values!),
      dimensions,
      buckets,
    });
    const dense = intValue([splits, dimensions, buckets + 1, logits + hessianSize]);
    return [intValue(stats.indices, [stats.values.length, 4]), floatValue(stats.values), dense];
  };
};

/** Checks a sparse feature against its dense shape; gives the number of its dimensions. */
function checkSparse(indices: TensorValue, values: TensorValue, shape: TensorValue, batch: number): number {
  const dimensions = ints(shape)[1];
  if (dimensions === undefined) throw invalidArgument("feature_shape must have two entries");
  const entries = indices.shape[0]!;
  if (values.shape[0] !== entries) {
    throw invalidArgument(
      `Number of elements in feature_values must match number of sparse entries in feature_indices. Got ${values.shape[0]} and ${entries}`,
    );
  }
  const pairs = ints(indices);
  for (let i = 0; i < entries; i++) {
    const dimension = pairs[2 * i + 1]!;
    if (dimension > dimensions) {
      throw invalidArgument(
        `Got invalid feature index feature_indices(${i}1) = ${dimension} which is above ${dimensions} (from feature_shape: Tensor<type: int32 shape: [${shape.shape[0]}] values: ${ints(shape).join(" ")}>)`,
      );
    }
  }
  if (entries > batch * dimensions) {
    throw invalidArgument(
      `feature_indices dim0 should be <= gradients dim0 * feature_shape[1]. features_indices dim0: ${entries} gradients dim0: ${batch}, feature_shape[1]: ${dimensions}`,
    );
  }
  return dimensions;
}

function nodeRange(value: TensorValue): readonly [number, number] {
  const dims = value.shape.length;
  if (dims !== 1) {
    throw invalidArgument(`node_id_range must be a rank 1 tensor, but given node_id_range has dims of ${dims}`);
  }
  if (value.shape[0] !== 2) {
    throw invalidArgument(
      `node_id_range must be a rank 1 tensor with shape=[2], but given node_id_range has shape ${value.shape[0]} on its first dim`,
    );
  }
  return [ints(value)[0]!, ints(value)[1]!];
}

/** INVALID_ARGUMENT for a range that goes beyond the statistics; TensorFlow reads past their end. */
function checkRange([first, last]: readonly [number, number], nodes: number): void {
  if (first < last && (first < 0 || last > nodes)) {
    throw invalidArgument(`node_id_range [${first}, ${last}) is not within the ${nodes} nodes of the statistics`);
  }
}

/** The last four inputs of the ops that look for splits. */
interface SplitOptions extends Regularization {
  readonly complexity: number;
  readonly leastWeight: number;
}

const optionNames = ["l1", "l2", "tree_complexity", "min_node_weight"] as const;

function splitOptions(
  inputs: readonly TensorValue[],
  read: (value: TensorValue, name: string) => number,
): SplitOptions {
  const [l1, l2, complexity, leastWeight] = optionNames.map((name, i) => read(inputs[i]!, name));
  return { l1: l1!, l2: l2!, complexity: complexity!, leastWeight: leastWeight! };
}

/** As `floatScalar`, in the words of the first version of the op. */
function soleElement(value: TensorValue, name: string): number {
  if (floats(value).length !== 1) throw invalidArgument(`${name} argument must be a scalar`);
  return floats(value)[0]!;
}

const bestGainsPerFeature: Kernel = ([range, ...rest]) => {
  const nodes = nodeRange(range!);
  const features = rest.slice(0, -4);
  const width = features[0]!.shape[2];
  if (width !== 2) throw invalidArgument(`stats_summary_list[0] must have exactly 2 dimensions, obtained: ${width}`);
  const options = splitOptions(rest.slice(-4), floatScalar);
  const buckets = features[0]!.shape[1]!;
  const found = features.map((stats) => {
    requireRank(stats, 3, "stats_summary_list");
    if (stats.shape[1] !== buckets || stats.shape[2] !== width) {
      throw invalidArgument(
        `Statistics of shape ${shapeText(stats.shape)} differ from the first feature's ${shapeText(features[0]!.shape)}`,
      );
    }
    checkRange(nodes, stats.shape[0]!);
    return bestBuckets(floats(stats), buckets, nodes, options);
  });
  return [
    ...found.map((splits) => intValue(splits.nodes)),
    ...found.map((splits) => floatValue(splits.gains)),
    ...found.map((splits) => intValue(splits.splits.map((split) => split.bucket))),
    ...found.map((splits) => splits.contributions("left", 1)),
    ...found.map((splits) => splits.contributions("right", 1)),
  ];
};

/** The best split of each node at `value <= bucket`, where no value is missing. */
function bestBuckets(
  data: Float32Array,
  buckets: number,
  [first, last]: readonly [number, number],
  options: SplitOptions,
): FoundSplits {
  const found = new FoundSplits();
  for (let node = first; node < last; node++) {
    const from = node * buckets * 2;
    const total = new Float32Array(2);
    for (let at = from; at < from + buckets * 2; at += 2) {
      total[0] = total[0]! + data[at]!;
      total[1] = total[1]! + data[at + 1]!;
    }
    if (total[1]! < options.leastWeight) continue;
    const best = noSplit(1);
    const left = new Float32Array(2);
    for (let bucket = 0; bucket < buckets; bucket++) {
      left[0] = left[0]! + data[from + bucket * 2]!;
      left[1] = left[1]! + data[from + bucket * 2 + 1]!;
      const [gradient, hessian] = [Math.fround(total[0]! - left[0]), Math.fround(total[1]! - left[1])];
      considerScalar(left[0], left[1], gradient, hessian, options, bucket, 0, "INEQUALITY_DEFAULT_LEFT", best);
    }
    const gain = Math.fround(best.gain - totalGain(total, 1, options));
    found.add(node, gain, options.complexity, best);
  }
  return found;
}

function denseStats(value: TensorValue, logits: number): DenseStats {
  const [nodes, dimensions, buckets, width] = value.shape as unknown as [number, number, number, number];
  const hessians = width - logits;
  checkHessians(logits, hessians);
  return { data: floats(value), nodes, dimensions, buckets: buckets - 1, logits, hessians };
}

const bestFeatureSplit: KernelFactory = ({ attrs }) => {
  const logits = attrs.int("logits_dimension");
  const equality = attrs.text("split_type") === "equality";
  return ([range, summary, ...rest]) => {
    if (ints(range!).length !== 2) throw invalidArgument("node_id_range argument must have shape [2]");
    checkRank(range!, 1, "node_id_range must be a vector, received shape");
    if (summary!.shape.length !== 4) throw invalidArgument("stats_summary argument must have rank 4");
    const stats = denseStats(summary!, logits);
    const options = splitOptions(rest, soleElement);
    const nodes = nodeRange(range!);
    checkRange(nodes, stats.nodes);
    const found = new FoundSplits();
    for (let node = nodes[0]; node < nodes[1]; node++) {
      const total = nodeTotal(stats, node);
      if (hessianNorm(total, logits) < options.leastWeight) continue;
      const best = noSplit(logits);
      if (equality) searchEquality(stats, node, total, options, best);
      else searchInequality(stats, node, options, best);
      if (best.gain === lowestGain) continue;
      found.add(node, Math.fround(best.gain - totalGain(total, logits, options)), options.complexity, best);
    }
    return found.outputs(logits);
  };
};

const bestFeatureSplitV2: KernelFactory = ({ attrs }) => {
  const [logits, count] = [attrs.int("logits_dimension"), attrs.int("num_features")];
  return ([range, ...rest]) => {
    checkRank(range!, 1, "node_id_range must be a vector, received shape");
    const nodes = nodeRange(range!);
    const summaries = rest.slice(0, count);
    for (const summary of summaries) requireRank(summary, 4, "stats_summaries_list");
    const features = summaries.map((summary) => denseStats(summary, logits));
    const isEquality = splitTypes(rest[count]!, count);
    checkRank(rest[count + 1]!, 1, "candidate_feature_ids must be a vector, received shape");
    const ids = ints(rest[count + 1]!);
    if (ids.length !== count) throw invalidArgument(`${ids.length} candidate_feature_ids for ${count} features`);
    const options = splitOptions(rest.slice(count + 2), floatScalar);
    for (const stats of features) checkRange(nodes, stats.nodes);
    const found = new FoundSplits();
    for (let node = nodes[0]; node < nodes[1]; node++) {
      // All features' buckets hold the same examples: the first gives the total.
      const total = nodeTotal(features[0]!, node);
      if (hessianNorm(total, logits) < options.leastWeight) continue;
      let best = noSplit(logits);
      let feature = 0;
      features.forEach((stats, f) => {
        const own = noSplit(logits);
        if (isEquality[f]!) searchEquality(stats, node, total, options, own);
        else searchInequality(stats, node, options, own);
        if (own.gain > best.gain) {
          best = own;
          feature = ids[f]!;
        }
      });
      if (best.gain === lowestGain) continue;
      found.add(node, Math.fround(best.gain - totalGain(total, logits, options)), options.complexity, best, feature);
    }
    const [nodeIds, gains, ...others] = found.outputs(logits);
    return [nodeIds!, gains!, intValue(found.features), ...others];
  };
};

/** For each feature whether its splits test equality. */
function splitTypes(value: TensorValue, count: number): boolean[] {
  checkRank(value, 1, "split_types must be a vector, received shape");
  const types = (value.data as readonly Uint8Array[]).map(decodeText);
  if (types.length !== count || types.some((type) => type !== "equality" && type !== "inequality")) {
    throw new StatusError("ABORTED", "Operation received an exception: Incorrect split type");
  }
  return types.map((type) => type === "equality");
}

const sparseBestFeatureSplit: Kernel = ([range, indices, values, shape, ...rest]) => {
  checkRank(range!, 1, "node_id_range must be a scalar, got a tensor of shape");
  if (range!.shape[0] !== 2) throw invalidArgument(`node_id_range should have 2 entries, got: ${range!.shape[0]}`);
  checkRank(indices!, 2, "stats_summary_indices must be a matrix, got a tensor of shape");
  checkRank(values!, 1, "stats_summary_values must be a vector, got a tensor of shape");
  checkRank(shape!, 1, "stats_summary_shape must be a vector, got a tensor of shape");
  if (shape!.shape[0] !== 4)
    throw invalidArgument(`stats_summary_shape should have 4 entries, got: ${shape!.shape[0]}`);
  if (indices!.shape[1] !== 4 || indices!.shape[0] !== values!.shape[0]) {
    throw invalidArgument(
      `stats_summary_indices should be a row of 4 for each of ${values!.shape[0]} values, got a tensor of shape ${shapeText(indices!.shape)}`,
    );
  }
  const options = splitOptions(rest, floatScalar);
  const stats = { indices: ints(indices!), values: floats(values!) };
  const found = new FoundSplits();
  for (const { node, gain, split } of bestSparseSplits(stats, ints(shape!), options, options.leastWeight)) {
    found.add(node, gain, options.complexity, split);
  }
  return found.outputs(1);
};

/** Host kernels that sum statistics of examples and look for the splits that gain most. */
export const treeStatsKernels: KernelTable = {
  BoostedTreesMakeStatsSummary: makeStatsSummary,
  BoostedTreesAggregateStats: aggregateStats,
  BoostedTreesSparseAggregateStats: sparseAggregateStats,
  BoostedTreesCalculateBestGainsPerFeature: () => bestGainsPerFeature,
  BoostedTreesCalculateBestFeatureSplit: bestFeatureSplit,
  BoostedTreesCalculateBestFeatureSplitV2: bestFeatureSplitV2,
  BoostedTreesSparseCalculateBestFeatureSplit: () => sparseBestFeatureSplit,
};
