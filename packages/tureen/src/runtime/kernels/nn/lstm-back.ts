import type { FloatArray } from "../linalg/gemm.js";

/** What one step of an LSTM left behind; the state before it lies elsewhere. */
export interface CellStates {
  readonly csPrev: FloatArray;
  readonly csPrevAt: number;
  readonly i: FloatArray;
  readonly cs: FloatArray;
  readonly f: FloatArray;
  readonly o: FloatArray;
  readonly ci: FloatArray;
  readonly co: FloatArray;
}

/** Where a step's gradients go: those of the peephole weights are added up, the others written over. */
export interface CellGradients {
  readonly csPrev: Float32Array;
  readonly gates: Float32Array;
  readonly wci: Float32Array;
  readonly wcf: Float32Array;
  readonly wco: Float32Array;
}

/** The column in which each gate's block begins. */
export interface GateStarts {
  readonly i: number;
  readonly c: number;
  readonly f: number;
  readonly o: number;
}

/** The columns of each gate in a weight matrix whose gates come in this order. */
export function gateStarts(order: "icfo" | "ifco", cells: number): GateStarts {
  const start = (gate: string): number => order.indexOf(gate) * cells;
  return { i: start("i"), c: start("c"), f: start("f"), o: start("o") };
}

/** Adds `count` elements of `source` from `from` on to the first of `target`. */
export function addTo(target: Float32Array, source: Float32Array, from: number, count: number): void {
  for (let j = 0; j < count; j++) target[j] = target[j]! + source[from + j]!;
}

/**
 * The gradients of one LSTM step by the chain rule, from those of its state and its output.
 *
 * States are read from `at` on; `weights` are the peepholes of the input, forget and output gates. The output gate's own gradient does not
 * know of clipping, as in TensorFlow.
 */
export function backStep(
  states: CellStates,
  at: number,
  weights: readonly FloatArray[],
  csGrad: FloatArray,
  csGradAt: number,
  hGrad: FloatArray,
  hGradAt: number,
  starts: GateStarts,
  batch: number,
  cells: number,
  peephole: boolean,
  out: CellGradients,
): void {
  const [wci, wcf, wco] = weights as readonly [FloatArray, FloatArray, FloatArray];
  for (let row = 0; row < batch; row++) {
    const gates = row * 4 * cells;
    for (let j = 0; j < cells; j++) {
      const cell = row * cells + j;
      const from = at + cell;
      const [i, f, o] = [states.i[from]!, states.f[from]!, states.o[from]!];
      const [ci, co] = [states.ci[from]!, states.co[from]!];
      const previous = states.csPrev[states.csPrevAt + cell]!;
      const late = hGrad[hGradAt + cell]!;
      const dO = o * (1 - o) * late * co;
      let dCs = (1 - co * co) * late * o + csGrad[csGradAt + cell]!;
      if (peephole) dCs += dO * wco[j]!;
      const dCi = (1 - ci * ci) * dCs * i;
      const dF = f * (1 - f) * dCs * previous;
      const dI = i * (1 - i) * dCs * ci;
      out.gates[gates + starts.i + j] = dI;
      out.gates[gates + starts.c + j] = dCi;
      out.gates[gates + starts.f + j] = dF;
      out.gates[gates + starts.o + j] = dO;
      let dPrevious = dCs * f;
      if (peephole) {
        dPrevious += dI * wci[j]! + dF * wcf[j]!;
        out.wci[j] = out.wci[j]! + dI * previous;
        out.wcf[j] = out.wcf[j]! + dF * previous;
        out.wco[j] = out.wco[j]! + dO * states.cs[from]!;
      }
      out.csPrev[cell] = dPrevious;
    }
  }
}
