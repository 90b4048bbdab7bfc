import type { DType } from "../core/dtype.js";
import type { PartialShape } from "../core/shape.js";
import { invalidArgument } from "../core/status-error.js";
import type { AttrValue, FunctionReference } from "./attr-value.js";
import { functionName } from "./build-function.js";
import { FunctionGraph } from "./function-graph.js";
import type { HandleData, Operation, Tensor } from "./graph.js";

/** The bodies of an operation's functions while they can still change. */
const bodies = new WeakMap<Operation, readonly FunctionGraph[]>();

/** Ops that call functions, with the attribute that names each; a list attribute stands for its entries. */
const functionAttrs: Readonly<Record<string, readonly string[]>> = {
  If: ["then_branch", "else_branch"],
  StatelessIf: ["then_branch", "else_branch"],
  Case: ["branches"],
  StatelessCase: ["branches"],
  While: ["cond", "body"],
  StatelessWhile: ["cond", "body"],
  PartitionedCall: ["f"],
  StatefulPartitionedCall: ["f"],
};

/** Inputs that are no arguments of the functions: the predicate or the index of a branch. */
export function skippedInputs(op: Operation): number {
  return op.type.endsWith("If") || op.type.endsWith("Case") ? 1 : 0;
}

/** Remembers the bodies that an operation's functions were made of, in the order of its attributes. */
export function setBodies(op: Operation, graphs: readonly FunctionGraph[]): void {
  bodies.set(op, graphs);
}

/**
 * The bodies of an operation's functions: the ones they were made of, or for an operation that was read from a file copies of its own.
 *
 * What is changed in them takes effect with `updateFunctions`.
 */
export function bodiesOf(op: Operation): readonly FunctionGraph[] {
  let graphs = bodies.get(op);
  if (graphs === undefined) {
    graphs = references(op).map(({ name, attrs }) => {
      const fn = op.graph.functions.get(name);
      if (fn === undefined) throw invalidArgument(`Function ${name} is not defined.`);
      const graph = new FunctionGraph(op.graph);
      const { args, results } = fn.instantiate(graph, attrs, op.inputs.slice(skippedInputs(op)).map(knownOf(op)));
      graph.args.push(...args);
      graph.results = [...results];
      graph.changed = false;
      return graph;
    });
    bodies.set(op, graphs);
  }
  return graphs;
}

/** A variable of a loop may change its shape; what a handle points to stays. */
function knownOf(
  op: Operation,
): (input: Tensor, index: number) => { shape: PartialShape; handleData: HandleData | undefined } {
  const isLoop = op.type.endsWith("While");
  return ({ shape, handleData }, i) => ({ shape: isLoop ? op.outputs[i]?.shape : shape, handleData });
}

function references(op: Operation): readonly FunctionReference[] {
  return functionAttrs[op.type]!.flatMap((name) =>
    name === "branches" ? op.attrs.funcs(name) : [op.attrs.func(name)],
  );
}

/** Writes an operation's functions anew, and its attributes after its inputs and outputs, where bodies changed. */
export function updateFunctions(op: Operation): void {
  const graphs = bodiesOf(op);
  if (!graphs.some((graph) => graph.changed)) return;
  if (op.graph instanceof FunctionGraph) op.graph.changed = true;
  const old = references(op);
  const made = graphs.map((graph, i): FunctionReference => {
    const name = graph.register(`${functionName(old[i]!.name.replace(/(_rewritten)?_\d+$/, ""))}_rewritten`);
    return { name, attrs: new Map() };
  });
  for (const [i, name] of functionAttrs[op.type]!.entries()) {
    const value: AttrValue =
      name === "branches" ? { kind: "list", of: "func", value: made } : { kind: "func", value: made[i]! };
    op.setAttr(name, value);
  }
  const types = (tensors: readonly Tensor[]): AttrValue => ({
    kind: "list",
    of: "type",
    value: tensors.map(({ dtype }): DType => dtype),
  });
  if (op.type.endsWith("While")) op.setAttr("T", types(op.inputs));
  else {
    op.setAttr("Tin", types(op.inputs.slice(skippedInputs(op))));
    op.setAttr("Tout", types(op.outputs));
  }
  const shapes = op.attrs.map.get("output_shapes");
  if (shapes?.kind === "list" && shapes.value.length > 0) {
    op.setAttr("output_shapes", { kind: "list", of: "shape", value: op.outputs.map(({ shape }) => shape) });
  }
}

/** What fits all of some shapes: sizes that differ are unknown, and so are ranks. */
export function commonShape(shapes: readonly PartialShape[]): PartialShape {
  return shapes.reduce((known, shape) =>
    known === undefined || shape === undefined || shape.length !== known.length
      ? undefined
      : known.map((size, d) => (size === shape[d] ? size : -1)),
  );
}
