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
    options.name,
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

/** Gradients of LSTMBlockCell. */
export function lstmBlockCellGrad(
  x: TensorLike,
  csPrev: TensorLike,
  hPrev: TensorLike,
  w: TensorLike,
  wci: TensorLike,
  wcf: TensorLike,
  wco: TensorLike,
  b: TensorLike,
  i: TensorLike,
  cs: TensorLike,
  f: TensorLike,
  o: TensorLike,
  ci: TensorLike,
  co: TensorLike,
  csGrad: TensorLike,
  hGrad: TensorLike,
  options: { readonly usePeephole: boolean; readonly name?: string },
): {
  readonly csPrevGrad: Tensor;
  readonly dicfo: Tensor;
  readonly wciGrad: Tensor;
  readonly wcfGrad: Tensor;
  readonly wcoGrad: Tensor;
} {
  const { outputs } = buildOp(
    "LSTMBlockCellGrad",
    [x, csPrev, hPrev, w, wci, wcf, wco, b, i, cs, f, o, ci, co, csGrad, hGrad],
    { use_peephole: options.usePeephole },
    options.name,
  );
  return {
    csPrevGrad: outputs[0]!,
    dicfo: outputs[1]!,
    wciGrad: outputs[2]!,
    wcfGrad: outputs[3]!,
    wcoGrad: outputs[4]!,
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
    options.name,
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
    options.name,
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

/** Gradients of BlockLSTM. */
export function blockLstmGrad(
  seqLenMax: TensorLike,
  x: TensorLike,
  csPrev: TensorLike,
  hPrev: TensorLike,
  w: TensorLike,
  wci: TensorLike,
  wcf: TensorLike,
  wco: TensorLike,
  b: TensorLike,
  i: TensorLike,
  cs: TensorLike,
  f: TensorLike,
  o: TensorLike,
  ci: TensorLike,
  co: TensorLike,
  h: TensorLike,
  csGrad: TensorLike,
  hGrad: TensorLike,
  options: { readonly usePeephole: boolean; readonly name?: string },
): {
  readonly xGrad: Tensor;
  readonly csPrevGrad: Tensor;
  readonly hPrevGrad: Tensor;
  readonly wGrad: Tensor;
  readonly wciGrad: Tensor;
  readonly wcfGrad: Tensor;
  readonly wcoGrad: Tensor;
  readonly bGrad: Tensor;
} {
  const { outputs } = buildOp(
    "BlockLSTMGrad",
    [seqLenMax, x, csPrev, hPrev, w, wci, wcf, wco, b, i, cs, f, o, ci, co, h, csGrad, hGrad],
    { use_peephole: options.usePeephole },
    options.name,
  );
  return {
    xGrad: outputs[0]!,
    csPrevGrad: outputs[1]!,
    hPrevGrad: outputs[2]!,
    wGrad: outputs[3]!,
    wciGrad: outputs[4]!,
    wcfGrad: outputs[5]!,
    wcoGrad: outputs[6]!,
    bGrad: outputs[7]!,
  };
}

/** Gradients of BlockLSTMV2. */
export function blockLstmGradV2(
  seqLenMax: TensorLike,
  x: TensorLike,
  csPrev: TensorLike,
  hPrev: TensorLike,
  w: TensorLike,
  wci: TensorLike,
  wcf: TensorLike,
  wco: TensorLike,
  b: TensorLike,
  i: TensorLike,
  cs: TensorLike,
  f: TensorLike,
  o: TensorLike,
  ci: TensorLike,
  co: TensorLike,
  h: TensorLike,
  csGrad: TensorLike,
  hGrad: TensorLike,
  options: { readonly usePeephole: boolean; readonly name?: string },
): {
  readonly xGrad: Tensor;
  readonly csPrevGrad: Tensor;
  readonly hPrevGrad: Tensor;
  readonly wGrad: Tensor;
  readonly wciGrad: Tensor;
  readonly wcfGrad: Tensor;
  readonly wcoGrad: Tensor;
  readonly bGrad: Tensor;
} {
  const { outputs } = buildOp(
    "BlockLSTMGradV2",
    [seqLenMax, x, csPrev, hPrev, w, wci, wcf, wco, b, i, cs, f, o, ci, co, h, csGrad, hGrad],
    { use_peephole: options.usePeephole },
    options.name,
  );
  return {
    xGrad: outputs[0]!,
    csPrevGrad: outputs[1]!,
    hPrevGrad: outputs[2]!,
    wGrad: outputs[3]!,
    wciGrad: outputs[4]!,
    wcfGrad: outputs[5]!,
    wcoGrad: outputs[6]!,
    bGrad: outputs[7]!,
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
  const { outputs } = buildOp("GRUBlockCell", [x, hPrev, wRu, wC, bRu, bC], {}, options.name);
  return { r: outputs[0]!, u: outputs[1]!, c: outputs[2]!, h: outputs[3]! };
}
