import { Attrs, type AttrValue } from "../../graph/attr-value.js";
import { passingPartialAttr } from "../kernels/quantile-and-trees/row-walk.js";
import { elementwiseKernel } from "../kernels/simd/elementwise.js";
import {
  type ElementwiseProgram,
  type Instruction,
  type Operand,
  resultKind,
} from "../kernels/simd/elementwise-module.js";
import type { FusedPayload } from "./fuse-patterns.js";
import {
  type Cluster,
  clusterGraph,
  clusterNodes,
  clusterOf,
  conditionalNodes,
  connectedParts,
  replaceClusters,
} from "./partition.js";
import type { PlanFacts } from "./partition-facts.js";
import { feedNode, type PlanGraph, PlanNode, type Port, reachable } from "./plan-node.js";
import { planFacts } from "./plan-symbols.js";

/** Fewer ops than this are not worth the copying. */
const leastNodes = 2;

/**
 * Puts one `_PlanElementwise` in the place of each group of ops on float32 elements, which then go through the processor's vectors in one pass.
 *
 * Only in plans that grow trees: there all the data is one batch, and the ops of loss and derivatives go over it for every layer. ONNX Runtime
 * is the better place for them in others, and takes none of a plan with conditionals.
 */
export function fuseElementwise(graph: PlanGraph, trustFeeds: boolean): void {
  if (!reachable(graph).some(({ type }) => type === "_PlanTreeLayer")) return;
  fuseGroups(graph, trustFeeds, true);
  fuseGroups(graph, trustFeeds, false);
  markPassing(graph);
}

/** Fuses checks of all elements alone, which others wait for, or everything else. */
function fuseGroups(graph: PlanGraph, trustFeeds: boolean, checks: boolean): void {
  const order = [...new Set([...graph.feeds, ...reachable(graph)])];
  const facts = planFacts(order, trustFeeds);
  const conditional = conditionalNodes(order);
  const pinned = new Set([...graph.targets, ...order.flatMap(({ controls }) => controls)]);
  const chosen = new Set<PlanNode>();
  for (const node of order) {
    if (conditional.has(node) || pinned.has(node)) continue;
    if (isElementwise(node, facts) || isCount(node, chosen)) chosen.add(node);
  }
  const checked = new Set(
    [...chosen].filter(({ type }) => resultKind(type) === "all").map(({ inputs }) => inputs[0]!.node),
  );
  for (const node of chosen) if ((resultKind(node.type) === "all" || checked.has(node)) !== checks) chosen.delete(node);
  dropMasks(graph, order, chosen);
  dropCounts(graph, order, chosen);
  passChecks(graph, order, chosen, conditional);
  const replacements = clusterNodes(graph, order, chosen)
    .flatMap(connectedParts)
    .flatMap((nodes) => {
      if (nodes.length < leastNodes && !nodes.some(isReduction)) return [];
      const cluster = clusterOf(graph, order, nodes);
      return cluster.outputs.every((port) => resultKind(port.node.type) !== "mask")
        ? [{ cluster, node: elementwiseNode(cluster) }]
        : [];
    });
  replaceClusters(graph, order, replacements);
}

/**
 * Has pure ops read past Identities that only wait for a check; whatever uses their results outside of the chosen ones waits for it instead.
 *
 * Loss and derivatives are one group only then: checks of labels stand between them.
 */
function passChecks(
  graph: PlanGraph,
  order: readonly PlanNode[],
  chosen: ReadonlySet<PlanNode>,
  conditional: ReadonlySet<PlanNode>,
): void {
  const waits = new Map<PlanNode, ReadonlySet<PlanNode>>();
  for (const node of order) {
    const checks = new Set(node.inputs.flatMap((input) => [...(waits.get(input.node) ?? [])]));
    if (!chosen.has(node)) {
      if (checks.size > 0) node.controls = [...new Set([...node.controls, ...checks])];
      continue;
    }
    node.inputs = node.inputs.map((port) => {
      let source = port;
      while (source.node.type === "Identity" && source.node.value === undefined && !conditional.has(source.node)) {
        if (source.node.controls.length > 0) checks.add(source.node);
        source = source.node.inputs[0]!;
      }
      return source;
    });
    if (checks.size > 0) waits.set(node, checks);
  }
  for (const { node } of graph.fetches) graph.targets.push(...(waits.get(node) ?? []));
}

