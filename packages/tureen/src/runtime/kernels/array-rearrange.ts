import { elementCount, type Shape, shapeText, stridesOf } from "../../core/shape.js";
import { invalidArgument, unimplemented } from "../../core/status-error.js";
import { type TensorValue, toIntegers, withShape } from "../../core/tensor-value.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import { cellsOf, cellWidth, indicesOf, newValue } from "./array/cells.js";
import { copyStrided } from "./array/copy-strided.js";
import { permute } from "./array/permute.js";
import { copyOf } from "./array-slice.js";

function transposed(input: TensorValue, permValue: TensorValue): TensorValue {
  const { shape } = input;
  if (permValue.shape.length !== 1) {
    throw invalidArgument(`perm must be rank 1, got shape ${shapeText(permValue.shape)}`);
  }
  if (permValue.shape[0] !== shape.length) {
    throw invalidArgument(
      `transpose expects a vector of size ${shape.length}. But input(1) is a vector of size ${permValue.shape[0]}`,
    );
  }
  const permutation = toIntegers(permValue);
  const seen = new Set<number>();
  for (let i = 0; i < permutation.length; i++) {
    const given = permutation[i]!;
    const d = given < 0 ? given + shape.length : given;
    if (d < 0 || d >= shape.length) throw invalidArgument(`${given} is out of range [0 .. ${shape.length})`);
    permutation[i] = d;
    seen.add(d);
  }
  for (let d = 0; d < shape.length; d++) {
    if (!seen.has(d)) throw invalidArgument(`${d} is missing from {${permutation.join(",")}}.`);
  }
  return permute(
    input,
    shape,
    permutation,
    permutation.map((d) => shape[d]!),
  );
}

const transpose: KernelFactory = () => (inputs) => [transposed(inputs[0]!, inputs[1]!)];

const conjugateTranspose: KernelFactory = () => (inputs) => {
  const result = transposed(inputs[0]!, inputs[1]!);
  if (result.dtype !== "complex64" && result.dtype !== "complex128") return [result];
  const output = copyOf(result);
  const data = output.data as Float32Array | Float64Array;
  for (let i = 1; i < data.length; i += 2) data[i] = -data[i]!;
  return [output];
};

function reversed(input: TensorValue, flips: readonly boolean[]): TensorValue {
  const { shape } = input;
  const output = newValue(input.dtype, shape);
  if (elementCount(shape) === 0) return output;
  const strides = stridesOf(shape);
  let offset = 0;
  const from = strides.map((stride, d) => {
    if (flips[d] !== true) return stride;
    offset += stride * (shape[d]! - 1);
    return -stride;
  });
  const target = { cells: cellsOf(output), offset: 0, strides };
  copyStrided(target, { cells: cellsOf(input), offset, strides: from }, shape, cellWidth(input.dtype));
  return output;
}

/** TensorFlow's reversal kernels are instantiated for up to this many dimensions. */
const maxReverseRank = 8;

const reverse: KernelFactory = () => (inputs) => {
  const [input, dims] = inputs as [TensorValue, TensorValue<"bool">];
  if (input.shape.length > maxReverseRank) throw unimplemented("reverse is not implemented for tensors of rank > 8.");
  if (dims.shape.length !== 1) throw invalidArgument(`'dims' must be 1-dimension, not ${dims.shape.length}`);
  if (dims.shape[0] !== input.shape.length) {
    throw invalidArgument(
      `'dims' must have the same number of values as 'input' has dimensions. 'input' has ${input.shape.length}'dims' has ${dims.shape[0]} values`,
    );
  }
  return [
    reversed(
      input,
      Array.from(dims.data, (flip) => flip !== 0),
    ),
  ];
};

const reverseV2: KernelFactory = () => (inputs) => {
  const [input, axes] = inputs as [TensorValue, TensorValue];
  const rank = input.shape.length;
  // Where there is nothing to turn TensorFlow does not look at the axes.
  if (elementCount(input.shape) === 0) return [input];
  if (rank > maxReverseRank) throw unimplemented("reverse is not implemented for tensors of rank > 8.");
  if (axes.shape.length !== 1) {
    throw invalidArgument(`'dims' must be 1-dimension, not ${axes.shape.length}`);
  }
  const flips = new Array<boolean>(rank).fill(false);
  const wanted = toIntegers(axes);
  for (let i = 0; i < wanted.length; i++) {
    const given = wanted[i]!;
    const axis = given < 0 ? given + rank : given;
    if (axis < 0 || axis >= rank) {
      throw invalidArgument(`'axis'[${i}] = ${given} is out of valid range [0, ${rank - 1}`);
    }
    if (flips[axis] === true) throw invalidArgument(`axis ${axis} specified more than once.`);
    flips[axis] = true;
  }
  if (!flips.includes(true)) return [input];
  return [reversed(input, flips)];
};

