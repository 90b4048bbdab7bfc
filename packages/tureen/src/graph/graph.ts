import type { DType } from "../core/dtype.js";
import type { PartialShape } from "../core/shape.js";
import { invalidArgument, notFound } from "../core/status-error.js";
import { type AttrMap, Attrs, type AttrValue } from "./attr-value.js";
import type { GraphFunction } from "./graph-function.js";
import { inferShapes } from "./infer-shapes.js";
import { completeAttrs, outputTypes } from "./op-attrs.js";
import { findOpDef, type OpDef } from "./op-def.js";

/** What a resource handle points to, where it is known: the dtype and shape of a variable's value, or of a list's elements. */
export interface HandleData {
  readonly dtype: DType;
  readonly shape: PartialShape;
}

/** A symbolic tensor: one output of an operation. */
export class Tensor {
  readonly op: Operation;
  readonly index: number;
  readonly dtype: DType;
  /** Whether it is a ref tensor, the output of a TF1 variable. */
  readonly isRef: boolean;
  shape: PartialShape = undefined;
  handleData: HandleData | undefined = undefined;

  constructor(op: Operation, index: number, dtype: DType, isRef: boolean) {
    this.op = op;
    this.index = index;
    this.dtype = dtype;
    this.isRef = isRef;
  }

  /** `node:0`, the name that feeds, fetches and signatures use. */
  get name(): string {
    return `${this.op.name}:${this.index}`;
  }

  get graph(): Graph {
    return this.op.graph;
  }
}

/** What makes an operation; `inputs` are flat, in the order of the OpDef's arguments. */
export interface OperationInit {
  readonly type: string;
  readonly name: string;
  readonly inputs: readonly Tensor[];
  readonly controlInputs?: readonly Operation[];
  readonly attrs: AttrMap;
  readonly device?: string;
  /** Looks at the operation before its shapes are inferred; what it throws leaves the graph without it. */
  readonly check?: (op: Operation) => void;
}

/** A node of a graph. */
export class Operation {
  readonly graph: Graph;
  readonly id: number;
  readonly type: string;
  readonly name: string;
  readonly def: OpDef;
  readonly attrs: Attrs;
  readonly inputs: Tensor[];
  readonly controlInputs: Operation[];
  readonly outputs: readonly Tensor[];
  device: string;

  /** For Graph only: use `Graph.createOperation`. */
  constructor(graph: Graph, id: number, def: OpDef, init: OperationInit) {
    this.graph = graph;
    this.id = id;
    this.def = def;
    this.type = init.type;
    this.name = init.name;
    const attrs = completeAttrs(def, init.attrs, init.name);
    this.attrs = new Attrs(attrs, init.name);
    this.inputs = [...init.inputs];
    this.controlInputs = [...(init.controlInputs ?? [])];
    this.device = init.device ?? "";
    this.outputs = outputTypes(def, this.attrs).map(({ dtype, isRef }, index) => new Tensor(this, index, dtype, isRef));
  }

  /** The one output of an operation that has one. */
  get output(): Tensor {
    const [output] = this.outputs;
    if (output === undefined) throw invalidArgument(`Operation '${this.name}' of type ${this.type} has no outputs`);
    return output;
  }

  /**
   * Gives an operation that calls functions more inputs and outputs, as gradients do that need what is inside of its functions. The
   * attributes that its signature depends on are the caller's to set.
   */
  grow(
    inputs: readonly Tensor[],
    outputs: readonly Pick<Tensor, "dtype" | "shape" | "handleData">[],
  ): readonly Tensor[] {
    this.inputs.push(...inputs);
    const made = outputs.map(({ dtype, shape, handleData }, i) => {
      const output = new Tensor(this, this.outputs.length + i, dtype, false);
      output.shape = shape;
      output.handleData = handleData;
      return output;
    });
    (this.outputs as Tensor[]).push(...made);
    return made;
  }

  /** Sets an attribute that later steps add, such as `_class`; never one that the op's signature depends on. */
  setAttr(name: string, value: AttrValue): void {
    (this.attrs.map as Map<string, AttrValue>).set(name, value);
  }
}

/** The collections of a graph: TensorFlow's `GraphKeys` names to what was added, in order. */
export type Collections = Map<string, unknown[]>;

/**
 * A TensorFlow graph: operations in the order of their making, functions, collections.
 *
 * Operations are only ever added. Names are unique without regard to case, as TensorFlow's `Graph.unique_name` makes them.
 */
