import { webcrypto } from "node:crypto";
import { dtypeLabel } from "../../core/dtype.js";
import { elementCount } from "../../core/shape.js";
import { invalidArgument, unimplemented } from "../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../core/tensor-value.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import type { ResourceManager } from "../resource-manager.js";
import { newValue } from "./array/cells.js";
import { binomialPlan, binomialSamples } from "./random/binomial.js";
import {
  type Fill,
  fillFullIntegers,
  fillIntegers,
  fillNormal,
  fillTruncatedNormal,
  fillUniform,
  reservedSamples,
} from "./random/distributions.js";
import { algorithmOf, philoxAlgorithm, threeFryAlgorithm } from "./random/generator-start.js";
import { Philox, wordsOf } from "./random/philox.js";
import { integerBounds, shapeInput } from "./random/shape-input.js";
import { type HeldVariable, resourceVariable } from "./state/variable-access.js";

/*
 * tf.random.Generator keeps its state in an int64 variable: a counter of two entries and a key.
 */

/** Entries of the state of Philox. */
const stateSize = 3;

function stateVariable(handle: TensorValue, resources: ResourceManager): HeldVariable {
  const variable = resourceVariable(handle, resources);
  const { dtype, shape } = variable.value;
  if (dtype !== "int64") {
    throw invalidArgument(`dtype of RNG state variable must be int64, not ${dtypeLabel(dtype)}`);
  }
  if (shape.length !== 1) {
    throw invalidArgument(`RNG state must have one and only one dimension, not ${shape.length}`);
  }
  return variable;
}

/** The state's entries as they are; the variable's move on by `samples` outputs (modulo 2^64 with what they reserve). */
function advance(variable: HeldVariable, samples: bigint, from = 0): readonly bigint[] {
  const data = variable.value.data as BigInt64Array;
  if (data.length < from + stateSize) {
    throw invalidArgument(
      `For the Philox algorithm, the size of state must be at least ${from + stateSize}; got ${data.length}`,
    );
  }
  const [low, high, key] = data.subarray(from, from + stateSize) as unknown as [bigint, bigint, bigint];
  const next = data.slice();
  const [first, second] = skipCounter([low, high], samples * BigInt(reservedSamples));
  next[from] = first;
  next[from + 1] = second;
  variable.value = tensorValue("int64", variable.value.shape, next);
  variable.shared = true;
  return [low, high, key];
}

/** A counter moved on by whole blocks. TensorFlow loses the carry where it overflows the upper word of a count that is all ones, and so does this. */
function skipCounter([low, high]: readonly [bigint, bigint], blocks: bigint): readonly [bigint, bigint] {
  const words = [...wordsOf(low), ...wordsOf(high)] as [number, number, number, number];
  const [countLow, upper] = wordsOf(blocks);
  let countHigh = upper;
  words[0] = (words[0] + countLow) >>> 0;
  if (words[0] < countLow) countHigh = (countHigh + 1) >>> 0;
  words[1] = (words[1] + countHigh) >>> 0;
  if (words[1] < countHigh) {
    words[2] = (words[2] + 1) >>> 0;
    if (words[2] === 0) words[3] = (words[3] + 1) >>> 0;
  }
  const join = (lower: number, upper: number): bigint => BigInt.asIntN(64, (BigInt(upper) << 32n) | BigInt(lower));
  return [join(words[0], words[1]), join(words[2], words[3])];
}

function generatorOf([low, high, key]: readonly bigint[]): Philox {
  return new Philox([...wordsOf(low!), ...wordsOf(high!)], wordsOf(key!));
}

function checkAlgorithm(number: number): void {
  if (number === philoxAlgorithm) return;
  if (number === threeFryAlgorithm) throw unimplemented("Non-XLA devices don't support the ThreeFry algorithm.");
  throw invalidArgument(`Unsupported algorithm id: ${number}`);
}

