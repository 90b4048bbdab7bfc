import { allocate } from "../../../core/dtype.js";
import { shapeText } from "../../../core/shape.js";
import { invalidArgument } from "../../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../../core/tensor-value.js";
import type { KernelTable } from "../../kernel.js";
import { type Elements, pick } from "./elements.js";
import { checkSparseRanks, entriesOf, pickRows, rowMajorOrder, type SparseEntries } from "./entries.js";
import { int64Value, numbersOf } from "./integers.js";

/** SparseReorder, SparseSlice, SparseSliceGrad, SparseConcat, SparseSplit. */
export const rearrangeKernels: KernelTable = {
  SparseReorder:
    () =>
    ([indices, values, shape]) => {
      checkSparseRanks(indices!, values!, shape!);
      const entries = entriesOf(indices!, values!, shape!);
      const order = rowMajorOrder(entries);
      const { count, rank } = entries;
      return [int64Value([count, rank], pickRows(entries.indices, order, rank)), pick(values!, order, [count])];
    },

  SparseSlice:
    () =>
    ([indices, values, shape, start, size]) => {
      checkSparseRanks(indices!, values!, shape!);
      for (const [name, value] of [
        ["start", start!],
        ["size", size!],
      ] as const) {
        if (value.shape.length !== 1) {
          throw invalidArgument(`Input ${name} should be a vector but received shape ${shapeText(value.shape)}`);
        }
        if (value.shape[0] !== shape!.shape[0]) {
          throw invalidArgument(
            `Expected ${name} to be a vector of length ${shape!.shape[0]} but got length ${value.shape[0]}`,
          );
        }
      }
      return sliceEntries(entriesOf(indices!, values!, shape!), numbersOf(start!), numbersOf(size!));
    },

  SparseSliceGrad:
    () =>
    ([backprop, inputIndices, inputStart, outputIndices]) => [
      sliceGrad(backprop!, inputIndices!, numbersOf(inputStart!), inputStart!.shape, outputIndices!),
    ],

  SparseConcat: ({ attrs }) => {
    const count = attrs.int("N");
    const axis = attrs.int("concat_dim");
    return (inputs) => {
      const parts = Array.from({ length: count }, (_, i) => {
        const [indices, values, shape] = [inputs[i]!, inputs[count + i]!, inputs[2 * count + i]!];
        return { indices, values, shape };
      });
      return concatenate(parts, axis);
    };
  },

  SparseSplit: ({ attrs }) => {
    const parts = attrs.int("num_split");
    return ([splitDim, indices, values, shape]) => {
      const axis = numbersOf(splitDim!)[0]!;
      const entries = entriesOf(indices!, values!, shape!);
      if (splitDim!.shape.length > 1 || numbersOf(splitDim!).length !== 1) {
        throw invalidArgument("split_dim must be a scalar");
      }
      const dim = axis < 0 ? axis + entries.rank : axis;
      if (dim < 0 || dim >= entries.rank) {
        throw invalidArgument(`Input axis should be in range [-${entries.rank}, ${entries.rank}), got ${axis}`);
      }
      if (parts < 1 || parts > entries.shape[dim]!) {
        throw invalidArgument(
          `Input num_split should be between 1 and the splitting dimension size (${entries.shape[dim]}), got ${parts}`,
        );
      }
      const pieces = split(entries, dim, parts);
      return [0, 1, 2].flatMap((k) => pieces.map((piece) => piece[k]!));
    };
  },
};

function sliceEntries(entries: SparseEntries, start: Float64Array, size: Float64Array): TensorValue[] {
  const { indices, rank, count } = entries;
  const shape = entries.shape.map((extent, d) => Math.max(0, Math.min(size[d]!, extent - start[d]!)));
  const kept: number[] = [];
  for (let i = 0; i < count; i++) {
    let inside = true;
    for (let d = 0; d < rank && inside; d++) {
      const index = indices[i * rank + d]! - start[d]!;
      inside = index >= 0 && index < size[d]!;
    }
    if (inside) kept.push(i);
  }
  const moved = pickRows(indices, kept, rank);
  for (let i = 0; i < moved.length; i++) moved[i]! -= start[i % rank]!;
  return [int64Value([kept.length, rank], moved), pick(entries.values, kept, [kept.length]), int64Value([rank], shape)];
}

