import { type DType, dtypeWidth } from "../../../core/dtype.js";
import { elementCount, type Shape, shapeText } from "../../../core/shape.js";
import { invalidArgument, unimplemented } from "../../../core/status-error.js";
import { type TensorValue, tensorValue, toIntegers } from "../../../core/tensor-value.js";
import { type Elements, pick, repeated } from "../sparse/elements.js";
import { int64Value, numbersOf } from "../sparse/integers.js";

/** RaggedTensorToSparse: each value under its row numbers and its position. */
export function raggedToSparse(nestedSplits: readonly TensorValue[], values: TensorValue): TensorValue[] {
  if (values.shape.length === 0) throw invalidArgument("flat_values must be at least 1-dimensional");
  const splits = nestedSplits.map(numbersOf);
  checkSplits(splits, values.shape[0]!);
  const rank = splits.length;
  const inner = values.shape.slice(1);
  const width = elementCount(inner);
  const columns = rank + 1 + inner.length;
  const count = values.shape[0]! * width;
  const rows = new Float64Array(count * columns);
  const positions = new Float64Array(rank + 1);
  const innerStrides = inner.map((_, d) => elementCount(inner.slice(d + 1)));
  let at = 0;
  const emit = (): void => {
    for (let k = 0; k < width; k++, at++) {
      for (let d = 0; d < rank; d++) rows[at * columns + d] = positions[d]!;
      rows[at * columns + rank] = positions[rank]!;
      inner.forEach((size, d) => {
        rows[at * columns + rank + 1 + d] = Math.floor(k / innerStrides[d]!) % size;
      });
    }
  };
  const walk = (level: number, from: number, to: number): void => {
    for (let i = from; i < to; i++) {
      positions[level] = i - from;
      if (level === rank) emit();
      else walk(level + 1, splits[level]![i]!, splits[level]![i + 1]!);
    }
  };
  walk(0, 0, splits[0]!.length - 1);
  const shape = [splits[0]!.length - 1];
  for (const level of splits) {
    let longest = 0;
    for (let i = 1; i < level.length; i++) longest = Math.max(longest, level[i]! - level[i - 1]!);
    shape.push(longest);
  }
  return [
    int64Value([count, columns], rows),
    tensorValue(values.dtype, [count], values.data as never),
    int64Value([columns], [...shape, ...inner]),
  ];
}

function checkSplits(splits: readonly Float64Array[], values: number): void {
  splits.forEach((level, i) => {
    if (level.length === 0) throw invalidArgument("ragged splits may not be empty.");
    if (level[0] !== 0) throw invalidArgument("First value of ragged splits must be 0.");
    for (let k = 1; k < level.length; k++) {
      if (level[k]! < level[k - 1]!) {
        throw invalidArgument(
          `Ragged splits should be non decreasing, but we got ${level[k - 1]} followed by ${level[k]}`,
        );
      }
    }
    const last = level[level.length - 1]!;
    const next = i + 1 < splits.length ? splits[i + 1]!.length - 1 : values;
    if (last !== next) {
      throw invalidArgument("Final value of ragged splits must match the length the corresponding ragged values.");
    }
  });
}