const reverseSequence: KernelFactory = ({ attrs }) => {
  const seqDim = attrs.int("seq_dim");
  const batchDim = attrs.int("batch_dim");
  return (inputs) => {
    const [input, lengths] = inputs as [TensorValue, TensorValue];
    const { shape } = input;
    if (lengths.shape.length !== 1) throw invalidArgument(`seq_lengths must be 1-dim, not ${lengths.shape.length}`);
    if (batchDim === seqDim) throw invalidArgument(`batch_dim == seq_dim == ${seqDim}`);
    if (seqDim >= shape.length) {
      throw invalidArgument(`seq_dim must be < input rank ( ${seqDim} vs. ${shape.length})`);
    }
    if (batchDim >= shape.length) {
      throw invalidArgument(`batch_dim must be < input rank ( ${batchDim} vs. ${shape.length})`);
    }
    const batches = shape[batchDim]!;
    const longest = shape[seqDim]!;
    if (lengths.shape[0] !== batches) {
      throw invalidArgument(`Length of seq_lengths != input.dims(${batchDim}), (${lengths.shape[0]} vs. ${batches})`);
    }
    const counts = indicesOf(lengths);
    for (let b = 0; b < batches; b++) {
      if (counts[b]! < 0) throw invalidArgument(`seq_lens(${b}) < 0`);
      if (counts[b]! > longest) throw invalidArgument(`seq_lens(${b}) > input.dims(${seqDim})`);
    }
    const output = newValue(input.dtype, shape);
    const strides = stridesOf(shape);
    const width = cellWidth(input.dtype);
    const [target, source] = [cellsOf(output), cellsOf(input)];
    const backwards = strides.map((stride, d) => (d === seqDim ? -stride : stride));
    const block = (b: number, from: number, count: number, back: boolean): void => {
      const sizes = shape.map((size, d) => (d === batchDim ? 1 : d === seqDim ? count : size));
      if (elementCount(sizes) === 0) return;
      const base = b * strides[batchDim]! + from * strides[seqDim]!;
      const start = back ? base + (count - 1) * strides[seqDim]! : base;
      copyStrided(
        { cells: target, offset: base, strides },
        { cells: source, offset: start, strides: back ? backwards : strides },
        sizes,
        width,
      );
    };
    for (let b = 0; b < batches; b++) {
      block(b, 0, counts[b]!, true);
      block(b, counts[b]!, longest - counts[b]!, false);
    }
    return [output];
  };
};

const roll: KernelFactory = () => (inputs) => {
  const [input, shiftValue, axisValue] = inputs as [TensorValue, TensorValue, TensorValue];
  const { shape } = input;
  if (shape.length < 1) throw invalidArgument("input must be 1-D or higher");
  if (shiftValue.shape.length > 1) {
    throw invalidArgument(`shift must be a scalar or a 1-D vector. Found: ${shapeText(shiftValue.shape)}`);
  }
  if (axisValue.shape.length > 1) {
    throw invalidArgument(`axis must be a scalar or a 1-D vector. Found: ${shapeText(axisValue.shape)}`);
  }
  const [shifts, axes] = [toIntegers(shiftValue), toIntegers(axisValue)];
  if (shiftValue.shape.join() !== axisValue.shape.join()) {
    throw invalidArgument("shift and axis must have the same size");
  }
  const moved = new Array<number>(shape.length).fill(0);
  axes.forEach((given, i) => {
    const axis = given < 0 ? given + shape.length : given;
    if (axis < 0 || axis >= shape.length) throw invalidArgument(`axis ${given} is out of range`);
    const size = Math.max(shape[axis]!, 1);
    moved[axis] = (((moved[axis]! + shifts[i]!) % size) + size) % size;
  });
  return [moved.reduce((value, shift, axis) => (shift === 0 ? value : rolled(value, axis, shift)), input)];
};

/** Moves everything along one axis by `shift` places, around the end. */
function rolled(input: TensorValue, axis: number, shift: number): TensorValue {
  const { shape } = input;
  const output = newValue(input.dtype, shape);
  const strides = stridesOf(shape);
  const [target, source] = [cellsOf(output), cellsOf(input)];
  const rest = shape[axis]! - shift;
  const part = (count: number, to: number, from: number): void => {
    const sizes: Shape = shape.map((size, d) => (d === axis ? count : size));
    if (elementCount(sizes) === 0) return;
    copyStrided(
      { cells: target, offset: to * strides[axis]!, strides },
      { cells: source, offset: from * strides[axis]!, strides },
      sizes,
      cellWidth(input.dtype),
    );
  };
  part(rest, shift, 0);
  part(shift, 0, rest);
  return withShape(output, shape);
}

/** Host kernels that bring elements into another order. */
export const arrayRearrangeKernels: KernelTable = {
  Transpose: transpose,
  ConjugateTranspose: conjugateTranspose,
  Reverse: reverse,
  ReverseV2: reverseV2,
  ReverseSequence: reverseSequence,
  Roll: roll,
};
