import { elementCount, sameShape, shapeText } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { type TensorValue, withShape } from "../../core/tensor-value.js";
import { bandOf, checkBand, type DiagonalBand, longestDiagonal } from "../../graph/shapes/array/diagonal-band.js";
import { matrixSizes } from "../../graph/shapes/array-diag.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import { cellsOf, cellWidth, copyCells, integerOf, newValue } from "./array/cells.js";
import { fillValue } from "./array/fill-value.js";
import { copyOf } from "./array-slice.js";

const mainDiagonal: DiagonalBand = { lower: 0, upper: 0 };

/** Whether superdiagonals and subdiagonals are stored at the right end of their rows, by an `align` attribute. */
interface Alignment {
  readonly superRight: boolean;
  readonly subRight: boolean;
}

/** As MatrixDiagV2 and its kin store them: everything at the left. */
const leftAligned: Alignment = { superRight: false, subRight: false };

function alignmentOf(text: string): Alignment {
  const [above, below] = text.split("_");
  return { superRight: above === "RIGHT", subRight: below === "RIGHT" };
}

/** Matrices of one size with diagonals of one band, and how these are stored. */
interface DiagonalLayout {
  readonly matrices: number;
  readonly rows: number;
  readonly columns: number;
  readonly band: DiagonalBand;
  readonly longest: number;
  readonly alignment: Alignment;
}

/** Calls `visit` for each element of each diagonal: its place among the matrices and among the stored diagonals. */
function eachDiagonalElement(layout: DiagonalLayout, visit: (inMatrix: number, inBand: number) => void): void {
  const { matrices, rows, columns, band, longest, alignment } = layout;
  const diagonals = band.upper - band.lower + 1;
  for (let m = 0; m < matrices; m++) {
    for (let i = 0; i < diagonals; i++) {
      const d = band.upper - i;
      const length = longestDiagonal(rows, columns, { lower: d, upper: d });
      const right = (d >= 0 && alignment.superRight) || (d < 0 && alignment.subRight);
      const offset = right ? longest - length : 0;
      const row = Math.max(0, -d);
      const column = Math.max(0, d);
      for (let e = 0; e < length; e++) {
        visit((m * rows + row + e) * columns + column + e, (m * diagonals + i) * longest + offset + e);
      }
    }
  }
}

function copier(target: TensorValue, source: TensorValue): (to: number, from: number) => void {
  const width = cellWidth(target.dtype);
  const [t, s] = [cellsOf(target), cellsOf(source)];
  return (to, from) => {
    copyCells(t, to * width, s, from * width, width);
  };
}

const diag: KernelFactory =
  () =>
  ([input]) => {
    const { shape, dtype } = input!;
    if (shape.length < 1) throw invalidArgument(`Input must be at least rank 1, got 0`);
    const output = newValue(dtype, [...shape, ...shape]);
    const count = elementCount(shape);
    const copy = copier(output, input!);
    for (let i = 0; i < count; i++) copy(i * (count + 1), i);
    return [output];
  };

const diagPart: KernelFactory =
  () =>
  ([input]) => {
    const { shape, dtype } = input!;
    if (shape.length === 0 || shape.length % 2 !== 0) {
      throw invalidArgument(
        `The rank of the tensor should be                                          even and positive, got shape ${shapeText(shape)}`,
      );
    }
    const half = shape.slice(0, shape.length / 2);
    for (let d = 0; d < half.length; d++) {
      if (shape[d] !== shape[d + half.length]) {
        throw invalidArgument(
          `Invalid shape ${shapeText(shape)}: dimensions ${d} and ${d + half.length} do not match.`,
        );
      }
    }
    const output = newValue(dtype, half);
    const count = elementCount(half);
    const copy = copier(output, input!);
    for (let i = 0; i < count; i++) copy(i, i * (count + 1));
    return [output];
  };

function makeMatrices(
  diagonal: TensorValue,
  band: DiagonalBand,
  sizes: readonly [number, number],
  padding: TensorValue | undefined,
  alignment: Alignment,
): TensorValue {
  const { shape } = diagonal;
  if (shape.length < 1) throw invalidArgument(`diagonal must be at least 1-dim, received shape: ${shapeText(shape)}`);
  const diagonals = band.upper - band.lower + 1;
  if (diagonals > 1 && shape[shape.length - 2] !== diagonals) {
    throw invalidArgument(
      "The number of diagonals provided in the input does not match the lower_diag_index and upper_diag_index range.",
    );
  }
  const longest = shape[shape.length - 1]!;
  const [rows, columns] = matrixSizes(longest, sizes[0], sizes[1], band);
  const lead = shape.slice(0, diagonals > 1 ? -2 : -1);
  const outShape = [...lead, rows, columns];
  const output = padding === undefined ? newValue(diagonal.dtype, outShape) : fillValue(padding, outShape);
  const copy = copier(output, diagonal);
  eachDiagonalElement({ matrices: elementCount(lead), rows, columns, band, longest, alignment }, copy);
  return output;
}

function takeDiagonals(
  input: TensorValue,
  band: DiagonalBand,
  padding: TensorValue | undefined,
  alignment: Alignment,
): TensorValue {
  const { shape } = input;
  if (shape.length < 2) throw invalidArgument(`input must be at least 2-dim, received shape: ${shapeText(shape)}`);
  const [rows, columns] = shape.slice(-2) as [number, number];
  checkBand(rows, columns, band);
  const longest = longestDiagonal(rows, columns, band);
  const lead = shape.slice(0, -2);
  const diagonals = band.upper - band.lower + 1;
  const outShape = diagonals > 1 ? [...lead, diagonals, longest] : [...lead, longest];
  const output = padding === undefined ? newValue(input.dtype, outShape) : fillValue(padding, outShape);
  const copy = copier(output, input);
  eachDiagonalElement({ matrices: elementCount(lead), rows, columns, band, longest, alignment }, (matrix, stored) => {
    copy(stored, matrix);
  });
  return output;
}

