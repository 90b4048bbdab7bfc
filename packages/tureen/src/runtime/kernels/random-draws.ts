import { broadcastShapes, elementCount, type Shape, shapeText } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import type { TensorValue } from "../../core/tensor-value.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import { newValue } from "./array/cells.js";
import { numberReader, numberWriter } from "./array/number-access.js";
import { requireBroadcast } from "./math/broadcast.js";
import { randomGammaGrad } from "./math/gamma-functions.js";
import { binomialPlan, binomialSamples, drawPlan, flatIndices } from "./random/binomial.js";
import { type BoundedNormal, drawBoundedNormal, mostIterations, sampleBlocks } from "./random/bounded-normal.js";
import { gammaSamples } from "./random/gamma.js";
import { keyedGenerator, seededGenerator } from "./random/generator-start.js";
import { shuffledIndex } from "./random/index-shuffle.js";
import type { Philox } from "./random/philox.js";
import { poissonSamples } from "./random/poisson.js";
import { sessionGenerator } from "./random/session-generator.js";
import { shapeInput } from "./random/shape-input.js";
import { shuffledRows } from "./random/shuffled-rows.js";

/** The shape of samples for each parameter, of a shape that must end with that of the parameters. */
function leadOf(shape: Shape, parameters: Shape): Shape {
  const lead = shape.length - parameters.length;
  if (lead < 0 || parameters.some((size, d) => shape[lead + d] !== size)) {
    throw invalidArgument("Shape passed in must end with broadcasted shape.");
  }
  return shape.slice(0, lead);
}

function statelessGamma(generatorOf: (inputs: readonly TensorValue[]) => () => Philox, alphaAt: number): KernelFactory {
  return () => (inputs) => {
    const alpha = inputs[alphaAt]!;
    const generator = generatorOf(inputs);
    const shape = shapeInput(inputs[0]!);
    if (elementCount(shape) === 0) return [newValue(alpha.dtype, shape)];
    return [gammaSamples(generator(), leadOf(shape, alpha.shape), alpha)];
  };
}

const statelessPoisson: KernelFactory = ({ outputTypes }) => {
  const dtype = outputTypes[0]!;
  return (inputs) => {
    const [shapeValue, seed, rate] = inputs as [TensorValue, TensorValue, TensorValue];
    const shape = shapeInput(shapeValue);
    const generator = seededGenerator(seed);
    const lead = leadOf(shape, rate.shape);
    if (elementCount(shape) === 0) return [newValue(dtype, shape)];
    return [poissonSamples(generator, lead, rate, dtype)];
  };
};

const statelessBinomial: KernelFactory = ({ outputTypes }) => {
  const dtype = outputTypes[0]!;
  return (inputs) => {
    const [shape, seed, counts, probabilities] = inputs as [TensorValue, TensorValue, TensorValue, TensorValue];
    const generator = seededGenerator(seed);
    const plan = binomialPlan(shape, counts, probabilities);
    return [binomialSamples(generator, plan, counts, probabilities, dtype)];
  };
};

/** Reads the four parameters of a bounded normal distribution. */
function boundedNormals(
  parameters: readonly TensorValue[],
  placesOf: (parameter: TensorValue) => (batch: number) => number,
): (batch: number) => BoundedNormal {
  const [mean, deviation, low, high] = parameters.map((parameter) => {
    const [read, place] = [numberReader(parameter), placesOf(parameter)];
    return (batch: number): number => read(place(batch));
  }) as [(b: number) => number, (b: number) => number, (b: number) => number, (b: number) => number];
  return (batch) => ({ mean: mean(batch), deviation: deviation(batch), low: low(batch), high: high(batch) });
}

const statelessBoundedNormal: KernelFactory = ({ outputTypes }) => {
  const dtype = outputTypes[0]!;
  return (inputs) => {
    const [shape, seed, ...parameters] = inputs as [TensorValue, TensorValue, ...TensorValue[]];
    const generator = seededGenerator(seed);
    const joint = parameters.reduce<Shape | undefined>(
      (found, parameter) => (found === undefined ? undefined : broadcastShapes(found, parameter.shape)),
      [],
    );
    if (joint === undefined) {
      throw invalidArgument(
        `means, stddevs, minvals, maxvals must have compatible batch dimensions: ${parameters.map((parameter) => shapeText(parameter.shape)).join(" vs. ")}`,
      );
    }
    const plan = drawPlan(shape, joint);
    const output = newValue(dtype, plan.shape);
    const batches = elementCount(joint);
    const of = boundedNormals(parameters, (parameter) => {
      const places = flatIndices(parameter.shape, joint);
      return (batch) => places[batch]!;
    });
    const blocks = sampleBlocks(generator, dtype === "float64");
    const write = numberWriter(output);
    if (plan.samples === 0) return [output];
    for (let batch = 0; batch < batches; batch++) {
      let at = batch;
      drawBoundedNormal(blocks, of(batch), plan.samples, (sample) => {
        write(at, sample);
        at += batches;
      });
    }
    return [output];
  };
};

/** Samples in a batch where all of them have the same parameters. */
const jointBatch = 100;