/** RaggedRange: one range a row. */
export function raggedRange(inputs: readonly TensorValue[], splitsDType: "int32" | "int64"): TensorValue[] {
  const [starts, limits, deltas] = inputs as [TensorValue, TensorValue, TensorValue];
  for (const [name, value] of [
    ["starts", starts],
    ["limits", limits],
    ["deltas", deltas],
  ] as const) {
    if (value.shape.length > 1) throw invalidArgument(`${name} must be a scalar or vector`);
  }
  const sizes = inputs.filter((value) => value.shape.length === 1).map((value) => value.shape[0]!);
  if (sizes.some((size) => size !== sizes[0])) {
    throw invalidArgument("starts, limits, and deltas must have the same shape");
  }
  const rows = sizes[0] ?? 1;
  const { dtype } = starts;
  const [from, to, by] = inputs.map((value) => readReals(value));
  const at = (list: readonly number[], row: number): number =>
    list.length === 1 && rows !== 1 ? list[0]! : list[row]!;
  const scalarAt = (value: TensorValue, list: readonly number[], row: number): number =>
    value.shape.length === 0 ? list[0]! : at(list, row);
  const splits = new Float64Array(rows + 1);
  const result: number[] = [];
  for (let row = 0; row < rows; row++) {
    const start = scalarAt(starts, from!, row);
    const limit = scalarAt(limits, to!, row);
    const delta = scalarAt(deltas, by!, row);
    if (delta === 0) throw invalidArgument("Requires delta != 0");
    const size =
      (delta > 0 && limit < start) || (delta < 0 && limit > start) ? 0 : rangeSize(dtype, start, limit, delta);
    let value = start;
    for (let i = 0; i < size; i++) {
      result.push(value);
      // Sums step by step, rounded as the dtype does, as TensorFlow's loop does.
      value = dtype === "float32" ? Math.fround(value + delta) : value + delta;
    }
    splits[row + 1] = splits[row]! + size;
  }
  return [
    splitsDType === "int64"
      ? int64Value([rows + 1], splits)
      : tensorValue("int32", [rows + 1], Int32Array.from(splits)),
    writeReals(dtype, result),
  ];
}

function rangeSize(dtype: DType, start: number, limit: number, delta: number): number {
  if (dtype === "int32" || dtype === "int64") return Math.ceil((limit - start) / delta);
  return Math.max(0, Math.ceil(Math.abs((limit - start) / delta)));
}

function readReals(value: TensorValue): number[] {
  return value.dtype === "int64" ? toIntegers(value) : Array.from(value.data as ArrayLike<number>);
}

function writeReals(dtype: DType, numbers: readonly number[]): TensorValue {
  const shape = [numbers.length];
  switch (dtype) {
    case "int64":
      return int64Value(shape, numbers);
    case "int32":
      return tensorValue("int32", shape, Int32Array.from(numbers));
    case "float32":
      return tensorValue("float32", shape, Float32Array.from(numbers));
    case "float64":
      return tensorValue("float64", shape, Float64Array.from(numbers));
    default:
      throw unimplemented(`RaggedRange of ${dtype}`);
  }
}

/** RaggedGather: rows of a ragged tensor by index. */
export function raggedGather(
  nestedSplits: readonly TensorValue[],
  values: TensorValue,
  indices: TensorValue,
  outputRaggedRank: number,
): TensorValue[] {
  const splits = nestedSplits.map(numbersOf);
  const rows = numbersOf(indices);
  const splitsDType = nestedSplits[0]!.dtype as "int32" | "int64";
  const count = splits[0]!.length - 1;
  rows.forEach((row, i) => {
    if (row < 0 || row >= count) throw invalidArgument(indexError(indices.shape, i, row, count));
  });
  checkGatherSplits(splits, values.shape[0]!);
  const toSplits = (numbers: readonly number[]): TensorValue =>
    splitsDType === "int64"
      ? int64Value([numbers.length], numbers)
      : tensorValue("int32", [numbers.length], Int32Array.from(numbers));
  const outputs: TensorValue[] = [];
  // The dimensions of the indices beyond the first come as splits of even rows.
  for (let d = 0; d + 1 < indices.shape.length; d++) {
    const groups = elementCount(indices.shape.slice(0, d + 1));
    const size = indices.shape[d + 1]!;
    outputs.push(toSplits(Array.from({ length: groups + 1 }, (_, i) => i * size)));
  }
  let ranges: (readonly [number, number])[] = Array.from(rows, (row) => [row, row + 1] as const);
  for (const level of splits) {
    const sizes = [0];
    const next: (readonly [number, number])[] = [];
    let total = 0;
    for (const [from, to] of ranges) {
      for (let i = from; i < to; i++) {
        const size = level[i + 1]! - level[i]!;
        total += size;
        sizes.push(total);
        if (size > 0) next.push([level[i]!, level[i + 1]!]);
      }
    }
    outputs.push(toSplits(sizes));
    ranges = next;
  }
  const order: number[] = [];
  for (const [from, to] of ranges) for (let i = from; i < to; i++) order.push(i);
  const kept = outputs.slice(0, outputRaggedRank);
  return [...kept, pickRows(values, order)];
}

