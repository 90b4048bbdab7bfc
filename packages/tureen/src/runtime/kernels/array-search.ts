import type { DType } from "../../core/dtype.js";
import { elementCount, shapeText } from "../../core/shape.js";
import { invalidArgument, unimplemented } from "../../core/status-error.js";
import { type TensorValue, tensorValue, toIntegers, withShape } from "../../core/tensor-value.js";
import { decodeText } from "../../core/text.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import { cellsOf, cellWidth, copyCells, indicesOf, integerOf, integersValue, newValue } from "./array/cells.js";
import { fingerprintRows } from "./array/fingerprint-rows.js";
import { gatherRows } from "./array/gather-rows.js";
import { readHalf } from "./array/half.js";
import { librarySelect } from "./array/library-sort.js";
import { topPlaces } from "./array/top-k.js";
import { distinct, type ElementKeys, elementKeys } from "./array/unique-elements.js";

function unique(withCounts: boolean, withAxis: boolean): KernelFactory {
  return ({ outputTypes }) => {
    const indexType = outputTypes[1]!;
    return (inputs) => {
      const [x, axisValue] = inputs as [TensorValue, TensorValue | undefined];
      const axis = withAxis ? uniqueAxis(x, axisValue!) : undefined;
      if (axis === undefined && x.shape.length !== 1) throw invalidArgument("unique expects a 1D vector.");
      const along = axis ?? 0;
      const count = x.shape[along]!;
      const keys = elementCount(x.shape) === count ? elementKeys(x) : rowKeys(x, along);
      const { positions, firsts, counts } = distinct(count, keys);
      const rows = tensorValue("int32", [firsts.length], Int32Array.from(firsts));
      const outputs = [gatherRows(x, rows, along, 0), integersValue(indexType, [count], positions)];
      if (withCounts) outputs.push(integersValue(indexType, [counts.length], counts));
      return outputs;
    };
  };
}

function uniqueAxis(x: TensorValue, axisValue: TensorValue): number | undefined {
  if (axisValue.shape.length !== 1) throw invalidArgument("axis expects a 1D vector.");
  if (axisValue.shape[0]! > 1) throw invalidArgument("axis does not support input tensors larger than 1 elements");
  if (axisValue.shape[0] === 0) return undefined;
  const given = integerOf(axisValue);
  const axis = given < 0 ? given + x.shape.length : given;
  if (axis < 0 || axis >= x.shape.length) {
    throw invalidArgument(`axis has to be between [0, ${x.shape.length})`);
  }
  return axis;
}

/** A key for each slice along an axis: the keys of its elements in a row. */
function rowKeys(x: TensorValue, axis: number): ElementKeys {
  const element = elementKeys(x);
  const inner = elementCount(x.shape.slice(axis + 1));
  const outer = elementCount(x.shape.slice(0, axis));
  const row = x.shape[axis]! * inner;
  return (index) => {
    const parts: string[] = [];
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < inner; i++) {
        const key = element(o * row + index * inner + i);
        if (typeof key === "symbol") return key;
        const text = String(Object.is(key, -0) ? 0 : key);
        parts.push(`${text.length}:${text}`);
      }
    }
    return parts.join("");
  };
}

/** The n-th smallest element of each row, or with `reverse` the n-th largest. */
const nthElement: KernelFactory = ({ attrs }) => {
  const reverse = attrs.bool("reverse");
  return (inputs) => {
    const [input, n] = inputs as [TensorValue, TensorValue];
    if (n.shape.length !== 0) throw invalidArgument(`N must be scalar but has rank ${n.shape.length}`);
    const rank = integerOf(n);
    if (rank < 0) throw invalidArgument(`n must be non-negative but is ${rank}`);
    const { shape } = input;
    if (shape.length < 1) throw invalidArgument(`Input must be at least rank 1 but is rank ${shape.length}`);
    const columns = shape.at(-1)!;
    if (columns <= rank) throw invalidArgument(`Input must have last dimension > n = ${rank}`);
    const rows = elementCount(shape) / columns;
    const values = sortable(input);
    const nth = reverse ? columns - 1 - rank : rank;
    const places = new Int32Array(rows);
    const order = new Int32Array(columns);
    for (let row = 0; row < rows; row++) {
      const start = row * columns;
      for (let i = 0; i < columns; i++) order[i] = start + i;
      librarySelect(order, nth, (a, b) => values[a]! < values[b]!);
      places[row] = order[nth]!;
    }
    const flat = withShape(input, [rows * columns]);
    const picked = gatherRows(flat, integersValue("int32", [rows], places), 0, 0);
    return [withShape(picked, shape.slice(0, -1))];
  };
};

/** Elements that compare with < and >. */
function sortable(value: TensorValue): ArrayLike<number | bigint> {
  const { dtype } = value;
  if (dtype !== "float16" && dtype !== "bfloat16") return value.data as ArrayLike<number | bigint>;
  return Float32Array.from(value.data as Uint16Array, (bits) => readHalf(dtype, bits));
}

