import type { DType } from "../../../core/dtype.js";
import { shapeText } from "../../../core/shape.js";
import { invalidArgument } from "../../../core/status-error.js";
import type { TensorValue } from "../../../core/tensor-value.js";
import { integerOf, integersValue } from "../array/cells.js";
import { readHalf } from "../array/half.js";
import { uniformDouble } from "./distributions.js";
import { type Philox, SingleWords } from "./philox.js";

/** Checks the inputs of Multinomial and gives the number of samples a row. */
export function sampleCount(logits: TensorValue, samples: TensorValue): number {
  if (logits.shape.length !== 2) {
    throw invalidArgument(`logits should be a matrix, got shape ${shapeText(logits.shape)}`);
  }
  if (samples.shape.length !== 0) {
    throw invalidArgument(`num_samples should be a scalar, got shape ${shapeText(samples.shape)}`);
  }
  const count = integerOf(samples);
  if (count < 0) throw invalidArgument(`num_samples should be nonnegative, got ${count}`);
  if (logits.shape[1]! <= 0) {
    throw invalidArgument(`num_classes should be positive, got ${logits.shape[1]}`);
  }
  return count;
}

/** Draws `count` classes of each row of logits, by the inverse of the cumulative distribution. */
export function multinomialSamples(generator: Philox, logits: TensorValue, count: number, dtype: DType): TensorValue {
  const [rows, classes] = logits.shape as [number, number];
  const half = logits.dtype === "float16" || logits.dtype === "bfloat16";
  const raw = logits.data as ArrayLike<number>;
  const values = half ? Float32Array.from(raw, (bits) => readHalf(logits.dtype, bits)) : raw;
  const words = new SingleWords(generator);
  const cumulative = new Float64Array(classes);
  const places = new Int32Array(rows * count);
  for (let r = 0; r < rows; r++) {
    let largest = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < classes; c++) {
      const logit = Number(values[r * classes + c]);
      if (Number.isFinite(logit)) largest = Math.max(largest, logit);
    }
    let total = 0;
    for (let c = 0; c < classes; c++) {
      const logit = Number(values[r * classes + c]);
      if (Number.isFinite(logit)) total += Math.exp(logit - largest);
      cumulative[c] = total;
    }
    for (let s = 0; s < count; s++) {
      places[r * count + s] = firstAbove(cumulative, uniformDouble(words.next(), words.next()) * total);
    }
  }
  return integersValue(dtype, [rows, count], places);
}

function firstAbove(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
