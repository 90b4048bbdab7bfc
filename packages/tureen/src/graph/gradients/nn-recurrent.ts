import type { GradientRule, GradientTable } from "../gradient.js";
import { blockLstmGrad } from "../ops/nn.js";
import { denseOf } from "./array/build-math.js";

/**
 * TensorFlow lets gradients flow through the states and the outputs of a sequence alone, not through its gates.
 *
 * It also takes BlockLSTMGrad for both versions (rnn_grad.py), which reads the second one's gates in the first one's order; ours builds the
 * same graph and so the same numbers.
 */
const blockLstm: GradientRule = (op, grads) => {
  const [x, csPrev, hPrev, w, wci, wcf, wco, b] = blockLstmGrad(
    op.inputs,
    op.outputs,
    denseOf(grads, 1),
    denseOf(grads, 6),
    { usePeephole: op.attrs.bool("use_peephole") },
  );
  return [null, x, csPrev, hPrev, w, wci, wcf, wco, b];
};

/** Gradients of the fused recurrent layers; TensorFlow has none of the cells of one step. */
export const nnRecurrentGradients: GradientTable = { BlockLSTM: blockLstm, BlockLSTMV2: blockLstm };
