import { create } from "@bufbuild/protobuf";
import {
  LeafSchema,
  type Node,
  type TreeMetadata_PostPruneNodeUpdate,
  TreeMetadata_PostPruneNodeUpdateSchema,
} from "@tureen/protos/gen/tensorflow/core/kernels/boosted_trees/boosted_trees_pb";
import { nodeLogits } from "./flat-trees.js";

/** A pruned tree, and for each node it had before which one stands for it now and by how much its logits change. */
export interface PrunedTree {
  readonly nodes: Node[];
  readonly updates: TreeMetadata_PostPruneNodeUpdate[];
}

/** Where the examples of a removed node went: its parent, and what their logits change by. */
interface Removal {
  readonly parent: number;
  readonly change: readonly number[];
}

function splitOf({ node }: Node): { leftId: number; rightId: number } | undefined {
  return node.case === "bucketizedSplit" || node.case === "categoricalSplit" ? node.value : undefined;
}

/** Takes back, from the leaves up, splits of negative gain whose children are leaves; undefined where there are none. Changes the nodes. */
export function prunedTree(nodes: readonly Node[], logits: number): PrunedTree | undefined {
  const removed = new Map<number, Removal>();
  // Children come after their parents, so that going backwards meets them first.
  for (let id = nodes.length - 1; id >= 0; id--) takeBackSplit(nodes, id, removed);
  if (removed.size === 0) return undefined;
  const newIds = new Int32Array(nodes.length);
  const kept: Node[] = [];
  const updates = nodes.map((node, id) => {
    if (!removed.has(id)) newIds[id] = kept.push(node) - 1;
    const { standsFor, change } = follow(id, removed, logits);
    return create(TreeMetadata_PostPruneNodeUpdateSchema, { newNodeId: newIds[standsFor]!, logitChange: change });
  });
  for (const node of kept) {
    const split = splitOf(node);
    if (split === undefined) continue;
    split.leftId = newIds[split.leftId]!;
    split.rightId = newIds[split.rightId]!;
  }
  return { nodes: kept, updates };
}

function takeBackSplit(nodes: readonly Node[], id: number, removed: Map<number, Removal>): void {
  const node = nodes[id]!;
  const split = splitOf(node);
  if (split === undefined || !((node.metadata?.gain ?? 0) < 0)) return;
  const children = [split.leftId, split.rightId];
  if (children.some((child) => nodes[child]?.node.case !== "leaf")) return;
  const original = node.metadata?.originalLeaf;
  node.node = { case: "leaf", value: original ?? create(LeafSchema) };
  delete node.metadata;
  for (const child of children) {
    const before = nodeLogits(nodes[child]!);
    const own = original === undefined ? before.map(() => 0) : nodeLogits(node);
    removed.set(child, { parent: id, change: own.map((value, i) => Math.fround(value - before[i]!)) });
  }
}

function follow(
  start: number,
  removed: ReadonlyMap<number, Removal>,
  logits: number,
): { readonly standsFor: number; readonly change: number[] } {
  const change = new Array<number>(logits).fill(0);
  let id = start;
  for (let step = removed.get(id); step !== undefined; step = removed.get(id)) {
    for (let i = 0; i < logits; i++) change[i] = Math.fround(change[i]! + (step.change[i] ?? 0));
    id = step.parent;
  }
  return { standsFor: id, change };
}
