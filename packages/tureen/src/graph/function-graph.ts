import { elementCount } from "../core/shape.js";
import { type ArgumentType, addArgument, addFunction } from "./build-function.js";
import { constantValue } from "./constant-value.js";
import { Graph, type Operation, type Tensor } from "./graph.js";
import { nameScope, withGraph } from "./scope.js";

/** Constants up to this size are copied into a body that uses them, where kernels can prepare for them; larger ones are handed in. */
const copiedElements = 64;

/** Ops with effects beyond their outputs, of those that call functions. */
const callers: ReadonlySet<string> = new Set(["If", "While", "Case", "StatefulPartitionedCall"]);

/**
 * The body of a function while it is built, as TensorFlow's `FuncGraph`.
 *
 * Tensors of the graphs around it become arguments when operations of the body use them, which is what `captures` keeps, in order.
 */
export class FunctionGraph extends Graph {
  /** The graph that calls the function. */
  readonly outer: Graph;
  readonly args: Tensor[] = [];
  results: Tensor[] = [];
  /** From a tensor of `outer` to the argument that brings it in. */
  readonly captures: Map<Tensor, Tensor> = new Map();
  /** Operations of `outer` that something in the body waits for: the call has to. */
  readonly outerControls: Set<Operation> = new Set();
  /** Whether it changed since it was registered. */
  changed = true;
  /** How the body of a gradient gets at what lies within the body of the function that it differentiates. */
  readonly #reach: ((tensor: Tensor) => Tensor | undefined) | undefined;
  /** From any tensor of another graph to what stands for it here. */
  readonly #known = new Map<Tensor, Tensor>();

  constructor(outer: Graph, reach?: (tensor: Tensor) => Tensor | undefined) {
    super(outer.functions);
    this.outer = outer;
    this.seed = outer.seed;
    this.producer = outer.producer;
    this.#reach = reach;
  }

  override get root(): Graph {
    return this.outer.root;
  }

  /** Adds an argument. */
  argument(type: ArgumentType): Tensor {
    const arg = addArgument(this, type, this.args.length);
    this.args.push(arg);
    return arg;
  }

  override capture(tensor: Tensor): Tensor {
    if (tensor.graph === this) return tensor;
    const known = this.#known.get(tensor);
    if (known !== undefined) return known;
    const inner = withGraph(this, () => this.#reach?.(tensor) ?? copyOfConstant(this, tensor)) ?? this.#bringIn(tensor);
    this.#known.set(tensor, inner);
    return inner;
  }

  /** Takes a tensor of `outer` in as an argument, whatever it is. */
  #bringIn(tensor: Tensor): Tensor {
    const outside = this.outer.capture(tensor);
    const known = this.captures.get(outside);
    if (known !== undefined) return known;
    const { dtype, shape, handleData } = outside;
    const arg = this.argument({ dtype, shape: shape ?? tensor.shape, handleData: handleData ?? tensor.handleData });
    this.captures.set(outside, arg);
    return arg;
  }

  override captureControl(op: Operation): boolean {
    if (op.graph === this) return true;
    if (this.outer.captureControl(op)) this.outerControls.add(op);
    return false;
  }

  /** Names of the graph outside count as taken, so that layers made in a function's body never share variables with those around it. */
  override uniqueScope(name: string): string {
    let unique = this.uniqueName(name);
    while (name !== "" && this.root.isNameUsed(unique)) unique = this.uniqueName(name);
    return unique;
  }

  /** Variables are the same for all graphs; what else was added here stays here. */
  override getCollection<T = unknown>(key: string): T[] {
    return [...this.outer.getCollection<T>(key), ...super.getCollection<T>(key)];
  }

  /** The operations that run whenever the function is called: those with effects. */
  get effects(): Operation[] {
    return this.operations.filter(
      ({ type, def, outputs }) => type !== "_Arg" && def.isStateful && (outputs.length === 0 || callers.has(type)),
    );
  }

  /** Adds the function, as it is now, to the library under a name made unique from `name`, and gives that name. */
  register(name: string): string {
    const { args, results, effects } = this;
    this.changed = false;
    return addFunction(this.functions, name, { graph: this, args, results, controlResults: effects });
  }

  /** Whether anything in it has or reads state, so that calls of it may not be merged or left out. */
  get isStateful(): boolean {
    return this.operations.some(({ type, def }) => type !== "_Arg" && def.isStateful);
  }
}

/** Builds a body under the name scope that is current outside, where layers find the names of their variables. */
export function buildWithin<T>(graph: FunctionGraph, scope: string, build: () => T): T {
  return withGraph(graph, () => (scope === "" ? build() : nameScope(`${scope}/`, build)));
}

/** A constant of another graph, made again in this one where it is small; undefined for anything else. */
function copyOfConstant(graph: Graph, tensor: Tensor): Tensor | undefined {
  if (tensor.op.type !== "Const") return undefined;
  const value = constantValue(tensor);
  return value === undefined || elementCount(value.shape) > copiedElements ? undefined : copyNode(graph, tensor.op);
}

/** An operation without inputs, made again in another graph. */
export function copyNode(graph: Graph, op: Operation): Tensor {
  const attrs = new Map(op.attrs.map);
  attrs.delete("_class");
  const { outputs } = graph.createOperation({ type: op.type, name: graph.uniqueName(op.name), inputs: [], attrs });
  return outputs[0]!;
}
