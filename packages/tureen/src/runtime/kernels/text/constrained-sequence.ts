import { invalidArgument } from "../../../core/status-error.js";
import { type TensorValue, tensorValue, toIntegers } from "../../../core/tensor-value.js";
import type { KernelFactory, KernelTable } from "../../kernel.js";
import { integersValue } from "../array/cells.js";

/** What no allowed transition leads to, or all of a sequence that none leads out of. */
const errorState = -1;
const lowestFloat = -(2 - 2 ** -23) * 2 ** 127;

/** The scores of one sequence, and what transitions between states weigh and which are allowed; undefined for all alike. */
interface Sequence {
  readonly scores: Float32Array;
  readonly from: number;
  readonly steps: number;
  readonly states: number;
  readonly weights: Float32Array | undefined;
  readonly allowed: Uint8Array | undefined;
  /** Whether scores and weights add up, as logarithms do, or multiply. */
  readonly logarithms: boolean;
  /** Whether sequences start from and end in a state of their own, the last one. */
  readonly bounded: boolean;
}

function mayGo({ allowed, states, bounded }: Sequence, from: number, to: number): boolean {
  return allowed === undefined || allowed[from * (states + (bounded ? 1 : 0)) + to] !== 0;
}

/** A score after a transition, rounded to a float as the library's is. */
function weighed(sequence: Sequence, score: number, from: number, to: number): number {
  const { weights, states, bounded, logarithms } = sequence;
  if (weights === undefined) return score;
  const weight = weights[from * (states + (bounded ? 1 : 0)) + to]!;
  return Math.fround(logarithms ? score + weight : score * weight);
}

/** Scales what is not logarithmic so that the greatest is 1. */
function normalize(sequence: Sequence, scores: Float64Array): void {
  if (sequence.logarithms) return;
  let greatest = Number.NEGATIVE_INFINITY;
  for (const score of scores) if (score > greatest) greatest = score;
  if (greatest > 0) for (let s = 0; s < scores.length; s++) scores[s] = scores[s]! / greatest;
}

/** The states of the best path (Viterbi): of paths alike, the one through the last states. */
function bestPath(sequence: Sequence, out: Int32Array, to: number): void {
  const { scores, from, steps, states, logarithms, bounded } = sequence;
  if (steps === 0) return;
  const sources = new Int32Array(steps * states).fill(errorState);
  let previous = new Float64Array(states).fill(lowestFloat);
  let current = new Float64Array(states).fill(lowestFloat);
  for (let state = 0; state < states; state++) {
    if (bounded && !mayGo(sequence, states, state)) continue;
    sources[state] = states;
    const score = scores[from + state]!;
    current[state] = bounded ? weighed(sequence, score, states, state) : score;
  }
  normalize(sequence, current);
  [previous, current] = [current, previous];
  for (let step = 1; step < steps; step++) {
    for (let state = 0; state < states; state++) {
      const own = scores[from + step * states + state]!;
      let [source, best] = [errorState, lowestFloat];
      for (let last = 0; last < states; last++) {
        if (sources[(step - 1) * states + last] === errorState || !mayGo(sequence, last, state)) continue;
        const joined = Math.fround(logarithms ? own + previous[last]! : own * previous[last]!);
        const score = weighed(sequence, joined, last, state);
        if (score >= best) [source, best] = [last, score];
      }
      sources[step * states + state] = source;
      current[state] = best;
    }
    normalize(sequence, current);
    [previous, current] = [current, previous];
  }
  let [end, best] = [errorState, lowestFloat];
  for (let last = 0; last < states; last++) {
    if (sources[(steps - 1) * states + last] === errorState) continue;
    if (bounded && !mayGo(sequence, last, states)) continue;
    const score = Math.fround(previous[last]!);
    const final = bounded ? weighed(sequence, score, last, states) : score;
    if (final >= best) [end, best] = [last, final];
  }
  for (let step = steps - 1; step >= 0; step--) {
    out[to + step] = end;
    if (end !== errorState) end = sources[step * states + end]!;
  }
}