function setDiagonals(
  input: TensorValue,
  diagonal: TensorValue,
  band: DiagonalBand,
  alignment: Alignment,
): TensorValue {
  const { shape } = input;
  if (shape.length < 2) throw invalidArgument(`input must be at least 2-dim, received shape: ${shapeText(shape)}`);
  if (diagonal.shape.length < 1) {
    throw invalidArgument(`diagonal must be at least 1-dim, received shape: ${shapeText(diagonal.shape)}`);
  }
  const [rows, columns] = shape.slice(-2) as [number, number];
  checkBand(rows, columns, band);
  const diagonals = band.upper - band.lower + 1;
  const longest = longestDiagonal(rows, columns, band);
  const lead = shape.slice(0, -2);
  const expected = diagonals > 1 ? [...lead, diagonals, longest] : [...lead, longest];
  if (!sameShape(diagonal.shape, expected)) {
    throw invalidArgument(
      `Either first dimensions of diagonal don't match input.shape[:-2], or diagonal.shape[:-1] is not equal to the longests diagonal in range [lower_diag_index:upper_diag_index].\nInput shape: ${shapeText(shape)}\nDiagonal shape: ${shapeText(diagonal.shape)}\nExpected diagonal shape: ${shapeText(expected)}`,
    );
  }
  const output = copyOf(input);
  const copy = copier(output, diagonal);
  eachDiagonalElement({ matrices: elementCount(lead), rows, columns, band, longest, alignment }, copy);
  return output;
}

const matrixDiagV2 =
  (withAlign: boolean): KernelFactory =>
  ({ attrs }) => {
    const alignment = withAlign ? alignmentOf(attrs.text("align")) : leftAligned;
    return (inputs) => {
      const [diagonal, k, rows, columns, padding] = inputs as TensorValue[];
      const sizes: [number, number] = [integerOf(rows!), integerOf(columns!)];
      return [makeMatrices(diagonal!, bandOf(k!), sizes, padding!, alignment)];
    };
  };

const matrixDiagPartV2 =
  (withAlign: boolean): KernelFactory =>
  ({ attrs }) => {
    const alignment = withAlign ? alignmentOf(attrs.text("align")) : leftAligned;
    return (inputs) => {
      const [input, k, padding] = inputs as TensorValue[];
      return [takeDiagonals(input!, bandOf(k!), padding!, alignment)];
    };
  };

const matrixSetDiagV2 =
  (withAlign: boolean): KernelFactory =>
  ({ attrs }) => {
    const alignment = withAlign ? alignmentOf(attrs.text("align")) : leftAligned;
    return (inputs) => {
      const [input, diagonal, k] = inputs as TensorValue[];
      return [setDiagonals(input!, diagonal!, bandOf(k!), alignment)];
    };
  };

const matrixBandPart: KernelFactory = () => (inputs) => {
  const [input, lowerValue, upperValue] = inputs as [TensorValue, TensorValue, TensorValue];
  const { shape } = input;
  if (shape.length < 2) throw invalidArgument(`input must be at least 2-dim, received shape: ${shapeText(shape)}`);
  if (lowerValue.shape.length !== 0) {
    throw invalidArgument(`num_lower must be scalar, got shape ${shapeText(lowerValue.shape)}`);
  }
  if (upperValue.shape.length !== 0) {
    throw invalidArgument(`num_upper must be scalar, got shape ${shapeText(upperValue.shape)}`);
  }
  const [rows, columns] = shape.slice(-2) as [number, number];
  const [lower, upper] = [integerOf(lowerValue), integerOf(upperValue)];
  if (lower > rows) {
    throw invalidArgument(`num_lower must be negative or less or equal to number of rows (${rows}) got: ${lower}`);
  }
  if (upper > columns) {
    throw invalidArgument(
      `num_upper must be negative or less or equal to number of columns (${columns}) got: ${upper}`,
    );
  }
  const output = newValue(input.dtype, shape);
  const [target, source] = [cellsOf(output), cellsOf(input)];
  const width = cellWidth(input.dtype);
  const matrices = elementCount(shape.slice(0, -2));
  for (let m = 0, at = 0; m < matrices; m++) {
    for (let r = 0; r < rows; r++, at += columns * width) {
      const from = lower < 0 ? 0 : Math.max(0, r - lower);
      const to = upper < 0 ? columns : Math.min(columns, r + upper + 1);
      if (to > from) copyCells(target, at + from * width, source, at + from * width, (to - from) * width);
    }
  }
  return [withShape(output, shape)];
};

/** Host kernels of diagonals. */
export const arrayDiagKernels: KernelTable = {
  Diag: diag,
  DiagPart: diagPart,
  MatrixDiag:
    () =>
    ([diagonal]) => [makeMatrices(diagonal!, mainDiagonal, [-1, -1], undefined, leftAligned)],
  MatrixDiagV2: matrixDiagV2(false),
  MatrixDiagV3: matrixDiagV2(true),
  MatrixDiagPart:
    () =>
    ([input]) => [takeDiagonals(input!, mainDiagonal, undefined, leftAligned)],
  MatrixDiagPartV2: matrixDiagPartV2(false),
  MatrixDiagPartV3: matrixDiagPartV2(true),
  MatrixSetDiag: () => (inputs) => [setDiagonals(inputs[0]!, inputs[1]!, mainDiagonal, leftAligned)],
  MatrixSetDiagV2: matrixSetDiagV2(false),
  MatrixSetDiagV3: matrixSetDiagV2(true),
  MatrixBandPart: matrixBandPart,
};
