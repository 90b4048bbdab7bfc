import { checkOptions } from "../../../core/check-options.js";
import { invalidArgument } from "../../../core/status-error.js";
import { toTensor } from "../../../core/tensor-value.js";
import { build, constant } from "../../../graph/build-op.js";
import type { Tensor } from "../../../graph/graph.js";
import { scan } from "../../../graph/scan.js";
import { nameScope } from "../../../graph/scope.js";
import { expandDims, sliceFirst } from "../../nn/tensor-shape.js";
import type { BuiltCell, RnnCell } from "./rnn-cell.js";

/** Options of `rnn`. */
export interface RnnOptions {
  /** One cell, or several of which each takes the outputs of the one before it. */
  readonly cells: readonly RnnCell[];
  /** [batch, steps], false where a row is padding: states and outputs stay there as they were. */
  readonly mask?: Tensor | undefined;
  /** Whether to give the outputs of all steps; default the last one's. */
  readonly returnSequences?: boolean;
  /** Whether gradients will be asked for: the loop then keeps what they need. */
  readonly training: boolean;
  readonly name?: string;
}

/**
 * A recurrent layer (`tf.keras.layers.RNN`): inputs [batch, steps, in] to [batch, out], or [batch, steps, out] with `returnSequences`.
 *
 * Variables are `<scope>/<name>/<cell>/kernel`; those of several cells `<scope>/<name>/stacked_rnn_cells/<cell>/kernel`.
 */
export function rnn(inputs: Tensor, options: RnnOptions): Tensor {
  checkOptions("rnn", options, {
    cells: "required",
    mask: "optional",
    returnSequences: "optional",
    training: "required",
    name: "optional",
  });
  const { cells, mask, returnSequences = false, training, name = "rnn" } = options;
  const size = inputs.shape?.at(-1);
  if (size === undefined || size < 0) {
    throw invalidArgument("The last dimension of the inputs to a recurrent layer should be defined. Found None.");
  }
  return nameScope(name, (scope) => {
    const prefix = cells.length > 1 ? `${scope}stacked_rnn_cells/` : scope;
    const names = uniqueNames(cells);
    let width = size;
    let values = timeMajor(inputs);
    const steps =
      mask === undefined ? undefined : expandDims(build("Transpose", [mask, toTensor([1, 0], "int32")]), -1);
    let last: Tensor | undefined;
    cells.forEach((cell, i) => {
      const built = cell.build(width, `${prefix}${names[i]!}/`);
      const collect = returnSequences || i < cells.length - 1;
      const run = runCell(cell, built, values, steps, collect, training);
      last = run.last;
      width = cell.stateSizes[0]!;
      if (collect) values = run.outputs!;
    });
    return returnSequences ? timeMajor(values) : last!;
  });
}

/** From [batch, steps, …] to [steps, batch, …] or back. */
function timeMajor(values: Tensor): Tensor {
  const width = values.shape!.at(-1)!;
  const swapped = build("Transpose", [values, toTensor([1, 0, 2], "int32")]);
  swapped.shape = [-1, -1, width];
  return swapped;
}

function runCell(
  cell: RnnCell,
  built: BuiltCell,
  inputs: Tensor,
  mask: Tensor | undefined,
  collect: boolean,
  training: boolean,
): { readonly last: Tensor; readonly outputs: Tensor | undefined } {
  const projected = built.project === undefined ? inputs : built.project(inputs);
  const batch = sliceFirst(build("Shape", [inputs]), { begin: 1, shrink: true });
  const states = cell.stateSizes.map((size) => {
    const zero = build("Fill", [build("Pack", [[batch, constant(size, "int32")]]), constant(0, "float32")]);
    zero.shape = [-1, size];
    return zero;
  });
  const result = scan({
    sequences: mask === undefined ? [projected] : [projected, mask],
    states,
    constants: built.constants,
    collected: collect ? [0] : [],
    history: training,
    step: ({ rows, states: before, constants }) => {
      const after = built.step(rows[0]!, before, constants);
      if (mask === undefined) return after;
      return after.map((state, i) => build("SelectV2", [rows[1]!, state, before[i]!]));
    },
  });
  return { last: result.states[0]!, outputs: result.collected[0] };
}

/** Keras numbers the cells of one type: `gru_cell`, `gru_cell_1`. */
function uniqueNames(cells: readonly RnnCell[]): string[] {
  const seen = new Map<string, number>();
  return cells.map(({ name }) => {
    const count = seen.get(name) ?? 0;
    seen.set(name, count + 1);
    return count === 0 ? name : `${name}_${count}`;
  });
}
