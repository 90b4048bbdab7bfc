import { shapeText } from "../../../core/shape.js";
import { invalidArgument } from "../../../core/status-error.js";
import type { TensorValue } from "../../../core/tensor-value.js";
import type { KernelTable } from "../../kernel.js";
import { fromNumbers, type Numbers, numbersToRead, numbersToWrite } from "../sparse/arithmetic.js";
import { numbersOf } from "../sparse/integers.js";

/** Adds one value, or its weight, to a row of bins; values beyond the bins count nowhere. */
function counter(
  weights: TensorValue,
  binary: boolean,
  size: number,
): {
  readonly out: (rows: number) => Numbers;
  readonly add: (out: Numbers, row: number, value: number, i: number) => void;
} {
  const { dtype } = weights;
  const read = numbersToRead(weights);
  const isBig = dtype === "int64";
  const one = (isBig ? 1n : 1) as number;
  return {
    out: (rows) => numbersToWrite(dtype, rows * size),
    add: (out, row, value, i) => {
      if (value < 0) throw invalidArgument(`Input must be non-negative`);
      if (value >= size) return;
      const at = row * size + value;
      if (binary) out[at] = one;
      else out[at]! += read.length > 0 ? read[i]! : one;
    },
  };
}

function sizeOf(size: TensorValue): number {
  if (size.shape.length !== 0) throw invalidArgument(`Shape must be rank 0 but is rank ${size.shape.length}`);
  const bins = numbersOf(size)[0]!;
  if (bins < 0) throw invalidArgument(`size (${bins}) must be non-negative`);
  return bins;
}

/** RaggedBincount and SparseBincount: how often each value occurs in each row. */
export const raggedCountKernels: KernelTable = {
  RaggedBincount: ({ attrs }) => {
    const binary = attrs.bool("binary_output");
    return ([splits, values, sizeTensor, weights]) => {
      const size = sizeOf(sizeTensor!);
      const rows = numbersOf(splits!);
      const numbers = numbersOf(values!);
      if (rows.length === 0) throw invalidArgument("Splits must be non-empty");
      if (rows[0] !== 0) throw invalidArgument(`Splits must start with 0, not with ${rows[0]}`);
      if (rows[rows.length - 1] !== numbers.length) {
        throw invalidArgument(
          `Splits must end with the number of values, got ${rows[rows.length - 1]} instead of ${numbers.length}`,
        );
      }
      const { out: make, add } = counter(weights!, binary, size);
      const out = make(rows.length - 1);
      for (let row = 0; row + 1 < rows.length; row++) {
        for (let i = rows[row]!; i < rows[row + 1]!; i++) add(out, row, numbers[i]!, i);
      }
      return [fromNumbers(weights!.dtype, [rows.length - 1, size], out)];
    };
  },

  SparseBincount: ({ attrs }) => {
    const binary = attrs.bool("binary_output");
    return ([indices, values, denseShape, sizeTensor, weights]) => {
      const size = sizeOf(sizeTensor!);
      const shape = numbersOf(denseShape!);
      const numbers = numbersOf(values!);
      const { out: make, add } = counter(weights!, binary, size);
      const isVector = shape.length === 1;
      const rows = isVector ? 1 : shape[0]!;
      const out = make(rows);
      const at = numbersOf(indices!);
      for (let i = 0; i < numbers.length; i++) {
        const row = isVector ? 0 : at[i * shape.length]!;
        if (row < 0 || row >= rows)
          throw invalidArgument(
            `Index out of bound. \`batch\` (${row}) must be less than the dimension size (${rows}).`,
          );
        add(out, row, numbers[i]!, i);
      }
      if (indices!.shape.length !== 2)
        throw invalidArgument(`Shape must be rank 2 but is ${shapeText(indices!.shape)}`);
      return [fromNumbers(weights!.dtype, isVector ? [size] : [rows, size], out)];
    };
  },
};
