import { invalidArgument } from "../../../core/status-error.js";
import { type TensorValue, toIntegers } from "../../../core/tensor-value.js";

/** A run of neighbouring diagonals: 0 is the main one, positive ones lie above it. */
export interface DiagonalBand {
  readonly lower: number;
  readonly upper: number;
}

/** The band that a `k` input names: one diagonal, or the lowest and the highest. */
export function bandOf(k: TensorValue): DiagonalBand {
  const values = toIntegers(k);
  if (k.shape.length > 1)
    throw invalidArgument(`diag_index must be a scalar or vector, received shape: [${k.shape.join(",")}]`);
  const [lower] = values;
  if (lower === undefined || values.length > 2) {
    throw invalidArgument(`diag_index must have only one or two elements, received ${values.length} elements.`);
  }
  const upper = values[1] ?? lower;
  if (lower > upper) {
    throw invalidArgument(`lower_diag_index must not be larger than upper_diag_index: ${lower} > ${upper}`);
  }
  return { lower, upper };
}

/** How many elements the longest diagonal of a band has in a matrix. */
export function longestDiagonal(rows: number, columns: number, { lower, upper }: DiagonalBand): number {
  return Math.min(rows + Math.min(upper, 0), columns - Math.max(lower, 0));
}

/** INVALID_ARGUMENT where a band reaches beyond a matrix. */
export function checkBand(rows: number, columns: number, { lower, upper }: DiagonalBand): void {
  const inside = (d: number): boolean => (-rows < d && d < columns) || d === 0;
  if (!inside(lower)) {
    throw invalidArgument(`lower_diag_index is out of bound: ${lower}. It must be between ${-rows} and ${columns}`);
  }
  if (!inside(upper)) {
    throw invalidArgument(`upper_diag_index is out of bound: ${upper}. It must be between ${-rows} and ${columns}`);
  }
}