function indexError(shape: Shape, i: number, row: number, count: number): string {
  let rest = i;
  const at = shape.map((_, d) => {
    const stride = elementCount(shape.slice(d + 1));
    const index = Math.floor(rest / stride);
    rest -= index * stride;
    return index;
  });
  return `indices[${at.join(",")}] = ${row} is not in [0, ${count})`;
}

function checkGatherSplits(splits: readonly Float64Array[], values: number): void {
  splits.forEach((level, i) => {
    if (level.length === 0) throw invalidArgument("Ragged splits must have at least one value");
    const size = i + 1 < splits.length ? splits[i + 1]!.length - 1 : values;
    for (let k = 0; k < level.length; k++) {
      if (level[k]! < 0) throw invalidArgument("Ragged splits must be non-negative");
      if (level[k]! > size) throw invalidArgument("Ragged splits must not point past values");
      if (k > 0 && level[k]! < level[k - 1]!) throw invalidArgument("Ragged splits must be sorted");
    }
  });
}

function pickRows(values: TensorValue, rows: readonly number[]): TensorValue {
  const inner = values.shape.slice(1);
  const width = elementCount(inner);
  const order = rows.flatMap((row) => Array.from({ length: width }, (_, k) => row * width + k));
  return pick(values, order, [rows.length, ...inner]);
}

type PartitionType = "FIRST_DIM_SIZE" | "VALUE_ROWIDS" | "ROW_SPLITS" | "ROW_LENGTHS";

/** RaggedTensorToTensor: a ragged tensor padded with the default, or cut, to a dense shape. */
export function raggedToTensor(
  shapeTensor: TensorValue,
  values: TensorValue,
  defaultValue: TensorValue,
  partitions: readonly TensorValue[],
  types: readonly string[],
): TensorValue {
  if (types.length === 0) throw invalidArgument("RaggedTensorToTensor: partition types must not be empty");
  const declared = shapeTensor.shape.length === 0 ? undefined : toIntegers(shapeTensor);
  if (shapeTensor.shape.length === 0 && toIntegers(shapeTensor)[0] !== -1) {
    throw invalidArgument("The only valid scalar shape tensor is the fully unknown shape specified as -1.");
  }
  const withFirst = types[0] === "FIRST_DIM_SIZE";
  const ragged = withFirst ? types.slice(1) : types;
  const tensors = withFirst ? partitions.slice(1) : partitions;
  const inner = values.shape.slice(1);
  const levels = ragged.map((type, i) => rowSplitsOf(type as PartitionType, tensors[i]!));
  // With row ids alone the number of rows stands in the first tensor; a level's rows are the values of the one before.
  const rowCounts: number[] = [];
  let rows = withFirst ? toIntegers(partitions[0]!)[0]! : levels[0]!.rows;
  for (const level of levels) {
    rowCounts.push(rows);
    level.complete(rows);
    rows = level.valueCount();
  }
  const sizes = [rowCounts[0]!, ...levels.map((level) => level.longest())];
  const outer = sizes.map((size, d) => {
    const wanted = declared?.[d] ?? -1;
    return wanted >= 0 ? wanted : size;
  });
  const shape = [...outer, ...inner];
  if (declared !== undefined && declared.length !== shape.length) {
    throw invalidArgument(
      `shape and ragged tensor have different ranks: ${shapeText(declared)} vs ${shapeText(shape)}`,
    );
  }
  const width = elementCount(inner);
  const output = filledWith(values.dtype, shape, defaultValue, inner);
  const target = output.data as unknown as Elements;
  const source = values.data as unknown as Elements;
  const cells = width * dtypeWidth(values.dtype);
  const walk = (depth: number, from: number, to: number, offset: number): void => {
    const size = outer[depth]!;
    for (let i = from, position = 0; i < to && position < size; i++, position++) {
      const place = offset * size + position;
      if (depth === levels.length) {
        for (let k = 0; k < cells; k++) target[place * cells + k] = source[i * cells + k];
      } else walk(depth + 1, levels[depth]!.splits[i]!, levels[depth]!.splits[i + 1]!, place);
    }
  };
  walk(0, 0, rowCounts[0]!, 0);
  return output;
}

