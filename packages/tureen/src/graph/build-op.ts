import { notOptions, unexpectedOption } from "../core/check-options.js";
import { type DType, dtypeLabel } from "../core/dtype.js";
import { invalidArgument, notFound } from "../core/status-error.js";
import { type NestedValue, type TensorValue, toTensor } from "../core/tensor-value.js";
import { encodeText } from "../core/text.js";
import { attrFromPlain, type PlainAttr } from "./attr-from-plain.js";
import type { AttrValue } from "./attr-value.js";
import { type Graph, type Operation, Tensor } from "./graph.js";
import { findOpDef, type OpArg, type OpDef } from "./op-def.js";
import { currentColocation, currentControlInputs, currentGraph, scopedName } from "./scope.js";

/** What a builder takes for a tensor: one, or a value that becomes a Const named after the argument. */
export type TensorLike = Tensor | TensorValue | NestedValue;

/** Attributes by their TensorFlow names; undefined ones take the op's default. */
export type PlainAttrs = Readonly<Record<string, PlainAttr | undefined>>;

/** A builder's options: the op's name, and beside it what the builder hands on as attributes. */
export interface NamedOptions {
  readonly name?: string | undefined;
}

/**
 * Adds one operation to the current graph, as TensorFlow's `apply_op` does.
 *
 * `inputs` has one entry an argument of the OpDef, a list where the argument is one. Type and length attributes are inferred from them,
 * constants are made under the operation's own scope, and the name is made unique.
 *
 * Where a builder gives its options in the place of the name, each must be the name or one of `attrs` in camelCase: INVALID_ARGUMENT else.
 */
export function buildOp(
  type: string,
  inputs: readonly (TensorLike | readonly TensorLike[])[],
  attrs: PlainAttrs = {},
  named?: string | NamedOptions,
): Operation {
  const name = typeof named === "object" ? nameOf(type, named, attrs) : named;
  const graph = currentGraph();
  const def = findOpDef(type) ?? graph.functions.get(type)?.opDef();
  if (def === undefined) throw notFound(`Op type not registered '${type}' in binary running on this machine.`);
  if (inputs.length !== def.inputs.length) {
    throw invalidArgument(`Op ${type} takes ${def.inputs.length} inputs, ${inputs.length} were given`);
  }
  const fullName = name?.endsWith("/") === true ? name.slice(0, -1) : graph.uniqueName(scopedName(name ?? type));
  const builder = new AttrBuilder(def, attrs, type);
  const flat = def.inputs.flatMap((arg, i) => resolveArg(graph, def.name, fullName, arg, inputs[i]!, builder));
  const controlInputs = currentControlInputs().filter(
    (op) => graph.captureControl(op) && !flat.some((tensor) => tensor.op === op),
  );
  const colocate = currentColocation();
  if (colocate !== undefined) {
    builder.set("_class", { kind: "list", of: "string", value: [encodeText(`loc:@${colocate}`)] });
  }
  return graph.createOperation({ type, name: fullName, inputs: flat, controlInputs, attrs: builder.done() });
}

/** `buildOp` for ops of one output. */
export function build(
  type: string,
  inputs: readonly (TensorLike | readonly TensorLike[])[],
  attrs?: PlainAttrs,
  named?: string | NamedOptions,
): Tensor {
  return buildOp(type, inputs, attrs, named).output;
}

function nameOf(type: string, options: NamedOptions, attrs: PlainAttrs): string | undefined {
  if (options === null || Array.isArray(options)) throw notOptions(type, options);
  for (const key of Object.keys(options)) {
    if (key === "name") continue;
    const known = Object.keys(attrs).map(optionOf);
    if (!known.includes(key)) throw unexpectedOption(type, key, [...known, "name"]);
  }
  return options.name;
}

/** `keep_dims` is `keepDims`, `Tout` is `tout`. */
function optionOf(attr: string): string {
  const camel = attr.replace(/_+(\w)/g, (_, letter: string) => letter.toUpperCase());
  return camel.slice(0, 1).toLowerCase() + camel.slice(1);
}

/** A Const of a value, or the tensor itself; `dtype` directs the conversion and is checked on a tensor. */
export function asTensor(value: TensorLike, dtype?: DType, name = "Const"): Tensor {
  if (value instanceof Tensor) {
    if (dtype !== undefined && value.dtype !== dtype) {
      throw invalidArgument(
        `Tensor conversion requested dtype ${dtype} for Tensor with dtype ${value.dtype}: ${value.name}`,
      );
    }
    return currentGraph().capture(value);
  }
  return constant(value, dtype, name);
}

/** Adds a Const. Plain numbers are float32 unless `dtype` says otherwise. */
export function constant(value: TensorValue | NestedValue, dtype?: DType, name = "Const"): Tensor {
  const graph = currentGraph();
  const fullName = name.endsWith("/") ? name.slice(0, -1) : graph.uniqueName(scopedName(name));
  return constantNode(graph, fullName, isTensorValue(value) ? value : toTensor(value, dtype));
}

