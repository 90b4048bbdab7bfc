import type { PartialShape } from "../../core/shape.js";
import type { TensorValue } from "../../core/tensor-value.js";
import type { GraphFunction } from "../../graph/graph-function.js";
import { inlineCalls, liftBody } from "./inline-calls.js";
import type { LoopPayload } from "./loops.js";
import { clusterOf } from "./partition.js";
import { constantNode, feedNode, type PlanGraph, PlanNode, type Port, reachable } from "./plan-node.js";
import type { PlanSymbols, Term } from "./plan-symbols.js";
import type { Scan, ScanOutput } from "./scan.js";
import {
  integerOf,
  type ListSurroundings,
  listedTensor,
  passIdentity,
  rowRead,
  rowWrite,
  sourceNodes,
  writtenList,
} from "./scan-lists.js";

/** What a loop variable is. */
type Role =
  | { readonly kind: "same" }
  /** Counts the steps from 0. */
  | { readonly kind: "counter" }
  | { readonly kind: "state" }
  /** A list of which each step sets an element: the step's, or always the first one. */
  | { readonly kind: "written"; readonly by: PlanNode; readonly row: Port; readonly isRows: boolean };

/** The plan that a loop is in. */
export interface ScanSurroundings {
  readonly graph: PlanGraph;
  readonly order: readonly PlanNode[];
  readonly symbols: PlanSymbols;
  readonly library: ReadonlyMap<string, GraphFunction>;
  /** The value of the variable that a handle names, where nothing assigns it. */
  readonly variable: (handle: Port) => TensorValue | undefined;
  /** Computes what depends on constants alone. */
  readonly fold: (graph: PlanGraph) => void;
}

/** A while loop of either kind: both graphs have a feed for each input of the node, and the step a fetch for each as well. */
interface Loop {
  readonly node: PlanNode;
  readonly condition: PlanGraph;
  readonly step: PlanGraph;
  readonly roles: readonly Role[];
}

/** Recognises a while loop (While, StatelessWhile, a frame of TensorFlow 1) that is a scan; undefined for any other. */
export function matchScan(node: PlanNode, surroundings: ScanSurroundings): Scan | undefined {
  const { graph, order, symbols } = surroundings;
  const loop = node.controls.length > 0 ? undefined : loopOf(node, surroundings);
  if (loop === undefined) return undefined;
  const outside = (port: Port): Port | undefined => {
    const i = loop.step.feeds.indexOf(passIdentity(port).node);
    return loop.roles[i]?.kind === "same" ? node.inputs[i] : undefined;
  };
  const reads = reachable(loop.step).filter((read) => rowRead(read) !== undefined);
  const lists = complete(reads.map((read) => outside(rowRead(read)!.list)));
  const sequences = lists === undefined ? undefined : complete(lists.map(listedTensor));
  if (lists === undefined || sequences === undefined || sequences.length === 0) return undefined;
  const steps = symbols.dimensions(sequences[0]!)?.[0];
  if (steps === undefined || !sequences.every((tensor) => symbols.dimensions(tensor)?.[0] === steps)) return undefined;
  if (!reads.every((read) => isCounter(rowRead(read)!.index, loop)) || !endsAfter(steps, loop, symbols))
    return undefined;
  const around: ListSurroundings = { symbols, steps, outside };
  const sources = complete(reads.map((read, i) => sourceNodes(read, lists[i]!, around)));
  const found = outputsOf(loop, around, surroundings);
  // An array may be cleared as it is read, and then a second read fails.
  if (sources === undefined || found === undefined || new Set(lists.map((list) => list.node)).size < lists.length)
    return undefined;
  // Handles cannot leave the plan, so those of the loop's variables go along for the original nodes.
  const handles = node.inputs.map((input) => input.node).filter(({ type }) => type === "VarHandleOp");
  const members = new Set([...handles, ...sources.flat(), ...found.sources, node, ...found.others, ...found.stacks]);
  const isOwn = (member: PlanNode): boolean => symbols.users(member).every((user) => members.has(user));
  if (![...handles, ...sources.flat(), ...found.sources, ...found.others].every(isOwn)) return undefined;
  if ([...members].some((member) => member.controls.length > 0)) return undefined;
  const cluster = clusterOf(
    graph,
    order,
    order.filter((member) => members.has(member)),
  );
  const outputs = complete(
    cluster.outputs.map(
      (port) => found.outputs.find((output) => output.node === port.node && output.index === port.index)?.is,
    ),
  );
  const body = scanBody(loop, reads, sequences, symbols);
  if (body === undefined || outputs === undefined || outputs.length === 0) return undefined;
  return {
    cluster,
    ...body,
    sequences,
    written: found.written,
    outputs,
    facts: symbols.facts,
  };
}

