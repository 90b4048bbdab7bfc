import type { TensorValue } from "../../core/tensor-value.js";
import { Attrs } from "../../graph/attr-value.js";
import type { Kernel, KernelTable } from "../kernel.js";
import type { Source } from "../kernels/plan-source.js";
import { fuseEmbeddingLookup } from "./fuse-embedding-lookup.js";
import { fuseIdRange } from "./fuse-id-range.js";
import { fuseIndicator } from "./fuse-indicator.js";
import { type Match, type Pattern, samePort } from "./fuse-match.js";
import { fuseRowIndices } from "./fuse-row-indices.js";
import { fuseToDense } from "./fuse-to-dense.js";
import { fuseToSparse } from "./fuse-to-sparse.js";
import { type Cluster, clusterGraph, conditionalNodes, replaceClusters } from "./partition.js";
import { feedNode, type PlanGraph, PlanNode, type Port, reachable } from "./plan-node.js";
import { type PlanSymbols, planSymbols, rowsFrom } from "./plan-symbols.js";

/** What a fused node carries. */
export interface FusedPayload {
  /** Equal for nodes that do the same with equal inputs, but for the constants among `sources`. */
  readonly key: string;
  readonly sources: readonly Source[];
  readonly unfused: PlanGraph;
  readonly kernel: (unfused: Kernel) => Kernel;
}

/** The larger pattern first, where one holds another. */
const patterns: readonly { readonly type: string; readonly match: Pattern }[] = [
  { type: "_PlanEmbeddingLookup", match: fuseEmbeddingLookup },
  { type: "_PlanIndicator", match: fuseIndicator },
  { type: "_PlanRowIndices", match: fuseRowIndices },
  { type: "_PlanToSparse", match: fuseToSparse },
  { type: "_PlanIdRange", match: fuseIdRange },
  { type: "_PlanToDense", match: fuseToDense },
];

/** The types of the nodes that this makes. */
export const fusedTypes: ReadonlySet<string> = new Set(patterns.map(({ type }) => type));

/**
 * Puts one node in the place of each group of nodes that feature columns build for a look-up, an indicator or a conversion.
 *
 * Values that only describe shapes go along where nothing else uses them.
 */
export function fusePatterns(graph: PlanGraph, kernels: KernelTable, trustFeeds: boolean): void {
  const order = [...new Set([...graph.feeds, ...reachable(graph)])];
  if (!order.some((node) => telltale.has(node.type))) return;
  const symbols = planSymbols(order, trustFeeds);
  const users = usersOf(graph, order);
  const surroundings: Surroundings = { users, symbols, positions: new Map(order.map((node, i) => [node, i])) };
  // A branch that is not taken must not take others' nodes with it.
  const taken = new Set<PlanNode>(conditionalNodes(order));
  const replacements: { cluster: Cluster; node: PlanNode }[] = [];
  for (const { type, match } of patterns) {
    for (let i = order.length - 1; i >= 0; i--) {
      const root = order[i]!;
      if (taken.has(root) || root.value !== undefined) continue;
      for (const found of match(root, symbols)) {
        const members = membersOf(found, surroundings, taken);
        if (
          members === undefined ||
          !members.every(({ type: op }) => Object.hasOwn(kernels, op) || op === "_PlanGather")
        )
          continue;
        const copied = withGlue(members, found.reads, surroundings);
        const cluster: Cluster = {
          nodes: members,
          inputs: inputsOf(copied, found.reads),
          outputs: found.outputs.filter((output) => isUsedOutside(output, members, users)),
        };
        if (cluster.outputs.length > 1 && !isClosed(cluster, members)) continue;
        for (const member of members) taken.add(member);
        replacements.push({ cluster, node: fusedNode(type, found, cluster, copied, symbols) });
        break;
      }
    }
  }
  replaceClusters(graph, order, replacements);
}

/** Ops without one of which no pattern matches. */
const telltale: ReadonlySet<string> = new Set([
  "SparseFillEmptyRows",
  "SparseToDense",
  "GatherNd",
  "Range",
  "LogicalOr",
]);

type Users = ReadonlyMap<PlanNode, readonly { readonly node: PlanNode | undefined; readonly index: number }[]>;

function usersOf(graph: PlanGraph, order: readonly PlanNode[]): Users {
  const users = new Map<PlanNode, { node: PlanNode | undefined; index: number }[]>(order.map((node) => [node, []]));
  for (const node of order) {
    for (const { node: source, index } of node.inputs) users.get(source)!.push({ node, index });
    for (const control of node.controls) users.get(control)!.push({ node, index: -1 });
  }
  for (const { node, index } of graph.fetches) users.get(node)!.push({ node: undefined, index });
  for (const node of graph.targets) users.get(node)!.push({ node: undefined, index: -1 });
  return users;
}

interface Surroundings {
  readonly users: Users;
  readonly symbols: PlanSymbols;
  /** Where each node is in the order of the plan. */
  readonly positions: ReadonlyMap<PlanNode, number>;
}

function inOrder(nodes: ReadonlySet<PlanNode>, { positions }: Surroundings): PlanNode[] {
  return [...nodes].sort((a, b) => positions.get(a)! - positions.get(b)!);
}

