import { hostname } from "node:os";
import { dtypeLabel } from "../core/dtype.js";
import { invalidArgument, notFound, StatusError } from "../core/status-error.js";
import type { AttrMap, Attrs } from "./attr-value.js";
import type { Graph, Operation, Tensor } from "./graph.js";
import { shapeErrorSuffix } from "./node-text.js";
import { argTypes, inputTypes } from "./op-attrs.js";
import { findOpDef, type OpDef } from "./op-def.js";
import { opDefText } from "./op-def-text.js";

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
  checkNodes(graph, nodes, syntax);
  const specs = new Map(nodes.map((node) => [node.name, node]));
  const resolve = (name: string): Tensor => resolveInput(graph, args, name, syntax);
  const back: { readonly op: Operation; readonly slot: number; readonly input: string }[] = [];
  for (const node of inOrder(nodes, specs, syntax)) {
    const data = node.inputs.filter((input) => !input.startsWith("^"));
    const inputs = data.map((input) => {
      const source = nodeOf(input);
      if (!args.has(input) && specs.has(source) && graph.findOperation(source) === undefined) return undefined;
      return locate(
        () => resolve(input),
        (message) => inputProblem(message, input, node, syntax),
      );
    });
    const controlInputs = node.inputs.flatMap((input, i) =>
      input.startsWith("^") ? [controlSource(graph, args, input.slice(1), node.name, i, syntax)] : [],
    );
    const first = inputs.find((input) => input !== undefined);
    checkTypeAttrs(graph, node, syntax);
    const op = create(graph, node, inputs, first, controlInputs);
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

/** Runs a check, and words its message anew where it fails. */
function locate<T>(run: () => T, word: (message: string) => string): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    throw new StatusError(error.code, word(error.message), { cause: error });
  }
}

function inputProblem(message: string, input: string, node: NodeSpec, syntax: InputSyntax): string {
  if (syntax === "graph") return `Node '${node.name}': ${message}`;
  return message.startsWith("Unknown input node")
    ? `input ${input} is not found: {{node ${node.name}}}\n\tIn {{node ${node.name}}}`
    : message;
}

function controlSource(
  graph: Graph,
  args: ReadonlyMap<string, Tensor>,
  name: string,
  owner: string,
  slot: number,
  syntax: InputSyntax,
): Operation {
  const op = graph.findOperation(name) ?? args.get(name)?.op;
  if (op !== undefined) return op;
  if (syntax === "function")
    throw invalidArgument(`input[${slot}] == '^${name}', is not found.\n\tIn {{node ${owner}}}`);
  throw invalidArgument(`Node '${owner}': Unknown input node '^${name}'`);
}

function create(
  graph: Graph,
  node: NodeSpec,
  inputs: readonly (Tensor | undefined)[],
  first: Tensor | undefined,
  controlInputs: readonly Operation[],
): Operation {
  const known = inputs.map((input) => input ?? first);
  // Only the Merge of a loop may wait for an input; it has its Enter by then.
  if (known.includes(undefined)) throw invalidArgument(`${node.name}: a loop needs an input from outside`);
  const made = graph.operations.length;
  return locate(
    () =>
      graph.createOperation({
        type: node.op,
        name: node.name,
        inputs: known as readonly Tensor[],
        controlInputs,
        attrs: node.attrs,
        device: node.device,
        check: (op) => {
          checkInputs(op, inputs, node);
          checkConstant(op);
        },
      }),
    // The operation is in the graph by the time its shapes are looked at.
    (message) =>
      graph.operations.length > made
        ? `${message}${shapeErrorSuffix(
            node,
            known.map((input) => input?.shape),
          )}`
        : message,
  );
}

/** What TensorFlow takes for the name of a node in a file. */
const validName = /^[A-Za-z0-9.][A-Za-z0-9_.\\/>-]*$/;

/** Checks that need no order: ops known, names valid and unique, control inputs last. */
function checkNodes(graph: Graph, nodes: readonly NodeSpec[], syntax: InputSyntax): void {
  const unknown = new Set<string>();
  for (const { op } of nodes) if (findOpDef(op) === undefined && !graph.functions.has(op)) unknown.add(op);
  if (unknown.size > 0) throw unknownOps([...unknown]);
  const names = new Set<string>();
  for (const node of nodes) {
    if (syntax === "graph" && !validName.test(node.name))
      throw invalidArgument(`Node '${node.name}': Node name contains invalid characters`);
    if (names.has(node.name)) throw invalidArgument(`Node '${node.name}' is not unique`);
    names.add(node.name);
    const control = node.inputs.findIndex((input) => input.startsWith("^"));
    if (control < 0) continue;
    const late = node.inputs.findIndex((input, i) => i > control && !input.startsWith("^"));
    if (late < 0) continue;
    if (syntax === "graph")
      throw invalidArgument(`Node '${node.name}': Control dependencies must come after regular dependencies`);
    throw invalidArgument(
      `Expected input[${late}] == '${node.inputs[late]}' to be a control input.\n\tIn {{node ${node.name}}}`,
    );
  }
}

