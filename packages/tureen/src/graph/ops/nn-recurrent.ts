import { buildOp, type TensorLike } from "../build-op.js";
import type { Tensor } from "../graph.js";

/** One step of an LSTM, gates in the order i, c, f, o. */
export function lstmBlockCell(
  x: TensorLike,
  csPrev: TensorLike,
  hPrev: TensorLike,
  w: TensorLike,
  wci: TensorLike,
  wcf: TensorLike,
  wco: TensorLike,
  b: TensorLike,
  options: {
    readonly forgetBias?: number;
    readonly cellClip?: number;
    readonly usePeephole?: boolean;
    readonly name?: string;
  } = {},
): {
  readonly i: Tensor;
  readonly cs: Tensor;
  readonly f: Tensor;
  readonly o: Tensor;
  readonly ci: Tensor;
  readonly co: Tensor;
  readonly h: Tensor;
} {
  const { outputs } = buildOp(
    "LSTMBlockCell",
    [x, csPrev, hPrev, w, wci, wcf, wco, b],
    { forget_bias: options.forgetBias, cell_clip: options.cellClip, use_peephole: options.usePeephole },
    options,
  );
  return {
    i: outputs[0]!,
    cs: outputs[1]!,
    f: outputs[2]!,
    o: outputs[3]!,
    ci: outputs[4]!,
    co: outputs[5]!,
    h: outputs[6]!,
  };
}

/** An LSTM over a whole time-major sequence, gates in the order i, c, f, o. */
export function blockLstm(
  seqLenMax: TensorLike,
  x: TensorLike,
  csPrev: TensorLike,
  hPrev: TensorLike,
  w: TensorLike,
  wci: TensorLike,
  wcf: TensorLike,
  wco: TensorLike,
  b: TensorLike,
  options: {
    readonly forgetBias?: number;
    readonly cellClip?: number;
    readonly usePeephole?: boolean;
    readonly name?: string;
  } = {},
): {
  readonly i: Tensor;
  readonly cs: Tensor;
  readonly f: Tensor;
  readonly o: Tensor;
  readonly ci: Tensor;
  readonly co: Tensor;
  readonly h: Tensor;
} {
  const { outputs } = buildOp(
    "BlockLSTM",
    [seqLenMax, x, csPrev, hPrev, w, wci, wcf, wco, b],
    { forget_bias: options.forgetBias, cell_clip: options.cellClip, use_peephole: options.usePeephole },
    options,
  );
  return {
    i: outputs[0]!,
    cs: outputs[1]!,
    f: outputs[2]!,
    o: outputs[3]!,
    ci: outputs[4]!,
    co: outputs[5]!,
    h: outputs[6]!,
  };
}

/** An LSTM over a whole time-major sequence, gates in the order i, f, c, o. */
export function blockLstmV2(
  seqLenMax: TensorLike,
  x: TensorLike,
  csPrev: TensorLike,
  hPrev: TensorLike,
  w: TensorLike,
  wci: TensorLike,
  wcf: TensorLike,
  wco: TensorLike,
  b: TensorLike,
  options: { readonly cellClip?: number; readonly usePeephole?: boolean; readonly name?: string } = {},
): {
  readonly i: Tensor;
  readonly cs: Tensor;
  readonly f: Tensor;
  readonly o: Tensor;
  readonly ci: Tensor;
  readonly co: Tensor;
  readonly h: Tensor;
} {
  const { outputs } = buildOp(
    "BlockLSTMV2",
    [seqLenMax, x, csPrev, hPrev, w, wci, wcf, wco, b],
    { cell_clip: options.cellClip, use_peephole: options.usePeephole },
    options,
  );
  return {
    i: outputs[0]!,
    cs: outputs[1]!,
    f: outputs[2]!,
    o: outputs[3]!,
    ci: outputs[4]!,
    co: outputs[5]!,
    h: outputs[6]!,
  };
}

/** One step of a GRU. */
export function gruBlockCell(
  x: TensorLike,
  hPrev: TensorLike,
  wRu: TensorLike,
  wC: TensorLike,
  bRu: TensorLike,
  bC: TensorLike,
  options: { readonly name?: string } = {},
): { readonly r: Tensor; readonly u: Tensor; readonly c: Tensor; readonly h: Tensor } {
  const { outputs } = buildOp("GRUBlockCell", [x, hPrev, wRu, wC, bRu, bC], {}, options);
  return { r: outputs[0]!, u: outputs[1]!, c: outputs[2]!, h: outputs[3]! };
}