function constantNode(graph: Graph, name: string, value: TensorValue): Tensor {
  const attrs = new Map<string, AttrValue>([
    ["dtype", { kind: "type", value: value.dtype }],
    ["value", { kind: "tensor", value }],
  ]);
  return graph.createOperation({
    type: "Const",
    name,
    inputs: [],
    controlInputs: currentControlInputs().filter((op) => graph.captureControl(op)),
    attrs,
  }).output;
}

function isTensorValue(value: TensorValue | NestedValue): value is TensorValue {
  return typeof value === "object" && !Array.isArray(value) && "dtype" in value;
}

class AttrBuilder {
  readonly #attrs = new Map<string, AttrValue>();
  readonly #def: OpDef;
  readonly #owner: string;

  constructor(def: OpDef, attrs: PlainAttrs, owner: string) {
    this.#def = def;
    this.#owner = owner;
    for (const [name, plain] of Object.entries(attrs)) {
      if (plain === undefined) continue;
      const attr = def.attrs.find((candidate) => candidate.name === name);
      if (attr === undefined) throw invalidArgument(`Op ${owner} has no attr named '${name}'`);
      this.#attrs.set(name, attrFromPlain(attr.type, plain));
    }
  }

  set(name: string, value: AttrValue): void {
    this.#attrs.set(name, value);
  }

  /** The dtype an attribute has by now: given, bound by an earlier input, or the default. */
  type(name: string): DType | undefined {
    const bound = this.#attrs.get(name);
    if (bound?.kind === "type") return bound.value;
    return undefined;
  }

  typeDefault(name: string): DType | undefined {
    const attr = this.#def.attrs.find((candidate) => candidate.name === name);
    if (attr?.default !== undefined) return attr.default as DType;
    // Plain numbers are integers where only such are allowed, as for StridedSlice's Index.
    const allowed = attr?.allowed;
    return allowed?.includes("int32") === true && !allowed.includes("float32") ? "int32" : undefined;
  }

  bindType(name: string, dtype: DType, arg: string): void {
    const bound = this.type(name);
    if (bound !== undefined && bound !== dtype) {
      throw invalidArgument(
        `Input '${arg}' of '${this.#owner}' Op has type ${dtypeLabel(dtype) === "float" ? "float32" : dtype} that does not match type ${bound} of argument '${name}'.`,
      );
    }
    this.#attrs.set(name, { kind: "type", value: dtype });
  }

  done(): Map<string, AttrValue> {
    return this.#attrs;
  }
}

function resolveArg(
  graph: Graph,
  type: string,
  owner: string,
  arg: OpArg,
  input: TensorLike | readonly TensorLike[],
  attrs: AttrBuilder,
): Tensor[] {
  const isList = arg.numberAttr !== undefined || arg.typeListAttr !== undefined;
  const items = isList ? (input as readonly TensorLike[]) : [input as TensorLike];
  if (!Array.isArray(items)) throw invalidArgument(`Argument '${arg.name}' of '${owner}' takes a list of tensors`);
  const sole = arg.typeListAttr === undefined;
  const wanted = arg.type ?? (arg.typeAttr === undefined ? undefined : attrs.type(arg.typeAttr));
  const fromTensor = sole ? items.find((item): item is Tensor => item instanceof Tensor)?.dtype : undefined;
  const tensors = items.map((item, i) => {
    if (item instanceof Tensor) return graph.capture(item);
    const dtype = wanted ?? fromTensor ?? defaultType(item, arg, attrs);
    const value = isTensorValue(item) ? item : toTensor(item, dtype);
    const local = isList ? `${arg.name}_${i}` : arg.name;
    return constantNode(graph, graph.uniqueName(`${owner}/${local}`), value);
  });
  if (arg.numberAttr !== undefined) attrs.set(arg.numberAttr, { kind: "int", value: BigInt(tensors.length) });
  if (arg.typeListAttr !== undefined) {
    attrs.set(arg.typeListAttr, { kind: "list", of: "type", value: tensors.map((tensor) => tensor.dtype) });
  } else if (arg.typeAttr !== undefined) {
    for (const tensor of tensors) attrs.bindType(arg.typeAttr, tensor.dtype, arg.name);
  } else {
    for (const tensor of tensors) {
      if (tensor.dtype !== arg.type) {
        throw invalidArgument(
          `Input '${arg.name}' of '${type}' Op has type ${tensor.dtype} that does not match expected type of ${arg.type}.`,
        );
      }
    }
  }
  return tensors;
}

/** Plain integers become an attribute's default dtype where that is an integer, as axes and shapes do. */
function defaultType(item: TensorLike, arg: OpArg, attrs: AttrBuilder): DType | undefined {
  if (arg.typeAttr === undefined || isTensorValue(item as TensorValue | NestedValue)) return undefined;
  return attrs.typeDefault(arg.typeAttr);
}
