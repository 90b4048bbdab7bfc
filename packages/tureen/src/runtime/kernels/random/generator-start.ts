import { shapeText } from "../../../core/shape.js";
import { invalidArgument } from "../../../core/status-error.js";
import type { TensorValue } from "../../../core/tensor-value.js";
import { cellsOf } from "../array/cells.js";
import { Philox, wordsOf } from "./philox.js";

/** A generator's starting point: a key of two words and a counter of four. */
export interface Start {
  readonly key: readonly number[];
  readonly counter: readonly number[];
}

/** The key under which TensorFlow scrambles users' seeds, so that any bits of them will do (`GenerateKey`). */
const scrambleKey = [0x3ec8f720, 0x02461e29];

/** The start that a seed of two integers means. */
export function startOf(seed: TensorValue): Start {
  if (seed.shape.length !== 1 || seed.shape[0] !== 2) {
    throw invalidArgument(`seed must have shape [2], not ${shapeText(seed.shape)}`);
  }
  const [first, second] = Array.from(seed.data as ArrayLike<number | bigint>, BigInt) as [bigint, bigint];
  const mixed = new Philox([...wordsOf(first), ...wordsOf(second)], scrambleKey).next();
  return { key: [mixed[0]!, mixed[1]!], counter: [0, 0, mixed[2]!, mixed[3]!] };
}

/** The generator of a seed of two integers. */
export function seededGenerator(seed: TensorValue): Philox {
  const { key, counter } = startOf(seed);
  return new Philox(counter, key);
}

/** The number of Philox in `tensorflow::Algorithm`. */
export const philoxAlgorithm = 1;
/** The number of ThreeFry, which TensorFlow has on XLA devices only. */
export const threeFryAlgorithm = 2;
/** Stands for whichever generator suits the device: on a CPU Philox. */
const autoAlgorithm = 3;
/** Entries of a Philox counter. */
const counterSize = 2;

/** An algorithm's number, of a scalar input at place `input`. */
export function algorithmOf(value: TensorValue, input: number): number {
  if (value.shape.length !== 0) {
    throw invalidArgument(`input ${input} (0-based) must have shape [], not ${shapeText(value.shape)}`);
  }
  const number = Number((value.data as ArrayLike<number | bigint>)[0]);
  return number === autoAlgorithm ? philoxAlgorithm : number;
}

/** The generator of a key, a counter and an algorithm at places 1 to 3 of an op's inputs; only when it is called is the algorithm checked. */
export function keyedGenerator(inputs: readonly TensorValue[]): () => Philox {
  const [, key, counter, algorithm] = inputs as readonly [TensorValue, TensorValue, TensorValue, TensorValue];
  const number = algorithmOf(algorithm, 3);
  if (key.shape.length !== 1 || key.shape[0] !== 1) {
    throw invalidArgument(
      `key must have shape [1], not ${shapeText(key.shape)}. (Note that batched keys are not supported yet.)`,
    );
  }
  // TensorFlow asks a counter of so many entries as the number of the algorithm; of Philox it then reads two, there or not.
  const isShort = counter.shape.length !== 1 || counter.shape[0]! < number;
  const needed = number === philoxAlgorithm && !isShort ? counterSize : number;
  if (counter.shape.length !== 1 || counter.shape[0]! < needed) {
    throw invalidArgument(
      `counter must be a vector with length at least ${needed}; got shape: ${shapeText(counter.shape)}. (Note that batched counters are not supported yet.)`,
    );
  }
  return () => {
    if (number !== philoxAlgorithm) throw invalidArgument(`Unsupported algorithm id: ${number}`);
    return new Philox(unsigned(counter).slice(0, 2 * counterSize), unsigned(key));
  };
}

function unsigned(value: TensorValue): number[] {
  return Array.from(cellsOf(value), (word) => word >>> 0);
}
