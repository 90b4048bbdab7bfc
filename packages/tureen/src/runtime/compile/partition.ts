import { constantNode, type PlanGraph, PlanNode, type Port, sourcesOf } from "./plan-node.js";

/** A set of nodes that can run as one: no path leaves it and comes back. */
export interface Cluster {
  /** In an order in which inputs come before their users. */
  readonly nodes: readonly PlanNode[];
  /** Values from outside that are no constants. */
  readonly inputs: readonly Port[];
  /** Values that the outside uses. */
  readonly outputs: readonly Port[];
}

/** Which nodes use a node, by data or by order; a fetch or target counts as use by `undefined`. */
function usersOf(graph: PlanGraph, order: readonly PlanNode[]): Map<PlanNode, (PlanNode | undefined)[]> {
  const users = new Map<PlanNode, (PlanNode | undefined)[]>(order.map((node) => [node, []]));
  for (const node of order) {
    for (const input of node.inputs) users.get(input.node)!.push(node);
    for (const control of node.controls) users.get(control)!.push(node);
  }
  for (const { node } of graph.fetches) users.get(node)!.push(undefined);
  for (const node of graph.targets) users.get(node)!.push(undefined);
  return users;
}

/**
 * Nodes that a conditional of TF1 may skip: those between a Switch and its Merge.
 *
 * A value depends on the branches (predicate and side) of the Switches above it; a Merge takes away the predicates whose two sides meet.
 */
export function conditionalNodes(order: readonly PlanNode[]): ReadonlySet<PlanNode> {
  if (!order.some((node) => node.type === "Switch" || node.type === "RefSwitch")) return new Set();
  const branches = new Map<PlanNode, ReadonlySet<string>>();
  const predicates = new Map<PlanNode, number>();
  const none: ReadonlySet<string> = new Set();
  const ofPort = ({ node, index }: Port): ReadonlySet<string> => {
    const own = branches.get(node) ?? none;
    if (node.type !== "Switch" && node.type !== "RefSwitch") return own;
    const predicate = node.inputs[1]!.node;
    if (!predicates.has(predicate)) predicates.set(predicate, predicates.size);
    return new Set([...own, `${predicates.get(predicate)}.${node.inputs[1]!.index}#${index}`]);
  };
  // Most nodes are in no branch, and are done with here.
  const isConditional = ({ node }: Port): boolean =>
    branches.has(node) || node.type === "Switch" || node.type === "RefSwitch";
  for (const node of order) {
    if (!node.inputs.some(isConditional) && !node.controls.some((control) => branches.has(control))) continue;
    const inputs = node.inputs.map(ofPort);
    const controls = node.controls.map((control) => branches.get(control) ?? none);
    if (node.type === "Merge" || node.type === "RefMerge") {
      const common = [...(inputs[0] ?? none)].filter((branch) => inputs.every((input) => input.has(branch)));
      branches.set(node, new Set(common));
    } else if ([...inputs, ...controls].some((set) => set.size > 0)) {
      branches.set(node, new Set([...inputs, ...controls].flatMap((set) => [...set])));
    }
  }
  const found = new Set<PlanNode>();
  for (const [node, set] of branches) if (set.size > 0) found.add(node);
  return found;
}

/**
 * Groups the chosen nodes into the fewest clusters that a simple rule finds.
 *
 * Every node gets a level: odd for chosen ones, even for the others, never below its inputs', one more where the kind changes. Between two
 * chosen nodes of one level no other node can lie, so each odd level is a cluster. Then chosen nodes sink to the level of their users where
 * they can, so that side branches do not make clusters of their own.
 */
export function clusterNodes(
  graph: PlanGraph,
  order: readonly PlanNode[],
  chosen: ReadonlySet<PlanNode>,
): PlanNode[][] {
  const users = usersOf(graph, order);
  const level = new Map<PlanNode, number>();
  for (const node of order) {
    const parity = chosen.has(node) ? 1 : 0;
    let at = parity;
    const above = (source: PlanNode): void => {
      const from = level.get(source)!;
      at = Math.max(at, from % 2 === parity ? from : from + 1);
    };
    for (const input of node.inputs) above(input.node);
    for (const control of node.controls) above(control);
    level.set(node, at);
  }
  for (let i = order.length - 1; i >= 0; i--) {
    const node = order[i]!;
    if (!chosen.has(node)) continue;
    let nearest = Number.POSITIVE_INFINITY;
    let bound = Number.POSITIVE_INFINITY;
    for (const user of users.get(node)!) {
      if (user === undefined) continue;
      if (chosen.has(user)) nearest = Math.min(nearest, level.get(user)!);
      else bound = Math.min(bound, level.get(user)! - 1);
    }
    if (nearest !== Number.POSITIVE_INFINITY && nearest <= bound) level.set(node, nearest);
  }
  const clusters = new Map<number, PlanNode[]>();
  for (const node of order) {
    if (!chosen.has(node)) continue;
    const at = level.get(node)!;
    const cluster = clusters.get(at);
    if (cluster === undefined) clusters.set(at, [node]);
    else cluster.push(node);
  }
  return [...clusters.values()];
}

