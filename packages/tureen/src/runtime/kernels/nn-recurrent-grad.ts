import { shapeText } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import type { TensorValue } from "../../core/tensor-value.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import { indicesOf } from "./array/cells.js";
import { type FloatArray, gemm } from "./linalg/gemm.js";
import { realData, realValue } from "./linalg/real-data.js";
import { addTo, backStep, type CellGradients, type CellStates, gateStarts } from "./nn/lstm-back.js";

type Shaped = readonly [name: string, value: TensorValue, rows: number, columns: number];

/** TensorFlow's words for a state whose first two sizes are not the batch's and the cell's. */
function checkStates(states: readonly Shaped[], size: "dims" | "dim_size" = "dims"): void {
  for (const [name, { shape }, batch, cells] of states) {
    if (shape[0] !== batch) throw invalidArgument(`${name}.${size}(0) != batch_size: ${shape[0]} vs. ${batch}`);
    if (shape[1] !== cells) throw invalidArgument(`${name}.${size}(1) != cell_size: ${shape[1]} vs. ${cells}`);
  }
}

function checkRank(name: string, { shape }: TensorValue, rank: number): void {
  if (shape.length !== rank) throw invalidArgument(`${name} must be rank ${rank} but is rank ${shape.length}`);
}

const lstmBlockCellGrad: KernelFactory = ({ attrs }) => {
  const peephole = attrs.bool("use_peephole");
  return (inputs) => {
    const [x, csPrev, hPrev, w, wci, wcf, wco, b, i, cs, f, o, ci, co, csGrad, hGrad] = inputs as TensorValue[] & {
      length: 16;
    };
    for (const [name, value] of Object.entries({ x, csPrev, hPrev, w })) checkRank(name, value!, 2);
    const [batch, width] = x!.shape as readonly [number, number];
    const cells = csPrev!.shape[1]!;
    const size = (value: TensorValue, d: number): number => value.shape[d] ?? 1;
    checkStates([
      ["cs_prev", csPrev!, batch, cells],
      ["h_prev", hPrev!, batch, cells],
    ]);
    const sizes = [
      ["w.dim_size(0)", size(w!, 0), "input_size + cell_size", width + cells],
      ["w.dim_size(1)", size(w!, 1), "cell_size * 4", 4 * cells],
      ["b.dim_size(0)", size(b!, 0), "cell_size * 4", 4 * cells],
    ] as const;
    for (const [name, found, wantedName, wanted] of sizes) {
      if (found !== wanted) throw invalidArgument(`${name} != ${wantedName}: ${found} vs. ${wanted}`);
    }
    // TensorFlow calls the forget gate by the input gate's name.
    const states = [
      ["i", i],
      ["cs", cs],
      ["i", f],
      ["o", o],
      ["ci", ci],
      ["co", co],
    ] as const;
    checkStates(
      states.map(([name, value]) => [name, value!, batch, cells] as const),
      "dim_size",
    );
    checkStates([
      ["cs_grad_tensor", csGrad!, batch, cells],
      ["h_grad_tensor", hGrad!, batch, cells],
    ]);
    for (const [name, value] of Object.entries({ wci, wcf, wco })) {
      if (value!.shape.length !== 1)
        throw invalidArgument(`${name}_tensor must be rank 1 but is rank ${value!.shape.length}.`);
      if (value!.data.length !== cells)
        throw invalidArgument(`${name} has ${value!.data.length} weights for ${cells} cells`);
    }
    const { dtype } = x!;
    const data = [csPrev, wci, wcf, wco, i, cs, f, o, ci, co, csGrad, hGrad].map((value) => realData(value!));
    const gradients = emptyGradients(batch, cells);
    const [state, weights, late] = [cellStates(data), data.slice(1, 4), data.slice(10)];
    backStep(state, 0, weights, late[0]!, 0, late[1]!, 0, gateStarts("icfo", cells), batch, cells, peephole, gradients);
    const vectors = [gradients.wci, gradients.wcf, gradients.wco];
    return [
      realValue(dtype, [batch, cells], gradients.csPrev),
      realValue(dtype, [batch, 4 * cells], gradients.gates),
      ...vectors.map((vector) => realValue(dtype, [cells], vector)),
    ];
  };
};

