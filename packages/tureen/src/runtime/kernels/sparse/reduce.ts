import { type Shape, shapeText, stridesOf } from "../../../core/shape.js";
import { invalidArgument } from "../../../core/status-error.js";
import { type TensorValue, toIntegers } from "../../../core/tensor-value.js";
import type { KernelFactory, KernelTable } from "../../kernel.js";
import { fromNumbers, type Numbers, numbersToRead, numbersToWrite, widthOf } from "./arithmetic.js";
import { entriesOf, type SparseEntries } from "./entries.js";
import { int64Value } from "./integers.js";

interface Groups {
  /** The output position of each entry, in the shape without the reduced axes. */
  readonly flat: Float64Array;
  readonly outer: Shape;
  readonly kept: Shape;
}

function groupsOf(entries: SparseEntries, axes: TensorValue, keepDims: boolean): Groups {
  const { rank, count, indices } = entries;
  const reduced = new Set<number>();
  for (const axis of toIntegers(axes)) {
    const index = axis < 0 ? axis + rank : axis;
    if (index < 0 || index >= rank)
      throw invalidArgument(`Invalid reduction dimension ${axis}, for input with ${rank} dimensions.`);
    reduced.add(index);
  }
  const dims = entries.shape.map((_, d) => d).filter((d) => !reduced.has(d));
  const outer = dims.map((d) => entries.shape[d]!);
  const strides = stridesOf(outer);
  const flat = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    let at = 0;
    for (let k = 0; k < dims.length; k++) {
      const index = indices[i * rank + dims[k]!]!;
      if (index < 0 || index >= outer[k]!)
        throw invalidArgument(`Index ${i} is out of bounds of the dense shape ${shapeText(entries.shape)}`);
      at += index * strides[k]!;
    }
    flat[i] = at;
  }
  const kept = keepDims ? entries.shape.map((size, d) => (reduced.has(d) ? 1 : size)) : outer;
  return { flat, outer, kept };
}

type Join = (out: Numbers, at: number, value: number, isFirst: boolean) => void;

const addTo: Join = (out, at, value) => {
  out[at]! += value;
};

const maxOf: Join = (out, at, value, isFirst) => {
  if (isFirst || value > out[at]!) out[at] = value;
};

function check(indices: TensorValue, values: TensorValue, shape: TensorValue): SparseEntries {
  if (indices.shape.length !== 2)
    throw invalidArgument(`Expected input_indices to be a matrix, but received shape: ${shapeText(indices.shape)}`);
  if (values.shape.length !== 1)
    throw invalidArgument(`Expected input_values to be a vector, but received shape: ${shapeText(values.shape)}`);
  if (shape.shape.length !== 1)
    throw invalidArgument(`Expected input_shape to be a vector, but received shape: ${shapeText(shape.shape)}`);
  return entriesOf(indices, values, shape);
}

function dense(join: Join): KernelFactory {
  return ({ attrs }) => {
    const keepDims = attrs.bool("keep_dims");
    return ([indices, values, shape, axes]) => {
      const entries = check(indices!, values!, shape!);
      const { flat, outer, kept } = groupsOf(entries, axes!, keepDims);
      const size = outer.reduce((product, n) => product * n, 1);
      const { dtype } = values!;
      const width = widthOf(dtype);
      const out = numbersToWrite(dtype, size);
      const source = numbersToRead(values!);
      const seen = new Uint8Array(size);
      for (let i = 0; i < entries.count; i++) {
        const at = flat[i]!;
        for (let k = 0; k < width; k++) join(out, at * width + k, source[i * width + k]!, seen[at] === 0);
        seen[at] = 1;
      }
      return [fromNumbers(dtype, kept, out)];
    };
  };
}

function sparse(join: Join): KernelFactory {
  return ({ attrs }) => {
    const keepDims = attrs.bool("keep_dims");
    return ([indices, values, shape, axes]) => {
      const entries = check(indices!, values!, shape!);
      const { flat, kept } = groupsOf(entries, axes!, keepDims);
      const { dtype } = values!;
      const width = widthOf(dtype);
      const source = numbersToRead(values!);
      const positions = [...new Set(flat)].sort((a, b) => a - b);
      const place = new Map(positions.map((position, i) => [position, i] as const));
      const out = numbersToWrite(dtype, positions.length);
      const seen = new Uint8Array(positions.length);
      for (let i = 0; i < entries.count; i++) {
        const at = place.get(flat[i]!)!;
        for (let k = 0; k < width; k++) join(out, at * width + k, source[i * width + k]!, seen[at] === 0);
        seen[at] = 1;
      }
      const strides = stridesOf(kept);
      const rows = new Float64Array(positions.length * kept.length);
      positions.forEach((position, i) => {
        kept.forEach((size, d) => {
          rows[i * kept.length + d] = Math.floor(position / strides[d]!) % size;
        });
      });
      return [
        int64Value([positions.length, kept.length], rows),
        fromNumbers(dtype, [positions.length], out),
        int64Value([kept.length], kept),
      ];
    };
  };
}

/** Reductions of sparse tensors, to dense and to sparse ones. */
export const sparseReduceKernels: KernelTable = {
  SparseReduceSum: dense(addTo),
  SparseReduceMax: dense(maxOf),
  SparseReduceSumSparse: sparse(addTo),
  SparseReduceMaxSparse: sparse(maxOf),
};
