import { type DType, dtypeLabel } from "../core/dtype.js";
import { invalidArgument } from "../core/status-error.js";
import type { AttrMap, AttrValue } from "./attr-value.js";
import { Graph, type Operation, type Tensor } from "./graph.js";
import { addNodes, type NodeSpec } from "./import-nodes.js";
import type { AttrDef, OpArg, OpDef } from "./op-def.js";

/** A function of a graph's library as `FunctionDef` stores it. */
export interface FunctionDefinition {
  readonly name: string;
  readonly inputs: readonly OpArg[];
  readonly outputs: readonly OpArg[];
  readonly attrDefs: readonly AttrDef[];
  readonly isStateful: boolean;
  readonly nodes: readonly NodeSpec[];
  /** Output argument name → tensor inside the body (`node:out_arg:0`, or an input argument's name). */
  readonly results: ReadonlyMap<string, string>;
  /** Control output name → node that must run whenever the function is called. */
  readonly controlResults: ReadonlyMap<string, string>;
  /** Attributes of the function itself, `_XlaMustCompile` and the like. */
  readonly attrs: AttrMap;
  /** Attributes of its arguments by index: `_user_specified_name`, `_output_shapes`. */
  readonly argAttrs: ReadonlyMap<number, AttrMap>;
}

/** What is known of an argument where the function is called. */
export type ArgumentShape = Pick<Tensor, "shape" | "handleData">;

/** A function's body as a graph: `args` are the outputs of its `_Arg` nodes. */
export interface FunctionBody {
  readonly graph: Graph;
  readonly args: readonly Tensor[];
  readonly results: readonly Tensor[];
  /** Operations that must run for their effects. */
  readonly controlResults: readonly Operation[];
}

/** A function of a graph, whose body is built when first needed and once for each set of attributes. */
export class GraphFunction {
  readonly definition: FunctionDefinition;
  readonly #library: ReadonlyMap<string, GraphFunction>;
  readonly #bodies = new Map<string, FunctionBody>();

  constructor(definition: FunctionDefinition, library: ReadonlyMap<string, GraphFunction>) {
    this.definition = definition;
    this.#library = library;
  }

  /** The op that a node named after this function is. */
  opDef(): OpDef {
    const { name, inputs, outputs, attrDefs, isStateful } = this.definition;
    return { name, inputs, outputs, attrs: attrDefs, isStateful, isCommutative: false };
  }

  /** The body with the function's attribute placeholders filled from `attrs`. */
  body(attrs: AttrMap): FunctionBody {
    const key = bodyKey(this.definition.attrDefs, attrs);
    const known = this.#bodies.get(key);
    if (known !== undefined) return known;
    const graph = new Graph();
    for (const [name, fn] of this.#library) graph.functions.set(name, fn);
    const body = this.instantiate(graph, attrs);
    this.#bodies.set(key, body);
    return body;
  }

  /** Builds the body in an empty graph, for who goes on to change it; arguments take what is known of `callers` where they declare no shape. */
  instantiate(graph: Graph, attrs: AttrMap, callers: readonly (ArgumentShape | undefined)[] = []): FunctionBody {
    const { definition } = this;
    const tensors = new Map<string, Tensor>();
    const args: Tensor[] = [];
    for (const arg of definition.inputs) {
      const { dtypes, indexed } = expandArg(arg, attrs);
      dtypes.forEach((type, i) => {
        const argAttrs = new Map<string, AttrValue>([
          ["T", { kind: "type", value: type }],
          ["index", { kind: "int", value: BigInt(args.length) }],
        ]);
        const shapes = definition.argAttrs.get(args.length)?.get("_output_shapes");
        if (shapes !== undefined) argAttrs.set("_output_shapes", shapes);
        const tensor = graph.createOperation({
          type: "_Arg",
          name: indexed ? `${arg.name}_${i}` : arg.name,
          inputs: [],
          attrs: argAttrs,
        }).output;
        const caller = callers[args.length];
        tensor.shape ??= caller?.shape;
        tensor.handleData ??= caller?.handleData;
        args.push(tensor);
        tensors.set(indexed ? `${arg.name}:${i}` : arg.name, tensor);
        if (i === 0) tensors.set(arg.name, tensor);
      });
    }
    const nodes = definition.nodes.map((node) => ({ ...node, attrs: fillPlaceholders(node.attrs, attrs) }));
    const resolve = addNodes(graph, nodes, tensors, "function");
    const results = definition.outputs.flatMap((output) => {
      const source = definition.results.get(output.name);
      if (source === undefined)
        throw invalidArgument(`Return output '${output.name}' of function '${definition.name}' has no source`);
      const { dtypes, indexed } = expandArg(output, attrs);
      const find = (name: string): Tensor => {
        try {
          return resolve(name);
        } catch {
          const type = output.type === undefined ? output.typeAttr : dtypeLabel(output.type);
          throw invalidArgument(
            `Return ${output.name} -> ${name} is not found.\n\tIn function output ${output.name}:${type}`,
          );
        }
      };
      return indexed ? dtypes.map((_, i) => find(`${source.replace(/:0$/, "")}:${i}`)) : [find(source)];
    });
    const controlResults = [...definition.controlResults.values()].map((name) => graph.operation(name));
    return { graph, args, results, controlResults };
  }
}

function expandArg(arg: OpArg, attrs: AttrMap): { dtypes: DType[]; indexed: boolean } {
  const attr = (name: string): AttrValue => {
    const value = attrs.get(name);
    if (value === undefined) throw invalidArgument(`Attr ${name} is not found: `);
    return value;
  };
  if (arg.typeListAttr !== undefined) {
    const list = attr(arg.typeListAttr);
    return { dtypes: (list.kind === "list" ? list.value : []) as DType[], indexed: true };
  }
  let type = arg.type;
  if (type === undefined) {
    const value = attr(arg.typeAttr!);
    if (value.kind !== "type") throw invalidArgument(`Attr ${arg.typeAttr} is not a type`);
    type = value.value;
  }
  if (arg.numberAttr === undefined) return { dtypes: [type], indexed: false };
  const count = attr(arg.numberAttr);
  return { dtypes: new Array(count.kind === "int" ? Number(count.value) : 0).fill(type), indexed: true };
}

function fillPlaceholders(nodeAttrs: AttrMap, attrs: AttrMap): AttrMap {
  let filled: Map<string, AttrValue> | undefined;
  for (const [name, value] of nodeAttrs) {
    if (value.kind !== "placeholder") continue;
    const bound = attrs.get(value.value);
    if (bound === undefined) throw invalidArgument(`Attr ${value.value} is not found: `);
    filled ??= new Map(nodeAttrs);
    filled.set(name, bound);
  }
  return filled ?? nodeAttrs;
}

/** Only the declared attributes tell bodies apart; functions of TF2 have none. */
function bodyKey(defs: readonly AttrDef[], attrs: AttrMap): string {
  if (defs.length === 0) return "";
  return defs
    .map(({ name }) => {
      const value = attrs.get(name);
      return JSON.stringify(value, (_, item) => (typeof item === "bigint" ? String(item) : item)) ?? "";
    })
    .join("|");
}
