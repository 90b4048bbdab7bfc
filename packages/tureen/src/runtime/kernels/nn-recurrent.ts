import type { DType } from "../../core/dtype.js";
import { invalidArgument } from "../../core/status-error.js";
import type { TensorValue } from "../../core/tensor-value.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import { indicesOf } from "./array/cells.js";
import { type FloatArray, gemm } from "./linalg/gemm.js";
import { realArray, realData, realValue } from "./linalg/real-data.js";

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** The weights of an LSTM: one matrix for input and state, peepholes, biases. */
interface LstmWeights {
  readonly w: FloatArray;
  readonly wci: FloatArray;
  readonly wcf: FloatArray;
  readonly wco: FloatArray;
  readonly b: FloatArray;
  /** Columns of each gate's block, in cells: where i, c, f and o begin. */
  readonly gates: { readonly i: number; readonly c: number; readonly f: number; readonly o: number };
  readonly forgetBias: number;
  readonly clip: number;
  readonly peephole: boolean;
}

interface LstmSizes {
  readonly batch: number;
  readonly inputs: number;
  readonly cells: number;
}

/** The seven results of a step in the order of the op's outputs: i, cs, f, o, ci, co, h. */
type LstmOutputs = readonly [FloatArray, FloatArray, FloatArray, FloatArray, FloatArray, FloatArray, FloatArray];

/** One step; results go into `out` from `at` on. */
function lstmStep(
  weights: LstmWeights,
  { batch, inputs, cells }: LstmSizes,
  x: FloatArray,
  xAt: number,
  csPrev: FloatArray,
  csAt: number,
  hPrev: FloatArray,
  hAt: number,
  out: LstmOutputs,
  at: number,
): void {
  const { w, wci, wcf, wco, b, gates, forgetBias, clip, peephole } = weights;
  const depth = inputs + cells;
  const joined = new Float32Array(batch * depth);
  for (let r = 0; r < batch; r++) {
    for (let j = 0; j < inputs; j++) joined[r * depth + j] = x[xAt + r * inputs + j]!;
    for (let j = 0; j < cells; j++) joined[r * depth + inputs + j] = hPrev[hAt + r * cells + j]!;
  }
  const sums = new Float32Array(batch * 4 * cells);
  const view = (data: FloatArray): { data: FloatArray; offset: number; transposed: boolean } => ({
    data,
    offset: 0,
    transposed: false,
  });
  gemm(batch, 4 * cells, depth, view(joined), view(w), sums, 0);
  const [iOut, csOut, fOut, oOut, ciOut, coOut, hOut] = out;
  for (let r = 0; r < batch; r++) {
    const row = r * 4 * cells;
    for (let j = 0; j < cells; j++) {
      const to = at + r * cells + j;
      const previous = csPrev[csAt + r * cells + j]!;
      const gate = (start: number): number => sums[row + start + j]! + b[start + j]!;
      const i = sigmoid(gate(gates.i) + (peephole ? previous * wci[j]! : 0));
      const f = sigmoid(gate(gates.f) + forgetBias + (peephole ? previous * wcf[j]! : 0));
      const ci = Math.tanh(gate(gates.c));
      let cs = ci * i + previous * f;
      if (clip > 0) cs = Math.min(clip, Math.max(-clip, cs));
      const o = sigmoid(gate(gates.o) + (peephole ? cs * wco[j]! : 0));
      const co = Math.tanh(cs);
      iOut[to] = i;
      csOut[to] = cs;
      fOut[to] = f;
      oOut[to] = o;
      ciOut[to] = ci;
      coOut[to] = co;
      hOut[to] = o * co;
    }
  }
}

function gateOrder(order: "icfo" | "ifco", cells: number): LstmWeights["gates"] {
  const start = (gate: string): number => order.indexOf(gate) * cells;
  return { i: start("i"), c: start("c"), f: start("f"), o: start("o") };
}

function emptyOutputs(dtype: DType, elements: number): LstmOutputs {
  return Array.from({ length: 7 }, () => realArray(dtype, elements)) as unknown as LstmOutputs;
}

const lstmBlockCell: KernelFactory = ({ attrs }) => {
  const [forgetBias, clip, peephole] = [
    attrs.float("forget_bias"),
    attrs.float("cell_clip"),
    attrs.bool("use_peephole"),
  ];
  return (inputs) => {
    const [x, csPrev, hPrev, w, wci, wcf, wco, b] = inputs.map(realData) as FloatArray[];
    const [batch, inputSize] = inputs[0]!.shape as readonly [number, number];
    const cells = inputs[1]!.shape[1]!;
    const size = (input: number, d: number): number => inputs[input]!.shape[d]!;
    checkSizes([
      ["cs_prev.dims(0)", size(1, 0), "batch_size", batch],
      ["h_prev.dims(0)", size(2, 0), "batch_size", batch],
      ["h_prev.dims(1)", size(2, 1), "cell_size", cells],
      ["w.dim_size(0)", size(3, 0), "input_size + cell_size", inputSize + cells],
      ["w.dim_size(1)", size(3, 1), "cell_size * 4", 4 * cells],
      ["b.dim_size(0)", size(7, 0), "cell_size * 4", 4 * cells],
    ]);
    const { dtype } = inputs[0]!;
    const weights: LstmWeights = {
      w: w!,
      wci: wci!,
      wcf: wcf!,
      wco: wco!,
      b: b!,
      gates: gateOrder("icfo", cells),
      forgetBias,
      clip,
      peephole,
    };
    const out = emptyOutputs(dtype, batch * cells);
    lstmStep(weights, { batch, inputs: inputSize, cells }, x!, 0, csPrev!, 0, hPrev!, 0, out, 0);
    return out.map((data) => realValue(dtype, [batch, cells], data));
  };
};