function cellStates(data: readonly FloatArray[]): CellStates {
  const [csPrev, , , , i, cs, f, o, ci, co] = data as readonly [
    FloatArray,
    FloatArray,
    FloatArray,
    FloatArray,
    FloatArray,
    FloatArray,
    FloatArray,
    FloatArray,
    FloatArray,
    FloatArray,
  ];
  return { csPrev, csPrevAt: 0, i, cs, f, o, ci, co };
}

function emptyGradients(batch: number, cells: number): CellGradients {
  return {
    csPrev: new Float32Array(batch * cells),
    gates: new Float32Array(batch * 4 * cells),
    wci: new Float32Array(cells),
    wcf: new Float32Array(cells),
    wco: new Float32Array(cells),
  };
}

/** What the gradient of a whole sequence asks of its inputs; batch, input and cell sizes. */
function blockSizes(inputs: readonly TensorValue[]): readonly [number, number, number, number] {
  const at = (input: number): TensorValue => inputs[input]!;
  if (at(0).shape.length !== 0) {
    throw invalidArgument(`\`seq_len_max_tensor\` must be rank 0 but is rank ${at(0).shape.length}`);
  }
  checkRank("x", at(1), 3);
  checkRank("cs_prev", at(2), 2);
  checkRank("h_prev", at(3), 2);
  const [time, batch, width] = at(1).shape as readonly [number, number, number];
  checkRank("w", at(4), 2);
  const [rows, columns] = at(4).shape as readonly [number, number];
  if (columns <= 0 || columns % 4 !== 0) {
    throw invalidArgument(`w matrix columns must be a positive multiple of 4, but got ${columns}`);
  }
  const cells = columns / 4;
  if (width + cells !== rows) throw invalidArgument(`w matrix rows don't match: ${width + cells} vs. ${rows}`);
  for (const [place, name] of ["wci", "wcf", "wco", "b"].entries()) checkRank(name, at(5 + place), 1);
  const bias = at(8).shape[0]!;
  if (cells !== Math.floor(bias / 4)) throw invalidArgument(`w and b cell_size don't match: ${cells} vs. ${bias}`);
  for (const [place, name] of ["i", "cs", "f", "o", "ci", "co", "h"].entries()) {
    const { shape } = at(9 + place);
    if (shape.length !== 3) throw invalidArgument(`${name} must be rank 3. Received: ${shape.length}`);
  }
  for (const [place, name] of ["i", "cs", "f", "o", "ci", "co", "h", "cs_grad", "h_grad"].entries()) {
    const { shape } = at(9 + place);
    if (shape.length !== 3 || shape[0] !== time || shape[1] !== batch || shape[2] !== cells) {
      throw invalidArgument(
        `${name} must be of shape ${shapeText([time, batch, cells])} but is of ${shapeText(shape)}`,
      );
    }
  }
  for (const place of [2, 3]) {
    const { shape } = at(place);
    if (shape[0] !== batch || shape[1] !== cells) {
      throw invalidArgument(
        `${place === 2 ? "cs_prev" : "h_prev"} must be of shape ${shapeText([batch, cells])} but is of ${shapeText(shape)}`,
      );
    }
  }
  for (const place of [5, 6, 7]) {
    if (at(place).data.length !== cells)
      throw invalidArgument(`peephole weights must be ${cells} but are ${at(place).data.length}`);
  }
  return [time, batch, width, cells];
}

