import { checkOptions } from "../../../core/check-options.js";
import { invalidArgument, unimplemented } from "../../../core/status-error.js";
import { build, constant } from "../../../graph/build-op.js";
import type { Tensor } from "../../../graph/graph.js";
import { whileLoop } from "../../../graph/ops/control-loop.js";
import { emptyTensorList, tensorListPushBack, tensorListStack } from "../../../graph/ops/list-tensor.js";
import { layerScope } from "../../layers/layer-scope.js";
import { reduceAll } from "../tensor-shape.js";
import { widthOf } from "./dynamic-rnn.js";
import type { CellState, RnnCell } from "./rnn-cell.js";

/** What is done between two steps of `rawRnn`. */
export interface RawRnnStep {
  /** bool [batch]: the rows that have ended; once ended they stay so. */
  readonly finished: Tensor;
  /** [batch, width]. */
  readonly nextInput: Tensor;
  /** The state of the next step, that before the first one at time 0. */
  readonly nextState: CellState;
  /** What is given out for the step, [batch, …], the cell's output unless said; at time 0 something of a row's shape and dtype. */
  readonly emit?: Tensor | undefined;
  /** What is handed to the next call; the same one tensor or list of tensors in shape. */
  readonly loopState?: Tensor | undefined;
}

/** What a call of `loopFn` is told: `time` counts the steps that are done; at 0 there is neither output nor state. */
export interface RawRnnArgs {
  readonly time: Tensor;
  readonly cellOutput: Tensor | undefined;
  readonly cellState: CellState | undefined;
  readonly loopState: Tensor | undefined;
}

/** What `rawRnn` gives: what was emitted [steps, batch, …], zeros for rows that had ended, and the states after each row's last step. */
export interface RawRnnResult {
  readonly outputs: Tensor;
  readonly state: CellState;
  readonly loopState: Tensor | undefined;
}

/**
 * Runs a cell for as long as not all rows have ended, on inputs that a function makes from the last outputs (`tf.compat.v1.nn.raw_rnn`).
 *
 * `loopFn` is called for time 0, before the loop, and within it after each step. Variables are `<scope>/<cell>/…`, scope "rnn" by default. Gradients pass.
 * UNIMPLEMENTED for cells that drop inputs by a mask for each step.
 */
export function rawRnn(
  cell: RnnCell,
  loopFn: (args: RawRnnArgs) => RawRnnStep,
  options: { readonly scope?: string } = {},
): RawRnnResult {
  checkOptions("raw_rnn", options, { scope: "optional" });
  if (typeof loopFn !== "function") throw invalidArgument("Argument `loop_fn` must be a callable.");
  return layerScope("rnn", { name: options.scope ?? "rnn" }, (scope) => {
    const zeroth = constant(0, "int32", "time");
    const first = loopFn({ time: zeroth, cellOutput: undefined, cellState: undefined, loopState: undefined });
    const built = cell.build(widthOf(first.nextInput), scope);
    if (built.extraCount > 0) throw unimplemented("raw_rnn takes no cells that draw a mask for each step.");
    const states = cell.flatten(first.nextState);
    const { dtype } = first.emit ?? states[0]!;
    const batch = first.finished.shape?.[0] ?? first.nextInput.shape?.[0] ?? -1;
    const row = [batch, ...(first.emit === undefined ? [cell.outputSize] : (first.emit.shape ?? []))];
    const unknown = constant({ dtype: "int32", shape: [row.length], data: Int32Array.from(row) }, undefined, "shape");
    const list = emptyTensorList(unknown, -1, { elementDtype: dtype });
    const carried = first.loopState === undefined ? [] : [first.loopState];
    const [, , , outputs, last, loopState] = whileLoop(
      (_time, finished) => build("LogicalNot", [reduceAll(finished)], {}, "LogicalNot"),
      (time, finished, input, gathered, before, loop) => {
        const next = build("AddV2", [time, constant(1, "int32")], {}, "add");
        const step = built.step(input, before, built.constants, []);
        const made = loopFn({
          time: next,
          cellOutput: step.output,
          cellState: cell.pack(step.states),
          loopState: loop[0],
        });
        const emit = made.emit ?? step.output;
        const kept = cell.flatten(made.nextState).map((state, i) => unlessFinished(finished, state, before[i]!));
        const zero = build("ZerosLike", [emit], {}, "zeros_like");
        return [
          next,
          build("LogicalOr", [finished, made.finished], {}, "LogicalOr"),
          made.nextInput,
          tensorListPushBack(gathered, unlessFinished(finished, emit, zero)),
          kept,
          carried.length === 0 ? [] : [made.loopState ?? loop[0]!],
        ];
      },
      [zeroth, first.finished, first.nextInput, list, [...states], carried],
    );
    const stacked = tensorListStack(outputs, unknown, { elementDtype: dtype, numElements: -1 });
    stacked.shape = [-1, ...row];
    return { outputs: stacked, state: cell.pack(last), loopState: loopState[0] };
  });
}

/** The new rows, and the old ones of what has ended. */
function unlessFinished(finished: Tensor, now: Tensor, before: Tensor): Tensor {
  const rank = now.shape?.length ?? 2;
  const wide = build("Reshape", [finished, constant([-1, ...Array<number>(rank - 1).fill(1)], "int32")], {}, "Reshape");
  return build("SelectV2", [wide, before, now], {}, "SelectV2");
}