/** The values, where none is missing. */
function complete<T>(values: readonly (T | undefined)[]): readonly T[] | undefined {
  return values.includes(undefined) ? undefined : (values as readonly T[]);
}

function loopOf(node: PlanNode, surroundings: ScanSurroundings): Loop | undefined {
  const graphs =
    node.type === "_PlanLoop" ? frameGraphs(node.payload as LoopPayload) : functionGraphs(node, surroundings);
  if (graphs === undefined) return undefined;
  const { step } = graphs;
  readConstants(step, node, surroundings);
  surroundings.fold(step);
  if (
    reachable(step).some((inner) => inner.isStateful && rowRead(inner) === undefined && rowWrite(inner) === undefined)
  )
    return undefined;
  const roles = complete(step.fetches.map((fetch, i) => roleOf(passIdentity(fetch), i, node, step)));
  if (roles === undefined) return undefined;
  const loop: Loop = { node, ...graphs, roles };
  const writesInOrder = roles.every(
    (role) => role.kind !== "written" || !role.isRows || isCounter(rowWrite(role.by)!.index, loop),
  );
  return writesInOrder ? loop : undefined;
}

function functionGraphs(
  { attrs }: PlanNode,
  { library }: ScanSurroundings,
): Pick<Loop, "condition" | "step"> | undefined {
  const lifted = complete(
    ["cond", "body"].map((attr) => {
      const { name, attrs: own } = attrs.func(attr);
      const fn = library.get(name);
      if (fn === undefined) return undefined;
      const graph = liftBody(fn.body(own), "");
      inlineCalls(graph, library);
      return graph;
    }),
  );
  return lifted === undefined ? undefined : { condition: lifted[0]!, step: lifted[1]! };
}

function frameGraphs({ condition, body, variables }: LoopPayload): Pick<Loop, "condition" | "step"> {
  const constants = body.feeds.slice(variables).map((feed) => feed.port());
  return { condition, step: { feeds: body.feeds, fetches: [...body.fetches, ...constants], targets: body.targets } };
}

/** Puts values in the place of reads of variables that nothing assigns. */
function readConstants(step: PlanGraph, loop: PlanNode, { variable }: ScanSurroundings): void {
  for (const node of reachable(step)) {
    if (node.type !== "ReadVariableOp") continue;
    const i = step.feeds.indexOf(passIdentity(node.inputs[0]!).node);
    const value = i < 0 ? undefined : variable(loop.inputs[i]!);
    if (value === undefined) continue;
    node.value = value;
    node.isStateful = false;
    node.inputs = [];
    node.controls = [];
  }
}

function roleOf({ node }: Port, i: number, loop: PlanNode, step: PlanGraph): Role | undefined {
  const own = step.feeds[i]!;
  if (node === own) return { kind: "same" };
  const isOwn = (port: Port): boolean => passIdentity(port).node === own;
  if (
    (node.type === "AddV2" || node.type === "Add") &&
    isOwn(node.inputs[0]!) &&
    integerOf(node.inputs[1]) === 1 &&
    integerOf(loop.inputs[i]) === 0
  )
    return { kind: "counter" };
  const write = rowWrite(node);
  if (write !== undefined)
    return isOwn(write.list)
      ? { kind: "written", by: node, row: write.row, isRows: integerOf(write.index) !== 0 }
      : undefined;
  return own.outputTypes[0] === "variant" || step.feeds.includes(node) ? undefined : { kind: "state" };
}

function isCounter(port: Port, { step, roles }: Loop): boolean {
  return roles[step.feeds.indexOf(passIdentity(port).node)]?.kind === "counter";
}

/** Whether the condition is that of a loop of so many steps: counter < steps, maybe said twice. */
function endsAfter(steps: Term, { node: loop, condition, roles }: Loop, symbols: PlanSymbols): boolean {
  const holds = (port: Port): boolean => {
    const { node } = passIdentity(port);
    if (node.type === "LogicalAnd") return node.inputs.every(holds);
    if (node.type !== "Less") return false;
    const [counter, bound] = node.inputs.map(passIdentity) as [Port, Port];
    const [at, by] = [condition.feeds.indexOf(counter.node), condition.feeds.indexOf(bound.node)];
    if (roles[at]?.kind !== "counter") return false;
    if (by < 0) return integerOf(bound) === steps;
    return roles[by]?.kind === "same" && symbols.elements(loop.inputs[by]!)?.[0] === steps;
  };
  return holds(condition.fetches[0]!);
}

