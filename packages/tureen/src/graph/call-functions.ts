import type { PartialShape } from "../core/shape.js";
import { functionName } from "./build-function.js";
import { buildOp } from "./build-op.js";
import type { FunctionGraph } from "./function-graph.js";
import { commonShape, setBodies } from "./functional-op.js";
import type { Operation, Tensor } from "./graph.js";
import { controlDependencies } from "./scope.js";

/** Gives bodies the same arguments: the first `own` ones of each, then whatever any of them took in; gives what that is. */
function alignCaptures(graphs: readonly FunctionGraph[], own: number): Tensor[] {
  const outside = [...new Set(graphs.flatMap((graph) => [...graph.captures.keys()]))];
  for (const graph of graphs) {
    const args = graph.args.slice(0, own);
    for (const tensor of outside) {
      const known = graph.captures.get(tensor);
      const { dtype, shape, handleData } = tensor;
      const arg = known ?? graph.argument({ dtype, shape, handleData });
      if (known === undefined) graph.captures.set(tensor, arg);
      args.push(arg);
    }
    graph.args.splice(0, graph.args.length, ...args);
  }
  return outside;
}

function waitingFor<T>(graphs: readonly FunctionGraph[], build: () => T): T {
  return controlDependencies(
    graphs.flatMap((graph) => [...graph.outerControls]),
    build,
  );
}

/** How a choice between bodies is called. */
export interface BranchCall {
  /** Names the functions, as `cond`. */
  readonly scope: string;
  /** The operation's name, from the root when it ends in a slash. */
  readonly name?: string;
  /** What the functions are called after the scope; default by the kind. */
  readonly functionNames?: readonly string[];
}

/**
 * Adds the call of one of several bodies: an If of a predicate, a Case of an index, or a PartitionedCall of the only one.
 *
 * The bodies have results of the same dtypes and no arguments but what they took in. Without state in any of them the op is the stateless kind.
 */
export function callBranches(
  kind: "If" | "Case" | "PartitionedCall",
  selector: Tensor | undefined,
  graphs: readonly FunctionGraph[],
  { scope, name, functionNames }: BranchCall,
): Operation {
  const inputs = alignCaptures(graphs, 0);
  const stateful = graphs.some((graph) => graph.isStateful);
  const prefix = functionName(scope);
  const fallback = kind === "If" ? ["true", "false"] : graphs.map((_, i) => (kind === "Case" ? `branch${i}` : "call"));
  const names = graphs.map((graph, i) => graph.register(`${prefix}_${(functionNames ?? fallback)[i]}`));
  const results = graphs[0]!.results;
  const shapes = results.map((_, i) => commonShape(graphs.map((graph) => graph.results[i]!.shape)));
  const Tout = results.map(({ dtype }) => dtype);
  const output_shapes = shapes.map(plainShape);
  const op = waitingFor(graphs, () => {
    if (kind === "PartitionedCall") {
      return buildOp(stateful ? "StatefulPartitionedCall" : kind, [inputs], { Tout, f: names[0]! }, name);
    }
    const [then_branch, else_branch] = names;
    const functions = kind === "If" ? { then_branch, else_branch } : { branches: names };
    return buildOp(
      stateful ? kind : `Stateless${kind}`,
      [selector!, inputs],
      { Tout, output_shapes, ...functions },
      name,
    );
  });
  if (kind !== "PartitionedCall") lower(op);
  op.outputs.forEach((output, i) => {
    output.shape = shapes[i];
    output.handleData = results[i]!.handleData;
  });
  setBodies(op, graphs);
  return op;
}

/** How a loop is called. */
export interface LoopCall {
  readonly scope: string;
  readonly name?: string;
  readonly parallelIterations: number;
  /** What an argument of the body is in the next iteration, for those that were taken in and do not stay what they are. */
  readonly carried?: ReadonlyMap<Tensor, Tensor>;
}

/**
 * Adds a loop of a condition and a body, both with one argument for each initial value and whatever they took in.
 *
 * What they took in becomes variables of the loop that stay what they are. Shapes of the outputs are those of the body's arguments.
 */
export function callLoop(
  initial: readonly Tensor[],
  condition: FunctionGraph,
  body: FunctionGraph,
  { scope, name, parallelIterations, carried }: LoopCall,
): Operation {
  const own = initial.length;
  const taken = alignCaptures([condition, body], own);
  body.results = [...body.results, ...body.args.slice(own).map((arg) => carried?.get(arg) ?? arg)];
  const graphs = [condition, body];
  const prefix = functionName(scope);
  const shapes = body.args.map(({ shape }) => shape);
  const op = waitingFor(graphs, () =>
    buildOp(
      graphs.some((graph) => graph.isStateful) ? "While" : "StatelessWhile",
      [[...initial, ...taken]],
      {
        cond: condition.register(`${prefix}_cond`),
        body: body.register(`${prefix}_body`),
        output_shapes: shapes.map(plainShape),
        parallel_iterations: parallelIterations,
      },
      name,
    ),
  );
  lower(op);
  op.outputs.forEach((output, i) => {
    output.shape = shapes[i];
    output.handleData = body.args[i]!.handleData;
  });
  setBodies(op, graphs);
  return op;
}

/** Has TensorFlow's runtime turn the op into Switch and Merge, which run ops of a branch as soon as their inputs are there. */
function lower(op: Operation): void {
  op.setAttr("_lower_using_switch_merge", { kind: "bool", value: true });
}

function plainShape(shape: PartialShape): readonly number[] | null {
  return shape ?? null;
}
