import type { DType } from "../../core/dtype.js";
import { elementCount, type Shape, sameShape, shapeText } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { type TensorValue, toIntegers, withShape } from "../../core/tensor-value.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import { type Cells, cellsOf, cellWidth, copyCells, integerOf, integersValue, newValue } from "./array/cells.js";

/** Elements before and after an axis, the two factors that joining and splitting walk over. */
function around(shape: Shape, axis: number): { before: number; after: number } {
  let before = 1;
  let after = 1;
  for (let d = 0; d < axis; d++) before *= shape[d]!;
  for (let d = axis + 1; d < shape.length; d++) after *= shape[d]!;
  return { before, after };
}

/** Joins values along `axis`, in which alone their shapes differ. */
export function concatenate(values: readonly TensorValue[], axis: number): TensorValue {
  const first = values[0]!;
  const shape = [...first.shape];
  shape[axis] = values.reduce((total, value) => total + value.shape[axis]!, 0);
  const output = newValue(first.dtype, shape);
  const { before, after } = around(shape, axis);
  if (first.dtype === "float32") {
    joinFloats(output.data as Float32Array, values, axis, before, after);
    return output;
  }
  const inner = after * cellWidth(first.dtype);
  const row = shape[axis]! * inner;
  const target = cellsOf(output);
  let at = 0;
  for (const value of values) {
    const chunk = value.shape[axis]! * inner;
    if (chunk > 0) copyRows(target, at, row, cellsOf(value), chunk, before);
    at += chunk;
  }
  return output;
}

/** The same for float32 as it is: to look at a small array as cells would move it out of JavaScript's heap first, which costs more than a copy. */
function joinFloats(
  target: Float32Array,
  values: readonly TensorValue[],
  axis: number,
  before: number,
  after: number,
): void {
  const row = before === 0 ? 0 : target.length / before;
  let at = 0;
  for (const value of values) {
    const source = value.data as Float32Array;
    const chunk = value.shape[axis]! * after;
    if (chunk < blockFloats) {
      for (let i = 0, a = at, b = 0; i < before; i++, a += row - chunk)
        for (const end = b + chunk; b < end; a++, b++) target[a] = source[b]!;
    } else {
      for (let i = 0, a = at, b = 0; i < before; i++, a += row, b += chunk)
        target.set(source.subarray(b, b + chunk), a);
    }
    at += chunk;
  }
}

/** Below this many floats an element loop beats `set` on a `subarray`. */
const blockFloats = 48;

function copyRows(target: Cells, at: number, row: number, source: Cells, chunk: number, rows: number): void {
  if (chunk === 1) {
    for (let i = 0, a = at; i < rows; i++, a += row) target[a] = source[i]!;
    return;
  }
  for (let i = 0, a = at, b = 0; i < rows; i++, a += row, b += chunk) copyCells(target, a, source, b, chunk);
}

function concatOf(values: readonly TensorValue[], axisValue: TensorValue, axisName: string): TensorValue {
  const first = values[0]!;
  const rank = first.shape.length;
  if (elementCount(axisValue.shape) !== 1 || axisValue.shape.length > 1) {
    throw invalidArgument(`${axisName} tensor should be a scalar integer, but got shape ${shapeText(axisValue.shape)}`);
  }
  const given = integerOf(axisValue);
  const axis = given < 0 ? given + rank : given;
  if (rank === 0 && given === 0) {
    throw invalidArgument("ConcatOp : Can't concatenate scalars (use tf.stack instead)");
  }
  if (axis < 0 || axis >= rank) {
    throw invalidArgument(
      `ConcatOp : Expected concatenating dimensions in the range [${-rank}, ${rank}), but got ${given}`,
    );
  }
  for (let i = 1; i < values.length; i++) {
    const { shape } = values[i]!;
    if (shape.length !== rank) {
      if (shape.length === 0) throw invalidArgument("ConcatOp : Can't concatenate scalars (use tf.stack instead)");
      throw invalidArgument(
        `ConcatOp : Ranks of all input tensors should match: shape[0] = ${shapeText(first.shape)} vs. shape[${i}] = ${shapeText(shape)}`,
      );
    }
    for (let d = 0; d < rank; d++) {
      if (d !== axis && shape[d] !== first.shape[d]) {
        throw invalidArgument(
          `ConcatOp : Dimension ${d} in both shapes must be equal: shape[0] = ${shapeText(first.shape)} vs. shape[${i}] = ${shapeText(shape)}`,
        );
      }
    }
  }
  return values.length === 1 ? first : (soleFilled(values, axis) ?? concatenate(values, axis));
}