/** The nodes of a match with the shape arithmetic that only they use, in order; undefined where something else needs one of them. */
function membersOf(
  { members, outputs, reads }: Match,
  surroundings: Surroundings,
  taken: ReadonlySet<PlanNode>,
): PlanNode[] | undefined {
  const { users, symbols } = surroundings;
  const inside = new Set(members);
  if (members.some((member) => taken.has(member) || member.controls.length > 0)) return undefined;
  const boundary = new Set(reads.map((port) => port.node));
  const isOwnGlue = (node: PlanNode): boolean => {
    if (inside.has(node) || taken.has(node) || boundary.has(node) || node.controls.length > 0) return false;
    const used = users.get(node)!;
    return (
      isGlue(node, symbols) &&
      used.every(({ node: user, index }) => user !== undefined && index >= 0 && inside.has(user))
    );
  };
  const pending = [...members];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    for (const { node: source } of node.inputs) {
      if (!isOwnGlue(source)) continue;
      inside.add(source);
      pending.push(source);
    }
  }
  // What waits for a member, or uses an inner value, would lose it.
  for (const member of inside) {
    for (const { node, index } of users.get(member)!) {
      if (node !== undefined && inside.has(node)) continue;
      if (!outputs.some((output) => samePort(output, { node: member, index }))) return undefined;
    }
  }
  return inOrder(inside, surroundings);
}

/** The members and the shape arithmetic above them, which the original nodes can do again: then the plan need not for their sake. */
function withGlue(members: readonly PlanNode[], reads: readonly Port[], surroundings: Surroundings): PlanNode[] {
  const inside = new Set(members);
  const boundary = new Set(reads.map(({ node }) => node));
  const pending = [...members];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    for (const { node: source } of node.inputs) {
      if (inside.has(source) || boundary.has(source) || source.controls.length > 0) continue;
      if (!isGlue(source, surroundings.symbols)) continue;
      inside.add(source);
      pending.push(source);
    }
  }
  return inOrder(inside, surroundings);
}

/** What the nodes take from outside of them, and what the kernel reads: that may come from further up than shape arithmetic goes. */
function inputsOf(nodes: readonly PlanNode[], reads: readonly Port[]): Port[] {
  const inside = new Set(nodes);
  const inputs: Port[] = [];
  for (const port of [...nodes.flatMap((node) => node.inputs), ...reads]) {
    if (port.node.value !== undefined || inside.has(port.node)) continue;
    if (!inputs.some((input) => samePort(input, port))) inputs.push(port);
  }
  return inputs;
}

function isUsedOutside(output: Port, members: readonly PlanNode[], users: Users): boolean {
  return users
    .get(output.node)!
    .some(({ node, index }) => index === output.index && (node === undefined || !members.includes(node)));
}

const glue: ReadonlySet<string> = new Set([
  "Shape",
  "Size",
  "Slice",
  "StridedSlice",
  "Pack",
  "ConcatV2",
  "Cast",
  "Prod",
  "GatherV2",
  "Gather",
  "Reshape",
  "ExpandDims",
  "Squeeze",
  "Mul",
]);

function isGlue(node: PlanNode, symbols: PlanSymbols): boolean {
  return (
    node.value === undefined &&
    glue.has(node.type) &&
    node.outputTypes.length === 1 &&
    symbols.elements(node.port()) !== undefined
  );
}

/** Whether no input of the members comes from one of them by a way through the outside. */
function isClosed(cluster: { readonly inputs: readonly Port[] }, members: readonly PlanNode[]): boolean {
  const inside = new Set(members);
  const seen = new Set<PlanNode>();
  const pending = cluster.inputs.map(({ node }) => node);
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (seen.has(node)) continue;
    if (inside.has(node)) return false;
    seen.add(node);
    for (const input of node.inputs) pending.push(input.node);
    pending.push(...node.controls);
  }
  return true;
}

function fusedNode(
  type: string,
  match: Match,
  cluster: Cluster,
  copied: readonly PlanNode[],
  symbols: PlanSymbols,
): PlanNode {
  const sources = match.reads.map((port): Source => {
    if (port.node.value !== undefined) return { slot: -1, value: port.node.value };
    return { slot: cluster.inputs.findIndex((other) => samePort(other, port)), value: undefined };
  });
  // The kernel gives its outputs in the match's order, the cluster asks for them in its own; some may be unused.
  const places = cluster.outputs.map((port) => match.outputs.findIndex((other) => samePort(other, port)));
  const isInOrder = places.length === match.outputs.length && places.every((place, i) => place === i);
  const root = cluster.outputs[0]!.node;
  const shapes = cluster.outputs.map((port, i) => match.shapes?.[places[i]!] ?? symbols.facts.shape(port));
  const rows = match.rows === undefined ? -1 : cluster.inputs.findIndex((other) => samePort(other, match.rows!));
  const node = new PlanNode({
    name: `${root.name}/${type}`,
    type,
    ...(rows < 0 || places[0] !== 0
      ? {}
      : { attrs: new Attrs(new Map([[rowsFrom, { kind: "int", value: BigInt(rows) }]]), root.name) }),
    inputs: cluster.inputs,
    outputTypes: cluster.outputs.map((port) => port.node.outputTypes[port.index]!),
    shapes,
  });
  node.sureShapes = shapes;
  const unfused = clusterGraph({ ...cluster, nodes: copied }, (port, number) =>
    feedNode(`${port.node.name}:${port.index}`, number, port.node.outputTypes[port.index]!, undefined),
  );
  const payload: FusedPayload = {
    key: `${match.key} ${places} ${sources.map(({ slot }) => slot)}`,
    sources,
    unfused,
    kernel: (host) => {
      if (isInOrder) return match.kernel(sources, host);
      const kernel = match.kernel(sources, (inputs, context) => {
        const all = new Array<TensorValue>(match.outputs.length);
        const outputs = host(inputs, context);
        for (let i = 0; i < places.length; i++) all[places[i]!] = outputs[i]!;
        return all;
      });
      return (inputs, context) => {
        const outputs = kernel(inputs, context);
        return places.map((place) => outputs[place]!);
      };
    },
  };
  node.payload = payload;
  return node;
}
