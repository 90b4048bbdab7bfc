import type { FloatArray } from "../linalg/gemm.js";

/** cuDNN's kinds of recurrent network. */
export type CudnnMode = "rnn_relu" | "rnn_tanh" | "lstm" | "gru";

/** The extent of a network of cuDNN. */
export interface CudnnSizes {
  readonly mode: CudnnMode;
  readonly directions: 1 | 2;
  readonly layers: number;
  readonly units: number;
  readonly inputSize: number;
}

/** How many gates a cell has: input, forget, cell and output of an LSTM; reset, update and candidate of a GRU. */
export function gatesOf(mode: CudnnMode): number {
  return mode === "lstm" ? 4 : mode === "gru" ? 3 : 1;
}

/** Where the parts of cuDNN's one vector of parameters lie: for each layer and direction the matrices of the input, then those of the state, a matrix a gate; behind all matrices the biases in the same order. */
export function cudnnSizes({ mode, directions, layers, units, inputSize }: CudnnSizes): {
  readonly matrices: readonly { readonly at: number; readonly columns: number }[];
  readonly biases: readonly number[];
  readonly total: number;
} {
  const gates = gatesOf(mode);
  const matrices: { at: number; columns: number }[] = [];
  let at = 0;
  for (let layer = 0; layer < layers; layer++) {
    const width = layer === 0 ? inputSize : directions * units;
    for (let direction = 0; direction < directions; direction++) {
      for (let g = 0; g < 2 * gates; g++) {
        const columns = g < gates ? width : units;
        matrices.push({ at, columns });
        at += units * columns;
      }
    }
  }
  const biases = matrices.map((_, i) => at + i * units);
  return { matrices, biases, total: at + matrices.length * units };
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** All outputs [steps, batch, directions × units], and the last states [layers × directions, batch, units]. */
export interface CudnnResult {
  readonly output: FloatArray;
  readonly h: FloatArray;
  readonly c: FloatArray;
}

/** Runs all layers over time-major input; `lengths` cuts sequences short: outputs beyond are zero, and the state stays. */
export function runCudnnLayers(
  sizes: CudnnSizes,
  params: FloatArray,
  input: FloatArray,
  steps: number,
  batch: number,
  firstH: FloatArray,
  firstC: FloatArray,
  lengths: Int32Array | undefined,
): CudnnResult {
  const { mode, directions, layers, units } = sizes;
  const { matrices, biases } = cudnnSizes(sizes);
  const gates = gatesOf(mode);
  const [h, c] = [firstH.slice(), firstC.slice()];
  let x = input;
  let width = sizes.inputSize;
  const sums = new Float64Array(2 * gates * units);
  for (let layer = 0; layer < layers; layer++) {
    const output = newLike(params, steps * batch * directions * units);
    for (let direction = 0; direction < directions; direction++) {
      const place = layer * directions + direction;
      const first = place * 2 * gates;
      for (let row = 0; row < batch; row++) {
        const state = (place * batch + row) * units;
        const own = lengths === undefined ? steps : Math.min(steps, lengths[row]!);
        for (let i = 0; i < own; i++) {
          const t = direction === 0 ? i : own - 1 - i;
          const from = (t * batch + row) * width;
          for (let g = 0; g < 2 * gates; g++) {
            const { at, columns } = matrices[first + g]!;
            const bias = biases[first + g]!;
            const [source, start] = g < gates ? [x, from] : [h, state];
            for (let u = 0; u < units; u++) {
              let sum = params[bias + u]!;
              const line = at + u * columns;
              for (let k = 0; k < columns; k++) sum += params[line + k]! * source[start + k]!;
              sums[g * units + u] = sum;
            }
          }
          step(mode, sums, units, h, c, state);
          const to = ((t * batch + row) * directions + direction) * units;
          for (let u = 0; u < units; u++) output[to + u] = h[state + u]!;
        }
      }
    }
    x = output;
    width = directions * units;
  }
  return { output: x, h, c };
}

function newLike(like: FloatArray, length: number): FloatArray {
  return like instanceof Float64Array ? new Float64Array(length) : new Float32Array(length);
}

/** Moves one state on by the sums of its gates, the input's and then the state's. */
function step(mode: CudnnMode, sums: Float64Array, units: number, h: FloatArray, c: FloatArray, at: number): void {
  const gates = gatesOf(mode);
  const gate = (g: number, u: number): number => sums[g * units + u]! + sums[(gates + g) * units + u]!;
  for (let u = 0; u < units; u++) {
    if (mode === "lstm") {
      const cell = sigmoid(gate(1, u)) * c[at + u]! + sigmoid(gate(0, u)) * Math.tanh(gate(2, u));
      c[at + u] = cell;
      h[at + u] = sigmoid(gate(3, u)) * Math.tanh(cell);
    } else if (mode === "gru") {
      const [reset, update] = [sigmoid(gate(0, u)), sigmoid(gate(1, u))];
      // The reset gate acts behind the state's matrix and bias.
      const candidate = Math.tanh(sums[2 * units + u]! + reset * sums[(gates + 2) * units + u]!);
      h[at + u] = (1 - update) * candidate + update * h[at + u]!;
    } else {
      const sum = gate(0, u);
      h[at + u] = mode === "rnn_relu" ? Math.max(0, sum) : Math.tanh(sum);
    }
  }
}
