import { elementCount, type Shape, sameShape, shapeText, stridesOf } from "../../../core/shape.js";
import { invalidArgument } from "../../../core/status-error.js";
import type { TensorValue } from "../../../core/tensor-value.js";
import type { Kernel, KernelFactory, KernelTable } from "../../kernel.js";
import { fromNumbers, type Numbers, numbersToRead, numbersToWrite, widthOf } from "./arithmetic.js";
import { checkSparseRanks, compareRows, entriesOf, type SparseEntries } from "./entries.js";
import { int64Value, numbersOf } from "./integers.js";

/** Offsets of each entry in a row-major dense tensor; INVALID_ARGUMENT for what lies outside. */
function flatOffsets(entries: SparseEntries, shape: Shape): Float64Array {
  const { indices, rank, count } = entries;
  const strides = stridesOf(shape);
  const offsets = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    let flat = 0;
    for (let d = 0; d < rank; d++) {
      const index = indices[i * rank + d]!;
      if (index < 0 || index >= shape[d]!) {
        throw invalidArgument(
          `Sparse tensor has an invalid index on dimension ${d}: a_indices(${i},${d}) = ${index}, dense tensor shape: ${shape.join(" ")}`,
        );
      }
      flat += index * strides[d]!;
    }
    offsets[i] = flat;
  }
  return offsets;
}

const tensorDenseMatMul: KernelFactory = ({ attrs }) => {
  const adjointA = attrs.bool("adjoint_a");
  const adjointB = attrs.bool("adjoint_b");
  return ([aIndices, aValues, aShape, b]) => {
    if (b!.shape.length !== 2) throw invalidArgument("Tensor 'b' is not a matrix");
    if (aShape!.shape.length !== 1) throw invalidArgument("Tensor 'a_shape' is not a vector");
    if (elementCount(aShape!.shape) !== 2) throw invalidArgument("Tensor 'a_shape' must have 2 elements");
    if (aValues!.shape.length !== 1) throw invalidArgument("Tensor 'a_values' is not a vector");
    if (aIndices!.shape.length !== 2) throw invalidArgument("Tensor 'a_indices' is not a matrix");
    const count = aIndices!.shape[0]!;
    if (aIndices!.shape[1] !== elementCount(aShape!.shape)) {
      throw invalidArgument(
        `Number of columns of a_indices does not match number of entries in a_shape. Got ${aIndices!.shape[1]} vs. ${elementCount(aShape!.shape)}`,
      );
    }
    if (aValues!.shape[0] !== count) {
      throw invalidArgument(`Number of rows of a_indices does not match number of entries in a_values`);
    }
    const [rows, columns] = Array.from(numbersOf(aShape!)) as [number, number];
    const outRows = adjointA ? columns : rows;
    const inner = adjointA ? rows : columns;
    const [bRows, bColumns] = b!.shape as readonly [number, number];
    const bInner = adjointB ? bColumns : bRows;
    const outColumns = adjointB ? bRows : bColumns;
    if (inner !== bInner) {
      throw invalidArgument(
        `Cannot multiply A and B because inner dimension does not match: ${inner} vs. ${bInner}.  Did you forget a transpose?  Dimensions of A: [${rows}, ${columns}).  Dimensions of B: ${shapeText(b!.shape)}`,
      );
    }
    const { dtype } = aValues!;
    const width = widthOf(dtype);
    const out = numbersToWrite(dtype, outRows * outColumns);
    const [a, right, indices] = [numbersToRead(aValues!), numbersToRead(b!), numbersOf(aIndices!)];
    for (let i = 0; i < count; i++) {
      const m = indices[i * 2 + (adjointA ? 1 : 0)]!;
      const k = indices[i * 2 + (adjointA ? 0 : 1)]!;
      if (k < 0 || k >= inner)
        throw invalidArgument(`k (${k}) from index[${i},${adjointA ? 0 : 1}] out of bounds (>=${inner})`);
      if (m < 0 || m >= outRows)
        throw invalidArgument(`m (${m}) from index[${i},${adjointA ? 1 : 0}] out of bounds (>=${outRows})`);
      const step = adjointB ? bColumns : 1;
      const from = adjointB ? k : k * bColumns;
      if (width === 1) {
        const factor = a[i]!;
        for (let n = 0; n < outColumns; n++) out[m * outColumns + n]! += factor * right[from + n * step]!;
      } else multiplyComplex(out, m * outColumns, a, i, adjointA, right, from, step, adjointB, outColumns);
    }
    return [fromNumbers(dtype, [outRows, outColumns], out)];
  };
};

