import type { DType } from "../../core/dtype.js";
import { elementCount, type Shape, sameShape, shapeText, stridesOf } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { type TensorValue, toIntegers, withShape } from "../../core/tensor-value.js";
import {
  type ResolvedSlice,
  resolveSlice,
  type SliceMasks,
  sliceMasks,
} from "../../graph/shapes/array/strided-slice.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import { broadcastStrides } from "./array/broadcast-strides.js";
import { cellsOf, cellWidth, newValue } from "./array/cells.js";
import { copyStrided } from "./array/copy-strided.js";

const slice: KernelFactory = () => (inputs) => {
  const [input, begin, size] = inputs as [TensorValue, TensorValue, TensorValue];
  const { shape } = input;
  const rank = shape.length;
  const vectors = begin.shape.length === 1 && size.shape.length === 1;
  if (!vectors || begin.shape[0] !== rank || size.shape[0] !== rank) {
    throw invalidArgument(
      `Expected begin and size arguments to be 1-D tensors of size ${rank}, but got shapes ${shapeText(begin.shape)} and ${shapeText(size.shape)} instead.`,
    );
  }
  const starts = toIntegers(begin);
  const sizes = toIntegers(size);
  for (let d = 0; d < rank; d++) {
    const from = starts[d]!;
    const whole = shape[d]!;
    if (sizes[d] === -1) sizes[d] = whole - from;
    if (whole === 0 && (from !== 0 || sizes[d] !== 0)) {
      throw invalidArgument(
        `Expected begin[${d}] == 0 (got ${from}) and size[${d}] == 0 (got ${sizes[d]}) when input.dim_size(${d}) == 0`,
      );
    }
    if (from < 0 || from > whole) throw invalidArgument(`Expected begin[${d}] in [0, ${whole}], but got ${from}`);
    if (sizes[d]! < 0 || from + sizes[d]! > whole) {
      throw invalidArgument(`Expected size[${d}] in [0, ${whole - from}], but got ${sizes[d]}`);
    }
  }
  if (sameShape(sizes, shape)) return [input];
  return [takeBlock(input, starts, new Array<number>(rank).fill(1), sizes, sizes)];
};

/** Copies out the elements that start at `begin` with steps `strides`; `sizes` of them a dimension, shown as `shape`. */
export function takeBlock(
  input: TensorValue,
  begin: readonly number[],
  strides: readonly number[],
  sizes: Shape,
  shape: Shape,
): TensorValue {
  const output = newValue(input.dtype, shape);
  if (elementCount(shape) === 0) return output;
  const { offset, steps } = walk(input.shape, begin, strides);
  const target = { cells: cellsOf(output), offset: 0, strides: stridesOf(sizes) };
  copyStrided(target, { cells: cellsOf(input), offset, strides: steps }, sizes, cellWidth(input.dtype));
  return output;
}

function walk(shape: Shape, begin: readonly number[], strides: readonly number[]): { offset: number; steps: number[] } {
  const own = stridesOf(shape);
  let offset = 0;
  const steps = own.map((stride, d) => {
    offset += stride * begin[d]!;
    return stride * strides[d]!;
  });
  return { offset, steps };
}

/** Checks begin, end and strides of a StridedSlice-like op and resolves them against a shape. */
export function sliceOf(
  shape: Shape,
  begin: TensorValue,
  end: TensorValue,
  strides: TensorValue,
  masks: SliceMasks,
): ResolvedSlice {
  const [{ length }] = [begin.data as ArrayLike<unknown>];
  const vectors = begin.shape.length === 1 && end.shape.length === 1 && strides.shape.length === 1;
  if (!vectors || end.shape[0] !== length || strides.shape[0] !== length || length >= maxSliceEntries) {
    throw invalidArgument(
      `Expected begin, end, and strides to be 1D equal size tensors, but got shapes ${shapeText(begin.shape)}, ${shapeText(end.shape)}, and ${shapeText(strides.shape)} instead.`,
    );
  }
  return resolveSlice(shape, toIntegers(begin), toIntegers(end), toIntegers(strides), masks);
}

/** Masks have a bit an entry, and TensorFlow keeps them in 32-bit integers. */
const maxSliceEntries = 32;