/** The parts of a cluster that share no values and no order, so that one can be taken without the other. */
export function connectedParts(nodes: readonly PlanNode[]): PlanNode[][] {
  const parent = new Map<PlanNode, PlanNode>(nodes.map((node) => [node, node]));
  const root = (node: PlanNode): PlanNode => {
    let at = node;
    for (let up = parent.get(at)!; up !== at; up = parent.get(at)!) {
      parent.set(at, parent.get(up)!);
      at = up;
    }
    return at;
  };
  for (const node of nodes) {
    for (const source of sourcesOf(node)) {
      if (parent.has(source)) parent.set(root(node), root(source));
    }
  }
  const parts = new Map<PlanNode, PlanNode[]>();
  for (const node of nodes) {
    const key = root(node);
    const part = parts.get(key);
    if (part === undefined) parts.set(key, [node]);
    else part.push(node);
  }
  return [...parts.values()];
}

/** The border of a set of nodes. */
export function clusterOf(graph: PlanGraph, order: readonly PlanNode[], nodes: readonly PlanNode[]): Cluster {
  const inside = new Set(nodes);
  const inputs = new Map<string, Port>();
  const outputs = new Map<string, Port>();
  const numbers = new Map<PlanNode, number>();
  const key = ({ node, index }: Port): string => {
    if (!numbers.has(node)) numbers.set(node, numbers.size);
    return `${numbers.get(node)}:${index}`;
  };
  for (const node of order) {
    for (const port of node.inputs) {
      if (inside.has(node) && !inside.has(port.node) && port.node.value === undefined) inputs.set(key(port), port);
      if (!inside.has(node) && inside.has(port.node)) outputs.set(key(port), port);
    }
  }
  for (const port of graph.fetches) if (inside.has(port.node)) outputs.set(key(port), port);
  return { nodes, inputs: [...inputs.values()], outputs: [...outputs.values()] };
}

/** Puts one node in the place of each cluster; the clusters must have been found together. */
export function replaceClusters(
  graph: PlanGraph,
  order: readonly PlanNode[],
  replacements: readonly { readonly cluster: Cluster; readonly node: PlanNode }[],
): void {
  const owner = new Map<PlanNode, { readonly cluster: Cluster; readonly node: PlanNode }>();
  for (const replacement of replacements) for (const node of replacement.cluster.nodes) owner.set(node, replacement);
  const move = (port: Port): Port => {
    const target = owner.get(port.node);
    if (target === undefined) return port;
    return target.node.port(
      target.cluster.outputs.findIndex(({ node, index }) => node === port.node && index === port.index),
    );
  };
  const moveControls = (controls: readonly PlanNode[], self?: PlanNode): PlanNode[] => {
    return [...new Set(controls.map((control) => owner.get(control)?.node ?? control))].filter(
      (control) => control !== self,
    );
  };
  for (const { cluster, node } of replacements) {
    node.sureShapes ??= cluster.outputs.map((port) => port.node.sureShapes?.[port.index]);
    node.inputs = cluster.inputs.map(move);
    node.controls = moveControls(
      cluster.nodes.flatMap((member) => member.controls),
      node,
    );
  }
  for (const node of order) {
    if (owner.has(node)) continue;
    node.inputs = node.inputs.map(move);
    if (node.controls.some((control) => owner.has(control))) node.controls = moveControls(node.controls, node);
  }
  graph.fetches = graph.fetches.map(move);
  graph.targets = moveControls(graph.targets);
}

/** A copy of a cluster as a graph of its own, its inputs as feeds. */
export function clusterGraph(cluster: Cluster, feed: (port: Port, number: number) => PlanNode): PlanGraph {
  const feeds = cluster.inputs.map(feed);
  const copies = new Map<PlanNode, PlanNode>();
  const port = (source: Port): Port => {
    const copied = copies.get(source.node);
    if (copied !== undefined) return copied.port(source.index);
    const { value } = source.node;
    if (value !== undefined) {
      // A constant may still wait for nodes outside, which means nothing here.
      const constant = constantNode(source.node.name, value);
      copies.set(source.node, constant);
      return constant.port();
    }
    return feeds[cluster.inputs.findIndex(({ node, index }) => node === source.node && index === source.index)]!.port();
  };
  for (const node of cluster.nodes) {
    const copy = new PlanNode({
      name: node.name,
      type: node.type,
      attrs: node.attrs,
      inputs: node.inputs.map(port),
      controls: node.controls.map((control) => copies.get(control)).filter((control) => control !== undefined),
      outputTypes: node.outputTypes,
      shapes: node.shapes,
    });
    copy.payload = node.payload;
    copies.set(node, copy);
  }
  return { feeds, fetches: cluster.outputs.map(port), targets: [] };
}
