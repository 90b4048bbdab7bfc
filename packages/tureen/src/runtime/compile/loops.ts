import { invalidArgument } from "../../core/status-error.js";
import { constantNode, feedNode, type PlanGraph, PlanNode, type Port, reachable } from "./plan-node.js";

/** A TF1 while loop as plans: what `_PlanLoop` runs. */
export interface LoopPayload {
  /** From the loop variables and the loop's constants to the condition. */
  readonly condition: PlanGraph;
  /** From the same to the next values of the loop variables. */
  readonly body: PlanGraph;
  /** How many of the inputs are loop variables; the others are the same in every iteration. */
  readonly variables: number;
  readonly frame: string;
}

const isEnter = (node: PlanNode): boolean => node.type === "Enter" || node.type === "RefEnter";
const isExit = (node: PlanNode): boolean => node.type === "Exit" || node.type === "RefExit";
const isMerge = (node: PlanNode): boolean => node.type === "Merge" || node.type === "RefMerge";
const isSwitch = (node: PlanNode): boolean => node.type === "Switch" || node.type === "RefSwitch";

/**
 * Replaces each frame of a TF1 while loop (Enter, Merge, LoopCond, Switch, NextIteration, Exit) by one `_PlanLoop` node, innermost first.
 *
 * Works on what `tf.while_loop` builds: every loop variable goes Enter → Merge → Switch → (body → NextIteration | Exit), and one LoopCond a
 * frame steers all Switches. Anything else is INVALID_ARGUMENT.
 */
export function functionalizeLoops(graph: PlanGraph): void {
  for (;;) {
    const nodes = reachable(graph);
    const enters = nodes.filter(isEnter);
    if (enters.length === 0) return;
    const frames = new Map<string, PlanNode[]>();
    for (const enter of enters) {
      const frame = enter.attrs.text("frame_name");
      frames.set(frame, [...(frames.get(frame) ?? []), enter]);
    }
    const users = usersOf(nodes);
    const innermost = [...frames].find(([, own]) => !containsEnter(own, users));
    if (innermost === undefined) throw invalidArgument("Frames of while loops overlap");
    replaceFrame(graph, nodes, innermost[0], innermost[1], users);
  }
}

function usersOf(nodes: readonly PlanNode[]): Map<PlanNode, PlanNode[]> {
  const users = new Map<PlanNode, PlanNode[]>();
  const add = (from: PlanNode, to: PlanNode): void => {
    const list = users.get(from);
    if (list === undefined) users.set(from, [to]);
    else list.push(to);
  };
  for (const node of nodes) {
    for (const input of node.inputs) add(input.node, node);
    for (const control of node.controls) add(control, node);
  }
  return users;
}

/** The nodes of a frame: what its Enters reach up to its Exits. */
function frameNodes(enters: readonly PlanNode[], users: ReadonlyMap<PlanNode, readonly PlanNode[]>): Set<PlanNode> {
  const inside = new Set<PlanNode>();
  const pending = [...enters];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (inside.has(node)) continue;
    inside.add(node);
    if (!isExit(node)) pending.push(...(users.get(node) ?? []));
  }
  return inside;
}

function containsEnter(enters: readonly PlanNode[], users: ReadonlyMap<PlanNode, readonly PlanNode[]>): boolean {
  const own = new Set(enters);
  for (const node of frameNodes(enters, users)) if (isEnter(node) && !own.has(node)) return true;
  return false;
}