function sliceGrad(
  backprop: TensorValue,
  inputIndices: TensorValue,
  start: Float64Array,
  startShape: readonly number[],
  outputIndices: TensorValue,
): TensorValue {
  if (backprop.shape.length !== 1) {
    throw invalidArgument(
      `Input backprop_val_grad should be a vector but received shape: ${shapeText(backprop.shape)}`,
    );
  }
  if (inputIndices.shape.length !== 2 || outputIndices.shape.length !== 2) {
    throw invalidArgument(
      `Input and output indices should be matrices but received shapes: ${shapeText(inputIndices.shape)} and ${shapeText(outputIndices.shape)}`,
    );
  }
  if (startShape.length !== 1) {
    throw invalidArgument(`The input_start should be a vector but received shape ${shapeText(startShape)}`);
  }
  if (backprop.shape[0] !== outputIndices.shape[0]) {
    throw invalidArgument(
      `# elements of backprop_val_grad and # rows of output_indices should match (#nnz of sum): got ${backprop.shape[0]} and ${outputIndices.shape[0]}`,
    );
  }
  if (start.length !== inputIndices.shape[1]) {
    throw invalidArgument(
      `Expected input_start to be a vector of length ${inputIndices.shape[1]} but got length ${start.length}`,
    );
  }
  const [input, output] = [numbersOf(inputIndices), numbersOf(outputIndices)];
  const [count, rank] = [inputIndices.shape[0]!, inputIndices.shape[1]!];
  const outputs = outputIndices.shape[0]!;
  const result = allocate(backprop.dtype, count) as unknown as Elements;
  const grads = backprop.data as unknown as Elements;
  const width = result.length / Math.max(1, count);
  // Both lists are in the same order, the output's being a part of the input's.
  let at = 0;
  for (let i = 0; i < count && at < outputs; i++) {
    let same = true;
    for (let d = 0; d < rank && same; d++) same = input[i * rank + d] === output[at * rank + d]! + start[d]!;
    if (!same) continue;
    for (let k = 0; k < width; k++) result[i * width + k] = grads[at * width + k];
    at++;
  }
  if (at < outputs) throw invalidArgument("Elements of backprop_val_grad aren't all propagated.");
  return tensorValue(backprop.dtype, [count], result as never);
}

function concatenate(
  parts: readonly { readonly indices: TensorValue; readonly values: TensorValue; readonly shape: TensorValue }[],
  axis: number,
): TensorValue[] {
  parts.forEach(({ indices, values, shape }, i) => {
    if (indices.shape.length !== 2) {
      throw invalidArgument(
        `Input indices should be a matrix but received shape ${shapeText(indices.shape)} at position ${i}`,
      );
    }
    if (values.shape.length !== 1) {
      throw invalidArgument(
        `Input values should be a vector but received shape ${shapeText(values.shape)} at position ${i}`,
      );
    }
    if (shape.shape.length !== 1) {
      throw invalidArgument(
        `Input shapes should be a vector but received shape ${shapeText(shape.shape)} at position ${i}`,
      );
    }
  });
  const entries = parts.map(({ indices, values, shape }) => entriesOf(indices, values, shape));
  const [first] = entries as [SparseEntries];
  const { rank } = first;
  const dim = axis < 0 ? axis + rank : axis;
  if (dim < 0 || dim >= rank)
    throw invalidArgument(`Concat dimension must be in range [${-rank}, ${rank}), got ${axis}`);
  entries.forEach((entry, i) => {
    if (entry.rank !== rank)
      throw invalidArgument(
        `Ranks of all input tensors must match: expected ${rank} but got ${entry.rank} at position ${i}`,
      );
    for (let d = 0; d < rank; d++) {
      if (d !== dim && entry.shape[d] !== first.shape[d]) {
        throw invalidArgument(
          `Input shapes must match: expected ${first.shape[d]} for dimension ${d} but got ${entry.shape[d]} at position ${i}`,
        );
      }
    }
  });
  const total = entries.reduce((sum, entry) => sum + entry.count, 0);
  const joined = new Float64Array(total * rank);
  const source = allocate(first.values.dtype, total) as unknown as Elements;
  const width = total === 0 ? 1 : source.length / total;
  let at = 0;
  let offset = 0;
  for (const entry of entries) {
    for (let i = 0; i < entry.count * rank; i++) {
      joined[at * rank + i] = entry.indices[i]! + (i % rank === dim ? offset : 0);
    }
    const data = entry.values.data as unknown as Elements;
    for (let i = 0; i < entry.count * width; i++) source[at * width + i] = data[i];
    at += entry.count;
    offset += entry.shape[dim]!;
  }
  const shape = first.shape.map((extent, d) => (d === dim ? offset : extent));
  const values = tensorValue(first.values.dtype, [total], source as never);
  const result: SparseEntries = { indices: joined, values, shape, rank, count: total };
  // Joined along the first dimension, entries are in order as they come.
  const order = dim === 0 ? Int32Array.from({ length: total }, (_, i) => i) : rowMajorOrder(result);
  return [
    int64Value([total, rank], pickRows(joined, order, rank)),
    pick(values, order, [total]),
    int64Value([rank], shape),
  ];
}

function split(entries: SparseEntries, dim: number, parts: number): TensorValue[][] {
  const { indices, rank, count, values } = entries;
  const extent = entries.shape[dim]!;
  const base = Math.floor(extent / parts);
  const extra = extent % parts;
  // The first `extra` parts are one longer.
  const partOf = (index: number): number => {
    const long = extra * (base + 1);
    return index < long ? Math.floor(index / (base + 1)) : extra + Math.floor((index - long) / base);
  };
  const startOf = (part: number): number => part * base + Math.min(part, extra);
  const members: number[][] = Array.from({ length: parts }, () => []);
  for (let i = 0; i < count; i++) {
    const index = indices[i * rank + dim]!;
    if (index < 0 || index >= extent) {
      throw invalidArgument(`Slice index ${partOf(index)} is larger than num_split.`);
    }
    members[partOf(index)]!.push(i);
  }
  return members.map((list, part) => {
    const rows = pickRows(indices, list, rank);
    for (let i = dim; i < rows.length; i += rank) rows[i]! -= startOf(part);
    const shape = entries.shape.map((size, d) => (d === dim ? base + (part < extra ? 1 : 0) : size));
    return [int64Value([list.length, rank], rows), pick(values, list, [list.length]), int64Value([rank], shape)];
  });
}