/** The error of ops that are not registered: TensorFlow's text for the first, and all names. */
export function unknownOps(names: readonly string[]): StatusError {
  const [first, ...others] = names;
  const also = others.length === 0 ? "" : ` Also not registered: ${others.map((name) => `'${name}'`).join(", ")}.`;
  return notFound(
    `Op type not registered '${first}' in binary running on ${hostname()}. Make sure the Op and Kernel are registered in the binary running in this process. Note that if you are loading a saved graph which used ops from tf.contrib (e.g. \`tf.contrib.resampler\`), accessing should be done before importing the graph, as contrib ops are lazily registered when the module is first accessed.${also}`,
  );
}

/** The attributes that give a node its ports come first: without them there is nothing to connect. */
function checkTypeAttrs(graph: Graph, node: NodeSpec, syntax: InputSyntax): void {
  const def = findOpDef(node.op) ?? graph.functions.get(node.op)?.opDef();
  if (def === undefined) return;
  for (const arg of syntax === "function" ? [...def.outputs, ...def.inputs] : [...def.inputs, ...def.outputs]) {
    for (const name of [arg.typeAttr, arg.typeListAttr, arg.numberAttr]) {
      if (name === undefined || node.attrs.has(name)) continue;
      const attr = def.attrs.find((candidate) => candidate.name === name);
      if (attr === undefined || "default" in attr) continue;
      if (syntax === "function") throw notFound(`type attr not found: ${name}\n\tIn {{node ${node.name}}}`);
      throw notFound(`No attr named '${name}' in NodeDef:\n\t [[{{node ${node.name}}}]]\n\t [[${node.name}]]`);
    }
  }
}

function resolveInput(graph: Graph, args: ReadonlyMap<string, Tensor>, input: string, syntax: InputSyntax): Tensor {
  const arg = args.get(input);
  if (arg !== undefined) return arg;
  const parts = input.split(":");
  const op = graph.findOperation(parts[0]!);
  const number = parts.length > 1 ? parts[parts.length - 1]! : "0";
  if (op === undefined || !/^\d+$/.test(number)) throw invalidArgument(`Unknown input node '${input}'`);
  const index = syntax === "graph" || parts.length < 3 ? Number(number) : outputIndex(op, parts[1]!, Number(number));
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
  if (inputs.length > expected.length) {
    throw invalidArgument(
      `Input ${expected.length} of node ${op.name} does not exist. Node only has ${expected.length} inputs.`,
    );
  }
  inputs.forEach((input, i) => {
    const port = expected[i]!;
    if (input === undefined || input.dtype === port.dtype) return;
    throw invalidArgument(
      `Input ${i} of node ${node.name} was passed ${dtypeLabel(input.dtype)} from ${input.name} incompatible with expected ${dtypeLabel(port.dtype)}.`,
    );
  });
  if (inputs.length < expected.length) {
    throw invalidArgument(
      `NodeDef expected inputs '${expected.map((port) => dtypeLabel(port.dtype)).join(", ")}' do not match ${inputs.length} inputs specified; ${opDefText(op.def)}; NodeDef: {{node ${op.name}}}`,
    );
  }
}

/** What TensorFlow finds when it makes the constant's kernel: the value is what it says it is. */
function checkConstant(op: Operation): void {
  if (op.type !== "Const") return;
  const [said, stored] = [op.attrs.type("dtype"), op.attrs.tensor("value").dtype];
  if (said === stored) return;
  throw invalidArgument(
    `Type mismatch between value (${dtypeLabel(stored)}) and dtype (${dtypeLabel(said)})\n\t [[{{node ${op.name}}}]]`,
  );
}

/** Depth-first topological order that keeps the stored order where it can; edges out of NextIteration do not count. */
function inOrder(nodes: readonly NodeSpec[], specs: ReadonlyMap<string, NodeSpec>, syntax: InputSyntax): NodeSpec[] {
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
        throw invalidArgument(`${nodesInCycles(nodes, specs) + (syntax === "function" ? 1 : 0)} nodes in a cycle`);
      enter(source);
    }
  }
  return order;
}

/** How many nodes are on a cycle or wait for one: what TensorFlow counts, in a function with the return value's node. */
function nodesInCycles(nodes: readonly NodeSpec[], specs: ReadonlyMap<string, NodeSpec>): number {
  const waiting = new Map<NodeSpec, number>();
  const users = new Map<NodeSpec, NodeSpec[]>();
  const ready: NodeSpec[] = [];
  for (const node of nodes) {
    let count = 0;
    for (const input of node.inputs) {
      const source = specs.get(nodeOf(input.startsWith("^") ? input.slice(1) : input));
      if (source === undefined || source.op === "NextIteration" || source.op === "RefNextIteration") continue;
      count += 1;
      const list = users.get(source);
      if (list === undefined) users.set(source, [node]);
      else list.push(node);
    }
    waiting.set(node, count);
    if (count === 0) ready.push(node);
  }
  let done = 0;
  for (let node = ready.pop(); node !== undefined; node = ready.pop()) {
    done += 1;
    for (const user of users.get(node) ?? []) {
      const left = waiting.get(user)! - 1;
      waiting.set(user, left);
      if (left === 0) ready.push(user);
    }
  }
  return nodes.length - done;
}
