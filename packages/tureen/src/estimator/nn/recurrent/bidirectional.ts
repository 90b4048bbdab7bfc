import { checkOptions } from "../../../core/check-options.js";
import { build, constant } from "../../../graph/build-op.js";
import type { Tensor } from "../../../graph/graph.js";
import { layerScope } from "../../layers/layer-scope.js";
import { type DynamicRnnOptions, dynamicRnn } from "./dynamic-rnn.js";
import type { CellState, RnnCell } from "./rnn-cell.js";

/** Options of `bidirectionalDynamicRnn`. */
export interface BidirectionalOptions extends Omit<DynamicRnnOptions, "initialState"> {
  readonly initialStateFw?: CellState;
  readonly initialStateBw?: CellState;
}

/** What two cells gave, forwards and backwards. */
export interface BidirectionalResult {
  readonly outputs: readonly [forward: Tensor, backward: Tensor];
  readonly outputStates: readonly [forward: CellState, backward: CellState];
}

/**
 * Runs one cell from the first step to the last and another from the last to the first (`tf.compat.v1.nn.bidirectional_dynamic_rnn`): outputs in the
 * order of the inputs, final states as each cell left them. Variables are `<scope>/fw/…` and `<scope>/bw/…`, default scope `bidirectional_rnn`.
 */
export function bidirectionalDynamicRnn(
  cellFw: RnnCell,
  cellBw: RnnCell,
  inputs: Tensor,
  options: BidirectionalOptions = {},
): BidirectionalResult {
  checkOptions("bidirectional_dynamic_rnn", options, {
    sequenceLength: "optional",
    initialStateFw: "optional",
    initialStateBw: "optional",
    timeMajor: "optional",
    scope: "optional",
  });
  const { sequenceLength, timeMajor = false, initialStateFw, initialStateBw } = options;
  const shared = { timeMajor, ...(sequenceLength === undefined ? {} : { sequenceLength }) };
  return layerScope("bidirectional_rnn", { name: options.scope ?? "bidirectional_rnn" }, () => {
    const forward = dynamicRnn(cellFw, inputs, {
      ...shared,
      scope: "fw",
      ...(initialStateFw === undefined ? {} : { initialState: initialStateFw }),
    });
    const backward = dynamicRnn(cellBw, reversed(inputs, sequenceLength, timeMajor), {
      ...shared,
      scope: "bw",
      ...(initialStateBw === undefined ? {} : { initialState: initialStateBw }),
    });
    return {
      outputs: [forward.outputs, reversed(backward.outputs, sequenceLength, timeMajor)],
      outputStates: [forward.state, backward.state],
    };
  });
}

/** Each row's steps from its last to its first; what pads them stays at the end. */
function reversed(values: Tensor, lengths: Tensor | undefined, timeMajor: boolean): Tensor {
  const axis = timeMajor ? 0 : 1;
  const back =
    lengths === undefined
      ? build("ReverseV2", [values, constant([axis], "int32", "axis")], {}, "ReverseV2")
      : build("ReverseSequence", [values, lengths], { seq_dim: axis, batch_dim: 1 - axis }, "ReverseSequence");
  back.shape = values.shape;
  return back;
}