function blockLstm(order: "icfo" | "ifco"): KernelFactory {
  return ({ attrs }) => {
    const forgetBias = order === "icfo" ? attrs.float("forget_bias") : 0;
    const [clip, peephole] = [attrs.float("cell_clip"), attrs.bool("use_peephole")];
    return ([lengthMax, ...inputs]) => {
      const [x, csPrev, hPrev, w, wci, wcf, wco, b] = inputs.map(realData) as FloatArray[];
      const [time, batch, inputSize] = inputs[0]!.shape as readonly [number, number, number];
      const cells = inputs[1]!.shape[1]!;
      const { dtype } = inputs[0]!;
      const weights: LstmWeights = {
        w: w!,
        wci: wci!,
        wcf: wcf!,
        wco: wco!,
        b: b!,
        gates: gateOrder(order, cells),
        forgetBias,
        clip,
        peephole,
      };
      const out = emptyOutputs(dtype, time * batch * cells);
      const step = batch * cells;
      const steps = Math.min(time, indicesOf(lengthMax!)[0]!);
      for (let t = 0; t < steps; t++) {
        const [cs, csAt] = t === 0 ? [csPrev!, 0] : [out[1], (t - 1) * step];
        const [h, hAt] = t === 0 ? [hPrev!, 0] : [out[6], (t - 1) * step];
        lstmStep(
          weights,
          { batch, inputs: inputSize, cells },
          x!,
          t * batch * inputSize,
          cs,
          csAt,
          h,
          hAt,
          out,
          t * step,
        );
      }
      return out.map((data) => realValue(dtype, [time, batch, cells], data));
    };
  };
}

/** TensorFlow's order and words: the name of a size, what it is, what it must be. */
function checkSizes(sizes: readonly (readonly [string, number, string, number])[]): void {
  for (const [name, found, wantedName, wanted] of sizes) {
    if (found !== wanted) throw invalidArgument(`${name} != ${wantedName}: ${found} vs. ${wanted}`);
  }
}

const gruBlockCell: KernelFactory = () => (inputs: readonly TensorValue[]) => {
  const size = (input: number, d: number): number => inputs[input]!.shape[d]!;
  const [rows, width, state] = [size(0, 0), size(0, 1), size(1, 1)];
  checkSizes([
    ["h_prev.dims(0)", size(1, 0), "batch_size", rows],
    ["w_ru.dim_size(0)", size(2, 0), "input_size + cell_size", width + state],
    ["w_ru.dim_size(1)", size(2, 1), "cell_size * 2", 2 * state],
    ["w_c.dim_size(0)", size(3, 0), "input_size + cell_size", width + state],
    ["w_c.dim_size(1)", size(3, 1), "cell_size", state],
    ["b_ru.dim_size(0)", size(4, 0), "cell_size * 2", 2 * state],
    ["b_c.dim_size(0)", size(5, 0), "cell_size", state],
  ]);
  const [x, hPrev, wRu, wC, bRu, bC] = inputs.map(realData) as FloatArray[];
  const [batch, inputSize] = inputs[0]!.shape as readonly [number, number];
  const cells = inputs[1]!.shape[1]!;
  const depth = inputSize + cells;
  const joined = new Float32Array(batch * depth);
  const join = (state: FloatArray): void => {
    for (let row = 0; row < batch; row++) {
      for (let j = 0; j < inputSize; j++) joined[row * depth + j] = x![row * inputSize + j]!;
      for (let j = 0; j < cells; j++) joined[row * depth + inputSize + j] = state[row * cells + j]!;
    }
  };
  const [r, u, c, h, reset] = Array.from({ length: 5 }, () => new Float32Array(batch * cells)) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const gates = new Float32Array(batch * 2 * cells);
  join(hPrev!);
  gemm(
    batch,
    2 * cells,
    depth,
    { data: joined, offset: 0, transposed: false },
    { data: wRu!, offset: 0, transposed: false },
    gates,
    0,
  );
  for (let row = 0; row < batch; row++) {
    for (let j = 0; j < cells; j++) {
      const at = row * cells + j;
      r[at] = sigmoid(gates[row * 2 * cells + j]! + bRu![j]!);
      u[at] = sigmoid(gates[row * 2 * cells + cells + j]! + bRu![cells + j]!);
      reset[at] = r[at]! * hPrev![at]!;
    }
  }
  join(reset);
  gemm(
    batch,
    cells,
    depth,
    { data: joined, offset: 0, transposed: false },
    { data: wC!, offset: 0, transposed: false },
    c,
    0,
  );
  for (let at = 0; at < c.length; at++) {
    c[at] = Math.tanh(c[at]! + bC![at % cells]!);
    h[at] = u[at]! * hPrev![at]! + (1 - u[at]!) * c[at]!;
  }
  return [r, u, c, h].map((data) => realValue("float32", [batch, cells], data));
};

/** Host kernels of the fused recurrent cells. */
export const nnRecurrentKernels: KernelTable = {
  LSTMBlockCell: lstmBlockCell,
  BlockLSTM: blockLstm("icfo"),
  BlockLSTMV2: blockLstm("ifco"),
  GRUBlockCell: gruBlockCell,
};
