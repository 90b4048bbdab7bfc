import { mergeShapes, type PartialShape } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import type { ShapeNode, ShapeTable } from "../infer-shapes.js";
import { bandOf, checkBand, longestDiagonal } from "./array/diagonal-band.js";
import { knownInteger, mergeSizes, withRankAtLeast } from "./array/partial-shape.js";

function diag({ inputs: [input] }: ShapeNode): readonly [PartialShape] {
  const shape = withRankAtLeast(input!.shape, 1);
  return [shape === undefined ? undefined : [...shape, ...shape]];
}

function diagPart({ inputs: [input] }: ShapeNode): readonly [PartialShape] {
  const { shape } = input!;
  if (shape === undefined) return [undefined];
  if (shape.length % 2 !== 0 || shape.length === 0) {
    throw invalidArgument(`Input must have even and non-zero rank, input rank is ${shape.length}`);
  }
  const half = shape.length / 2;
  return [mergeShapes(shape.slice(0, half), shape.slice(half))];
}

function matrixDiag({ inputs: [input] }: ShapeNode): readonly [PartialShape] {
  const shape = withRankAtLeast(input!.shape, 1);
  return [shape === undefined ? undefined : [...shape, shape[shape.length - 1]!]];
}

function matrixDiagPart({ inputs: [input] }: ShapeNode): readonly [PartialShape] {
  const shape = withRankAtLeast(input!.shape, 2);
  if (shape === undefined) return [undefined];
  const [rows, columns] = shape.slice(-2) as [number, number];
  return [[...shape.slice(0, -2), rows < 0 || columns < 0 ? -1 : Math.min(rows, columns)]];
}

function matrixDiagV2(node: ShapeNode): readonly [PartialShape] {
  const shape = withRankAtLeast(node.inputs[0]!.shape, 1);
  const k = node.constant(1);
  if (shape === undefined || k === undefined) return [undefined];
  const band = bandOf(k);
  const diagonals = band.upper - band.lower + 1;
  if (diagonals > 1) {
    withRankAtLeast(shape, 2);
    const stored = shape[shape.length - 2]!;
    if (stored >= 0 && stored !== diagonals) {
      throw invalidArgument(
        `The number of rows of \`diagonal\` doesn't match the number of diagonals implied from \`d_lower\` and \`d_upper\`. num_diags = ${diagonals} d_lower = ${band.lower} d_upper = ${band.upper}`,
      );
    }
  }
  const lead = shape.slice(0, diagonals > 1 ? -2 : -1);
  const longest = shape[shape.length - 1]!;
  const [rows, columns] = [knownInteger(node.constant(2)), knownInteger(node.constant(3))];
  // An open size (-1, or one that is not known yet) is as small as the diagonals allow.
  if (longest < 0 || rows === undefined || columns === undefined) return [[...lead, rows ?? -1, columns ?? -1]];
  return [[...lead, ...matrixSizes(longest, rows, columns, band)]];
}

/** The sizes of the matrices that hold diagonals of `longest` elements: an open one (-1) is as small as it can be. */
export function matrixSizes(
  longest: number,
  rows: number,
  columns: number,
  { lower, upper }: { readonly lower: number; readonly upper: number },
): [number, number] {
  const minRows = longest - Math.min(upper, 0);
  const minColumns = longest + Math.max(lower, 0);
  if (rows === -1 && columns === -1) {
    const size = Math.max(minRows, minColumns);
    return [size, size];
  }
  const [height, width] = [rows === -1 ? minRows : rows, columns === -1 ? minColumns : columns];
  if (height < minRows) throw invalidArgument("The number of rows is too small.");
  if (width < minColumns) throw invalidArgument("The number of columns is too small.");
  if (height !== minRows && width !== minColumns) {
    throw invalidArgument(
      "The number of rows or columns is not consistent with lower_diag_index, upper_diag_index, and the length of the given diagonals.",
    );
  }
  return [height, width];
}

function matrixDiagPartV2(node: ShapeNode): readonly [PartialShape] {
  const shape = withRankAtLeast(node.inputs[0]!.shape, 2);
  const k = node.constant(1);
  if (shape === undefined || k === undefined) return [undefined];
  const band = bandOf(k);
  const [rows, columns] = shape.slice(-2) as [number, number];
  const lead = shape.slice(0, -2);
  if (rows >= 0 && columns >= 0) checkBand(rows, columns, band);
  const longest = rows < 0 || columns < 0 ? -1 : longestDiagonal(rows, columns, band);
  const diagonals = band.upper - band.lower + 1;
  return [diagonals === 1 ? [...lead, longest] : [...lead, diagonals, longest]];
}

function matrixSetDiag({ inputs: [input, diagonal] }: ShapeNode): readonly [PartialShape] {
  const shape = withRankAtLeast(input!.shape, 2);
  const stored = withRankAtLeast(diagonal!.shape, 1);
  if (shape === undefined || stored === undefined) return [shape];
  const [rows, columns] = shape.slice(-2) as [number, number];
  if (rows >= 0 && columns >= 0) mergeSizes(stored[stored.length - 1]!, Math.min(rows, columns));
  return [[...mergeShapes(shape.slice(0, -2), stored.slice(0, -1))!, rows, columns]];
}

function matrixSetDiagV2(node: ShapeNode): readonly [PartialShape] {
  const shape = withRankAtLeast(node.inputs[0]!.shape, 2);
  const stored = withRankAtLeast(node.inputs[1]!.shape, 1);
  const k = node.constant(2);
  if (shape === undefined) {
    if (stored === undefined || k === undefined) return [undefined];
    const { lower, upper } = bandOf(k);
    return [[...stored.slice(0, lower === upper ? -1 : -2), -1, -1]];
  }
  if (k === undefined || stored === undefined) return [shape];
  const { lower, upper } = bandOf(k);
  const lead = mergeShapes(shape.slice(0, -2), stored.slice(0, lower === upper ? -1 : -2));
  return [[...lead!, ...shape.slice(-2)]];
}

/** Shape rules of diagonals. */
export const arrayDiagShapes: ShapeTable = {
  Diag: diag,
  DiagPart: diagPart,
  MatrixDiag: matrixDiag,
  MatrixDiagV2: matrixDiagV2,
  MatrixDiagV3: matrixDiagV2,
  MatrixDiagPart: matrixDiagPart,
  MatrixDiagPartV2: matrixDiagPartV2,
  MatrixDiagPartV3: matrixDiagPartV2,
  MatrixSetDiag: matrixSetDiag,
  MatrixSetDiagV2: matrixSetDiagV2,
  MatrixSetDiagV3: matrixSetDiagV2,
  MatrixBandPart: ({ inputs: [input] }) => [withRankAtLeast(input!.shape, 2)],
};
