import { isFloatingDType } from "../core/dtype.js";
import { zeros } from "../core/tensor-value.js";
import { type ArgumentType, buildFunction, functionName } from "./build-function.js";
import { build, buildOp, constant } from "./build-op.js";
import { denseGradient, type Gradient, type GradientRule } from "./gradient.js";
import { gradients } from "./gradients.js";
import type { Operation, Tensor } from "./graph.js";
import { setLoopGradient } from "./loop-gradients.js";
import { emptyTensorList, tensorListFromTensor, tensorListReserve, tensorListStack } from "./ops/list.js";
import { elementShapeInput } from "./ops/list-tensor.js";
import { currentGraph, nameScope } from "./scope.js";

/** One step of a scan: from this step's rows and the state before it to the state after it. Uses no other tensors than it is given. */
export type ScanStep = (args: {
  readonly rows: readonly Tensor[];
  readonly states: readonly Tensor[];
  readonly constants: readonly Tensor[];
}) => readonly Tensor[];

/** What a scan goes over. */
export interface ScanOptions {
  /** Tensors of one first dimension, [steps, …]; each step gets a row of each. */
  readonly sequences: readonly Tensor[];
  /** What the steps carry on; shapes and dtypes stay. */
  readonly states: readonly Tensor[];
  /** What every step reads, weights for one. */
  readonly constants: readonly Tensor[];
  readonly step: ScanStep;
  /** The states to give of every step, by their index. */
  readonly collected: readonly number[];
  /** Whether gradients can be asked for: the loop then keeps the states before each step. */
  readonly history: boolean;
  readonly name?: string;
}

/** The last states, and the collected ones of all steps, [steps, …]. */
export interface ScanResult {
  readonly states: readonly Tensor[];
  readonly collected: readonly Tensor[];
}

/** The loop's variables: the number of the step, how many there are, then these groups. */
interface Layout {
  readonly sequences: number;
  readonly states: number;
  readonly lists: number;
  readonly constants: number;
}

interface Groups {
  readonly at: Tensor;
  readonly steps: Tensor;
  readonly sequences: readonly Tensor[];
  readonly states: readonly Tensor[];
  /** Collected states, then the states before each step where a history is kept. */
  readonly lists: readonly Tensor[];
  readonly constants: readonly Tensor[];
}

/**
 * A loop over the rows of sequences, one `StatelessWhile` as TensorFlow's `while_loop` builds it, with lists for what each step leaves.
 *
 * Gradients run the loop backwards: each step is computed again from the state before it, so the history is states and nothing within steps.
 */
export function scan(options: ScanOptions): ScanResult {
  const { sequences, states, constants, step, collected, history } = options;
  return nameScope(options.name ?? "while", (scope) => {
    const graph = currentGraph();
    const steps = build("StridedSlice", [build("Shape", [sequences[0]!]), [0], [1], [1]], { shrink_axis_mask: 1 });
    const lists = [...collected.map((i) => states[i]!), ...(history ? states : [])];
    const layout = {
      sequences: sequences.length,
      states: states.length,
      lists: lists.length,
      constants: constants.length,
    };
    const variables = [
      constant(0, "int32", "time"),
      steps,
      ...sequences.map(asList),
      ...states,
      ...lists.map((state) => emptyTensorList(elementShapeInput(state.shape), steps, { elementDtype: state.dtype })),
      ...constants,
    ];
    const rowsOf = sequences.map((sequence) => ({ dtype: sequence.dtype, shape: sequence.shape?.slice(1) }));
    const types = variables.map(typeOf);
    const name = functionName(`${scope}while`);
    const condition = buildFunction(graph, `${name}_cond`, types, ([at, count]) => [build("Less", [at!, count!])]);
    const body = buildFunction(graph, `${name}_body`, types, (args) => {
      const parts = grouped(args, layout);
      const rows = parts.sequences.map((list, i) => itemAt(list, parts.at, rowsOf[i]!));
      const after = step({ rows, states: parts.states, constants: parts.constants });
      const pushed = [...collected.map((i) => after[i]!), ...(history ? parts.states : [])];
      return [
        build("AddV2", [parts.at, constant(1, "int32")]),
        identity(parts.steps),
        ...parts.sequences.map(identity),
        ...after.map(identity),
        ...parts.lists.map((list, i) => build("TensorListPushBack", [list, pushed[i]!])),
        ...parts.constants.map(identity),
      ];
    });
    const loop = whileOp(variables, condition, body, scope.slice(0, -1));
    const after = grouped(loop.outputs, layout);
    for (const [i, output] of loop.outputs.entries()) output.shape = variables[i]!.shape;
    if (history) setLoopGradient(loop, backwards({ layout, rowsOf, step, collected, name }));
    return {
      states: after.states,
      collected: collected.map((i, n) => {
        const { dtype, shape } = states[i]!;
        const stacked = tensorListStack(after.lists[n]!, elementShapeInput(shape), { elementDtype: dtype });
        stacked.shape = shape === undefined ? undefined : [-1, ...shape];
        return stacked;
      }),
    };
  });
}