function blockLstmGrad(order: "icfo" | "ifco"): KernelFactory {
  return ({ attrs }) => {
    const peephole = attrs.bool("use_peephole");
    return (inputs) => {
      const [time, batch, width, cells] = blockSizes(inputs);
      const steps = indicesOf(inputs[0]!)[0]!;
      if (steps < 0 || steps > time) throw invalidArgument(`seq_len_max must be between 0 and ${time} but is ${steps}`);
      const { dtype } = inputs[1]!;
      const [x, csFirst, hFirst, w, wci, wcf, wco, , i, cs, f, o, ci, co, h, csGrad, hGrad] = inputs
        .slice(1)
        .map(realData) as [FloatArray, FloatArray, FloatArray, FloatArray, ...FloatArray[]];
      const depth = width + cells;
      const step = batch * cells;
      const gradients = emptyGradients(batch, cells);
      const xGrad = new Float32Array(time * batch * width);
      const wGrad = new Float32Array(depth * 4 * cells);
      const wPart = new Float32Array(depth * 4 * cells);
      const bGrad = new Float32Array(4 * cells);
      const joined = new Float32Array(batch * depth);
      const joinedGrad = new Float32Array(batch * depth);
      const csSum = new Float32Array(step);
      const hSum = new Float32Array(step);
      const hPrevGrad = new Float32Array(step);
      const starts = gateStarts(order, cells);
      for (let t = steps - 1; t >= 0; t--) {
        const at = t * step;
        for (let c = 0; c < step; c++) {
          csSum[c] = csGrad![at + c]! + gradients.csPrev[c]!;
          hSum[c] = hGrad![at + c]! + hPrevGrad[c]!;
        }
        const [csPrev, csPrevAt] = t === 0 ? [csFirst, 0] : [cs!, at - step];
        const [hPrev, hPrevAt] = t === 0 ? [hFirst, 0] : [h!, at - step];
        const states: CellStates = { csPrev, csPrevAt, i: i!, cs: cs!, f: f!, o: o!, ci: ci!, co: co! };
        const weights = [wci!, wcf!, wco!];
        backStep(states, at, weights, csSum, 0, hSum, 0, starts, batch, cells, peephole, gradients);
        gemm(batch, depth, 4 * cells, plain(gradients.gates), turned(w), joinedGrad, 0);
        for (let row = 0; row < batch; row++) {
          const from = row * depth;
          xGrad.set(joinedGrad.subarray(from, from + width), (t * batch + row) * width);
          hPrevGrad.set(joinedGrad.subarray(from + width, from + depth), row * cells);
          for (let j = 0; j < width; j++) joined[from + j] = x[(t * batch + row) * width + j]!;
          for (let j = 0; j < cells; j++) joined[from + width + j] = hPrev[hPrevAt + row * cells + j]!;
        }
        gemm(depth, 4 * cells, batch, turned(joined), plain(gradients.gates), wPart, 0);
        addTo(wGrad, wPart, 0, wGrad.length);
        for (let row = 0; row < batch; row++) addTo(bGrad, gradients.gates, row * 4 * cells, 4 * cells);
      }
      return [
        realValue(dtype, [time, batch, width], xGrad),
        realValue(dtype, [batch, cells], gradients.csPrev),
        realValue(dtype, [batch, cells], hPrevGrad),
        realValue(dtype, [depth, 4 * cells], wGrad),
        ...[gradients.wci, gradients.wcf, gradients.wco].map((vector) => realValue(dtype, [cells], vector)),
        realValue(dtype, [4 * cells], bGrad),
      ];
    };
  };
}

function plain(data: FloatArray): { data: FloatArray; offset: number; transposed: boolean } {
  return { data, offset: 0, transposed: false };
}

function turned(data: FloatArray): { data: FloatArray; offset: number; transposed: boolean } {
  return { data, offset: 0, transposed: true };
}

function matrixOf(name: string, { shape }: TensorValue): void {
  if (shape.length !== 2) throw invalidArgument(`Rank of ${name} must be 2, got ${shape.length}`);
}

