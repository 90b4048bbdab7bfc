import { intValue, type TensorValue } from "../../../core/tensor-value.js";
import type { Kernel } from "../../kernel.js";
import { hessianNorm, type Regularization, type SplitChoice, totalGain } from "./best-split.js";
import { FoundSplits } from "./found-splits.js";
import { floats, ints } from "./input-checks.js";
import { type FoundSplit, RowGroups } from "./row-groups.js";
import { lowestGain, scalarGain } from "./split-gain.js";

/** What a layer's kernel is made for. */
export interface TreeLayerOptions {
  readonly features: number;
  /** Nodes that statistics have room for. */
  readonly maxSplits: number;
  /** Buckets of a feature, without the one for missing values. */
  readonly buckets: number;
}

/** Inputs of a layer before the features: range of nodes, each row's node, gradients and Hessians. */
const firstFeature = 4;

/**
 * The kernel of `BoostedTreesAggregateStats` of each feature and `BoostedTreesCalculateBestFeatureSplitV2` of all of them, for one logit and
 * features of one number that are split at `<=`.
 *
 * Inputs: the range of nodes, each row's node, gradients, Hessians, the features, split types, candidates' ids, l1, l2, tree complexity and
 * least weight. Statistics are made for the nodes in the range alone, one after the other, so that they stay in the first-level cache; they are
 * equal to those of the ops one by one. `apart` runs those, for inputs that are not as expected: errors above all.
 */
export function treeLayerKernel(options: TreeLayerOptions, apart: Kernel): Kernel {
  const { features: count, maxSplits, buckets } = options;
  let rows: RowGroups | undefined | null;
  return (inputs, context) => {
    if (!isPlain(inputs, options)) return apart(inputs, context);
    const [range, nodes, gradients, hessians] = inputs as readonly [TensorValue, TensorValue, TensorValue, TensorValue];
    rows ??= RowGroups.make({ features: count, cells: buckets + 1, nodes: maxSplits }) ?? null;
    const taken = {
      nodes: ints(nodes),
      gradients: floats(gradients),
      hessians: floats(hessians),
      features: inputs.slice(firstFeature, firstFeature + count).map(ints),
    };
    const [first, last] = ints(range) as unknown as readonly [number, number];
    if (rows === null || !rows.take(taken) || !rows.group(first, last - first)) return apart(inputs, context);
    const ids = ints(inputs[firstFeature + count + 1]!);
    const [l1, l2, complexity, leastWeight] = inputs.slice(firstFeature + count + 2).map((value) => floats(value)[0]!);
    const regular = { l1: l1!, l2: l2! };
    const found = new FoundSplits();
    for (let node = first; node < last; node++) {
      const candidates = rows.search(node - first, regular);
      // All features' buckets hold the same rows: the first gives the total.
      const total = Float32Array.of(candidates[0]!.gradient, candidates[0]!.hessian);
      if (hessianNorm(total, 1) < leastWeight!) continue;
      let best: FoundSplit | undefined;
      let feature = 0;
      for (let f = 0; f < count; f++) {
        if (!(candidates[f]!.gain > (best?.gain ?? lowestGain))) continue;
        best = candidates[f]!;
        feature = ids[f]!;
      }
      if (best === undefined) continue;
      const gain = Math.fround(best.gain - totalGain(total, 1, regular));
      found.add(node, gain, complexity!, splitOf(best, regular), feature);
    }
    const [nodeIds, gains, ...others] = found.outputs(1);
    return [nodeIds!, gains!, intValue(found.features), ...others];
  };
}

/** The split with the weights of both sides. */
function splitOf(found: FoundSplit, { l1, l2 }: Regularization): SplitChoice {
  const { gain, bucket, isRight, leftGradient, leftHessian, gradient, hessian } = found;
  const [left, right] = [new Float32Array(1), new Float32Array(1)];
  scalarGain(leftGradient, leftHessian, l1, l2, left, 0);
  scalarGain(Math.fround(gradient - leftGradient), Math.fround(hessian - leftHessian), l1, l2, right, 0);
  const type = isRight ? "INEQUALITY_DEFAULT_RIGHT" : "INEQUALITY_DEFAULT_LEFT";
  return { gain, bucket, dimension: 0, type, left, right };
}

function isPlain(inputs: readonly TensorValue[], { features, maxSplits }: TreeLayerOptions): boolean {
  const [range, nodes, ...matrices] = inputs.slice(0, firstFeature + features) as [TensorValue, ...TensorValue[]];
  const [ids, ...scalars] = inputs.slice(firstFeature + features + 1);
  if (range.shape.length !== 1 || range.shape[0] !== 2) return false;
  const [first, last] = ints(range) as unknown as readonly [number, number];
  if (first < 0 || last < first || last > maxSplits) return false;
  if (nodes!.shape.length !== 1 || ids!.shape.length !== 1 || ids!.shape[0] !== features) return false;
  const count = nodes!.shape[0]!;
  return (
    matrices.every(({ shape }) => shape.length === 2 && shape[0] === count && shape[1] === 1) &&
    scalars.every(({ shape }) => shape.length === 0)
  );
}