/** What the gradient of a scan needs to know of it. */
interface Backwards {
  readonly layout: Layout;
  readonly rowsOf: readonly ArgumentType[];
  readonly step: ScanStep;
  readonly collected: readonly number[];
  readonly name: string;
}

function backwards({ layout, rowsOf, step, collected, name }: Backwards): GradientRule {
  return (op, grads) => {
    const graph = currentGraph();
    const given = grouped(op.outputs, layout);
    const initial = grouped(op.inputs, layout);
    const incoming = groupedGradients(grads, layout);
    const collectedGrads = collected.map((_, i) => incoming.lists[i] ?? null);
    const arriving = collectedGrads.filter((gradient): gradient is Tensor => gradient !== null);
    const history = given.lists.slice(collected.length);
    const floatRows = rowsOf.map(({ dtype }) => isFloatingDType(dtype));
    const floatStates = initial.states.map(({ dtype }) => isFloatingDType(dtype));
    const floatConstants = initial.constants.map(({ dtype }) => isFloatingDType(dtype));
    const startStates = initial.states
      .filter((_, i) => floatStates[i])
      .map((state, i) => incoming.states.filter((_, k) => floatStates[k])[i] ?? build("ZerosLike", [state]));
    const startRows = rowsOf
      .filter((_, i) => floatRows[i])
      .map(({ dtype, shape }) => tensorListReserve(elementShapeInput(shape), given.steps, { elementDtype: dtype }));
    const startConstants = initial.constants
      .filter((_, i) => floatConstants[i])
      .map((value) => build("ZerosLike", [value]));
    const variables = [
      build("Sub", [given.steps, constant(1, "int32")]),
      ...startStates,
      ...startRows,
      ...startConstants,
      ...arriving,
      ...given.sequences,
      ...history,
      ...given.constants,
    ];
    const sizes = [
      1,
      startStates.length,
      startRows.length,
      startConstants.length,
      arriving.length,
      layout.sequences,
      layout.states,
      layout.constants,
    ];
    const types = variables.map(typeOf);
    const condition = buildFunction(graph, `${name}_grad_cond`, types, ([at]) => [
      build("GreaterEqual", [at!, constant(0, "int32")]),
    ]);
    const body = buildFunction(graph, `${name}_grad_body`, types, (args) => {
      const [head, stateGrads, rowGrads, constantGrads, outputGrads, sequences, before, constants] = split(args, sizes);
      const [at] = head!;
      const rows = sequences!.map((list, i) => itemAt(list, at!, rowsOf[i]!));
      const states = before!.map((list, i) => itemAt(list, at!, typeOf(initial.states[i]!)));
      const after = step({ rows, states, constants: constants! });
      const ys: Tensor[] = [];
      const gradYs: Tensor[] = [];
      after
        .filter((_, i) => floatStates[i])
        .forEach((state, i) => {
          ys.push(state);
          gradYs.push(stateGrads![i]!);
        });
      let arrived = 0;
      collected.forEach((index, i) => {
        if (collectedGrads[i] === null) return;
        ys.push(after[index]!);
        gradYs.push(itemAt(outputGrads![arrived++]!, at!, typeOf(initial.states[index]!)));
      });
      const xs = [
        ...states.filter((_, i) => floatStates[i]),
        ...rows.filter((_, i) => floatRows[i]),
        ...constants!.filter((_, i) => floatConstants[i]),
      ];
      const found = gradients(ys, xs, { gradYs }).map((gradient, i) => denseOrZeros(gradient, xs[i]!));
      const [newStates, newRows, newConstants] = split(found, [
        stateGrads!.length,
        rowGrads!.length,
        constantGrads!.length,
      ]);
      return [
        build("Sub", [at!, constant(1, "int32")]),
        ...newStates!.map(identity),
        ...rowGrads!.map((list, i) => build("TensorListSetItem", [list, at!, newRows![i]!])),
        ...constantGrads!.map((sum, i) => build("AddV2", [sum, newConstants![i]!])),
        ...[outputGrads!, sequences!, before!, constants!].flat().map(identity),
      ];
    });
    const loop = whileOp(variables, condition, body, "while");
    const [, stateGrads, rowGrads, constantGrads] = split(loop.outputs, sizes);
    for (const [i, output] of loop.outputs.entries()) output.shape = variables[i]!.shape;
    const take = (flags: readonly boolean[], values: readonly Tensor[]): (Tensor | null)[] => {
      let next = 0;
      return flags.map((flag) => (flag ? values[next++]! : null));
    };
    return [
      null,
      null,
      ...take(floatRows, rowGrads!),
      ...take(floatStates, stateGrads!),
      ...given.lists.map(() => null),
      ...take(floatConstants, constantGrads!),
    ];
  };
}