/** The only value that adds anything along an axis, which then needs no copy; undefined where there are several or none. */
function soleFilled(values: readonly TensorValue[], axis: number): TensorValue | undefined {
  let sole: TensorValue | undefined;
  for (const value of values) {
    if (value.shape[axis] === 0) continue;
    if (sole !== undefined) return undefined;
    sole = value;
  }
  return sole;
}

const concat: KernelFactory = () => (inputs) => [concatOf(inputs.slice(1), inputs[0]!, "concat_dim")];

const concatV2: KernelFactory = () => (inputs) => [concatOf(inputs.slice(0, -1), inputs[inputs.length - 1]!, "axis")];

const concatOffset: KernelFactory = ({ outputTypes }) => {
  const [dtype] = outputTypes as [DType];
  return ([axisValue, ...shapes]) => {
    if (axisValue!.shape.length !== 0) {
      throw invalidArgument(
        `Concat dim tensor should be a scalar integer, but got shape ${shapeText(axisValue!.shape)}`,
      );
    }
    const first = toIntegers(shapes[0]!);
    if (shapes[0]!.shape.length !== 1) {
      throw invalidArgument(`input 1 should be a vector, but got shape ${shapeText(shapes[0]!.shape)}`);
    }
    const given = integerOf(axisValue!);
    const axis = given < 0 ? given + first.length : given;
    if (axis < 0 || axis >= first.length) {
      throw invalidArgument(`Concat dim is out of range: ${given} vs. ${first.length}`);
    }
    let at = 0;
    return shapes.map((value, i) => {
      if (value.shape.length !== 1) {
        throw invalidArgument(`input ${i} should be a vector, but got shape ${shapeText(value.shape)}`);
      }
      const shape = toIntegers(value);
      if (shape.length !== first.length) {
        throw invalidArgument(`input ${i} should contain ${first.length} elements, but got ${shape.length}`);
      }
      const offsets = new Array<number>(shape.length).fill(0);
      for (let d = 0; d < shape.length; d++) {
        if (d !== axis && shape[d] !== first[d]) {
          throw invalidArgument(
            `All dimensions except ${axis} must match. Input ${i} has shape [${shape.join(" ")}] and doesn't match input 0 with shape [${first.join(" ")}].`,
          );
        }
      }
      offsets[axis] = at;
      at += shape[axis]!;
      return integersValue(dtype, [shape.length], offsets);
    });
  };
};

const pack: KernelFactory = ({ attrs }) => {
  const given = attrs.int("axis");
  return (inputs) => {
    const first = inputs[0]!;
    const rank = first.shape.length + 1;
    const axis = given < 0 ? given + rank : given;
    if (axis < 0 || axis >= rank) throw invalidArgument(`axis = ${given} not in [${-rank}, ${rank})`);
    for (let i = 1; i < inputs.length; i++) {
      if (!sameShape(inputs[i]!.shape, first.shape)) {
        throw invalidArgument(
          `Shapes of all inputs must match: values[0].shape = ${shapeText(first.shape)} != values[${i}].shape = ${shapeText(inputs[i]!.shape)}`,
        );
      }
    }
    if (rank === 1) return [packScalars(inputs)];
    const shape = [...first.shape.slice(0, axis), 1, ...first.shape.slice(axis)];
    return [
      concatenate(
        inputs.map((input) => withShape(input, shape)),
        axis,
      ),
    ];
  };
};

function packScalars(inputs: readonly TensorValue[]): TensorValue {
  const output = newValue(inputs[0]!.dtype, [inputs.length]);
  const target = cellsOf(output);
  const width = cellWidth(output.dtype);
  for (let i = 0, at = 0; i < inputs.length; i++) {
    const source = cellsOf(inputs[i]!);
    for (let c = 0; c < width; c++) target[at++] = source[c]!;
  }
  return output;
}

/** The parts of a value along an axis, by their sizes there, each with `axis` replaced by what `shapeOf` says. */
function splitAlong(input: TensorValue, axis: number, sizes: readonly number[], keepAxis: boolean): TensorValue[] {
  const { before, after } = around(input.shape, axis);
  const inner = after * cellWidth(input.dtype);
  const row = input.shape[axis]! * inner;
  const source = cellsOf(input);
  let from = 0;
  return sizes.map((size) => {
    const shape = [...input.shape];
    if (keepAxis) shape[axis] = size;
    else shape.splice(axis, 1);
    const output = newValue(input.dtype, shape);
    const target = cellsOf(output);
    const chunk = size * inner;
    for (let i = 0, a = 0, b = from; i < before; i++, a += chunk, b += row) copyCells(target, a, source, b, chunk);
    from += chunk;
    return output;
  });
}

