import { checkOptions } from "../../../core/check-options.js";
import { invalidArgument } from "../../../core/status-error.js";
import { build, constant } from "../../../graph/build-op.js";
import type { Tensor } from "../../../graph/graph.js";
import { layerScope } from "../../layers/layer-scope.js";
import { shapeOf, sliceFirst } from "../tensor-shape.js";
import { type DynamicRnnOptions, firstStates, widthOf } from "./dynamic-rnn.js";
import type { CellState, RnnCell } from "./rnn-cell.js";

/** Options of `staticRnn`. */
export type StaticRnnOptions = Omit<DynamicRnnOptions, "timeMajor">;

/**
 * Runs a cell over a list of steps [batch, width], each with ops of its own (`tf.compat.v1.nn.static_rnn`): the outputs as a list, and the last
 * state. Variables are `<scope>/<cell>/…`, default scope `rnn`.
 */
export function staticRnn(
  cell: RnnCell,
  inputs: readonly Tensor[],
  options: StaticRnnOptions = {},
): { readonly outputs: readonly Tensor[]; readonly state: CellState } {
  checkOptions("static_rnn", options, { sequenceLength: "optional", initialState: "optional", scope: "optional" });
  const [first] = inputs;
  if (first === undefined) throw invalidArgument("inputs must not be empty");
  return layerScope("rnn", { name: options.scope ?? "rnn" }, (scope) => {
    const built = cell.build(widthOf(first), scope);
    const batch = sliceFirst(shapeOf(first), { begin: 0, shrink: true });
    const extras = built.extras(constant(inputs.length, "int32", "steps"), batch);
    const lengths = options.sequenceLength;
    const column = lengths === undefined ? undefined : build("ExpandDims", [lengths, constant(1, "int32")]);
    let states = firstStates(cell, batch, options.initialState);
    const outputs = inputs.map((input, time) => {
      const rows = extras.map((extra) => sliceFirst(extra, { begin: time, shrink: true }));
      const result = built.step(input, states, built.constants, rows);
      if (column === undefined) {
        states = result.states;
        return result.output;
      }
      const isThere = build("Less", [constant(time, column.dtype), column], {}, "Less");
      states = result.states.map((state, i) => build("SelectV2", [isThere, state, states[i]!]));
      return build("SelectV2", [isThere, result.output, build("ZerosLike", [result.output])]);
    });
    return { outputs, state: cell.pack(states) };
  });
}