/** A draw of the shape in input `shapeAt` with the generator of the variable in input 0. */
function drawn(fillOf: (inputs: readonly TensorValue[]) => Fill): KernelFactory {
  return ({ outputTypes }) =>
    (inputs, { resources }) => {
      const number = algorithmOf(inputs[1]!, 1);
      const fill = fillOf(inputs);
      const output = newValue(outputTypes[0]!, shapeInput(inputs[2]!));
      const variable = stateVariable(inputs[0]!, resources);
      checkAlgorithm(number);
      fill(generatorOf(advance(variable, BigInt(elementCount(output.shape)))), output);
      return [output];
    };
}

/** The first form of the op keeps the algorithm's number in front of the state. */
const standardNormal: KernelFactory =
  ({ outputTypes }) =>
  (inputs, { resources }) => {
    const output = newValue(outputTypes[0]!, shapeInput(inputs[1]!));
    const variable = stateVariable(inputs[0]!, resources);
    const data = variable.value.data as BigInt64Array;
    if (data.length < 1) throw invalidArgument("Size of tensor must be at least 1");
    checkAlgorithm(Number(data[0]));
    fillNormal(generatorOf(advance(variable, BigInt(elementCount(output.shape)), 1)), output);
    return [output];
  };

const binomial: KernelFactory =
  ({ outputTypes }) =>
  (inputs, { resources }) => {
    const [handle, algorithm, shape, counts, probabilities] = inputs as readonly [
      TensorValue,
      TensorValue,
      TensorValue,
      TensorValue,
      TensorValue,
    ];
    const plan = binomialPlan(shape, counts, probabilities);
    const number = algorithmOf(algorithm, 1);
    const variable = stateVariable(handle, resources);
    if (number !== philoxAlgorithm) throw invalidArgument(`Unsupported algorithm id: ${number}`);
    // TensorFlow reserves a hundred pairs of words for a sample, three samples more than there are.
    const blocks = Math.trunc((elementCount(plan.parameters) * 2 * 100 * (plan.samples + 3)) / 4);
    const generator = generatorOf(advance(variable, BigInt(blocks)));
    return [binomialSamples(generator, plan, counts, probabilities, outputTypes[0]!)];
  };

const readAndSkip: KernelFactory =
  () =>
  (inputs, { resources }) => {
    const number = algorithmOf(inputs[1]!, 1);
    const variable = stateVariable(inputs[0]!, resources);
    checkAlgorithm(number);
    const state = advance(variable, (inputs[2]!.data as BigUint64Array)[0]!);
    return [tensorValue("int64", [stateSize], BigInt64Array.from(state))];
  };

const skip: KernelFactory =
  () =>
  (inputs, { resources }) => {
    const number = algorithmOf(inputs[1]!, 1);
    const variable = stateVariable(inputs[0]!, resources);
    checkAlgorithm(number);
    advance(variable, (inputs[2]!.data as BigInt64Array)[0]!);
    return [];
  };

/** getRandomValues takes so many bytes at a time. */
const entropyBytes = 65536;

const nonDeterministic: KernelFactory =
  ({ outputTypes }) =>
  (inputs) => {
    const output = newValue(outputTypes[0]!, shapeInput(inputs[0]!));
    const { buffer } = output.data as Int32Array;
    for (let from = 0; from < buffer.byteLength; from += entropyBytes) {
      webcrypto.getRandomValues(
        new Uint8Array(buffer as ArrayBuffer, from, Math.min(entropyBytes, buffer.byteLength - from)),
      );
    }
    return [output];
  };

/** Host kernels of generators that are kept in variables. */
export const randomVariableKernels: KernelTable = {
  StatefulUniform: drawn(() => fillUniform),
  StatefulStandardNormal: standardNormal,
  StatefulStandardNormalV2: drawn(() => fillNormal),
  StatefulTruncatedNormal: drawn(() => fillTruncatedNormal),
  StatefulUniformInt: drawn((inputs) => fillIntegers(...integerBounds(inputs[3]!, inputs[4]!))),
  StatefulUniformFullInt: drawn(() => fillFullIntegers),
  StatefulRandomBinomial: binomial,
  RngReadAndSkip: readAndSkip,
  RngSkip: skip,
  NonDeterministicInts: nonDeterministic,
};