function whileOp(variables: readonly Tensor[], cond: string, body: string, name: string): Operation {
  const shapes = variables.map(({ shape }) => shape ?? null);
  return buildOp("StatelessWhile", [variables], { cond, body, output_shapes: shapes, parallel_iterations: 32 }, name);
}

function grouped(values: readonly Tensor[], layout: Layout): Groups {
  const [head, sequences, states, lists, constants] = split(values, [
    2,
    layout.sequences,
    layout.states,
    layout.lists,
    layout.constants,
  ]);
  return {
    at: head![0]!,
    steps: head![1]!,
    sequences: sequences!,
    states: states!,
    lists: lists!,
    constants: constants!,
  };
}

function groupedGradients(
  grads: readonly (Gradient | null)[],
  layout: Layout,
): { readonly states: readonly (Tensor | null)[]; readonly lists: readonly (Tensor | null)[] } {
  const dense = grads.map((gradient) => (gradient === null || gradient === undefined ? null : denseGradient(gradient)));
  const [, , states, lists] = split(dense, [2, layout.sequences, layout.states, layout.lists, layout.constants]);
  return { states: states!, lists: lists! };
}

function split<T>(values: readonly T[], sizes: readonly number[]): T[][] {
  let from = 0;
  return sizes.map((size) => {
    from += size;
    return values.slice(from - size, from);
  });
}

function asList(sequence: Tensor): Tensor {
  return tensorListFromTensor(sequence, elementShapeInput(sequence.shape?.slice(1)));
}

function itemAt(list: Tensor, at: Tensor, { dtype, shape }: ArgumentType): Tensor {
  const item = build("TensorListGetItem", [list, at, elementShapeInput(shape)], { element_dtype: dtype });
  item.shape = shape;
  return item;
}

function typeOf({ dtype, shape, handleData }: Tensor): ArgumentType {
  return { dtype, shape, handleData };
}

function denseOrZeros(gradient: Gradient | null, x: Tensor): Tensor {
  if (gradient !== null) return denseGradient(gradient);
  const known = x.shape?.every((size) => size >= 0) === true;
  return known ? constant(zeros(x.dtype, x.shape as readonly number[])) : build("ZerosLike", [x]);
}

function identity(x: Tensor): Tensor {
  return build("Identity", [x]);
}
