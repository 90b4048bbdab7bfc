import { checkOptions, type OptionTable } from "../../../core/check-options.js";
import { invalidArgument } from "../../../core/status-error.js";
import { toTensor } from "../../../core/tensor-value.js";
import { build, constant } from "../../../graph/build-op.js";
import type { Tensor } from "../../../graph/graph.js";
import { scan } from "../../../graph/scan.js";
import { nameScope } from "../../../graph/scope.js";
import { layerScope } from "../../layers/layer-scope.js";
import { sliceFirst } from "../tensor-shape.js";
import type { CellState, RnnCell } from "./rnn-cell.js";

/** Options of `dynamicRnn`. */
export interface DynamicRnnOptions {
  /** int32 or int64 [batch]: how many steps each row has. Beyond them outputs are 0 and states stay. Default all. */
  readonly sequenceLength?: Tensor;
  /** Default zeros. */
  readonly initialState?: CellState;
  /** Whether inputs and outputs are [steps, batch, …] rather than [batch, steps, …]; default false. */
  readonly timeMajor?: boolean;
  /** The scope of the variables, default "rnn". */
  readonly scope?: string;
}

/** The same for `checkOptions`. */
export const dynamicTable: OptionTable<DynamicRnnOptions> = {
  sequenceLength: "optional",
  initialState: "optional",
  timeMajor: "optional",
  scope: "optional",
};

/** What a recurrent network gives: the outputs of all steps, in the inputs' order, and the state after each row's last step. */
export interface RnnResult {
  readonly outputs: Tensor;
  readonly state: CellState;
}

/** The width of inputs, which must be known. */
export function widthOf(inputs: Tensor): number {
  const size = inputs.shape?.at(-1);
  if (size !== undefined && size >= 0) return size;
  throw invalidArgument("Input size (depth of inputs) must be accessible via shape inference, but saw value None.");
}

/** The first states of a cell: those given, or zeros for `batch` rows. */
export function firstStates(cell: RnnCell, batch: Tensor, initialState: CellState | undefined): readonly Tensor[] {
  if (initialState !== undefined) return cell.flatten(initialState);
  return nameScope(`${cell.name}ZeroState`, () =>
    cell.stateSizes.map((size) => {
      const shape = build("Pack", [[batch, constant(size, "int32")]], {}, "stack");
      const zero = build("Fill", [shape, constant(0, "float32")], {}, "zeros");
      zero.shape = [-1, size];
      return zero;
    }),
  );
}

/**
 * Runs a cell over sequences of float32 (`tf.compat.v1.nn.dynamic_rnn`): inputs [batch, steps, width] to outputs [batch, steps, size] and the
 * last state. Variables are `<scope>/<cell>/…`. The loop is one `StatelessWhile`; gradients run it backwards.
 */
export function dynamicRnn(cell: RnnCell, inputs: Tensor, options: DynamicRnnOptions = {}): RnnResult {
  checkOptions("dynamic_rnn", options, dynamicTable);
  const width = widthOf(inputs);
  const { timeMajor = false } = options;
  return layerScope("rnn", { name: options.scope ?? "rnn" }, (scope) => {
    const built = cell.build(width, scope);
    const values = timeMajor ? inputs : swapped(inputs, width);
    const shape = build("Shape", [values], {}, "Shape");
    const steps = sliceFirst(shape, { begin: 0, shrink: true });
    const batch = sliceFirst(shape, { begin: 1, shrink: true });
    const extras = built.extras(steps, batch);
    const isWithin = options.sequenceLength === undefined ? [] : [withinLengths(options.sequenceLength, steps)];
    const states = firstStates(cell, batch, options.initialState);
    const none = build("Fill", [build("Pack", [[batch, constant(cell.outputSize, "int32")]]), constant(0, "float32")]);
    none.shape = [-1, cell.outputSize];
    const result = scan({
      sequences: [values, ...extras, ...isWithin],
      states: [none, ...states],
      constants: [...built.constants],
      collected: [0],
      history: true,
      step: ({ rows, states: [, ...before], constants }) => {
        const { output, states: after } = built.step(rows[0]!, before, constants, rows.slice(1, 1 + extras.length));
        const isThere = isWithin.length === 0 ? undefined : rows.at(-1)!;
        if (isThere === undefined) return [output, ...after];
        const zero = build("ZerosLike", [output], {}, "zeros_like");
        return [
          build("SelectV2", [isThere, output, zero]),
          ...after.map((state, i) => build("SelectV2", [isThere, state, before[i]!])),
        ];
      },
    });
    const outputs = result.collected[0]!;
    return {
      outputs: timeMajor ? outputs : swapped(outputs, cell.outputSize),
      state: cell.pack(result.states.slice(1)),
    };
  });
}

/** From [batch, steps, width] to [steps, batch, width] or back. */
function swapped(values: Tensor, width: number): Tensor {
  const moved = build("Transpose", [values, toTensor([1, 0, 2], "int32")], {}, "transpose");
  moved.shape = [values.shape?.[1] ?? -1, values.shape?.[0] ?? -1, width];
  return moved;
}

/** [steps, batch, 1]: whether a row has the step. */
function withinLengths(lengths: Tensor, steps: Tensor): Tensor {
  const wide = lengths.dtype === "int32" ? lengths : build("Cast", [lengths], { DstT: "int32" }, "Cast");
  const times = build("Range", [constant(0, "int32"), steps, constant(1, "int32")], {}, "range");
  const column = build("Reshape", [times, constant([-1, 1, 1], "int32")], {}, "Reshape");
  const row = build("Reshape", [wide, constant([1, -1, 1], "int32")], {}, "Reshape");
  const isWithin = build("Less", [column, row], {}, "Less");
  isWithin.shape = [-1, -1, 1];
  return isWithin;
}