/** The best state step by step, whatever comes after. */
function greedyPath(sequence: Sequence, out: Int32Array, to: number): void {
  const { scores, from, steps, states, bounded } = sequence;
  for (let step = 0; step < steps; step++) {
    const last = step === 0 ? states : out[to + step - 1]!;
    let [found, best] = [errorState, lowestFloat];
    const ends = bounded && step === steps - 1;
    for (let state = 0; state < states && last !== errorState; state++) {
      let score = scores[from + step * states + state]!;
      if (bounded || step > 0) {
        if (!mayGo(sequence, last, state) || (ends && !mayGo(sequence, state, states))) continue;
        score = weighed(sequence, score, last, state);
        if (ends) score = weighed(sequence, score, state, states);
      }
      if (score >= best) [found, best] = [state, score];
    }
    out[to + step] = found;
  }
}

/** A matrix of transitions, or undefined where it is empty. */
function constraint<T>(name: string, { shape, data }: TensorValue, states: number, bounded: boolean): T | undefined {
  if (shape.some((size) => size === 0)) return undefined;
  if (shape.length !== 2) throw invalidArgument(`${name} must be of rank 2`);
  const expected = bounded ? states + 1 : states;
  for (const [d, title] of ["zeroth", "first"].entries()) {
    if (shape[d] !== expected) {
      throw invalidArgument(
        `${name} must have a ${title} dimension of size ${expected} when num_states is ${states} and use_start_and_end_states is ${bounded ? 1 : 0}`,
      );
    }
  }
  return data as T;
}

const constrainedSequence: KernelFactory = ({ attrs }) => {
  const path = attrs.bool("use_viterbi") ? bestPath : greedyPath;
  const [logarithms, bounded] = [attrs.bool("use_log_space"), attrs.bool("use_start_and_end_states")];
  const splitsType = attrs.type("Tsplits");
  return (inputs) => {
    const [scores, lengthsValue, allowedValue, weightsValue] = inputs as [
      TensorValue<"float32">,
      TensorValue,
      TensorValue,
      TensorValue,
    ];
    const { shape } = scores;
    if (shape.length !== 2 && shape.length !== 3) throw invalidArgument("The score tensor must be of rank 2 or 3.");
    const [batch, longest, states] = (shape.length === 3 ? shape : [1, ...shape]) as [number, number, number];
    const lengths = toIntegers(lengthsValue);
    if (lengths.length !== batch) {
      throw invalidArgument(
        `There should be exactly one length for every batch element. Found ${lengths.length} length elements for a batch size of ${batch}`,
      );
    }
    if (lengths.some((length) => length > longest)) {
      throw invalidArgument("The scores tensor is too short for the longest sequence length.");
    }
    if (lengths.some((length) => length < 0)) throw invalidArgument("Sequence lengths must not be negative.");
    const allowed = constraint<Uint8Array>("allowed_transitions", allowedValue, states, bounded);
    const weights = constraint<Float32Array>("transition_weights", weightsValue, states, bounded);
    if (!logarithms && weights?.some((weight) => !(weight >= 0))) {
      throw invalidArgument("The transition weights tensor must not contain negative values.");
    }
    const splits = [0];
    for (const length of lengths) splits.push(splits.at(-1)! + length);
    const out = new Int32Array(splits.at(-1)!);
    for (const [i, steps] of lengths.entries()) {
      const from = i * longest * states;
      path({ scores: scores.data, from, steps, states, weights, allowed, logarithms, bounded }, out, splits[i]!);
    }
    return [
      tensorValue("int32", [out.length], out),
      integersValue(splitsType as "int32" | "int64", [splits.length], Int32Array.from(splits)),
    ];
  };
};

/** Host kernel of sequences of states under constraints: greedy, or the best path. */
export const constrainedSequenceKernels: KernelTable = { ConstrainedSequence: constrainedSequence };