function multiplyComplex(
  out: Numbers,
  outAt: number,
  a: Numbers,
  i: number,
  conjugateA: boolean,
  b: Numbers,
  from: number,
  step: number,
  conjugateB: boolean,
  count: number,
): void {
  const re = a[i * 2]!;
  const im = conjugateA ? -a[i * 2 + 1]! : a[i * 2 + 1]!;
  for (let n = 0; n < count; n++) {
    const at = (from + n * step) * 2;
    const bRe = b[at]!;
    const bIm = conjugateB ? -b[at + 1]! : b[at + 1]!;
    out[(outAt + n) * 2]! += re * bRe - im * bIm;
    out[(outAt + n) * 2 + 1]! += re * bIm + im * bRe;
  }
}

const tensorDenseAdd: KernelFactory =
  () =>
  ([aIndices, aValues, aShape, b]) => {
    checkSparseRanks(aIndices!, aValues!, aShape!);
    const entries = entriesOf(aIndices!, aValues!, aShape!);
    if (entries.rank !== b!.shape.length) {
      throw invalidArgument(`Two operands have different ranks; received: ${entries.rank} and ${b!.shape.length}`);
    }
    entries.shape.forEach((size, d) => {
      if (size !== b!.shape[d]) {
        throw invalidArgument(
          `Dimension ${d} does not equal (no broadcasting is supported): sparse side ${size} vs dense side ${b!.shape[d]}`,
        );
      }
    });
    const { dtype } = b!;
    const width = widthOf(dtype);
    const source = numbersToRead(b!);
    const out = numbersToWrite(dtype, elementCount(b!.shape));
    for (let i = 0; i < out.length; i++) out[i] = source[i]!;
    const values = numbersToRead(aValues!);
    const offsets = flatOffsets(entries, b!.shape);
    for (let i = 0; i < entries.count; i++) {
      for (let k = 0; k < width; k++) out[offsets[i]! * width + k]! += values[i * width + k]!;
    }
    return [fromNumbers(dtype, b!.shape, out)];
  };

/** The entry of each sum: numbers of entries of `a` and `b`, -1 where one has none. Both lists must be in order. */
function mergeEntries(a: SparseEntries, b: SparseEntries): [number, number][] {
  const pairs: [number, number][] = [];
  let i = 0;
  let j = 0;
  while (i < a.count || j < b.count) {
    const order = i === a.count ? 1 : j === b.count ? -1 : compareRows(a.indices, i, b.indices, j, a.rank);
    pairs.push([order <= 0 ? i : -1, order >= 0 ? j : -1]);
    if (order <= 0) i++;
    if (order >= 0) j++;
  }
  return pairs;
}

/** The merged indices of two sparse tensors. */
function mergedIndices(pairs: readonly (readonly [number, number])[], a: SparseEntries, b: SparseEntries): TensorValue {
  const { rank } = a;
  const rows = new Float64Array(pairs.length * rank);
  pairs.forEach(([i, j], at) => {
    for (let d = 0; d < rank; d++) rows[at * rank + d] = i >= 0 ? a.indices[i * rank + d]! : b.indices[j * rank + d]!;
  });
  return int64Value([pairs.length, rank], rows);
}

