import { create } from "@bufbuild/protobuf";
import {
  DefaultDirection,
  type GrowingMetadata,
  GrowingMetadataSchema,
  type Leaf,
  type Node,
  type TreeEnsemble,
  TreeMetadataSchema,
  TreeSchema,
  VectorSchema,
} from "@tureen/protos/gen/tensorflow/core/kernels/boosted_trees/boosted_trees_pb";
import { invalidArgument } from "../../../core/status-error.js";
import type { SplitType } from "./best-split.js";
import { nodeLogits } from "./flat-trees.js";
import { prunedTree } from "./prune-tree.js";
import { areEqualGains, isLargerGain } from "./split-gain.js";

/** How a tree is pruned: not, by not making splits that lose, or by taking such splits back once the tree is done; TensorFlow's numbers. */
export const PruningMode = { NONE: 0, PRE: 1, POST: 2 } as const;

/** A split that a node may get; contributions are already times the learning rate. */
export interface SplitCandidate {
  readonly node: number;
  readonly feature: number;
  readonly dimension: number;
  readonly threshold: number;
  readonly gain: number;
  readonly type: SplitType;
  readonly left: readonly number[];
  readonly right: readonly number[];
}

/** Layer-by-layer boosting weighs all trees alike: the learning rate is in the leaves. */
const treeWeight = 1;

/** Keeps the better of two candidates of one node; the lower feature where they gain the same. */
export function offerSplit(best: Map<number, SplitCandidate>, candidate: SplitCandidate): void {
  const held = best.get(candidate.node);
  if (held !== undefined && areEqualGains(candidate.gain, held.gain)) {
    if (candidate.feature < held.feature) best.set(candidate.node, candidate);
  } else if (held === undefined || isLargerGain(candidate.gain, held.gain)) {
    best.set(candidate.node, candidate);
  }
}

// Messages are written out here in place of calls of `create`, which takes microseconds for each: a layer has a hundred of them.

function leafOf(logits: readonly number[]): Leaf {
  const $typeName = "tensorflow.boosted_trees.Leaf";
  if (logits.length === 1) return { $typeName, leaf: { case: undefined }, scalar: Math.fround(logits[0]!) };
  const vector = create(VectorSchema, { value: logits.map(Math.fround) });
  return { $typeName, leaf: { case: "vector", value: vector }, scalar: 0 };
}

function leafNode(logits: readonly number[]): Node {
  return { $typeName: "tensorflow.boosted_trees.Node", node: { case: "leaf", value: leafOf(logits) } };
}

/** Adds a tree that is one leaf; gives its number. */
export function addTree(ensemble: TreeEnsemble, logits: readonly number[]): number {
  ensemble.trees.push(create(TreeSchema, { nodes: [leafNode(logits)] }));
  ensemble.treeWeights.push(treeWeight);
  ensemble.treeMetadata.push(create(TreeMetadataSchema));
  return ensemble.trees.length - 1;
}

function growing(ensemble: TreeEnsemble): GrowingMetadata {
  ensemble.growingMetadata ??= create(GrowingMetadataSchema);
  return ensemble.growingMetadata;
}

/** Counts an attempt to grow a layer, and a tree where its first layer is attempted. */
function countAttempt(ensemble: TreeEnsemble): void {
  const metadata = growing(ensemble);
  metadata.numLayersAttempted += 1n;
  const count = ensemble.trees.length;
  const isNewTree =
    count === 0 ||
    ((count === 1 || ensemble.treeMetadata[count - 2]?.isFinalized === true) &&
      ensemble.trees[count - 1]!.nodes.length === 1);
  if (isNewTree) metadata.numTreesAttempted += 1n;
}

/** How a layer is grown. */
export interface GrowOptions {
  readonly logits: number;
  readonly maxDepth: number;
  readonly pruning: number;
}

/**
 * Grows the last tree by a layer, the best split of each node in it; ends the tree and starts the next once it has `maxDepth` layers.
 *
 * Counts an attempt even without splits. INVALID_ARGUMENT for a split of what is no leaf of the tree.
 */
export function growLayer(
  ensemble: TreeEnsemble,
  best: ReadonlyMap<number, SplitCandidate>,
  options: GrowOptions,
): void {
  const empty = new Array<number>(options.logits).fill(0);
  countAttempt(ensemble);
  const current = ensemble.trees.length === 0 ? addTree(ensemble, empty) : ensemble.trees.length - 1;
  if (best.size === 0) return;
  const tree = ensemble.trees[current]!;
  const metadata = ensemble.treeMetadata[current];
  if (metadata === undefined) throw invalidArgument(`Tree ${current} of the ensemble has no metadata`);
  let start = tree.nodes.length;
  let split = false;
  for (const node of [...best.keys()].sort((a, b) => a - b)) {
    const candidate = best.get(node)!;
    if (options.pruning === PruningMode.PRE && candidate.gain < 0) continue;
    splitLeaf(tree.nodes, candidate, options.logits);
    split = true;
  }
  if (!split) return;
  let end = tree.nodes.length;
  metadata.numLayersGrown += 1;
  if (metadata.numLayersGrown >= options.maxDepth) {
    start = 0;
    end = 1;
    metadata.isFinalized = true;
    if (options.pruning === PruningMode.POST) {
      const pruned = prunedTree(tree.nodes, options.logits);
      if (pruned !== undefined) {
        tree.nodes = pruned.nodes;
        metadata.postPrunedNodesMeta = pruned.updates;
      }
    }
    addTree(ensemble, empty);
  }
  Object.assign(growing(ensemble), { lastLayerNodeStart: start, lastLayerNodeEnd: end });
}

/** Turns a leaf into a split node with two leaves, whose logits are the leaf's own and the contribution of their side. */
function splitLeaf(nodes: Node[], candidate: SplitCandidate, logits: number): void {
  const node = nodes[candidate.node];
  if (node?.node.case !== "leaf") throw invalidArgument(`Node ${candidate.node} of the tree is no leaf to split`);
  const leaf = node.node.value;
  const before = nodeLogits(node);
  const hasValue = logits === 1 ? leaf.scalar !== 0 : leaf.leaf.case === "vector";
  node.metadata ??= { $typeName: "tensorflow.boosted_trees.NodeMetadata", gain: 0 };
  // The first leaf of a tree that is nothing but a start has no value worth keeping.
  if (candidate.node !== 0 || hasValue) node.metadata.originalLeaf = leaf;
  node.metadata.gain = candidate.gain;
  const leftId = nodes.length;
  const sum = (side: readonly number[]): number[] => side.map((value, i) => Math.fround((before[i] ?? 0) + value));
  nodes.push(leafNode(sum(candidate.left)), leafNode(sum(candidate.right)));
  const common = {
    featureId: candidate.feature,
    dimensionId: candidate.dimension,
    leftId,
    rightId: leftId + 1,
  };
  if (candidate.type === "EQUALITY_DEFAULT_RIGHT") {
    const $typeName = "tensorflow.boosted_trees.CategoricalSplit";
    node.node = { case: "categoricalSplit", value: { $typeName, ...common, value: candidate.threshold } };
  } else {
    const right = candidate.type === "INEQUALITY_DEFAULT_RIGHT";
    const defaultDirection = right ? DefaultDirection.DEFAULT_RIGHT : DefaultDirection.DEFAULT_LEFT;
    const { threshold } = candidate;
    const $typeName = "tensorflow.boosted_trees.BucketizedSplit";
    node.node = { case: "bucketizedSplit", value: { $typeName, ...common, threshold, defaultDirection } };
  }
}
