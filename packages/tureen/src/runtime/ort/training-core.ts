import type { Cluster } from "../compile/partition.js";
import type { PlanFacts } from "../compile/partition-facts.js";
import {
  type PlanGraph,
  type PlanNode,
  type Port,
  reachable,
  sourcesOf,
  updatesVariables,
} from "../compile/plan-node.js";

/** Products and convolutions: what ONNX Runtime is entered for. */
const heavy: ReadonlySet<string> = new Set([
  "MatMul",
  "BatchMatMul",
  "BatchMatMulV2",
  "BatchMatMulV3",
  "Einsum",
  "Conv2D",
  "Conv2DBackpropInput",
  "Conv2DBackpropFilter",
  "DepthwiseConv2dNative",
]);

/** What only moves elements or describes shapes: the host does it as well, without handing each part over. */
const moving: ReadonlySet<string> = new Set([
  "ConcatV2",
  "Pack",
  "Unpack",
  "Slice",
  "StridedSlice",
  "Split",
  "SplitV",
  "Tile",
  "GatherV2",
  "OneHot",
  "Pad",
  "BroadcastTo",
  "Fill",
  "Cast",
]);

/** Fewer elements a row than this are done before ONNX Runtime is entered. */
const narrow = 8;

/** Whether a plan trains: it updates variables or trees by gradients. */
export function isTraining(order: readonly PlanNode[]): boolean {
  return updatesVariables(order) || order.some(({ type }) => type.startsWith("BoostedTreesUpdateEnsemble"));
}

/**
 * The chosen nodes that are worth their border in a plan that trains: products, and wide arithmetic next to them, or next to such.
 *
 * Around its products a training step has hundreds of small nodes (columns on the way in, the loss, shapes of gradients), each of which would
 * cost a node and mostly a value handed over.
 */
export function trainingCore(
  graph: PlanGraph,
  order: readonly PlanNode[],
  chosen: ReadonlySet<PlanNode>,
  facts: PlanFacts,
): Set<PlanNode> {
  const kept = new Set<PlanNode>();
  const users = new Map<PlanNode, PlanNode[]>();
  for (const node of order) {
    for (const { node: source } of node.inputs) {
      const list = users.get(source);
      if (list === undefined) users.set(source, [node]);
      else list.push(node);
    }
  }
  const pending: PlanNode[] = [];
  const keep = (node: PlanNode): void => {
    if (kept.has(node) || !chosen.has(node)) return;
    kept.add(node);
    pending.push(node);
  };
  for (const node of order) if (heavy.has(node.type)) keep(node);
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    const around = [...node.inputs.map((input) => input.node), ...(users.get(node) ?? [])];
    for (const other of around) if (!moving.has(other.type) && isWide(other, facts)) keep(other);
  }
  bridge(order, kept, chosen);
  absorb(graph, order, kept, chosen);
  return kept;
}

/** The nodes that wait for one of some others. */
function nodesBelow(order: readonly PlanNode[], nodes: ReadonlySet<PlanNode>): Set<PlanNode> {
  const below = new Set<PlanNode>();
  for (const node of order)
    if (sourcesOf(node).some((source) => nodes.has(source) || below.has(source))) below.add(node);
  return below;
}

/**
 * Keeps what lies between the kept nodes as well, the loss and its derivative mostly, where all of it can go to ONNX Runtime: one segment then
 * does the whole step, and the activations that the backward pass needs are never handed over.
 */
function bridge(order: readonly PlanNode[], kept: Set<PlanNode>, chosen: ReadonlySet<PlanNode>): void {
  const below = nodesBelow(order, kept);
  const above = new Set<PlanNode>();
  for (const node of [...order].reverse())
    if (kept.has(node) || above.has(node)) for (const source of sourcesOf(node)) above.add(source);
  const between = order.filter((node) => !kept.has(node) && below.has(node) && above.has(node));
  if (between.every((node) => chosen.has(node))) for (const node of between) kept.add(node);
}