const sparseAdd: KernelFactory = () => (inputs) => {
  const [aIndices, aValues, aShape, bIndices, bValues, bShape, thresh] = inputs as TensorValue[];
  for (const [x, y] of [[aIndices!, bIndices!]] as const) {
    if (x.shape.length !== 2 || y.shape.length !== 2) {
      throw invalidArgument(
        `Input indices should be matrices but received shapes: ${shapeText(x.shape)} and ${shapeText(y.shape)}`,
      );
    }
  }
  if (aValues!.shape.length !== 1 || bValues!.shape.length !== 1) {
    throw invalidArgument(
      `Input values should be vectors but received shapes: ${shapeText(aValues!.shape)} and ${shapeText(bValues!.shape)}`,
    );
  }
  if (aShape!.shape.length !== 1 || bShape!.shape.length !== 1) {
    throw invalidArgument(
      `Input shapes should be a vector but received shapes ${shapeText(aShape!.shape)} and ${shapeText(bShape!.shape)}`,
    );
  }
  const a = entriesOf(aIndices!, aValues!, aShape!);
  const b = entriesOf(bIndices!, bValues!, bShape!);
  if (!sameShape(a.shape, b.shape)) {
    const d = a.shape.findIndex((size, i) => size !== b.shape[i]);
    throw invalidArgument(
      a.rank === b.rank
        ? `Operands' shapes do not match: got ${a.shape[d]} and ${b.shape[d]} for dimension ${d}`
        : `Operands do not have the same ranks; got shapes: ${shapeText(a.shape)} and ${shapeText(b.shape)}`,
    );
  }
  if (thresh!.shape.length !== 0) {
    throw invalidArgument(`The magnitude threshold must be a scalar: got shape ${shapeText(thresh!.shape)}`);
  }
  const { dtype } = aValues!;
  const width = widthOf(dtype);
  const limit = numbersToRead(thresh!)[0]!;
  const [x, y] = [numbersToRead(aValues!), numbersToRead(bValues!)];
  const kept: [number, number][] = [];
  const scratch = numbersToWrite(dtype, 1);
  const sums: number[] = [];
  for (const pair of mergeEntries(a, b)) {
    const [i, j] = pair;
    for (let k = 0; k < width; k++) {
      scratch[k] = i < 0 ? y[j * width + k]! : j < 0 ? x[i * width + k]! : x[i * width + k]! + y[j * width + k]!;
    }
    const size = width === 2 ? Math.hypot(scratch[0]!, scratch[1]!) : scratch[0]! < 0 ? -scratch[0]! : scratch[0]!;
    // An entry of one operand alone stays however small it is.
    if (i >= 0 && j >= 0 && size < limit) continue;
    kept.push([i, j]);
    for (let k = 0; k < width; k++) sums.push(scratch[k]!);
  }
  const values = numbersToWrite(dtype, kept.length);
  for (let i = 0; i < sums.length; i++) values[i] = sums[i]!;
  return [mergedIndices(kept, a, b), fromNumbers(dtype, [kept.length], values), int64Value([a.rank], a.shape)];
};

function checkAddGrad(backprop: TensorValue, a: TensorValue, b: TensorValue, sum: TensorValue): void {
  if (a.shape.length !== 2 || b.shape.length !== 2 || sum.shape.length !== 2) {
    throw invalidArgument(
      `Input indices should be matrices but received shapes: ${shapeText(a.shape)} and ${shapeText(b.shape)} and ${shapeText(sum.shape)}`,
    );
  }
  if (backprop.shape.length !== 1) {
    throw invalidArgument(
      `Input backprop_val_grad should be a vector but received shape: ${shapeText(backprop.shape)}`,
    );
  }
  if (a.shape[1] !== b.shape[1] || b.shape[1] !== sum.shape[1]) {
    throw invalidArgument(
      `The densified operands should have the same ndims; for A, B, sum got: ${a.shape[1]}${b.shape[1]}${sum.shape[1]}`,
    );
  }
  if (backprop.shape[0] !== sum.shape[0]) {
    throw invalidArgument(
      `# elements of backprop_val_grad and # rows of sum_indices should match (#nnz of sum): got ${backprop.shape[0]} and ${sum.shape[0]}`,
    );
  }
}

