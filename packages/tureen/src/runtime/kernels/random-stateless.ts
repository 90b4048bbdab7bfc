import { elementCount } from "../../core/shape.js";
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
import { keyedGenerator, philoxAlgorithm, seededGenerator, startOf } from "./random/generator-start.js";
import { multinomialSamples, sampleCount } from "./random/multinomial.js";
import { integerBounds, shapeInput } from "./random/shape-input.js";

function fromSeed(fillOf: Fill | undefined): KernelFactory {
  return ({ outputTypes }) =>
    (inputs) => {
      const shape = shapeInput(inputs[0]!);
      const generator = seededGenerator(inputs[1]!);
      const output = newValue(outputTypes[0]!, shape);
      const fill = fillOf ?? fillIntegers(...integerBounds(inputs[2]!, inputs[3]!));
      fill(generator, output);
      return [output];
    };
}

function fromKey(fillOf: Fill | undefined): KernelFactory {
  return ({ outputTypes }) =>
    (inputs) => {
      const generator = keyedGenerator(inputs);
      const shape = shapeInput(inputs[0]!);
      const output = newValue(outputTypes[0]!, shape);
      if (elementCount(shape) === 0) return [output];
      const fill = fillOf ?? fillIntegers(...integerBounds(inputs[4]!, inputs[5]!));
      fill(generator(), output);
      return [output];
    };
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
      return [multinomialSamples(seededGenerator(seed), logits, count, outputTypes[0]!)];
    },
};