function replaceFrame(
  graph: PlanGraph,
  nodes: readonly PlanNode[],
  frame: string,
  enters: readonly PlanNode[],
  users: ReadonlyMap<PlanNode, readonly PlanNode[]>,
): void {
  const inside = frameNodes(enters, users);
  const merges = [...inside].filter(
    (node) => isMerge(node) && node.inputs.some((input) => input.node.type.endsWith("NextIteration")),
  );
  const loopCond = [...inside].find((node) => node.type === "LoopCond");
  if (loopCond === undefined) throw invalidArgument(`While loop '${frame}' has no LoopCond`);
  const invariant = enters.filter(
    (enter) => !merges.some((merge) => merge.inputs.some((input) => input.node === enter)),
  );
  // What is a constant outside is one inside: products then see their weights.
  const isKnown = (enter: PlanNode): boolean => enter.inputs[0]!.node.value !== undefined;
  const known = invariant.filter(isKnown);
  const constants = invariant.filter((enter) => !isKnown(enter));
  const variables = merges.map((merge) => {
    const enter = merge.inputs.find((input) => isEnter(input.node))?.node;
    const next = merge.inputs.find((input) => input.node.type.endsWith("NextIteration"))?.node;
    if (enter === undefined || next === undefined)
      throw invalidArgument(`Merge '${merge.name}' of while loop '${frame}' lacks an Enter or a NextIteration`);
    const branch = (users.get(merge) ?? []).find(
      (user) => isSwitch(user) && passThrough(user.inputs[1]!).node === loopCond,
    );
    return { merge, enter, next, branch };
  });
  const sources = [...variables.map(({ enter }) => enter), ...constants];
  const inner = (): { feeds: PlanNode[]; entry: Map<PlanNode, PlanNode> } => {
    const feeds = sources.map((enter, i) =>
      feedNode(
        `${enter.name}/_Value`,
        i,
        enter.outputTypes[0]!,
        constants.includes(enter) ? enter.shapes[0] : undefined,
      ),
    );
    const entry = new Map<PlanNode, PlanNode>();
    variables.forEach(({ merge, branch }, i) => {
      entry.set(merge, feeds[i]!);
      if (branch !== undefined) entry.set(branch, feeds[i]!);
    });
    constants.forEach((enter, i) => {
      entry.set(enter, feeds[variables.length + i]!);
    });
    for (const enter of known) entry.set(enter, constantNode(enter.name, enter.inputs[0]!.node.value!));
    return { feeds, entry };
  };
  const condition = copy(loopCond.inputs.slice(0, 1), inner(), inside);
  const body = copy(
    variables.map(({ next }) => next.inputs[0]!),
    inner(),
    inside,
    // What an iteration does for its effects: the loop's gradient keeps values on stacks that way.
    variables.flatMap(({ next }) => next.controls).filter((control) => inside.has(control)),
  );
  const outerControls = new Set<PlanNode>();
  for (const node of [...inside])
    for (const control of node.controls) if (!inside.has(control)) outerControls.add(control);
  const loop = new PlanNode({
    name: frame,
    type: "_PlanLoop",
    inputs: sources.map((enter) => enter.inputs[0]!),
    controls: [...outerControls],
    outputTypes: variables.map(({ enter }) => enter.outputTypes[0]!),
    isStateful: true,
  });
  const payload: LoopPayload = { condition, body, variables: variables.length, frame };
  loop.payload = payload;
  const exits = new Map<PlanNode, Port>();
  for (const node of inside) {
    if (!isExit(node)) continue;
    const branch = node.inputs[0]!.node;
    const i = variables.findIndex((variable) => variable.branch === branch);
    if (i < 0)
      throw invalidArgument(`Exit '${node.name}' of while loop '${frame}' does not leave from a loop variable`);
    exits.set(node, loop.port(i));
  }
  const leave = (port: Port): Port => exits.get(port.node) ?? port;
  for (const node of nodes) {
    if (inside.has(node) && !isExit(node)) continue;
    node.inputs = node.inputs.map(leave);
    node.controls = node.controls.map((control) => exits.get(control)?.node ?? control);
  }
  graph.fetches = graph.fetches.map(leave);
  graph.targets = graph.targets.map((target) => exits.get(target)?.node ?? target);
}

function passThrough(port: Port): Port {
  return port.node.type === "Identity" ? passThrough(port.node.inputs[0]!) : port;
}

/** The part of a frame that some ports and targets need, with the loop's variables and constants as feeds. */
function copy(
  fetches: readonly Port[],
  { feeds, entry }: { readonly feeds: PlanNode[]; readonly entry: ReadonlyMap<PlanNode, PlanNode> },
  inside: ReadonlySet<PlanNode>,
  targets: readonly PlanNode[] = [],
): PlanGraph {
  const copies = new Map<PlanNode, PlanNode>();
  const order: PlanNode[] = [];
  const clone = (node: PlanNode): PlanNode => {
    const feed = entry.get(node);
    if (feed !== undefined) return feed;
    let made = copies.get(node);
    if (made === undefined) {
      made = new PlanNode({
        name: node.name,
        type: node.type,
        attrs: node.attrs,
        outputTypes: node.outputTypes,
        shapes: node.shapes,
        isStateful: node.isStateful,
      });
      made.value = node.value;
      made.payload = node.payload;
      copies.set(node, made);
      order.push(node);
    }
    return made;
  };
  // A constant outside of the frame that a node inside names directly is copied along; nothing else may cross the border.
  const port = ({ node, index }: Port): Port => {
    if (!inside.has(node) && node.value === undefined && !entry.has(node)) {
      throw invalidArgument(`Node '${node.name}' is used inside a while loop without an Enter`);
    }
    return { node: clone(node), index: entry.has(node) ? 0 : index };
  };
  const results = fetches.map(port);
  const effects = [...new Set(targets)].filter((target) => !entry.has(target)).map(clone);
  for (let i = 0; i < order.length; i++) {
    const node = order[i]!;
    const made = copies.get(node)!;
    made.inputs = node.inputs.map(port);
    made.controls = node.controls.filter((control) => inside.has(control) && !entry.has(control)).map(clone);
  }
  return { feeds, fetches: results, targets: effects };
}
