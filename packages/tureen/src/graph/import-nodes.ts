import { dtypeLabel } from "../core/dtype.js";
import { invalidArgument, notFound } from "../core/status-error.js";
import type { AttrMap, Attrs } from "./attr-value.js";
import type { Graph, Operation, Tensor } from "./graph.js";
import { argTypes, inputTypes } from "./op-attrs.js";
import type { OpDef } from "./op-def.js";

/** A node as GraphDef and FunctionDef store it. */
export interface NodeSpec {
  readonly name: string;
  readonly op: string;
  /** `node`, `node:1` or, in functions, `node:out_arg:0` or an argument's name; control inputs start with `^`. */
  readonly inputs: readonly string[];
  readonly device: string;
  readonly attrs: AttrMap;
}

/** How inputs are spelt: `node:1` in a graph, `node:out_arg:0` in a function. */
export type InputSyntax = "graph" | "function";

/**
 * Adds nodes in an order in which inputs come first; the back edges of v1 loops (NextIteration to Merge) are closed at the end.
 *
 * `args` holds tensors that are known by name beforehand. Returns how to find a tensor by its spelling. INVALID_ARGUMENT with TensorFlow's
 * text for unknown inputs, wrong dtypes or cycles.
 */
export function addNodes(
  graph: Graph,
  nodes: readonly NodeSpec[],
  args: ReadonlyMap<string, Tensor>,
  syntax: InputSyntax,
): (name: string) => Tensor {
  const specs = new Map(nodes.map((node) => [node.name, node]));
  const resolve = (name: string): Tensor => resolveInput(graph, args, name, syntax);
  const back: { readonly op: Operation; readonly slot: number; readonly input: string }[] = [];
  for (const node of inOrder(nodes, specs)) {
    const data = node.inputs.filter((input) => !input.startsWith("^"));
    const inputs = data.map((input) => {
      const source = nodeOf(input);
      return specs.has(source) && graph.findOperation(source) === undefined ? undefined : resolve(input);
    });
    const controlInputs = node.inputs
      .filter((input) => input.startsWith("^"))
      .map((input) => controlSource(graph, args, input.slice(1), node.name));
    const first = inputs.find((input) => input !== undefined);
    const op = graph.createOperation({
      type: node.op,
      name: node.name,
      inputs: inputs.map((input) => input ?? first!),
      controlInputs,
      attrs: node.attrs,
      device: node.device,
    });
    checkInputs(op, inputs, node);
    inputs.forEach((input, slot) => {
      if (input !== undefined) return;
      back.push({ op, slot, input: data[slot]! });
      // What will come back around the loop may have any shape.
      op.outputs[0]!.shape = undefined;
    });
  }
  for (const { op, slot, input } of back) op.inputs[slot] = resolve(input);
  return resolve;
}

function nodeOf(input: string): string {
  const colon = input.indexOf(":");
  return colon < 0 ? input : input.slice(0, colon);
}

function controlSource(graph: Graph, args: ReadonlyMap<string, Tensor>, name: string, owner: string): Operation {
  const op = graph.findOperation(name) ?? args.get(name)?.op;
  if (op === undefined) throw invalidArgument(`Node '${owner}': Unknown input node '^${name}'`);
  return op;
}

function resolveInput(graph: Graph, args: ReadonlyMap<string, Tensor>, input: string, syntax: InputSyntax): Tensor {
  const arg = args.get(input);
  if (arg !== undefined) return arg;
  const parts = input.split(":");
  const op = graph.findOperation(parts[0]!);
  if (op === undefined) throw invalidArgument(`Unknown input node '${input}'`);
  const index =
    syntax === "graph" || parts.length < 3 ? Number(parts[1] ?? 0) : outputIndex(op, parts[1]!, Number(parts[2]));
  const output = op.outputs[index];
  if (output === undefined) {
    throw invalidArgument(
      `Connecting to invalid output ${index} of source node ${op.name} which has ${op.outputs.length} outputs.`,
    );
  }
  return output;
}

/** The flat index of the nth tensor of a named output argument. */
function outputIndex(op: Operation, argName: string, offset: number): number {
  return argStart(op.def, op.attrs, argName) + offset;
}

function argStart(def: OpDef, attrs: Attrs, argName: string): number {
  let start = 0;
  for (const arg of def.outputs) {
    if (arg.name === argName) return start;
    start += argTypes(arg, attrs).length;
  }
  throw notFound(`Op ${def.name} has no output named '${argName}'`);
}

function checkInputs(op: Operation, inputs: readonly (Tensor | undefined)[], node: NodeSpec): void {
  const expected = inputTypes(op.def, op.attrs);
  if (expected.length !== inputs.length) {
    throw invalidArgument(
      `NodeDef expected inputs '${expected.map((port) => dtypeLabel(port.dtype)).join(", ")}' do not match ${inputs.length} inputs specified; Op<name=${op.type}>; NodeDef: {{node ${op.name}}}`,
    );
  }
  inputs.forEach((input, i) => {
    const port = expected[i]!;
    if (input === undefined || input.dtype === port.dtype) return;
    throw invalidArgument(
      `Input ${i} of node ${node.name} was passed ${dtypeLabel(input.dtype)} from ${input.name} incompatible with expected ${dtypeLabel(port.dtype)}.`,
    );
  });
}

/** Depth-first topological order that keeps the stored order where it can; edges out of NextIteration do not count. */
function inOrder(nodes: readonly NodeSpec[], specs: ReadonlyMap<string, NodeSpec>): NodeSpec[] {
  const done = new Set<string>();
  const open = new Set<string>();
  const order: NodeSpec[] = [];
  for (const root of nodes) {
    const stack: { readonly node: NodeSpec; next: number }[] = [];
    const enter = (node: NodeSpec): void => {
      open.add(node.name);
      stack.push({ node, next: 0 });
    };
    if (!done.has(root.name)) enter(root);
    while (stack.length > 0) {
      const frame = stack[stack.length - 1]!;
      const input = frame.node.inputs[frame.next];
      if (input === undefined) {
        stack.pop();
        open.delete(frame.node.name);
        done.add(frame.node.name);
        order.push(frame.node);
        continue;
      }
      frame.next += 1;
      const source = specs.get(nodeOf(input.startsWith("^") ? input.slice(1) : input));
      if (source === undefined || done.has(source.name)) continue;
      if (source.op === "NextIteration" || source.op === "RefNextIteration") continue;
      if (open.has(source.name))
        throw invalidArgument(`Graph is invalid, contains a cycle with ${open.size} nodes, including: ${source.name}`);
      enter(source);
    }
  }
  return order;
}