const boundedNormal: KernelFactory = (node) => {
  const reserve = sessionGenerator(node);
  const dtype = node.outputTypes[0]!;
  const names = ["means", "stddevs", "minvals", "maxvals"];
  return (inputs, context) => {
    const [shapeValue, ...parameters] = inputs as [TensorValue, ...TensorValue[]];
    if (shapeValue.shape.length !== 1) {
      throw invalidArgument(`Input shape should be a vector, got shape: ${shapeText(shapeValue.shape)}`);
    }
    const output = newValue(dtype, shapeInput(shapeValue));
    let batches = output.shape[0]!;
    const count = elementCount(output.shape);
    let samples = elementCount(output.shape.slice(1));
    parameters.forEach(({ shape }, i) => {
      if (shape.length > 1) {
        throw invalidArgument(`Input ${names[i]} should be a scalar or vector, got shape: ${shapeText(shape)}`);
      }
    });
    const isJoint = parameters.every(({ shape }, i) => shape.length === 0 || (i < 2 && shape[0] === 1));
    if (isJoint) {
      [batches, samples] = [Math.ceil(count / jointBatch), jointBatch];
    } else {
      parameters.forEach(({ shape }, i) => {
        if (shape.length > 0 && shape[0] !== 1 && shape[0] !== batches) {
          throw invalidArgument(`Input ${names[i]} should have length 1 or shape[0], got shape: ${shapeText(shape)}`);
        }
      });
    }
    const generator = reserve(context, Math.trunc((batches * 2 * mostIterations * (samples + 3)) / 4));
    const of = boundedNormals(parameters, ({ shape }) => {
      const isOne = elementCount(shape) === 1;
      return (batch) => (isOne ? 0 : batch);
    });
    const blocks = sampleBlocks(generator, dtype === "float64");
    const write = numberWriter(output);
    for (let batch = 0; batch < batches; batch++) {
      let at = batch * samples;
      drawBoundedNormal(blocks, of(batch), Math.min((batch + 1) * samples, count) - at, (sample) =>
        write(at++, sample),
      );
    }
    return [output];
  };
};

const gammaGrad: KernelFactory = () => (inputs) => {
  const [alpha, sample] = inputs as [TensorValue, TensorValue];
  const shape = requireBroadcast(alpha.shape, sample.shape).shape;
  const output = newValue(alpha.dtype, shape);
  const [alphaAt, sampleAt] = [flatIndices(alpha.shape, shape), flatIndices(sample.shape, shape)];
  const [readAlpha, readSample, write] = [numberReader(alpha), numberReader(sample), numberWriter(output)];
  for (let i = 0; i < alphaAt.length; i++) {
    write(i, randomGammaGrad(readAlpha(alphaAt[i]!), readSample(sampleAt[i]!)));
  }
  return [output];
};

const indexShuffle: KernelFactory = ({ attrs, outputTypes }) => {
  const rounds = attrs.int("rounds");
  const dtype = outputTypes[0]!;
  if (rounds < 4 || rounds % 2 !== 0) throw invalidArgument(`rounds must be even and at least 4, got ${rounds}`);
  return (inputs) => {
    const [index, seed, largest] = inputs as [TensorValue, TensorValue, TensorValue];
    // One index, one seed or one largest index serves for all.
    const rows = Math.max(index.shape[0] ?? 1, seed.shape.length === 2 ? seed.shape[0]! : 1, largest.shape[0] ?? 1);
    const isVector = index.shape.length === 1 || seed.shape.length === 2 || largest.shape.length === 1;
    if (seed.shape.at(-1) !== 3) {
      throw invalidArgument(`Seed must have shape [3] or [n, 3], got ${shapeText(seed.shape)}`);
    }
    for (const { shape } of [index, largest]) {
      if (shape.length > 0 && shape[0] !== rows) throw invalidArgument(`Expected ${rows} entries, got ${shape[0]}`);
    }
    const data = (value: TensorValue): ArrayLike<number | bigint> => value.data as ArrayLike<number | bigint>;
    const at = (value: TensorValue, row: number): bigint => BigInt(data(value)[value.shape.length === 0 ? 0 : row]!);
    const output = newValue(dtype, isVector ? [rows] : []);
    const write = numberWriter(output);
    for (let row = 0; row < rows; row++) {
      const from = seed.shape.length === 2 ? 3 * row : 0;
      const words = [0, 1, 2].map((i) => Number(BigInt.asUintN(32, BigInt(data(seed)[from + i]!))));
      write(row, Number(shuffledIndex(at(index, row), words, at(largest, row), rounds)));
    }
    return [output];
  };
};

/** Host kernels of draws with parameters and of shuffles that keep no state. */
export const randomDrawKernels: KernelTable = {
  StatelessRandomGammaV2: statelessGamma((inputs) => {
    const generator = seededGenerator(inputs[1]!);
    return () => generator;
  }, 2),
  StatelessRandomGammaV3: statelessGamma(keyedGenerator, 4),
  StatelessRandomPoisson: statelessPoisson,
  StatelessRandomBinomial: statelessBinomial,
  StatelessParameterizedTruncatedNormal: statelessBoundedNormal,
  ParameterizedTruncatedNormal: boundedNormal,
  RandomGammaGrad: gammaGrad,
  StatelessShuffle: () => (inputs) => [shuffledRows(inputs[0]!, keyedGenerator(inputs))],
  RandomIndexShuffle: indexShuffle,
};
