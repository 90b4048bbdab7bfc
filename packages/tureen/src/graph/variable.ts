import { checkOptions, type OptionTable } from "../core/check-options.js";
import type { DType } from "../core/dtype.js";
import type { PartialShape, Shape } from "../core/shape.js";
import { failedPrecondition, invalidArgument } from "../core/status-error.js";
import type { TensorValue } from "../core/tensor-value.js";
import { build, buildOp, constant, type TensorLike } from "./build-op.js";
import { collectionKeys } from "./collections.js";
import { type Graph, type Operation, Tensor } from "./graph.js";
import { controlDependencies, currentGraph, currentNameScope, nameScope, withGraph } from "./scope.js";

/** Gives a variable's first value; `shape` and `dtype` are the variable's. Called under the scope `<variable>/Initializer`. */
export type Initializer = (shape: Shape, dtype: DType) => Tensor;

/** From a variable's value, after an optimizer's update of it, to the value that it is given instead. */
export type Constraint = (value: Tensor) => Tensor;

/** How a variable is made. */
export interface VariableOptions {
  /** Full name, as checkpoints hold it. */
  readonly name: string;
  readonly dtype?: DType;
  readonly shape?: Shape;
  /** A value (with its own dtype and shape), a tensor, or a function of shape and dtype. */
  readonly initializer: Initializer | Tensor | TensorValue;
  readonly trainable?: boolean;
  /** Whether every value has the first one's shape; default true. */
  readonly validateShape?: boolean;
  /** Default: the global variables, and the trainable ones where trainable. */
  readonly collections?: readonly string[];
  /** What optimizers project the value by after each update; default none. */
  readonly constraint?: Constraint | undefined;
}

const optionTable: OptionTable<VariableOptions> = {
  name: "required",
  dtype: "optional",
  shape: "optional",
  initializer: "required",
  trainable: "optional",
  validateShape: "optional",
  collections: "optional",
  constraint: "optional",
};

/** A resource variable of a graph: a handle, its initializer and its reads. */
export class Variable {
  readonly name: string;
  readonly dtype: DType;
  /** The shape of the first value, and of all others unless the variable was made with `validateShape: false`. */
  readonly shape: Shape;
  readonly trainable: boolean;
  /** What optimizers project the value by after each update. */
  readonly constraint: Constraint | undefined;
  /** The VarHandleOp's output. */
  readonly handle: Tensor;
  /** Assigns the initial value. */
  initializer: Operation;
  initialValue: Tensor;
  /** The read that was made with the variable, named `<name>/Read/ReadVariableOp:0`: VariableDef's snapshot. */
  readonly snapshot: Tensor;
  /** Whether it holds a value (VarIsInitializedOp). */
  readonly isInitialized: Tensor;

  constructor(options: VariableOptions) {
    checkOptions("Variable", options, optionTable);
    // As TensorFlow: a variable made in a function's body lives outside of all functions, and the body takes its handle in.
    const graph = currentGraph().root;
    const { name, initializer } = options;
    if (graph.findOperation(name) !== undefined) throw invalidArgument(`Variable ${name} already exists.`);
    this.name = name;
    this.trainable = options.trainable ?? true;
    this.constraint = options.constraint;
    // Variables do not wait for what happens to be built around them.
    [this.dtype, this.shape, this.handle, this.initialValue, this.initializer, this.isInitialized, this.snapshot] =
      atRoot(graph, () => makeVariable(graph, name, options, initializer));
    const collections = options.collections ?? [collectionKeys.globalVariables];
    for (const key of collections) graph.addToCollection(key, this);
    if (this.trainable && (options.collections === undefined || collections.includes(collectionKeys.globalVariables))) {
      graph.addToCollection(collectionKeys.trainableVariables, this);
    }
  }

  /** A variable whose ops are in a graph already, read from a file for one. `handle` is a VarHandleOp's output, `snapshot` a read of it. */
  static ofGraph(
    parts: Pick<Variable, "name" | "trainable" | "handle" | "initializer" | "initialValue" | "snapshot">,
  ): Variable {
    const { attrs } = parts.handle.op;
    const variable: Variable = Object.create(Variable.prototype);
    return Object.assign(variable, parts, {
      dtype: attrs.type("dtype"),
      shape: attrs.shape("shape") ?? [],
      isInitialized: build("VarIsInitializedOp", [parts.handle]),
    });
  }

  get graph(): Graph {
    return this.handle.graph;
  }

