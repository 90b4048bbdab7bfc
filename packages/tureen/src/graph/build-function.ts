import type { DType } from "../core/dtype.js";
import type { PartialShape } from "../core/shape.js";
import type { AttrMap, AttrValue } from "./attr-value.js";
import { Graph, type HandleData, type Operation, type Tensor } from "./graph.js";
import { type FunctionBody, GraphFunction } from "./graph-function.js";
import type { NodeSpec } from "./import-nodes.js";
import { argTypes } from "./op-attrs.js";
import type { OpArg } from "./op-def.js";
import { withGraph } from "./scope.js";

/** One argument of a function that is built. */
export interface ArgumentType {
  readonly dtype: DType;
  readonly shape: PartialShape;
  /** What a list argument's elements are, where known. */
  readonly handleData?: HandleData | undefined;
}

/**
 * Adds a function to `graph`'s library, under a name made unique from `name`, and gives that name.
 *
 * `body` builds in a graph of its own, from one tensor for each argument to the results; it may call functions of `graph` but use no other
 * tensor than its arguments.
 */
export function buildFunction(
  graph: Graph,
  name: string,
  argumentTypes: readonly ArgumentType[],
  body: (args: readonly Tensor[]) => readonly Tensor[],
): string {
  const inner = new Graph();
  inner.seed = graph.seed;
  for (const [known, fn] of graph.functions) inner.functions.set(known, fn);
  const types = argumentTypes.map((type, i): [ArgumentType, Tensor] => [type, addArgument(inner, type, i)]);
  const results = withGraph(inner, () => body(types.map(([, arg]) => arg)));
  for (const [made, fn] of inner.functions) if (!graph.functions.has(made)) graph.functions.set(made, fn);
  return addFunction(graph.functions, name, {
    graph: inner,
    args: types.map(([, arg]) => arg),
    results,
    controlResults: [],
  });
}

/** Adds the function of a body to a library, under a name made unique from `name`, and gives that name. */
export function addFunction(library: Map<string, GraphFunction>, name: string, body: FunctionBody): string {
  const { graph, args, results, controlResults } = body;
  const unique = uniqueFunctionName(library, name);
  const fn = new GraphFunction(
    {
      name: unique,
      inputs: args.map(({ op, dtype }) => ({ name: op.name, isRef: false, type: dtype })),
      outputs: results.map(({ dtype }, i) => ({ name: `result_${i}`, isRef: false, type: dtype })),
      attrDefs: [],
      isStateful: graph.operations.some(({ type, def }) => type !== "_Arg" && def.isStateful),
      nodes: graph.operations.filter(({ type }) => type !== "_Arg").map(nodeOf),
      results: new Map(results.map((result, i) => [`result_${i}`, spelt(result)])),
      controlResults: new Map(controlResults.map(({ name: node }) => [node, node])),
      attrs: new Map(),
      argAttrs: new Map(args.map(({ shape }, i) => [i, shapesAttr(shape)])),
    },
    library,
  );
  library.set(unique, fn);
  return unique;
}

/** Adds an argument to a function's body: one more `_Arg`, the `index`th. */
export function addArgument(graph: Graph, { dtype, shape, handleData }: ArgumentType, index: number): Tensor {
  const attrs = new Map<string, AttrValue>([
    ["T", { kind: "type", value: dtype }],
    ["index", { kind: "int", value: BigInt(index) }],
    ...shapesAttr(shape),
  ]);
  const name = graph.uniqueName(`arg_${index}`);
  const { output } = graph.createOperation({ type: "_Arg", name, inputs: [], attrs });
  output.shape = shape;
  output.handleData = handleData;
  return output;
}

function shapesAttr(shape: PartialShape): AttrMap {
  return new Map([["_output_shapes", { kind: "list", of: "shape", value: [shape] } satisfies AttrValue]]);
}

function uniqueFunctionName(library: ReadonlyMap<string, GraphFunction>, name: string): string {
  for (let count = 0; ; count++) {
    const candidate = `${name}_${count}`;
    if (!library.has(candidate)) return candidate;
  }
}

function nodeOf(op: Operation): NodeSpec {
  const attrs = new Map(op.attrs.map);
  attrs.delete("_class");
  return {
    name: op.name,
    op: op.type,
    inputs: [...op.inputs.map(spelt), ...op.controlInputs.map((control) => `^${control.name}`)],
    device: op.device,
    attrs,
  };
}

/** A tensor as a function's nodes name it: an argument's name, or `node:out_arg:index`. */
function spelt(tensor: Tensor): string {
  const { op } = tensor;
  if (op.type === "_Arg") return op.name;
  let index = tensor.index;
  for (const output of op.def.outputs as readonly OpArg[]) {
    const count = argTypes(output, op.attrs).length;
    if (index < count) return `${op.name}:${output.name}:${index}`;
    index -= count;
  }
  return `${op.name}:${op.def.outputs[0]!.name}:${tensor.index}`;
}

/** A name as TensorFlow makes function names of scopes: slashes become underscores. */
export function functionName(scope: string): string {
  return scope.replace(/[^A-Za-z0-9]+/g, "_").replace(/^_|_$/g, "");
}
