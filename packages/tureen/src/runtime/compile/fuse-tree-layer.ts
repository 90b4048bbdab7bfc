import { decodeText } from "../../core/text.js";
import { Attrs } from "../../graph/attr-value.js";
import type { Kernel, KernelTable } from "../kernel.js";
import { treeLayerKernel } from "../kernels/quantile-and-trees/tree-layer.js";
import { producer, samePort } from "./fuse-match.js";
import { kernelNode } from "./kernel-node.js";
import { type PlanGraph, PlanNode, type Port, reachable } from "./plan-node.js";

/** The nodes that a `_PlanTreeLayer` stands for. */
interface TreeLayerPayload {
  readonly aggregates: readonly PlanNode[];
  readonly search: PlanNode;
}

/**
 * Puts one `_PlanTreeLayer` in the place of the statistics of each feature and the search for the best splits among them: the step that most of
 * the time of growing trees goes into.
 */
export function fuseTreeLayers(graph: PlanGraph): void {
  const order = reachable(graph);
  const searches = order.filter(({ type }) => type === "BoostedTreesCalculateBestFeatureSplitV2");
  if (searches.length === 0) return;
  const uses = new Map<PlanNode, number>();
  const use = (node: PlanNode): void => void uses.set(node, (uses.get(node) ?? 0) + 1);
  for (const node of order) {
    for (const input of node.inputs) use(input.node);
    node.controls.forEach(use);
  }
  for (const { node } of graph.fetches) use(node);
  graph.targets.forEach(use);
  for (const search of searches) {
    const aggregates = matchLayer(search, uses);
    if (aggregates !== undefined) fuse(search, aggregates);
  }
}

/** The statistics that a search reads, where nothing else does and a layer's kernel can make them; undefined otherwise. */
function matchLayer(search: PlanNode, uses: ReadonlyMap<PlanNode, number>): readonly PlanNode[] | undefined {
  const count = search.attrs.int("num_features");
  if (search.attrs.int("logits_dimension") !== 1 || count === 0) return undefined;
  const types = search.inputs[1 + count]!.node.value;
  if (types?.dtype !== "string" || types.shape.length !== 1) return undefined;
  const names = (types.data as readonly Uint8Array[]).map(decodeText);
  if (names.length !== count || names.some((name) => name !== "inequality")) return undefined;
  const aggregates = search.inputs.slice(1, 1 + count).map((input) => producer(input, "BoostedTreesAggregateStats"));
  const [first] = aggregates;
  const fits = (node: PlanNode | undefined): node is PlanNode =>
    node !== undefined &&
    uses.get(node) === 1 &&
    [0, 1, 2].every((i) => samePort(node.inputs[i], first!.inputs[i])) &&
    ["max_splits", "num_buckets"].every((name) => node.attrs.int(name) === first!.attrs.int(name));
  return first !== undefined && aggregates.every(fits) ? aggregates : undefined;
}

function fuse(search: PlanNode, aggregates: readonly PlanNode[]): void {
  const [first] = aggregates as readonly [PlanNode];
  const { name, type, attrs, inputs, outputTypes, shapes } = search;
  const copy = new PlanNode({ name, type, attrs, inputs, outputTypes, shapes });
  const payload: TreeLayerPayload = { aggregates, search: copy };
  search.type = "_PlanTreeLayer";
  search.attrs = new Attrs(new Map([...first.attrs.map, ...search.attrs.map]), search.name);
  search.payload = payload;
  search.sureShapes = search.shapes;
  search.inputs = [
    search.inputs[0]!,
    ...first.inputs.slice(0, 3),
    ...aggregates.map(({ inputs }): Port => inputs[3]!),
    ...copy.inputs.slice(1 + aggregates.length),
  ];
  search.controls = [...new Set([...search.controls, ...aggregates.flatMap(({ controls }) => controls)])];
}

/** The kernel of a `_PlanTreeLayer`. */
export function planTreeLayerKernel(node: PlanNode, kernels: KernelTable): Kernel {
  const { aggregates, search } = node.payload as TreeLayerPayload;
  const count = aggregates.length;
  const sums = aggregates.map((one) => kernels[one.type]!(kernelNode(one)));
  const best = kernels[search.type]!(kernelNode(search));
  const apart: Kernel = (inputs, context) => {
    const rows = inputs.slice(1, 4);
    const summaries = sums.map((sum, f) => sum([...rows, inputs[4 + f]!], context)[0]!);
    return best([inputs[0]!, ...summaries, ...inputs.slice(4 + count)], context);
  };
  const [maxSplits, buckets] = [node.attrs.int("max_splits"), node.attrs.int("num_buckets")];
  return treeLayerKernel({ features: count, maxSplits, buckets }, apart);
}