const stridedSlice: KernelFactory = (node) => {
  const masks = sliceMasks(node.attrs);
  const known = [1, 2, 3].map((input) => node.constant(input));
  const [begin, end, strides] = known;
  const scalarAt =
    begin !== undefined && end !== undefined && strides !== undefined && masks.shrinkAxis === 1 && begin.shape[0] === 1
      ? toIntegers(begin)[0]!
      : undefined;
  return (inputs) => {
    const input = inputs[0]!;
    if (scalarAt !== undefined && input.shape.length === 1 && scalarAt >= 0 && scalarAt < input.shape[0]!) {
      // One entry of a vector: what most StridedSlices of a graph do to a shape.
      const output = newValue(input.dtype, []);
      const width = cellWidth(input.dtype);
      const [target, source] = [cellsOf(output), cellsOf(input)];
      for (let c = 0; c < width; c++) target[c] = source[scalarAt * width + c]!;
      return [output];
    }
    const resolved = sliceOf(input.shape, inputs[1]!, inputs[2]!, inputs[3]!, masks);
    if (
      sameShape(resolved.sizes, input.shape) &&
      resolved.strides.every((stride, d) => stride === 1 || (input.shape[d] === 1 && resolved.begin[d] === 0))
    ) {
      return [withShape(input, resolved.finalShape)];
    }
    return [takeBlock(input, resolved.begin, resolved.strides, resolved.sizes, resolved.finalShape)];
  };
};

/** Writes `value`, broadcast to the slice's final shape, into the slice of `target`, which the caller owns. */
export function putSlice(target: TensorValue, resolved: ResolvedSlice, value: TensorValue): void {
  const { finalShape, sizes } = resolved;
  const repeated = broadcastStrides(value.shape, finalShape);
  if (repeated === undefined) {
    throw invalidArgument(
      `Cannot broadcast input shape ${shapeText(value.shape)} into final shape ${shapeText(finalShape)}`,
    );
  }
  if (elementCount(sizes) === 0) return;
  const width = cellWidth(target.dtype);
  let source = value;
  if (!sameShape(value.shape, finalShape)) {
    source = newValue(value.dtype, finalShape);
    const dense = { cells: cellsOf(source), offset: 0, strides: stridesOf(finalShape) };
    copyStrided(dense, { cells: cellsOf(value), offset: 0, strides: repeated }, finalShape, width);
  }
  const { offset, steps } = walk(target.shape, resolved.begin, resolved.strides);
  const to = { cells: cellsOf(target), offset, strides: steps };
  copyStrided(to, { cells: cellsOf(source), offset: 0, strides: stridesOf(sizes) }, sizes, width);
}

const stridedSliceGrad: KernelFactory = ({ attrs }) => {
  const masks = sliceMasks(attrs);
  return (inputs) => {
    const [shape, begin, end, strides, dy] = inputs as [
      TensorValue,
      TensorValue,
      TensorValue,
      TensorValue,
      TensorValue,
    ];
    if (shape.shape.length !== 1) {
      throw invalidArgument(`shape must be 1-D, got shape.shape = ${shapeText(shape.shape)}`);
    }
    const resolved = sliceOf(toIntegers(shape), begin, end, strides, masks);
    if (!sameShape(dy.shape, resolved.finalShape)) {
      throw invalidArgument(`shape of dy was ${shapeText(dy.shape)} instead of ${shapeText(resolved.finalShape)}`);
    }
    const output = newValue(dy.dtype, toIntegers(shape));
    putSlice(output, resolved, dy);
    return [output];
  };
};

const tensorStridedSliceUpdate: KernelFactory = ({ attrs }) => {
  const masks = sliceMasks(attrs);
  return (inputs) => {
    const [input, begin, end, strides, value] = inputs as [
      TensorValue,
      TensorValue,
      TensorValue,
      TensorValue,
      TensorValue,
    ];
    const resolved = sliceOf(input.shape, begin, end, strides, masks);
    const output = copyOf(input);
    putSlice(output, resolved, value);
    return [output];
  };
};

/** A value with a copy of the elements, for a kernel to write into. */
export function copyOf<D extends DType>(value: TensorValue<D>): TensorValue<D> {
  const data = value.data as unknown as { slice(): typeof value.data };
  return { dtype: value.dtype, shape: value.shape, data: data.slice() };
}

/** Host kernels that cut blocks out of tensors or write them. */
export const arraySliceKernels: KernelTable = {
  Slice: slice,
  StridedSlice: stridedSlice,
  StridedSliceGrad: stridedSliceGrad,
  TensorStridedSliceUpdate: tensorStridedSliceUpdate,
};
