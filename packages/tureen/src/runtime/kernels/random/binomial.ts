import type { DType } from "../../../core/dtype.js";
import { broadcastShapes, elementCount, type Shape, shapeText } from "../../../core/shape.js";
import { invalidArgument } from "../../../core/status-error.js";
import { type TensorValue, toIntegers } from "../../../core/tensor-value.js";
import { broadcastStrides } from "../array/broadcast-strides.js";
import { newValue } from "../array/cells.js";
import { numberReader, numberWriter } from "../array/number-access.js";
import { shapeFromSizes } from "../array-basic.js";
import { logGamma } from "../math/gamma-functions.js";
import { backwardUniforms, type Draw } from "./backward-samples.js";
import { reservedSamples } from "./distributions.js";
import type { Philox } from "./philox.js";

/** From this mean on TensorFlow samples by transformed rejection instead of adding geometric numbers. */
const rejectionFrom = 10;
/** Blocks set aside for a sample that adds geometric numbers: ten standard deviations. */
const inversionBlocks = 42;

/** How many geometric numbers fit into `count`. */
function byInversion(uniform: Draw, count: number, probability: number): number {
  let sum = 0;
  for (let geometrics = 0; ; geometrics++) {
    sum += Math.ceil(Math.log(uniform()) / Math.log1p(-probability));
    if (sum > count) return geometrics;
  }
}

/** What Stirling's formula leaves of ln k!. */
function stirlingTail(k: number): number {
  if (k <= 9) return logGamma(k + 1) - (0.5 * Math.log(2 * Math.PI) + (k + 0.5) * Math.log(k + 1) - (k + 1));
  const square = (k + 1) * (k + 1);
  return (1 / 12 - (1 / 360 - 1 / 1260 / square) / square) / (k + 1);
}

/** Hörmann, "The generation of binomial random variates", 1993 (BTRS). */
function byRejection(uniform: Draw, count: number, probability: number): number {
  const deviation = Math.sqrt(count * probability * (1 - probability));
  const b = 1.15 + 2.53 * deviation;
  const a = -0.0873 + 0.0248 * b + 0.01 * probability;
  const c = count * probability + 0.5;
  const squeeze = 0.92 - 4.2 / b;
  const r = probability / (1 - probability);
  const alpha = (2.83 + 5.1 / b) * deviation;
  const m = Math.floor((count + 1) * probability);
  for (;;) {
    const u = uniform();
    const v = uniform();
    const shifted = u - 0.5;
    const distance = 0.5 - Math.abs(shifted);
    const k = Math.floor(((2 * a) / distance + b) * shifted + c);
    if (distance >= 0.07 && v <= squeeze) return k;
    if (k < 0 || k > count) continue;
    const bound =
      (m + 0.5) * Math.log((m + 1) / (r * (count - m + 1))) +
      (count + 1) * Math.log((count - m + 1) / (count - k + 1)) +
      (k + 0.5) * Math.log((r * (count - k + 1)) / (k + 1)) +
      stirlingTail(m) +
      stirlingTail(count - m) -
      stirlingTail(k) -
      stirlingTail(count - k);
    if (Math.log((v * alpha) / (a / (distance * distance) + b)) <= bound) return k;
  }
}

/** One sample; `index` is its place in the order of work, which says where its random numbers lie. */
function binomialSample(generator: Philox, index: number, count: number, probability: number, round: number): number {
  if (count <= 0 || probability <= 0) return 0;
  if (probability >= 1) return count;
  if (Number.isNaN(probability)) return Number.NaN;
  const turned = probability > 0.5;
  const rarer = turned ? 1 - probability : probability;
  const own = generator.copy();
  const uniform = backwardUniforms(own, true);
  let value: number;
  if ((round === 1 ? count * rarer : Math.fround(count * rarer)) >= rejectionFrom) {
    own.skip(reservedSamples * index);
    value = byRejection(uniform, count, rarer);
  } else {
    own.skip(inversionBlocks * index);
    value = byInversion(uniform, count, rarer);
  }
  return turned ? count - value : value;
}

/** Where the samples of a draw go: the whole shape, the parameters' shape that it ends with, and how many samples each of those has. */
export interface DrawPlan {
  readonly shape: Shape;
  readonly parameters: Shape;
  readonly samples: number;
}

/** Checks that a shape ends with that of the parameters' broadcast; texts as TensorFlow's kernels have them. */
export function drawPlan(shapeInput: TensorValue, parameters: Shape): DrawPlan {
  if (shapeInput.shape.length !== 1) {
    throw invalidArgument(`Input shape should be a vector, got shape: ${shapeText(shapeInput.shape)}`);
  }
  const shape = shapeFromSizes(toIntegers(shapeInput));
  const lead = shape.length - parameters.length;
  if (lead < 0 || parameters.some((size, d) => shape[lead + d] !== size)) {
    throw invalidArgument("Shape passed in must end with broadcasted shape.");
  }
  return { shape, parameters, samples: elementCount(shape.slice(0, lead)) };
}

/** The plan of a binomial draw. */
export function binomialPlan(shapeInput: TensorValue, counts: TensorValue, probabilities: TensorValue): DrawPlan {
  const parameters = broadcastShapes(counts.shape, probabilities.shape);
  if (parameters === undefined) {
    throw invalidArgument(
      `counts and probs must have compatible batch dimensions: ${shapeText(counts.shape)} vs. ${shapeText(probabilities.shape)}`,
    );
  }
  return drawPlan(shapeInput, parameters);
}

/** Samples of binomial distributions. */
export function binomialSamples(
  generator: Philox,
  { shape, parameters, samples }: DrawPlan,
  counts: TensorValue,
  probabilities: TensorValue,
  dtype: DType,
): TensorValue {
  const output = newValue(dtype, shape);
  const batches = elementCount(parameters);
  const [readCount, readProbability, write] = [numberReader(counts), numberReader(probabilities), numberWriter(output)];
  const countAt = flatIndices(counts.shape, parameters);
  const probabilityAt = flatIndices(probabilities.shape, parameters);
  const double = counts.dtype === "float64" ? 1 : 0;
  for (let b = 0; b < batches; b++) {
    const count = readCount(countAt[b]!);
    const probability = readProbability(probabilityAt[b]!);
    for (let s = 0; s < samples; s++) {
      write(s * batches + b, binomialSample(generator, b * samples + s, count, probability, double));
    }
  }
  return output;
}

/** For each element of a broadcast, where it is taken from; `from` must broadcast to `to`. */
export function flatIndices(from: Shape, to: Shape): Int32Array {
  const strides = broadcastStrides(from, to)!;
  const places = new Int32Array(elementCount(to));
  for (let i = 0; i < places.length; i++) {
    let rest = i;
    let at = 0;
    for (let d = to.length - 1; d >= 0; d--) {
      at += (rest % to[d]!) * strides[d]!;
      rest = Math.floor(rest / to[d]!);
    }
    places[i] = at;
  }
  return places;
}