export class Graph {
  readonly operations: Operation[] = [];
  readonly functions: Map<string, GraphFunction>;
  readonly collections: Collections = new Map();
  /** `VersionDef.producer` of the GraphDef it was read from; our own graphs are as those of TensorFlow 2.15. */
  producer = 1645;
  /** Graph-level seed, as `tf.set_random_seed` sets it. */
  seed: number | undefined = undefined;
  /** Grows with each op made; op-level seeds are derived from it as TensorFlow does (`_last_id`). */
  get lastId(): number {
    return this.operations.length;
  }

  readonly #byName = new Map<string, Operation>();
  readonly #namesInUse = new Map<string, number>();

  /** A graph with a function library of its own, or with another's. */
  constructor(functions: Map<string, GraphFunction> = new Map()) {
    this.functions = functions;
  }

  /** The graph that variables belong to: this one, or for a function's body the one outside of all functions. */
  get root(): Graph {
    return this;
  }

  /** The tensor as operations of this graph can use it; INVALID_ARGUMENT for one of another graph, which only functions' bodies can take in. */
  capture(tensor: Tensor): Tensor {
    if (tensor.graph !== this) throw invalidArgument(`Tensor ${tensor.name} is not from the passed-in graph.`);
    return tensor;
  }

  /** Whether operations of this graph can wait for the operation; a function's body has the function's callers wait instead. */
  captureControl(op: Operation): boolean {
    if (op.graph !== this) throw invalidArgument(`Operation ${op.name} is not from the passed-in graph.`);
    return true;
  }

  /** Whether an operation or a scope has the name, without regard to case. */
  isNameUsed(name: string): boolean {
    return this.#namesInUse.has(name.toLowerCase());
  }

  /** Adds an operation with exactly this name; ALREADY_EXISTS-like INVALID_ARGUMENT for a taken one, NOT_FOUND for an unknown op. */
  createOperation(init: OperationInit): Operation {
    const def = findOpDef(init.type) ?? this.functions.get(init.type)?.opDef();
    if (def === undefined) throw notFound(`Op type not registered '${init.type}' in binary running on this machine.`);
    if (this.#byName.has(init.name)) throw invalidArgument(`Duplicate node name in graph: '${init.name}'`);
    const op = new Operation(this, this.operations.length, def, init);
    init.check?.(op);
    this.operations.push(op);
    this.#byName.set(op.name, op);
    this.markUsed(op.name);
    inferShapes(op);
    return op;
  }

  /** The operation of this name, or undefined. */
  findOperation(name: string): Operation | undefined {
    return this.#byName.get(name);
  }

  /** The operation of this name; NOT_FOUND otherwise. */
  operation(name: string): Operation {
    const op = this.#byName.get(name);
    if (op === undefined) throw notFound(`The name '${name}' refers to an Operation not in the graph.`);
    return op;
  }

  /** The tensor named `node:index` (`:0` may be left out); NOT_FOUND otherwise. */
  tensor(name: string): Tensor {
    const colon = name.lastIndexOf(":");
    const index = colon < 0 ? 0 : Number(name.slice(colon + 1));
    const output = this.#byName.get(colon < 0 ? name : name.slice(0, colon))?.outputs[index];
    if (output === undefined) throw notFound(`The name '${name}' refers to a Tensor which does not exist.`);
    return output;
  }

  /** A name that no operation or scope has yet, made as TensorFlow's `Graph.unique_name` makes it, and from now on taken. */
  uniqueName(name: string): string {
    const key = name.toLowerCase();
    let count = this.#namesInUse.get(key) ?? 0;
    this.#namesInUse.set(key, count + 1);
    if (count === 0) return name;
    let candidate = key;
    while (this.#namesInUse.has(candidate)) {
      candidate = `${key}_${count}`;
      count += 1;
    }
    this.#namesInUse.set(candidate, 1);
    return `${name}_${count - 1}`;
  }

  /** `uniqueName` for a name scope. */
  uniqueScope(name: string): string {
    return this.uniqueName(name);
  }

  /** Keeps a name from being given by `uniqueName`. */
  markUsed(name: string): void {
    const key = name.toLowerCase();
    if (!this.#namesInUse.has(key)) this.#namesInUse.set(key, 1);
  }

  /** Adds to a collection. */
  addToCollection(key: string, value: unknown): void {
    const list = this.collections.get(key);
    if (list === undefined) this.collections.set(key, [value]);
    else list.push(value);
  }

  /** What was added to a collection, in order; by `scope`, what is named below that prefix. */
  getCollection<T = unknown>(key: string): T[] {
    return [...(this.collections.get(key) ?? [])] as T[];
  }
}