class RowPartition {
  splits: number[];
  /** Rows that the partition itself tells of. */
  readonly rows: number;
  readonly #ids: readonly number[] | undefined;

  constructor(splits: number[], ids: readonly number[] | undefined) {
    this.splits = splits;
    this.#ids = ids;
    this.rows = ids === undefined ? splits.length - 1 : ids.length === 0 ? 0 : ids[ids.length - 1]! + 1;
  }

  /** Turns row ids into splits of `rows` rows. */
  complete(rows: number): void {
    if (this.#ids === undefined) {
      if (rows !== this.rows) throw invalidArgument(`row_partition has ${this.rows} rows, ${rows} expected`);
      return;
    }
    const lengths = new Array<number>(rows).fill(0);
    for (const id of this.#ids) lengths[id]!++;
    this.splits = cumulative(lengths);
  }

  valueCount(): number {
    return this.splits[this.splits.length - 1]!;
  }

  longest(): number {
    let longest = 0;
    for (let i = 1; i < this.splits.length; i++) longest = Math.max(longest, this.splits[i]! - this.splits[i - 1]!);
    return longest;
  }
}

function cumulative(lengths: readonly number[]): number[] {
  const splits = [0];
  for (const length of lengths) splits.push(splits[splits.length - 1]! + length);
  return splits;
}

function rowSplitsOf(type: PartitionType, tensor: TensorValue): RowPartition {
  const numbers = toIntegers(tensor);
  switch (type) {
    case "ROW_SPLITS":
      return new RowPartition(numbers, undefined);
    case "ROW_LENGTHS":
      return new RowPartition(cumulative(numbers), undefined);
    case "VALUE_ROWIDS":
      return new RowPartition([0], numbers);
    default:
      throw invalidArgument(`Unsupported row partition type: ${type}`);
  }
}

function filledWith(dtype: DType, shape: Shape, defaultValue: TensorValue, inner: Shape): TensorValue {
  const count = elementCount(shape);
  if (defaultValue.shape.length === 0) return repeated(dtype, shape, count, defaultValue);
  // The default broadcasts over the values' inner shape.
  const offset = inner.length - defaultValue.shape.length;
  if (offset < 0 || defaultValue.shape.some((size, d) => size !== 1 && size !== inner[d + offset])) {
    throw invalidArgument(
      `default_value.shape=${shapeText(defaultValue.shape)} and rt_input.flat_values.shape=${shapeText([...shape.slice(0, 1), ...inner])} are incompatible: default_value.rank = ${defaultValue.shape.length} must be less than rt_input.flat_values.rank = ${inner.length + 1}`,
    );
  }
  const width = elementCount(inner);
  const order = Array.from({ length: count }, (_, i) => {
    let rest = i % Math.max(1, width);
    let at = 0;
    inner.forEach((_size, d) => {
      const stride = elementCount(inner.slice(d + 1));
      const index = Math.floor(rest / stride);
      rest -= index * stride;
      if (d >= offset) {
        const own = defaultValue.shape[d - offset]!;
        at = at * own + (own === 1 ? 0 : index);
      }
    });
    return at;
  });
  return pick(defaultValue, order, shape);
}