/** Ops that read nothing of an input but its shape. */
const shapeReaders: ReadonlySet<string> = new Set(["Shape", "Size", "Rank"]);

/** Finds the outputs that only other loops read, which copy what they read: their memory can be used again; and those whose shape alone is read. */
function markPassing(graph: PlanGraph): void {
  const order = reachable(graph);
  const isKept = new Set<string>();
  const isRead = new Set<string>();
  const numbers = new Map(order.map((node, i) => [node, i]));
  const key = ({ node, index }: Port): string => `${numbers.get(node)}:${index}`;
  for (const node of order) {
    if (shapeReaders.has(node.type)) continue;
    for (const input of node.inputs) isRead.add(key(input));
    if (node.type === "_PlanElementwise" || node.type === "_PlanTreeLayer") continue;
    for (const input of node.inputs) isKept.add(key(input));
  }
  for (const port of graph.fetches) {
    isKept.add(key(port));
    isRead.add(key(port));
  }
  for (const node of order) {
    if (node.type === "_PlanElementwise") {
      const { isPassing, isShapeOnly } = node.payload as ElementwisePayload;
      isShapeOnly.push(...node.outputTypes.map((_, i) => !isRead.has(key(node.port(i)))));
      isPassing.push(...node.outputTypes.map((_, i) => !isKept.has(key(node.port(i)))));
    } else if (node.type === "BoostedTreesTrainingPredict" && !isKept.has(key(node.port()))) {
      const passing: AttrValue = { kind: "bool", value: true };
      node.attrs = new Attrs(new Map([...node.attrs.map, [passingPartialAttr, passing]]), node.name);
    }
  }
}

interface ElementwisePayload extends FusedPayload {
  readonly isPassing: boolean[];
  readonly isShapeOnly: boolean[];
}

function isReduction({ type }: PlanNode): boolean {
  return resultKind(type) === "sum" || resultKind(type) === "all";
}

/** Whether programs have code for a node; scalars are left where they are. */
function isElementwise(node: PlanNode, facts: PlanFacts): boolean {
  const kind = resultKind(node.type);
  if (kind === undefined || node.value !== undefined || node.controls.length > 0) return false;
  const [first] = node.inputs;
  if (kind === "sum" || kind === "all") {
    const axes = node.inputs[1]!.node.value;
    const rank = facts.shape(first!)?.length;
    return (
      first!.node.outputTypes[first!.index] === (kind === "sum" ? "float32" : "bool") &&
      (kind === "sum" || resultKind(first!.node.type) === "mask") &&
      !node.attrs.bool("keep_dims") &&
      rank !== undefined &&
      rank > 0 &&
      axes !== undefined &&
      coversAll(axes.data as ArrayLike<number | bigint>, rank)
    );
  }
  if (node.inputs.some((port) => isReduction(port.node))) return false;
  const numbers = node.type === "Select" ? node.inputs.slice(1) : node.inputs;
  if (numbers.some((port) => port.node.outputTypes[port.index] !== "float32")) return false;
  if (node.inputs.some(({ node: { value } }) => value !== undefined && value.shape.length > 0)) return false;
  if (node.type === "Select" && resultKind(first!.node.type) !== "mask") return false;
  return facts.shape(node.port())?.length !== 0;
}

function coversAll(axes: ArrayLike<number | bigint>, rank: number): boolean {
  const places = new Set(Array.from(axes, (axis) => (Number(axis) + rank) % rank));
  return places.size === rank;
}

