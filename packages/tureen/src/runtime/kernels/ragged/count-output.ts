import { sameShape, shapeText } from "../../../core/shape.js";
import { invalidArgument } from "../../../core/status-error.js";
import type { TensorValue } from "../../../core/tensor-value.js";
import type { Attrs } from "../../../graph/attr-value.js";
import type { KernelTable } from "../../kernel.js";
import { fromNumbers, numbersToRead, numbersToWrite } from "../sparse/arithmetic.js";
import { int64Value, numbersOf } from "../sparse/integers.js";

interface CountSettings {
  readonly minLength: number;
  readonly maxLength: number;
  readonly binary: boolean;
}

function settingsOf(attrs: Attrs): CountSettings {
  return { minLength: attrs.int("minlength"), maxLength: attrs.int("maxlength"), binary: attrs.bool("binary_output") };
}

/** How often each value occurs in each of `batches` rows (`rowOf` tells which one a value is in), as a sparse tensor in row-major order. */
function countSparsely(
  values: TensorValue,
  weights: TensorValue,
  batches: number | undefined,
  rowOf: (i: number) => number,
  { minLength, maxLength, binary }: CountSettings,
): readonly TensorValue[] {
  const numbers = numbersOf(values);
  const weight = numbersToRead(weights);
  // Bigints add like numbers: the loop below is the same for both.
  const [zero, one] = (weights.dtype === "int64" ? [0n, 1n] : [0, 1]) as readonly [number, number];
  const rows = Array.from({ length: batches ?? 1 }, () => new Map<number, number>());
  let largest = 0;
  for (let i = 0; i < numbers.length; i++) {
    const value = numbers[i]!;
    if (value < 0) throw invalidArgument("Input values must all be non-negative");
    if (maxLength > 0 && value >= maxLength) continue;
    largest = Math.max(largest, value);
    const counts = rows[rowOf(i)]!;
    if (binary) counts.set(value, one);
    else counts.set(value, (counts.get(value) ?? zero) + (weight.length > 0 ? weight[i]! : one));
  }
  const width = maxLength > 0 ? maxLength : Math.max(largest + 1, minLength);
  const indices: number[] = [];
  const found: number[] = [];
  rows.forEach((counts, row) => {
    for (const value of [...counts.keys()].sort((a, b) => a - b)) {
      if (batches !== undefined) indices.push(row);
      indices.push(value);
      found.push(counts.get(value)!);
    }
  });
  const rank = batches === undefined ? 1 : 2;
  const out = numbersToWrite(weights.dtype, found.length);
  for (let i = 0; i < found.length; i++) out[i] = found[i]!;
  return [
    int64Value([found.length, rank], indices),
    fromNumbers(weights.dtype, [found.length], out),
    int64Value([rank], batches === undefined ? [width] : [batches, width]),
  ];
}

function checkWeights(weights: TensorValue, values: TensorValue, name = "values"): void {
  if (weights.data.length === 0 || sameShape(weights.shape, values.shape)) return;
  throw invalidArgument(
    `Weights and ${name} must have the same shape. Weight shape: ${shapeText(weights.shape)}; ${name} shape: ${shapeText(values.shape)}`,
  );
}

/** DenseCountSparseOutput, SparseCountSparseOutput and RaggedCountSparseOutput. */
export const countOutputKernels: KernelTable = {
  DenseCountSparseOutput: ({ attrs }) => {
    const settings = settingsOf(attrs);
    return ([values, weights]) => {
      const { shape } = values!;
      checkWeights(weights!, values!, "data");
      if (shape.length < 1 || shape.length > 2) {
        throw invalidArgument(`Input must be a 1 or 2-dimensional tensor. Got: ${shape.length} dimensions.`);
      }
      if (shape.length === 1) return countSparsely(values!, weights!, undefined, () => 0, settings);
      const columns = shape[1]!;
      return countSparsely(values!, weights!, shape[0]!, (i) => Math.floor(i / columns), settings);
    };
  },

  SparseCountSparseOutput: ({ attrs }) => {
    const settings = settingsOf(attrs);
    return ([indices, values, shape, weights]) => {
      const sizes = numbersOf(shape!);
      if (indices!.shape.length !== 2) {
        throw invalidArgument(`Input indices must be a 2-dimensional tensor. Got: ${shapeText(indices!.shape)}`);
      }
      checkWeights(weights!, values!);
      const at = numbersOf(indices!);
      const rank = sizes.length;
      for (let i = 0; i < at.length; i++) {
        const size = sizes[i % rank]!;
        if (at[i]! >= 0 && at[i]! < size) continue;
        const text = `Tensor<type: int64 shape: [${rank}] values: ${sizes.join(" ")}>`;
        throw invalidArgument(
          `Invalid index value at ${Math.floor(i / rank)}: dimension ${i % rank} has value ${at[i]} which is not in [0, ${size}) (as given by dense shape ${text}`,
        );
      }
      if (rank === 1) return countSparsely(values!, weights!, undefined, () => 0, settings);
      const batches = sizes[0]!;
      const row = (i: number): number => at[i * rank]!;
      return countSparsely(values!, weights!, batches, row, settings);
    };
  },

  RaggedCountSparseOutput: ({ attrs }) => {
    const settings = settingsOf(attrs);
    return ([splits, values, weights]) => {
      const rows = numbersOf(splits!);
      if (rows.length === 0) throw invalidArgument("Must provide at least 2 elements for the splits argument");
      checkWeights(weights!, values!);
      const count = values!.shape[0] ?? 0;
      if (rows[0] !== 0) throw invalidArgument(`Splits must start with 0, not with ${rows[0]}`);
      if (rows.at(-1) !== count) {
        throw invalidArgument(`Splits must end with the number of values, got ${rows.at(-1)} instead of ${count}`);
      }
      let row = 0;
      const rowOf = (i: number): number => {
        while (i >= rows[row + 1]!) row += 1;
        return row;
      };
      return countSparsely(values!, weights!, rows.length - 1, rowOf, settings);
    };
  },
};
