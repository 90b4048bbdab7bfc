import { shapeText } from "../../core/shape.js";
import { invalidArgument, unimplemented } from "../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../core/tensor-value.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import { cellsOf, newValue } from "./array/cells.js";
import {
  type Fill,
  fillFullIntegers,
  fillIntegers,
  fillNormal,
  fillTruncatedNormal,
  fillUniform,
} from "./random/distributions.js";
import { multinomialSamples, sampleCount } from "./random/multinomial.js";
import { Philox, wordsOf } from "./random/philox.js";
import { integerBounds, shapeInput } from "./random/shape-input.js";

/** A generator's starting point: a key of two words and a counter of four. */
interface Start {
  readonly key: readonly number[];
  readonly counter: readonly number[];
}

/** The key under which TensorFlow scrambles users' seeds, so that any bits of them will do (`GenerateKey`). */
const scrambleKey = [0x3ec8f720, 0x02461e29];

function startOf(seed: TensorValue): Start {
  if (seed.shape.length !== 1 || seed.shape[0] !== 2) {
    throw invalidArgument(`seed must have shape [2], not ${shapeText(seed.shape)}`);
  }
  const [first, second] = Array.from(seed.data as ArrayLike<number | bigint>, BigInt) as [bigint, bigint];
  const mixed = new Philox([...wordsOf(first), ...wordsOf(second)], scrambleKey).next();
  return { key: [mixed[0]!, mixed[1]!], counter: [0, 0, mixed[2]!, mixed[3]!] };
}

function fromSeed(fillOf: Fill | undefined): KernelFactory {
  return ({ outputTypes }) =>
    (inputs) => {
      const shape = shapeInput(inputs[0]!);
      const { key, counter } = startOf(inputs[1]!);
      const output = newValue(outputTypes[0]!, shape);
      const fill = fillOf ?? fillIntegers(...integerBounds(inputs[2]!, inputs[3]!));
      fill(new Philox(counter, key), output);
      return [output];
    };
}

/** Numbers of `tensorflow::Algorithm`: Philox, ThreeFry and whichever suits the device. */
const philoxAlgorithm = 1;
const autoAlgorithm = 3;

function fromKey(fillOf: Fill | undefined): KernelFactory {
  return ({ outputTypes }) =>
    (inputs) => {
      const [shapeValue, key, counter, algorithm, low, high] = inputs as TensorValue[];
      const shape = shapeInput(shapeValue!);
      const [number] = algorithm!.data as Int32Array;
      if (number !== philoxAlgorithm && number !== autoAlgorithm) {
        throw unimplemented(`Random number generator ${number} is not supported`);
      }
      if (key!.shape.length !== 1 || key!.shape[0] !== 1) {
        throw invalidArgument(`key must have shape [1], not ${shapeText(key!.shape)}`);
      }
      if (counter!.shape.length !== 1 || counter!.shape[0]! < 2) {
        throw invalidArgument(`counter must be a vector with length at least 2`);
      }
      const output = newValue(outputTypes[0]!, shape);
      const fill = fillOf ?? fillIntegers(...integerBounds(low!, high!));
      fill(new Philox(unsigned(counter!).slice(0, 4), unsigned(key!)), output);
      return [output];
    };
}

function unsigned(value: TensorValue): number[] {
  return Array.from(cellsOf(value), (word) => word >>> 0);
}

function wide(words: readonly number[]): TensorValue {
  const value = newValue("uint64", [words.length / 2]);
  cellsOf(value).set(words);
  return value;
}

const keyAndCounter = (seed: TensorValue): TensorValue[] => {
  const { key, counter } = startOf(seed);
  return [wide(key), wide(counter)];
};

const philox = tensorValue("int32", [], Int32Array.of(philoxAlgorithm));

/** Host kernels of random ops that keep no state. */
export const randomStatelessKernels: KernelTable = {
  StatelessRandomUniform: fromSeed(fillUniform),
  StatelessRandomNormal: fromSeed(fillNormal),
  StatelessTruncatedNormal: fromSeed(fillTruncatedNormal),
  StatelessRandomUniformInt: fromSeed(undefined),
  StatelessRandomUniformFullInt: fromSeed(fillFullIntegers),
  StatelessRandomUniformV2: fromKey(fillUniform),
  StatelessRandomNormalV2: fromKey(fillNormal),
  StatelessTruncatedNormalV2: fromKey(fillTruncatedNormal),
  StatelessRandomUniformIntV2: fromKey(undefined),
  StatelessRandomUniformFullIntV2: fromKey(fillFullIntegers),
  StatelessRandomGetKeyCounter: () => (inputs) => keyAndCounter(inputs[0]!),
  StatelessRandomGetAlg: () => () => [philox],
  StatelessRandomGetKeyCounterAlg: () => (inputs) => [...keyAndCounter(inputs[0]!), philox],
  StatelessMultinomial:
    ({ outputTypes }) =>
    (inputs) => {
      const [logits, samples, seed] = inputs as [TensorValue, TensorValue, TensorValue];
      const count = sampleCount(logits, samples);
      const { key, counter } = startOf(seed);
      return [multinomialSamples(new Philox(counter, key), logits, count, outputTypes[0]!)];
    },
};
