import { buildOp, type TensorLike } from "../build-op.js";
import type { Tensor } from "../graph.js";

/** The gradients of a sequence's inputs: of x, csPrev, hPrev, w, wci, wcf, wco and b. */
export type BlockLstmGradients = readonly [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor];

interface PeepholeOptions {
  readonly usePeephole: boolean;
  readonly name?: string;
}

/** Gradient of BlockLSTM from its nine inputs, its seven outputs, and the gradients of its states `cs` and outputs `h`. */
export function blockLstmGrad(
  inputs: readonly TensorLike[],
  outputs: readonly TensorLike[],
  csGrad: TensorLike,
  hGrad: TensorLike,
  options: PeepholeOptions,
): BlockLstmGradients {
  const attrs = { use_peephole: options.usePeephole };
  return buildOp("BlockLSTMGrad", [...inputs, ...outputs, csGrad, hGrad], attrs, options)
    .outputs as readonly Tensor[] as BlockLstmGradients;
}

/** Gradient of BlockLSTMV2, like `blockLstmGrad`. */
export function blockLstmGradV2(
  inputs: readonly TensorLike[],
  outputs: readonly TensorLike[],
  csGrad: TensorLike,
  hGrad: TensorLike,
  options: PeepholeOptions,
): BlockLstmGradients {
  const attrs = { use_peephole: options.usePeephole };
  return buildOp("BlockLSTMGradV2", [...inputs, ...outputs, csGrad, hGrad], attrs, options)
    .outputs as readonly Tensor[] as BlockLstmGradients;
}

/** Gradient of LSTMBlockCell from its eight inputs, its first six outputs, and the gradients of its state and output. */
export function lstmBlockCellGrad(
  inputs: readonly TensorLike[],
  outputs: readonly TensorLike[],
  csGrad: TensorLike,
  hGrad: TensorLike,
  options: PeepholeOptions,
): {
  readonly csPrevGrad: Tensor;
  readonly dicfo: Tensor;
  readonly wciGrad: Tensor;
  readonly wcfGrad: Tensor;
  readonly wcoGrad: Tensor;
} {
  const { outputs: found } = buildOp(
    "LSTMBlockCellGrad",
    [...inputs, ...outputs, csGrad, hGrad],
    { use_peephole: options.usePeephole },
    options,
  );
  return {
    csPrevGrad: found[0]!,
    dicfo: found[1]!,
    wciGrad: found[2]!,
    wcfGrad: found[3]!,
    wcoGrad: found[4]!,
  };
}

/** Gradient of GRUBlockCell from its six inputs, its first three outputs, and the gradient of its state. */
export function gruBlockCellGrad(
  inputs: readonly TensorLike[],
  outputs: readonly TensorLike[],
  dH: TensorLike,
  options: { readonly name?: string } = {},
): { readonly dX: Tensor; readonly dHPrev: Tensor; readonly dCBar: Tensor; readonly dRBarUBar: Tensor } {
  const { outputs: found } = buildOp("GRUBlockCellGrad", [...inputs, ...outputs, dH], {}, options);
  return { dX: found[0]!, dHPrev: found[1]!, dCBar: found[2]!, dRBarUBar: found[3]! };
}