  /** The current value: a new ReadVariableOp under the current scope. */
  read(name = "ReadVariableOp"): Tensor {
    return build("ReadVariableOp", [this.handle], { dtype: this.dtype }, name);
  }

  /** Sets the value. */
  assign(value: TensorLike, name?: string): Operation {
    return buildOp("AssignVariableOp", [this.handle, value], { dtype: this.dtype }, name);
  }

  /** Has the variable start from another value than it was made with; what was built with the old one keeps it. */
  startFrom(value: Tensor): void {
    this.initializer = this.assign(value);
    this.initialValue = value;
  }

  /** Adds to the value. */
  assignAdd(value: TensorLike, name?: string): Operation {
    return buildOp("AssignAddVariableOp", [this.handle, value], { dtype: this.dtype }, name);
  }

  /** Subtracts from the value. */
  assignSub(value: TensorLike, name?: string): Operation {
    return buildOp("AssignSubVariableOp", [this.handle, value], { dtype: this.dtype }, name);
  }

  /** Rows of the value, without reading the whole (ResourceGather). */
  gather(indices: Tensor, name?: string): Tensor {
    return build("ResourceGather", [this.handle, indices], { dtype: this.dtype }, name);
  }
}

function atRoot(graph: Graph, make: () => Parts): Parts {
  if (graph === currentGraph()) return controlDependencies(null, () => nameScope(null, make));
  const parts = withGraph(graph, make);
  // A layer made later outside of the function takes another name than the one within.
  const scope = parts[2].op.name.split("/").slice(0, -1).join("/");
  if (scope !== "") graph.markUsed(scope);
  return parts;
}

type Parts = [DType, Shape, Tensor, Tensor, Operation, Tensor, Tensor];

function makeVariable(
  graph: Graph,
  name: string,
  options: VariableOptions,
  initializer: VariableOptions["initializer"],
): Parts {
  const unique = graph.uniqueName(name);
  if (unique !== name) throw invalidArgument(`Variable ${name} already exists.`);
  const initialValue = nameScope(`${name}/Initializer/`, () => initialTensor(options, initializer));
  const dtype = options.dtype ?? initialValue.dtype;
  const shape = options.shape ?? definedShape(initialValue.shape, name);
  const handleShape = options.validateShape === false ? null : [...shape];
  const handle = build("VarHandleOp", [], { dtype, shape: handleShape, shared_name: name }, `${name}/`);
  const isInitialized = build("VarIsInitializedOp", [handle], {}, `${name}/IsInitialized/VarIsInitializedOp`);
  const assign = buildOp("AssignVariableOp", [handle, initialValue], { dtype }, `${name}/Assign`);
  const snapshot = build("ReadVariableOp", [handle], { dtype }, `${name}/Read/ReadVariableOp`);
  return [dtype, shape, handle, initialValue, assign, isInitialized, snapshot];
}

function initialTensor(options: VariableOptions, initializer: VariableOptions["initializer"]): Tensor {
  if (initializer instanceof Tensor) return initializer;
  if (typeof initializer !== "function") return constant(initializer, undefined, "initial_value");
  if (options.shape === undefined)
    throw invalidArgument(`Shape of a new variable (${options.name}) must be fully defined`);
  return initializer(options.shape, options.dtype ?? "float32");
}

function definedShape(shape: PartialShape, name: string): Shape {
  if (shape === undefined || shape.some((size) => size < 0)) {
    throw failedPrecondition(
      `Shape of a new variable (${name}) must be fully defined, but instead was ${String(shape)}.`,
    );
  }
  return shape;
}

/** The scope's variables in a collection, optionally only those below a name. */
export function variablesIn(graph: Graph, key: string, scope?: string): Variable[] {
  return graph
    .getCollection<Variable>(key)
    .filter((variable) => scope === undefined || variable.name === scope || variable.name.startsWith(`${scope}/`));
}

/** The full name of a variable under the current name scope. */
export function variableName(name: string): string {
  const scope = currentNameScope();
  return scope === "" ? name : `${scope}/${name}`;
}

/** The variables that optimizers train, in the order of their making (`tf.compat.v1.trainable_variables`). */
export function trainableVariables(graph: Graph = currentGraph()): Variable[] {
  return variablesIn(graph, collectionKeys.trainableVariables);
}

/** All variables that checkpoints hold (`tf.compat.v1.global_variables`). */
export function globalVariables(graph: Graph = currentGraph()): Variable[] {
  return variablesIn(graph, collectionKeys.globalVariables);
}