const unpack: KernelFactory = ({ attrs }) => {
  const given = attrs.int("axis");
  const count = attrs.int("num");
  return ([input]) => {
    const { shape } = input!;
    const axis = given < 0 ? given + shape.length : given;
    if (axis < 0 || axis >= shape.length) {
      throw invalidArgument(`axis = ${given} not in [${-shape.length}, ${shape.length})`);
    }
    if (shape[axis] !== count) {
      throw invalidArgument(`Input shape axis ${axis} must equal ${count}, got shape ${shapeText(shape)}`);
    }
    // The one part of an axis of 1 is the value itself under another shape.
    if (count === 1) return [withShape(input!, shape.toSpliced(axis, 1))];
    return splitAlong(input!, axis, new Array<number>(count).fill(1), false);
  };
};

const split: KernelFactory = ({ attrs }) => {
  const count = attrs.int("num_split");
  return (inputs) => {
    const [dim, input] = inputs as [TensorValue, TensorValue];
    if (dim.shape.length !== 0) {
      throw invalidArgument(`split_dim must be a scalar but has rank ${dim.shape.length}`);
    }
    const rank = input.shape.length;
    const given = integerOf(dim);
    const axis = given < 0 ? given + rank : given;
    if (axis < 0 || axis >= rank) {
      throw invalidArgument(`-input rank(-${rank}) <= split_dim < input rank (${rank}), but got ${given}`);
    }
    if (count <= 0) throw invalidArgument(`Number of ways to split should be > 0, but got ${count}`);
    const whole = input.shape[axis]!;
    if (whole % count !== 0) {
      throw invalidArgument(
        `Number of ways to split should evenly divide the split dimension, but got split_dim ${axis} (size = ${whole}) and num_split ${count}`,
      );
    }
    if (count === 1) return [input];
    return splitAlong(input, axis, new Array<number>(count).fill(whole / count), true);
  };
};

const splitV: KernelFactory = ({ attrs }) => {
  const count = attrs.int("num_split");
  return (inputs) => {
    const [input, sizeValue, dim] = inputs as [TensorValue, TensorValue, TensorValue];
    const rank = input.shape.length;
    if (elementCount(dim.shape) !== 1) {
      throw invalidArgument("split_dim_tensor must have exactly one element.");
    }
    const given = integerOf(dim);
    const axis = given < 0 ? given + rank : given;
    if (sizeValue.shape.length !== 1 || sizeValue.shape[0] !== count) {
      throw invalidArgument(
        `size of the split_tensor must be 1-D and have the same elements as outputs got ${sizeValue.shape.length} -D and ${elementCount(sizeValue.shape)} elements`,
      );
    }
    if (axis < 0 || axis >= rank) {
      throw invalidArgument(`-input rank(-${rank}) <= split_dim < input rank (${rank}), but got ${given}`);
    }
    const whole = input.shape[axis]!;
    const wanted = toIntegers(sizeValue);
    if (count === 1) {
      const [only] = wanted as [number];
      if (only !== whole) {
        throw invalidArgument(
          `If there is only one output, it must have the same size as the input. Input size: ${whole} output size: ${only}`,
        );
      }
      return [input];
    }
    const sizes = completedSizes(wanted, whole);
    return splitAlong(input, axis, sizes, true);
  };
};

function completedSizes(sizes: number[], whole: number): number[] {
  let open = -1;
  let total = 0;
  for (let i = 0; i < sizes.length; i++) {
    if (sizes[i] === -1) {
      if (open >= 0) throw invalidArgument("There can only be one -1 in the input.");
      open = i;
    } else {
      if (sizes[i]! < 0) throw invalidArgument(`Split size at index ${i} must be >= 0. Got: ${sizes[i]}`);
      total += sizes[i]!;
    }
  }
  if ((open < 0 && total !== whole) || (open >= 0 && total > whole)) {
    throw invalidArgument(
      `Determined shape must either match input shape along split_dim exactly if fully specified, or be less than the size of the input along split_dim if not fully specified.  Got: ${total}`,
    );
  }
  if (open >= 0) sizes[open] = whole - total;
  return sizes;
}

/** Host kernels that join tensors and take them apart. */
export const arrayJoinKernels: KernelTable = {
  Concat: concat,
  ConcatV2: concatV2,
  ConcatOffset: concatOffset,
  Pack: pack,
  Unpack: unpack,
  Split: split,
  SplitV: splitV,
};
