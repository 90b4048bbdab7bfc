import { intValue } from "../../core/tensor-value.js";
import { assertedSizes, isSumOfGradient } from "./asserted-sizes.js";
import { constantNode, type PlanGraph, type PlanNode, type Port, reachable } from "./plan-node.js";
import { type PlanSymbols, planFacts, planSymbols, type Term } from "./plan-symbols.js";

/**
 * Removes nodes that certainly give their input as it is: a Cast to the same dtype, a Reshape to the shape that the value has already, and a sum
 * that only undoes a broadcast which there was not.
 */
export function simplifyViews(graph: PlanGraph, trustFeeds: boolean): void {
  const order = [...new Set([...graph.feeds, ...reachable(graph)])];
  if (!order.some((node) => views.has(node.type) && node.value === undefined)) return;
  const symbols = planSymbols(order, trustFeeds);
  const asserted = order.some(isSumOfGradient) ? assertedSizes(order, trustFeeds, symbols) : undefined;
  const pinned = new Set<PlanNode>(graph.targets);
  for (const node of order) for (const control of node.controls) pinned.add(control);
  const replaced = new Map<PlanNode, Port>();
  const resolve = (port: Port): Port => replaced.get(port.node) ?? port;
  for (const node of order) {
    node.inputs = node.inputs.map(resolve);
    if (!views.has(node.type) || node.value !== undefined || node.controls.length > 0 || pinned.has(node)) continue;
    const whole = asserted?.isSum(node) === true ? node.inputs[0]!.node.inputs[0]! : undefined;
    if (whole !== undefined) replaced.set(node, whole);
    else if (isView(node, symbols)) replaced.set(node, node.inputs[0]!);
    else if (node.type === "Reshape") inferBatch(node, symbols);
  }
  graph.fetches = graph.fetches.map(resolve);
}

/** Notes at each node what is sure of its outputs, for the node that may take its place. */
export function noteShapes(graph: PlanGraph, trustFeeds: boolean): void {
  const order = [...new Set([...graph.feeds, ...reachable(graph)])];
  const facts = planFacts(order, trustFeeds);
  for (const node of order) node.sureShapes = node.outputTypes.map((_, i) => facts.shape(node.port(i)));
}

const views: ReadonlySet<string> = new Set(["Cast", "Reshape"]);

function isView(node: PlanNode, symbols: PlanSymbols): boolean {
  const [source, target] = node.inputs as [Port, Port];
  if (node.type === "Cast") return source.node.outputTypes[source.index] === node.outputTypes[0];
  const from = symbols.dimensions(source);
  const to = symbols.elements(target);
  return from !== undefined && to !== undefined && isSameShape(from, to);
}

/** Where the only size that varies stays the same one, the target is a constant with -1 in its place: no arithmetic is left to do. */
function inferBatch(node: PlanNode, symbols: PlanSymbols): void {
  const [source, target] = node.inputs as [Port, Port];
  const from = symbols.dimensions(source);
  const to = symbols.elements(target);
  if (target.node.value !== undefined || from === undefined || to === undefined) return;
  const [varying, ...others] = from.filter((term) => typeof term !== "number");
  const wanted = to.filter((term) => typeof term !== "number");
  if (varying === undefined || others.length > 0 || wanted.length !== 1 || wanted[0] !== varying) return;
  const count = (terms: readonly Term[]): number =>
    terms.reduce<number>((n, term) => (typeof term === "number" ? n * term : n), 1);
  if (to.includes(-1) || count(from) !== count(to) || count(to) === 0) return;
  const sizes = to.map((term) => (typeof term === "number" ? term : -1));
  node.inputs = [source, constantNode(`${node.name}/shape`, intValue(sizes)).port()];
}

/** Whether reshaping from one shape to the other changes nothing; one size may be left to be inferred. */
export function isSameShape(from: readonly Term[], to: readonly Term[]): boolean {
  if (from.length !== to.length) return false;
  const different = to.filter((term, d) => term !== from[d]);
  if (different.length === 0) return true;
  // What is inferred beside a size of 0 is the op's own affair.
  return (
    different.length === 1 &&
    different[0] === -1 &&
    from.every((term, d) => to[d] === -1 || (typeof term === "number" && term > 0))
  );
}