interface Outputs {
  readonly outputs: readonly (Port & { readonly is: ScanOutput })[];
  readonly sources: readonly PlanNode[];
  readonly others: readonly PlanNode[];
  readonly stacks: readonly PlanNode[];
  readonly written: readonly (readonly PartialShape[])[];
}

/** The values that leave the loop; undefined where something other than a state or a stacked list is used outside. */
function outputsOf(
  { node: loop, roles }: Loop,
  around: ListSurroundings,
  { graph, symbols }: ScanSurroundings,
): Outputs | undefined {
  const outputs: (Port & { readonly is: ScanOutput })[] = [];
  const lists: NonNullable<ReturnType<typeof writtenList>>[] = [];
  let states = 0;
  for (const [i, role] of roles.entries()) {
    const isIt = ({ node, index }: Port): boolean => node === loop && index === i;
    const users = symbols.users(loop).filter((user) => user.inputs.some(isIt));
    if (role.kind === "state") {
      outputs.push({ ...loop.port(i), is: { kind: "state", index: states++ } });
      continue;
    }
    if (graph.fetches.some(isIt) || (role.kind !== "written" && users.length > 0)) return undefined;
    if (role.kind !== "written") continue;
    const list = writtenList(role.by, loop.inputs[i]!, users, around);
    if (list === undefined || list.places !== (role.isRows ? around.steps : 1)) return undefined;
    for (const stack of list.stacks)
      outputs.push({ ...stack.port(), is: { kind: role.isRows ? "rows" : "last", index: lists.length } });
    lists.push(list);
  }
  return {
    outputs,
    sources: lists.map(({ source }) => source),
    others: lists.flatMap(({ others }) => others),
    stacks: lists.flatMap(({ stacks }) => stacks),
    written: lists.map(({ shapes }) => shapes),
  };
}

/** One step with rows in the place of list reads; undefined where it uses anything else of the loop, such as the counter. */
function scanBody(
  { node: loop, step, roles }: Loop,
  reads: readonly PlanNode[],
  sequences: readonly Port[],
  { facts }: PlanSymbols,
): Pick<Scan, "body" | "states" | "constants"> | undefined {
  const copies = new Map<PlanNode, PlanNode>();
  const feeds: PlanNode[] = [];
  const feed = (node: PlanNode, shape: PartialShape): void => {
    const made = feedNode(node.name, feeds.length, node.outputTypes[0]!, shape);
    feeds.push(made);
    copies.set(node, made);
  };
  const sources = (kind: Role["kind"]): Port[] => {
    const chosen = step.feeds.map((node, i) => ({ node, port: loop.inputs[i]!, role: roles[i]! }));
    const own = chosen.filter(({ node, role }) => role.kind === kind && node.outputTypes[0] !== "variant");
    for (const { node, port } of own) feed(node, facts.shape(port));
    return own.map(({ port }) => port);
  };
  const states = sources("state");
  const constants = sources("same");
  for (const [i, read] of reads.entries()) feed(read, facts.shape(sequences[i]!)?.slice(1));
  const wanted = [
    ...step.fetches.filter((_, i) => roles[i]?.kind === "state"),
    ...roles.flatMap((role) => (role.kind === "written" ? [role.row] : [])),
  ];
  for (const node of reachable({ fetches: wanted, targets: [] })) {
    if (copies.has(node)) continue;
    // A constant waits for the step that it is in, which means nothing in the copy.
    if (node.value !== undefined) copies.set(node, constantNode(node.name, node.value));
    // What needs a list or the counter has no copy, and neither has what needs that.
    else if (node.type !== "_PlanFeed" && node.inputs.every((input) => copies.has(input.node))) {
      const inputs = node.inputs.map((input) => copies.get(input.node)!.port(input.index));
      const { name, type, attrs, outputTypes, shapes } = node;
      copies.set(node, new PlanNode({ name, type, attrs, inputs, outputTypes, shapes }));
    }
  }
  if (!wanted.every(({ node }) => copies.has(node))) return undefined;
  const fetches = wanted.map(({ node, index }) => copies.get(node)!.port(index));
  return { body: { feeds, fetches, targets: [] }, states, constants };
}
