import { invalidArgument, StatusError } from "../../core/status-error.js";
import type { AttrMap } from "../../graph/attr-value.js";
import type { FunctionBody, GraphFunction } from "../../graph/graph-function.js";
import { lift } from "./lift.js";
import { type PlanGraph, type PlanNode, type Port, reachable } from "./plan-node.js";

/** Functions deeper than this call themselves: a real model's nest a dozen deep. */
const maxDepth = 200;

/** Functions that call others several times over make graphs of any size out of a few lines; the largest real ones stay below a tenth of this. */
const maxNodes = 500_000;

interface Call {
  readonly fn: GraphFunction;
  readonly attrs: AttrMap;
}

/**
 * Replaces calls of functions (PartitionedCall, StatefulPartitionedCall, nodes named after a function) by the functions' nodes.
 *
 * As in TensorFlow, what a function does for its effects runs whenever the call runs, and waits for what the call waits for.
 */
export function inlineCalls(graph: PlanGraph, library: ReadonlyMap<string, GraphFunction>): void {
  for (let depth = 0; ; depth++) {
    const nodes = reachable(graph);
    const calls = nodes.filter((node) => callOf(node, library) !== undefined);
    if (calls.length === 0) return;
    if (depth === maxDepth) throw invalidArgument(`Function calls nest deeper than ${maxDepth}: ${calls[0]!.name}`);
    const expanded = new Map<PlanNode, Expansion>();
    let size = nodes.length;
    for (const node of calls) {
      const expansion = expand(node, callOf(node, library)!);
      size += expansion.nodes.length;
      if (size > maxNodes)
        throw new StatusError("RESOURCE_EXHAUSTED", `Function calls make a graph of more than ${maxNodes} nodes`);
      expanded.set(node, expansion);
    }
    const resolve = (port: Port): Port => {
      let current = port;
      for (let e = expanded.get(current.node); e !== undefined; e = expanded.get(current.node))
        current = e.results[current.index]!;
      return current;
    };
    const effects = (control: PlanNode): PlanNode[] => {
      const e = expanded.get(control);
      return e === undefined ? [control] : e.effects.flatMap(effects);
    };
    graph.fetches = graph.fetches.map(resolve);
    graph.targets = [
      ...graph.targets.flatMap(effects),
      ...[...expanded.values()].flatMap((e) => e.mustRun.flatMap(effects)),
    ];
    const rewired = new Set<PlanNode>();
    const rewire = (node: PlanNode): void => {
      if (rewired.has(node)) return;
      rewired.add(node);
      node.inputs = node.inputs.map(resolve);
      if (node.controls.some((control) => expanded.has(control)))
        node.controls = [...new Set(node.controls.flatMap(effects))];
    };
    for (const node of nodes) if (!expanded.has(node)) rewire(node);
    for (const e of expanded.values()) for (const node of e.nodes) rewire(node);
  }
}

interface Expansion {
  readonly nodes: readonly PlanNode[];
  readonly results: readonly Port[];
  /** What a control edge from the call waits for. */
  readonly effects: readonly PlanNode[];
  /** What runs even when no result is used. */
  readonly mustRun: readonly PlanNode[];
}

function callOf(node: PlanNode, library: ReadonlyMap<string, GraphFunction>): Call | undefined {
  if (node.type === "PartitionedCall" || node.type === "StatefulPartitionedCall" || node.type === "RemoteCall") {
    const reference = node.attrs.func("f");
    const fn = library.get(reference.name);
    if (fn === undefined) throw invalidArgument(`Function ${reference.name} is not defined.`);
    return { fn, attrs: reference.attrs };
  }
  if (node.type === "SymbolicGradient") throw invalidArgument("SymbolicGradient of a function is not supported");
  const fn = node.value === undefined ? library.get(node.type) : undefined;
  return fn === undefined ? undefined : { fn, attrs: node.attrs.map };
}

function expand(call: PlanNode, { fn, attrs }: Call): Expansion {
  const body = fn.body(attrs);
  const inner = liftBody(body, `${call.name}/`);
  const feeds = new Map(inner.feeds.map((feed, i) => [feed, call.inputs[i]!]));
  const toCaller = (port: Port): Port => feeds.get(port.node) ?? port;
  const nodes = reachable(inner).filter((node) => !feeds.has(node));
  for (const node of nodes) {
    const first = node.inputs.length === 0 && node.controls.length === 0;
    node.inputs = node.inputs.map(toCaller);
    node.controls = node.controls.filter((control) => !feeds.has(control));
    if (call.controls.length > 0 && (first || node.isStateful))
      node.controls = [...new Set([...node.controls, ...call.controls])];
  }
  const results = inner.fetches.map(toCaller);
  const argSources = call.inputs.map((input) => input.node);
  const effects = [
    ...new Set([
      ...inner.targets,
      ...results.map((port) => port.node),
      ...call.controls,
      ...(inner.targets.length === 0 ? argSources : []),
    ]),
  ];
  return { nodes, results, effects, mustRun: inner.targets.filter((node) => !feeds.has(node)) };
}

/** A body's nodes with its arguments as feeds. */
export function liftBody(body: FunctionBody, prefix: string): PlanGraph {
  return lift({ feeds: body.args, fetches: body.results, targets: body.controlResults }, prefix);
}