const sparseAddGrad: KernelFactory =
  () =>
  ([backprop, aIndices, bIndices, sumIndices]) => {
    checkAddGrad(backprop!, aIndices!, bIndices!, sumIndices!);
    const { dtype } = backprop!;
    const width = widthOf(dtype);
    const rank = aIndices!.shape[1]!;
    const grads = numbersToRead(backprop!);
    const sums = numbersOf(sumIndices!);
    const gradOf = (indices: TensorValue): TensorValue => {
      const rows = numbersOf(indices);
      const count = indices.shape[0]!;
      const out = numbersToWrite(dtype, count);
      // A sum that was left out for being small has no gradient.
      let at = 0;
      for (let i = 0; i < count; i++) {
        while (at < sumIndices!.shape[0]! && compareRows(sums, at, rows, i, rank) < 0) at++;
        if (at === sumIndices!.shape[0] || compareRows(sums, at, rows, i, rank) !== 0) continue;
        for (let k = 0; k < width; k++) out[i * width + k] = grads[at * width + k]!;
      }
      return fromNumbers(dtype, [count], out);
    };
    return [gradOf(aIndices!), gradOf(bIndices!)];
  };

const softmax: KernelFactory =
  () =>
  ([indices, values, shape]) => {
    if (indices!.shape.length !== 2) {
      throw invalidArgument(`Input sp_indices should be a matrix but received shape: ${shapeText(indices!.shape)}`);
    }
    if (values!.shape.length !== 1 || shape!.shape.length !== 1) {
      throw invalidArgument(
        `Inputs sp_values and sp_shape should be vectors but received shapes: ${shapeText(values!.shape)} and ${shapeText(shape!.shape)}`,
      );
    }
    if (indices!.shape[0] !== values!.shape[0]) {
      throw invalidArgument(
        `indices and values rows (indexing dimension) must match. (indices = ${indices!.shape[0]}, values = ${values!.shape[0]})`,
      );
    }
    const entries = entriesOf(indices!, values!, shape!);
    const { rank, count } = entries;
    if (rank < 2) {
      throw invalidArgument(`Input should have rank >= 2, but received shape: ${entries.shape.join(" ")}`);
    }
    const source = numbersToRead(values!);
    const out = numbersToWrite(values!.dtype, count);
    for (let start = 0; start < count; ) {
      let end = start + 1;
      while (
        end < count &&
        compareRows(entries.indices, start, entries.indices, end, rank) <= 0 &&
        sameRow(entries, start, end)
      )
        end++;
      let largest = Number.NEGATIVE_INFINITY;
      for (let i = start; i < end; i++) if (source[i]! > largest) largest = source[i]!;
      let sum = 0;
      for (let i = start; i < end; i++) {
        out[i] = Math.exp(source[i]! - largest);
        sum += out[i]!;
      }
      for (let i = start; i < end; i++) out[i] = out[i]! / sum;
      start = end;
    }
    return [fromNumbers(values!.dtype, [count], out)];
  };

function sameRow({ indices, rank }: SparseEntries, i: number, j: number): boolean {
  for (let d = 0; d < rank - 1; d++) if (indices[i * rank + d] !== indices[j * rank + d]) return false;
  return true;
}

/** What is done to a sparse entry and its dense counterpart. */
type Combine = (a: number, b: number) => number;

function denseCwise(name: string, combine: Combine): KernelFactory {
  return ({ inputTypes }): Kernel => {
    const dtype = inputTypes[1]!;
    const isInteger = !["float16", "bfloat16", "float32", "float64", "complex64", "complex128"].includes(dtype);
    return ([indices, values, shape, dense]) => {
      checkCwise(indices!, values!, shape!, dense!);
      const entries = entriesOf(indices!, values!, shape!);
      const [x, y] = [numbersToRead(values!), numbersToRead(dense!)];
      const out = numbersToWrite(dtype, entries.count);
      const width = widthOf(dtype);
      const offset = entries.rank - dense!.shape.length;
      const strides = stridesOf(dense!.shape).map((stride, d) => (dense!.shape[d] === 1 ? 0 : stride));
      for (let i = 0; i < entries.count; i++) {
        let flat = 0;
        for (let d = 0; d < entries.rank; d++) {
          const index = entries.indices[i * entries.rank + d]!;
          if (index < 0 || index >= entries.shape[d]!)
            throw invalidArgument("Provided indices are out-of-bounds w.r.t. dense side with broadcasted shape");
          if (d >= offset) flat += index * strides[d - offset]!;
        }
        if (width === 2) combineComplex(name, out, i, x, y, flat);
        else {
          if (isInteger && name === "div" && !y[flat]) throw invalidArgument("Integer division by zero");
          out[i] = combine(x[i]!, y[flat]!);
        }
      }
      return [fromNumbers(dtype, [entries.count], out)];
    };
  };
}