/** Keeps what saves more values on the border than it needs: the part of a weight that a gradient is computed from, what sums up a gradient. */
function absorb(
  graph: PlanGraph,
  order: readonly PlanNode[],
  kept: Set<PlanNode>,
  chosen: ReadonlySet<PlanNode>,
): void {
  const users = new Map<PlanNode, (PlanNode | undefined)[]>(order.map((node) => [node, []]));
  for (const node of order) for (const source of sourcesOf(node)) users.get(source)!.push(node);
  for (const { node } of graph.fetches) users.get(node)!.push(undefined);
  for (const node of graph.targets) users.get(node)!.push(undefined);
  const isKept = (node: PlanNode | undefined): boolean => node !== undefined && kept.has(node);
  const below = nodesBelow(order, kept);
  for (const node of order) {
    if (kept.has(node) || !chosen.has(node) || node.controls.length > 0) continue;
    const outside = [...new Set(node.inputs.map((input) => input.node))].filter(
      (source) => !kept.has(source) && source.value === undefined,
    );
    if (outside.some((source) => below.has(source))) continue;
    const inputs = outside.filter((source) => !users.get(source)!.some(isKept)).length;
    const own = users.get(node)!;
    if (below.has(node)) {
      const saved = [...new Set(node.inputs.map((input) => input.node))].filter(
        (source) => kept.has(source) && users.get(source)!.every((user) => user === node || isKept(user)),
      ).length;
      if (inputs + (own.every(isKept) ? 0 : 1) <= saved) kept.add(node);
    } else if (inputs === 0 && own.length > 0 && own.every(isKept)) {
      kept.add(node);
    }
  }
}

/** Whether a node reads or writes many elements for each row of the batch. */
function isWide(node: PlanNode, facts: PlanFacts): boolean {
  const outputs = node.outputTypes.map((_, i) => facts.shape(node.port(i)));
  const floats = node.outputTypes.some((dtype) => dtype.startsWith("float"));
  if (!floats) return false;
  return [...outputs, ...node.inputs.map((input) => facts.shape(input))].some(
    (shape) => shape !== undefined && shape.length > 1 && shape.reduce((n, dim) => n * Math.max(1, dim), 1) >= narrow,
  );
}

/** Nodes that read a value and keep neither it nor a view of it. */
const passing = /^Resource(Sparse)?Apply|^_PlanOrt$|^MatMul$|^BiasAddGrad$/;

/** The outputs of a node that are gone once its step is over: whoever reads them only computes. */
export function passingOutputs(graph: PlanGraph, node: PlanNode): number[] {
  const held = new Set<number>();
  for (const port of graph.fetches) if (port.node === node) held.add(port.index);
  for (const { type, inputs } of reachable(graph)) {
    for (const port of inputs) if (port.node === node && !passing.test(type)) held.add(port.index);
  }
  return node.outputTypes.flatMap((dtype, i) => (dtype === "float32" && !held.has(i) ? [i] : []));
}

/** The values of a cluster that have a row for each example. */
export interface SharedBatch {
  /** Numbers of the cluster's inputs whose first dimensions have to be equal at run time for that. */
  readonly inputs: readonly number[];
  has(port: Port): boolean;
}

/** Element-wise ops, whose results have their inputs' rows. */
const rowWise: ReadonlySet<string> = new Set([
  "BiasAdd",
  "Relu",
  "Relu6",
  "Elu",
  "Selu",
  "Tanh",
  "Sigmoid",
  "Softplus",
  "LeakyRelu",
  "ReluGrad",
  "Relu6Grad",
  "EluGrad",
  "SeluGrad",
  "TanhGrad",
  "SigmoidGrad",
  "SoftplusGrad",
  "LeakyReluGrad",
  "Identity",
  "Mul",
  "AddV2",
  "Sub",
]);

/**
 * Takes the inputs whose first dimension is not known for batches of the same size, and follows them through the cluster.
 *
 * What is made sure once for the inputs needs no check at each op that does not broadcast.
 */
export function sharedBatch({ inputs, nodes }: Cluster, facts: PlanFacts): SharedBatch {
  const isOpen = (port: Port): boolean => {
    const shape = facts.shape(port);
    return shape !== undefined && shape.length > 1 && shape[0]! < 0;
  };
  const numbers = inputs.flatMap((port, i) => (isOpen(port) ? [i] : []));
  const made = new Set<PlanNode>();
  const has = ({ node, index }: Port): boolean =>
    made.has(node) || numbers.some((i) => inputs[i]!.node === node && inputs[i]!.index === index);
  for (const node of nodes) {
    if (node.outputTypes.length !== 1 || !isOpen(node.port())) continue;
    const open = node.inputs.filter(isOpen);
    const isProduct = node.type === "MatMul" && !node.attrs.bool("transpose_a");
    if (isProduct ? has(node.inputs[0]!) : rowWise.has(node.type) && open.length > 0 && open.every(has)) made.add(node);
  }
  return { inputs: numbers, has };
}