const listDiff: KernelFactory = ({ outputTypes }) => {
  const indexType = outputTypes[1]!;
  return (inputs) => {
    const [x, y] = inputs as [TensorValue, TensorValue];
    if (x.shape.length !== 1) throw invalidArgument("x should be a 1D vector.");
    if (y.shape.length !== 1) throw invalidArgument("y should be a 1D vector.");
    const ofY = elementKeys(y);
    const known = new Set<unknown>();
    for (let i = 0; i < y.shape[0]!; i++) known.add(ofY(i));
    const ofX = elementKeys(x);
    const kept: number[] = [];
    for (let i = 0; i < x.shape[0]!; i++) if (!known.has(ofX(i))) kept.push(i);
    const places = integersValue("int32", [kept.length], kept);
    return [gatherRows(x, places, 0, 0), integersValue(indexType, [kept.length], kept)];
  };
};

const invertPermutation: KernelFactory = ({ outputTypes }) => {
  const [dtype] = outputTypes as [DType];
  return ([input]) => {
    if (input!.shape.length !== 1) {
      throw invalidArgument(`invert_permutation expects a 1D vector.`);
    }
    const order = indicesOf(input!);
    const inverse = new Int32Array(order.length).fill(-1);
    for (let i = 0; i < order.length; i++) {
      const place = order[i]!;
      if (place < 0 || place >= order.length) throw invalidArgument(`${place} is not between 0 and ${order.length}`);
      if (inverse[place] !== -1) throw invalidArgument(`${place} is duplicated in the input.`);
      inverse[place] = i;
    }
    return [integersValue(dtype, [order.length], inverse)];
  };
};

function topK(fixed: number | undefined, indexType: DType, sorted: boolean): ReturnType<KernelFactory> {
  return (inputs) => {
    const [input, kValue] = inputs as [TensorValue, TensorValue];
    if (fixed === undefined && kValue.shape.length !== 0) {
      throw invalidArgument(`k must be scalar, got shape ${shapeText(kValue.shape)}`);
    }
    const k = fixed ?? integerOf(kValue);
    if (k < 0) throw invalidArgument(`Need k >= 0, got ${k}`);
    const { shape, dtype } = input;
    if (shape.length < 1) throw invalidArgument(`input must be >= 1-D, got shape ${shapeText(shape)}`);
    const columns = shape[shape.length - 1]!;
    if (columns < k) throw invalidArgument(`input must have at least k columns. Had ${columns}, needed ${k}`);
    const lead = shape.slice(0, -1);
    const rows = elementCount(lead);
    const half = dtype === "float16" || dtype === "bfloat16";
    const raw = input.data as ArrayLike<number>;
    const values = half ? Float32Array.from(raw, (bits) => readHalf(dtype, bits)) : raw;
    const places = new Int32Array(rows * k);
    const output = newValue(dtype, [...lead, k]);
    const [target, source] = [cellsOf(output), cellsOf(input)];
    const width = cellWidth(dtype);
    const size = { count: columns, k, sorted };
    for (let r = 0; r < rows; r++) {
      topPlaces(values, r * columns, size, places, r * k);
      for (let i = 0; i < k; i++) {
        copyCells(target, (r * k + i) * width, source, (r * columns + places[r * k + i]!) * width, width);
      }
    }
    return [output, integersValue(indexType, [...lead, k], places)];
  };
}

function bound(upper: boolean): KernelFactory {
  return ({ outputTypes }) => {
    const [dtype] = outputTypes as [DType];
    return (inputs) => {
      const [sorted, values] = inputs as [TensorValue, TensorValue];
      for (const [name, { shape }] of [
        ["sorted_inputs", sorted],
        ["values", values],
      ] as const) {
        if (shape.length === 2) continue;
        throw invalidArgument(`Shape must be rank 2 but is rank ${shape.length} for \`${name}\` argument`);
      }
      if (sorted.shape[0] !== values.shape[0]) {
        throw invalidArgument("Leading dim_size of both tensors must match.");
      }
      const places = new Int32Array(elementCount(values.shape));
      const [steps, wanted] = [widened(sorted), widened(values)];
      const length = sorted.shape[1]!;
      const perRow = values.shape[1]!;
      for (let i = 0; i < places.length; i++) {
        const start = Math.floor(i / perRow) * length;
        places[i] = boundOf(steps, start, length, wanted[i]!, upper);
      }
      return [integersValue(dtype, values.shape, places)];
    };
  };
}

function widened(value: TensorValue): ArrayLike<number> {
  const data = value.data as ArrayLike<number>;
  if (value.dtype !== "float16" && value.dtype !== "bfloat16") return data;
  return Float32Array.from(data, (bits) => readHalf(value.dtype, bits));
}