/** Checks in TensorFlow's order and words, which calls two matrices by other names. */
function checkGru(inputs: readonly TensorValue[]): readonly [number, number, number] {
  const [x, hPrev, wRu, wC, bRu, bC, ...states] = inputs as [TensorValue, TensorValue, ...TensorValue[]];
  const mustBe = (name: string, found: number, wantedName: string, wanted: number): void => {
    if (found !== wanted) throw invalidArgument(`${name} != ${wantedName}: ${found} vs. ${wanted}`);
  };
  matrixOf("x", x);
  const [batch, width] = x.shape as readonly [number, number];
  matrixOf("h_prev", hPrev);
  mustBe("h_prev.dims(0)", hPrev.shape[0]!, "batch_size", batch);
  const cells = hPrev.shape[1]!;
  matrixOf("w_ru_", wRu!);
  mustBe("w_ru.dim_size(0)", wRu!.shape[0]!, "input_size + cell_size", width + cells);
  mustBe("w_ru.dim_size(1)", wRu!.shape[1]!, "cell_size * 2", 2 * cells);
  matrixOf("w_c", wC!);
  mustBe("w_c.dim_size(0)", wC!.shape[0]!, "input_size + cell_size", width + cells);
  mustBe("w_c.dim_size(1)", wC!.shape[1]!, "cell_size", cells);
  for (const [name, value, wantedName, wanted] of [
    ["b_ru", bRu!, "cell_size * 2", 2 * cells],
    ["b_c", bC!, "cell_size", cells],
  ] as const) {
    if (value.shape.length !== 1) throw invalidArgument(`Rank of ${name} must be 1, got ${value.shape.length}`);
    mustBe(`${name}.dim_size(0)`, value.shape[0]!, wantedName, wanted);
  }
  for (const [place, name] of ["r", "u", "c", "d_h"].entries()) {
    const value = states[place]!;
    matrixOf(name === "c" ? "w_c" : name, value);
    checkStates([[name, value, batch, cells]]);
  }
  return [batch, width, cells];
}

const gruBlockCellGrad: KernelFactory = () => (inputs) => {
  const [batch, width, cells] = checkGru(inputs);
  const [, hPrev, wRu, wC, , , r, u, c, dH] = inputs.map(realData) as FloatArray[];
  const depth = width + cells;
  const candidate = new Float32Array(batch * cells);
  const gates = new Float32Array(batch * 2 * cells);
  for (let row = 0; row < batch; row++) {
    for (let j = 0; j < cells; j++) {
      const at = row * cells + j;
      const [update, state, late] = [u![at]!, c![at]!, dH![at]!];
      candidate[at] = late * (1 - update) * (1 - state * state);
      gates[row * 2 * cells + cells + j] = late * (hPrev![at]! - state) * update * (1 - update);
    }
  }
  const throughCandidate = new Float32Array(batch * depth);
  gemm(batch, depth, cells, plain(candidate), turned(wC!), throughCandidate, 0);
  for (let row = 0; row < batch; row++) {
    for (let j = 0; j < cells; j++) {
      const at = row * cells + j;
      const reset = r![at]!;
      gates[row * 2 * cells + j] = throughCandidate[row * depth + width + j]! * hPrev![at]! * reset * (1 - reset);
    }
  }
  const throughGates = new Float32Array(batch * depth);
  gemm(batch, depth, 2 * cells, plain(gates), turned(wRu!), throughGates, 0);
  const dX = new Float32Array(batch * width);
  const dHPrev = new Float32Array(batch * cells);
  for (let row = 0; row < batch; row++) {
    const from = row * depth;
    for (let j = 0; j < width; j++) dX[row * width + j] = throughGates[from + j]! + throughCandidate[from + j]!;
    for (let j = 0; j < cells; j++) {
      const at = row * cells + j;
      dHPrev[at] = throughGates[from + width + j]! + throughCandidate[from + width + j]! * r![at]! + dH![at]! * u![at]!;
    }
  }
  return [
    realValue("float32", [batch, width], dX),
    realValue("float32", [batch, cells], dHPrev),
    realValue("float32", [batch, cells], candidate),
    realValue("float32", [batch, 2 * cells], gates),
  ];
};

/** Host kernels of the fused recurrent cells' gradients. */
export const nnRecurrentGradKernels: KernelTable = {
  LSTMBlockCellGrad: lstmBlockCellGrad,
  BlockLSTMGrad: blockLstmGrad("icfo"),
  BlockLSTMGradV2: blockLstmGrad("ifco"),
  GRUBlockCellGrad: gruBlockCellGrad,
};