function checkCwise(indices: TensorValue, values: TensorValue, shape: TensorValue, dense: TensorValue): void {
  if (indices.shape.length !== 2) {
    throw invalidArgument(`Input sp_indices should be a matrix but received shape: ${shapeText(indices.shape)}`);
  }
  if (values.shape.length !== 1 || shape.shape.length !== 1) {
    throw invalidArgument(
      `Inputs sp_values and sp_shape should be vectors but received shapes: ${shapeText(values.shape)} and ${shapeText(shape.shape)}`,
    );
  }
  if (shape.shape[0] === 0) throw invalidArgument("Shape 'sp_shape' must be non-empty");
  const lhs = Array.from(numbersOf(shape));
  const rhs = dense.shape;
  const covered =
    lhs.length >= rhs.length && rhs.every((size, d) => size === 1 || size === lhs[d + lhs.length - rhs.length]);
  if (!covered) {
    throw invalidArgument(
      `SparseDenseBinaryOpShared broadcasts dense to sparse only; got incompatible shapes: [${lhs.join(",")}] vs. [${rhs.join(",")}]`,
    );
  }
}

function combineComplex(name: string, out: Numbers, i: number, x: Numbers, y: Numbers, j: number): void {
  const [a, b, c, d] = [x[i * 2]!, x[i * 2 + 1]!, y[j * 2]!, y[j * 2 + 1]!];
  if (name === "add") [out[i * 2], out[i * 2 + 1]] = [a + c, b + d];
  else if (name === "mul") [out[i * 2], out[i * 2 + 1]] = [a * c - b * d, a * d + b * c];
  else {
    const norm = c * c + d * d;
    [out[i * 2], out[i * 2 + 1]] = [(a * c + b * d) / norm, (b * c - a * d) / norm];
  }
}

function extreme(pickFirst: (a: number, b: number) => boolean): KernelFactory {
  return () => (inputs) => {
    const [aIndices, aValues, aShape, bIndices, bValues, bShape] = inputs as TensorValue[];
    const a = entriesOf(aIndices!, aValues!, aShape!);
    const b = entriesOf(bIndices!, bValues!, bShape!);
    if (!sameShape(a.shape, b.shape)) {
      throw invalidArgument(`Operands' shapes do not match: got ${shapeText(a.shape)} and ${shapeText(b.shape)}`);
    }
    const { dtype } = aValues!;
    const [x, y] = [numbersToRead(aValues!), numbersToRead(bValues!)];
    const pairs = mergeEntries(a, b);
    const out = numbersToWrite(dtype, pairs.length);
    // What one of them lacks is zero, of the dtype's own kind.
    const zero = numbersToWrite(dtype, 1)[0]!;
    pairs.forEach(([i, j], at) => {
      const [p, q] = [i < 0 ? zero : x[i]!, j < 0 ? zero : y[j]!];
      out[at] = pickFirst(p, q) ? p : q;
    });
    return [mergedIndices(pairs, a, b), fromNumbers(dtype, [pairs.length], out)];
  };
}

/** Arithmetic on sparse tensors. */
export const sparseMathKernels: KernelTable = {
  SparseTensorDenseMatMul: tensorDenseMatMul,
  SparseTensorDenseAdd: tensorDenseAdd,
  SparseAdd: sparseAdd,
  SparseAddGrad: sparseAddGrad,
  SparseSoftmax: softmax,
  SparseDenseCwiseAdd: denseCwise("add", (a, b) => a + b),
  SparseDenseCwiseMul: denseCwise("mul", (a, b) => a * b),
  SparseDenseCwiseDiv: denseCwise("div", (a, b) => a / b),
  SparseSparseMaximum: extreme((a, b) => a > b),
  SparseSparseMinimum: extreme((a, b) => a < b),
};