function boundOf(sorted: ArrayLike<number>, start: number, length: number, value: number, upper: boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const entry = sorted[start + middle]!;
    if (upper ? !(value < entry) : entry < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

const editDistance: KernelFactory = ({ attrs }) => {
  const normalize = attrs.bool("normalize");
  return (inputs) => {
    const [hIndices, hValues, hShape, tIndices, tValues, tShape] = inputs as TensorValue[];
    for (const [name, value] of [
      ["hypothesis_indices", hIndices!],
      ["truth_indices", tIndices!],
    ] as const) {
      if (value.shape.length !== 2) {
        throw invalidArgument(`${name} should be a matrix, but got shape: ${shapeText(value.shape)}`);
      }
    }
    for (const [name, indices, values, shape] of [
      ["hypothesis", hIndices!, hValues!, hShape!],
      ["truth", tIndices!, tValues!, tShape!],
    ] as const) {
      if (shape.shape.length !== 1) {
        throw invalidArgument(`${name}_shape should be a vector, but got shape: ${shapeText(shape.shape)}`);
      }
      for (const [part, dim, found, wanted] of [
        ["values", "#rows", values.shape, indices.shape[0]!],
        ["shape", "#cols", shape.shape, indices.shape[1]!],
      ] as const) {
        if (elementCount(found) === wanted) continue;
        throw invalidArgument(
          `Expected ${name}_${part}.NumElements == ${dim}(${name}_indices), their shapes are: ${shapeText(found)} and ${shapeText(indices.shape)}`,
        );
      }
    }
    const [sizes, others] = [toIntegers(hShape!), toIntegers(tShape!)];
    const shape = sizes.slice(0, -1).map((size, d) => Math.max(size, others[d]!));
    const output = newValue("float32", shape);
    const hypotheses = sequencesOf(hIndices!, hValues!, shape);
    const truths = sequencesOf(tIndices!, tValues!, shape);
    const result = output.data as Float32Array;
    for (let i = 0; i < result.length; i++) {
      const [hypothesis, truth] = [hypotheses.get(i) ?? [], truths.get(i) ?? []];
      const distance = levenshtein(truth, hypothesis);
      if (!normalize) result[i] = distance;
      else if (truth.length === 0) result[i] = hypothesis.length === 0 ? 0 : Number.POSITIVE_INFINITY;
      else result[i] = distance / truth.length;
    }
    return [output];
  };
};

/** The sequences of a sparse tensor by the flat place of their group. */
function sequencesOf(indices: TensorValue, values: TensorValue, shape: readonly number[]): Map<number, unknown[]> {
  const rank = indices.shape[1]!;
  const places = indicesOf(indices);
  const keys = elementKeys(values);
  const sequences = new Map<number, unknown[]>();
  for (let i = 0; i < indices.shape[0]!; i++) {
    let group = 0;
    for (let d = 0; d < rank - 1; d++) {
      const place = places[i * rank + d]!;
      if (place < 0 || place >= shape[d]!) {
        throw invalidArgument(`Got inconsistent or out-of-bounds indices: ${place} is not in [0, ${shape[d]})`);
      }
      group = group * shape[d]! + place;
    }
    const sequence = sequences.get(group);
    if (sequence === undefined) sequences.set(group, [keys(i)]);
    else sequence.push(keys(i));
  }
  return sequences;
}

function levenshtein(a: readonly unknown[], b: readonly unknown[]): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

const fingerprint: KernelFactory = () => (inputs) => {
  const [data, methodValue] = inputs as [TensorValue, TensorValue<"string">];
  const method = decodeText(methodValue.data[0]!);
  if (methodValue.shape.length !== 0) {
    throw invalidArgument(`\`method\` should be a scalar string: ${shapeText(methodValue.shape)}`);
  }
  if (method !== "farmhash64") throw invalidArgument(`Unsupported fingerprint method: ${method}`);
  if (data.shape.length < 1)
    throw invalidArgument(`\`data\` should have at least one dimension: ${shapeText(data.shape)}`);
  return [fingerprintRows(data)];
};

/** TensorFlow's own kernel for processors is that of TopK: the exact largest elements of the last dimension. */
const approxTopK: KernelFactory = ({ attrs }) => {
  if (!attrs.bool("is_max_k") || attrs.int("reduction_dimension") !== -1) {
    throw unimplemented("ApproxTopK is_max_k=false or reduction_dimension other than -1 has no kernel for CPU");
  }
  return topK(attrs.int("k"), "int32", true);
};

/** Host kernels that search and compare elements. */
export const arraySearchKernels: KernelTable = {
  Unique: unique(false, false),
  UniqueV2: unique(false, true),
  UniqueWithCounts: unique(true, false),
  UniqueWithCountsV2: unique(true, true),
  ListDiff: listDiff,
  NthElement: nthElement,
  InvertPermutation: invertPermutation,
  TopK: ({ attrs }) => topK(attrs.int("k"), "int32", attrs.bool("sorted")),
  ApproxTopK: approxTopK,
  TopKV2: ({ attrs, outputTypes }) => topK(undefined, outputTypes[1]!, attrs.bool("sorted")),
  LowerBound: bound(false),
  UpperBound: bound(true),
  EditDistance: editDistance,
  Fingerprint: fingerprint,
};
