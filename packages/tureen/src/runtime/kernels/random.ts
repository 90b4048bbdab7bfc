import { elementCount } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import type { TensorValue } from "../../core/tensor-value.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import { newValue } from "./array/cells.js";
import {
  type Fill,
  fillIntegers,
  fillNormal,
  fillTruncatedNormal,
  fillUniform,
  reservedSamples,
} from "./random/distributions.js";
import { gammaSamples } from "./random/gamma.js";
import { multinomialSamples, sampleCount } from "./random/multinomial.js";
import { blockWords } from "./random/philox.js";
import { poissonSamples } from "./random/poisson.js";
import { sessionGenerator } from "./random/session-generator.js";
import { integerBounds, shapeInput } from "./random/shape-input.js";
import { shuffledRows } from "./random/shuffled-rows.js";
import { randomCandidateKernels } from "./random-candidates.js";
import { randomDrawKernels } from "./random-draws.js";
import { randomStatelessKernels } from "./random-stateless.js";
import { randomVariableKernels } from "./random-variable.js";

/*
 * The same numbers as TensorFlow's CPU kernels for the same seeds: the same generator, moved on by as much in each run.
 */

function filled(fill: Fill): KernelFactory {
  return (node) => {
    const reserve = sessionGenerator(node);
    const dtype = node.outputTypes[0]!;
    return (inputs, context) => {
      const output = newValue(dtype, shapeInput(inputs[0]!));
      fill(reserve(context, elementCount(output.shape) * reservedSamples), output);
      return [output];
    };
  };
}

const uniformInt: KernelFactory = (node) => {
  const reserve = sessionGenerator(node);
  const dtype = node.outputTypes[0]!;
  return (inputs, context) => {
    const [shape, low, high] = inputs as [TensorValue, TensorValue, TensorValue];
    const sizes = shapeInput(shape);
    const output = newValue(dtype, sizes);
    const count = elementCount(sizes);
    if (count === 0) return [output];
    const fill = fillIntegers(...integerBounds(low, high));
    fill(reserve(context, count * reservedSamples), output);
    return [output];
  };
};

const multinomial: KernelFactory = (node) => {
  const reserve = sessionGenerator(node);
  const dtype = node.outputTypes[0]!;
  return (inputs, context) => {
    const [logits, samples] = inputs as [TensorValue, TensorValue];
    const count = sampleCount(logits, samples);
    // A sample is a double, made of two words.
    const rounded = 2 * Math.ceil(count / blockWords) * blockWords;
    const generator = reserve(context, logits.shape[0]! * rounded * reservedSamples);
    return [multinomialSamples(generator, logits, count, dtype)];
  };
};

const shuffle: KernelFactory = (node) => {
  const reserve = sessionGenerator(node);
  return (inputs, context) => {
    const [input] = inputs as [TensorValue];
    return [shuffledRows(input, (samples) => reserve(context, Math.ceil(samples / blockWords)))];
  };
};

const gamma: KernelFactory = (node) => {
  const reserve = sessionGenerator(node);
  return (inputs, context) => {
    const [shape, alpha] = inputs as [TensorValue, TensorValue];
    if (shape.shape.length === 0) {
      throw invalidArgument(
        `shape must be a vector of {int32,int64}, got shape: Tensor<type: ${shape.dtype} shape: [] values: ${shape.data[0]}>`,
      );
    }
    const sizes = shapeInput(shape);
    const count = elementCount(sizes) * elementCount(alpha.shape);
    if (count === 0) return [newValue(alpha.dtype, [...sizes, ...alpha.shape])];
    return [gammaSamples(reserve(context, count * reservedSamples), sizes, alpha)];
  };
};

const poisson: KernelFactory = (node) => {
  const reserve = sessionGenerator(node);
  const dtype = node.outputTypes[0]!;
  return (inputs, context) => {
    const [shape, rate] = inputs as [TensorValue, TensorValue];
    const sizes = shapeInput(shape);
    const count = elementCount(sizes) * elementCount(rate.shape);
    if (count === 0) return [newValue(dtype, [...sizes, ...rate.shape])];
    return [poissonSamples(reserve(context, count * reservedSamples), sizes, rate, dtype)];
  };
};

/** Host kernels of the random family. */
export const randomKernels: KernelTable = {
  RandomUniform: filled(fillUniform),
  RandomStandardNormal: filled(fillNormal),
  TruncatedNormal: filled(fillTruncatedNormal),
  RandomUniformInt: uniformInt,
  Multinomial: multinomial,
  RandomShuffle: shuffle,
  RandomGamma: gamma,
  RandomPoisson: poisson,
  RandomPoissonV2: poisson,
  ...randomStatelessKernels,
  ...randomDrawKernels,
  ...randomVariableKernels,
  ...randomCandidateKernels,
};