/** Whether a node gives the number of elements of a chosen one as a float, or makes something of that alone. */
function isCount(node: PlanNode, chosen: ReadonlySet<PlanNode>): boolean {
  if (node.controls.length > 0 || node.value !== undefined) return false;
  const [first] = node.inputs;
  if (first === undefined || !chosen.has(first.node)) return false;
  if (node.type === "Size") return node.outputTypes[0] === "int32" && resultKind(first.node.type) === "float";
  const isOfCount = resultKind(first.node.type) === "count";
  if (node.type === "Cast") return first.node.type === "Size" && node.outputTypes[0] === "float32";
  return node.type === "Reciprocal" && isOfCount && first.node.type === "Cast";
}

/** Takes counts out that others need too, and what is made of them: programs do not give scalars out. */
function dropCounts(graph: PlanGraph, order: readonly PlanNode[], chosen: Set<PlanNode>): void {
  const isScalar = (node: PlanNode): boolean =>
    resultKind(node.type) === "count" || node.inputs.some((input) => resultKind(input.node.type) === "count");
  const used = new Set(graph.fetches.map(({ node }) => node));
  for (let i = order.length - 1; i >= 0; i--) {
    const node = order[i]!;
    if (chosen.has(node) && isScalar(node) && used.has(node)) chosen.delete(node);
    if (!chosen.has(node)) for (const input of node.inputs) used.add(input.node);
  }
}

/** Takes truth values out that others need too: programs do not give them out, and what needs them does not get them. */
function dropMasks(graph: PlanGraph, order: readonly PlanNode[], chosen: Set<PlanNode>): void {
  const fetched = new Set(graph.fetches.map(({ node }) => node));
  for (let before = -1; before !== chosen.size; ) {
    before = chosen.size;
    for (const node of order) {
      const masks = node.inputs.filter((input) => resultKind(input.node.type) === "mask");
      if (!chosen.has(node)) for (const { node: mask } of masks) chosen.delete(mask);
      else if (masks.some(({ node: mask }) => !chosen.has(mask) || fetched.has(mask))) chosen.delete(node);
    }
  }
}

function elementwiseNode(cluster: Cluster): PlanNode {
  const numbers = new Map(cluster.nodes.map((node, i) => [node, i]));
  const operand = ({ node, index }: Port): Operand => {
    const at = numbers.get(node);
    if (at !== undefined) return { kind: "result", at };
    if (node.value !== undefined) return { kind: "constant", value: (node.value.data as Float32Array)[0]! };
    return {
      kind: "input",
      at: cluster.inputs.findIndex((input) => input.node === node && input.index === index),
    };
  };
  let reducedRank: number | undefined;
  const instructions = cluster.nodes.map((node): Instruction => {
    const isReduced = isReduction(node);
    if (isReduced) reducedRank = new Set(Array.from(node.inputs[1]!.node.value!.data as ArrayLike<number>)).size;
    return { op: node.type, operands: (isReduced ? node.inputs.slice(0, 1) : node.inputs).map(operand) };
  });
  const program: ElementwiseProgram = {
    inputs: cluster.inputs.length,
    instructions,
    outputs: cluster.outputs.map(({ node }) => numbers.get(node)!),
  };
  const key = JSON.stringify(program);
  const node = new PlanNode({
    name: `${cluster.outputs[0]!.node.name}/_PlanElementwise`,
    type: "_PlanElementwise",
    // What it computes, for passes that tell nodes apart by their attributes.
    attrs: new Attrs(new Map<string, AttrValue>([["program", { kind: "string", value: Buffer.from(key) }]]), "program"),
    inputs: cluster.inputs,
    outputTypes: cluster.outputs.map((port) => port.node.outputTypes[port.index]!),
    shapes: cluster.outputs.map((port) => port.node.shapes[port.index]),
  });
  const isPassing: boolean[] = [];
  const isShapeOnly: boolean[] = [];
  const payload: ElementwisePayload = {
    key,
    isPassing,
    isShapeOnly,
    sources: [],
    unfused: clusterGraph(cluster, (port, number) =>
      feedNode(`${port.node.name}:${port.index}`, number, port.node.outputTypes[port.index]!, undefined),
    ),
    kernel: (apart) => elementwiseKernel({ program, reducedRank, isPassing, isShapeOnly }, apart),
  };
  node.payload = payload;
  return node;
}
