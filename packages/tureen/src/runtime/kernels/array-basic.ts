import { type DType, dtypeNumber, dtypeSize, type NumericArray, viewBytes } from "../../core/dtype.js";
import { elementCount, type Shape, sameShape, shapeText } from "../../core/shape.js";
import { invalidArgument, unimplemented } from "../../core/status-error.js";
import { type TensorValue, tensorValue, toIntegers, withShape } from "../../core/tensor-value.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import { broadcastStrides } from "./array/broadcast-strides.js";
import { cellsOf, cellWidth, integerOf, integersValue, newValue } from "./array/cells.js";
import { copyStrided } from "./array/copy-strided.js";
import { fillValue, onesLike } from "./array/fill-value.js";
import { rangeValue } from "./array/range-value.js";
import { zerosLikeVariant } from "./list/list-arithmetic.js";

const constant: KernelFactory = ({ attrs }) => {
  const outputs = [attrs.tensor("value")];
  return () => outputs;
};

/** The shape that Reshape gives `count` elements when asked for `sizes`, one of which may be -1. */
export function reshapedShape(count: number, sizes: readonly number[], from: Shape): number[] {
  const shape = [...sizes];
  let unknown = -1;
  let product = 1;
  let zeroSize = false;
  for (let d = 0; d < shape.length; d++) {
    const size = shape[d]!;
    if (size === -1) {
      if (unknown >= 0) throw invalidArgument(`Only one input size may be -1, not both ${unknown} and ${d}`);
      unknown = d;
    } else {
      if (size < 0) throw invalidArgument(`Size ${d} must be non-negative, not ${size}`);
      if (size === 0) zeroSize = true;
      else product *= size;
    }
  }
  if (unknown >= 0) {
    // Where both sides have a dimension of zero, the others alone tell the open one.
    const inferred = zeroSize ? from.reduce((total, size) => (size > 0 ? total * size : total), 1) : count;
    const missing = Math.floor(inferred / product);
    if (count > 0 && missing * product !== inferred) {
      throw invalidArgument(
        `Input to reshape is a tensor with ${count} values, but the requested shape requires a multiple of ${product}`,
      );
    }
    shape[unknown] = missing;
  }
  if (elementCount(shape) !== count) {
    throw invalidArgument(
      `Input to reshape is a tensor with ${count} values, but the requested shape has ${elementCount(shape)}`,
    );
  }
  return shape;
}

const reshape: KernelFactory = () => (inputs) => {
  const [input, sizes] = inputs as [TensorValue, TensorValue];
  if (sizes.shape.length > 1) throw invalidArgument(`sizes input must be 1-D, not ${shapeText(sizes.shape)}`);
  return [withShape(input, reshapedShape(elementCount(input.shape), toIntegers(sizes), input.shape))];
};

const shapeOf: KernelFactory = ({ outputTypes }) => {
  const [dtype] = outputTypes as [DType];
  return ([input]) => [integersValue(dtype, [input!.shape.length], input!.shape)];
};

const shapesOf: KernelFactory = ({ outputTypes }) => {
  return (inputs) => inputs.map((input, i) => integersValue(outputTypes[i]!, [input.shape.length], input.shape));
};

const size: KernelFactory = ({ outputTypes }) => {
  const [dtype] = outputTypes as [DType];
  return ([input]) => [integersValue(dtype, [], [elementCount(input!.shape)])];
};

const rank: KernelFactory = () => {
  return ([input]) => [integersValue("int32", [], [input!.shape.length])];
};

const expandDims: KernelFactory = () => (inputs) => {
  const [input, dim] = inputs as [TensorValue, TensorValue];
  if (elementCount(dim.shape) !== 1) throw invalidArgument("'dim' must be a tensor with a single value");
  const axis = integerOf(dim);
  const { length } = input.shape;
  if (axis < -1 - length || axis > length) {
    throw invalidArgument(`Tried to expand dim index ${axis} for tensor with ${length} dimensions.`);
  }
  const at = axis < 0 ? axis + length + 1 : axis;
  return [withShape(input, [...input.shape.slice(0, at), 1, ...input.shape.slice(at)])];
};

const squeeze: KernelFactory = ({ attrs }) => {
  const dims = attrs.ints("squeeze_dims");
  return ([input]) => {
    const { shape } = input!;
    if (dims.length === 0)
      return [
        withShape(
          input!,
          shape.filter((dim) => dim !== 1),
        ),
      ];
    const dropped = new Set<number>();
    for (const dim of dims) {
      if (dim < -shape.length || dim >= shape.length) {
        throw invalidArgument(`Tried to squeeze dim index ${dim} for tensor with ${shape.length} dimensions.`);
      }
      dropped.add(dim < 0 ? dim + shape.length : dim);
    }
    for (let d = 0; d < shape.length; d++) {
      if (dropped.has(d) && shape[d] !== 1) {
        throw invalidArgument(`Can not squeeze dim[${d}], expected a dimension of 1, got ${shape[d]}`);
      }
    }
    return [
      withShape(
        input!,
        shape.filter((_, d) => !dropped.has(d)),
      ),
    ];
  };
};

/** A shape from a vector of sizes; INVALID_ARGUMENT for a negative one, as `TensorShapeUtils::MakeShape` says it. */
export function shapeFromSizes(sizes: readonly number[]): number[] {
  for (const size of sizes) {
    if (size < 0) throw invalidArgument(`Dimension ${size} must be >= 0`);
  }
  return [...sizes];
}

const fill: KernelFactory = () => (inputs) => {
  const [dims, value] = inputs as [TensorValue, TensorValue];
  if (dims.shape.length !== 1 && !(dims.shape.length === 0)) {
    throw invalidArgument(`dims must represent a vector, got shape ${shapeText(dims.shape)}`);
  }
  if (value.shape.length !== 0 && !(value.shape.length === 1 && value.shape[0] === 1)) {
    throw invalidArgument(`value must represent a scalar, got shape ${shapeText(value.shape)}`);
  }
  return [fillValue(value, shapeFromSizes(toIntegers(dims)))];
};

const zerosLike: KernelFactory = ({ inputTypes }) => {
  if (inputTypes[0] === "variant") return ([input]) => [zerosLikeVariant(input!)];
  return ([input]) => [newValue(input!.dtype, input!.shape)];
};

const ones: KernelFactory = () => {
  return ([input]) => [onesLike(input!.dtype, input!.shape)];
};

const empty: KernelFactory = ({ attrs }) => {
  const dtype = attrs.type("dtype");
  return ([shape]) => {
    if (shape!.shape.length !== 1) {
      throw invalidArgument(`shape must be a vector of int32, got shape ${shapeText(shape!.shape)}`);
    }
    return [newValue(dtype, shapeFromSizes(toIntegers(shape!)))];
  };
};

const broadcastTo: KernelFactory = () => (inputs) => {
  const [input, wanted] = inputs as [TensorValue, TensorValue];
  if (wanted.shape.length > 1) {
    throw invalidArgument(`shape must be a vector of {int32,int64}, got shape ${shapeText(wanted.shape)}`);
  }
  const shape = shapeFromSizes(toIntegers(wanted));
  if (sameShape(shape, input.shape)) return [input];
  if (input.shape.length > shape.length) {
    throw invalidArgument(
      `Rank of input (${input.shape.length}) must be no greater than rank of output shape (${shape.length}).`,
    );
  }
  const strides = broadcastStrides(input.shape, shape);
  if (strides === undefined) {
    const aligned = shape.slice(shape.length - input.shape.length);
    const isMutual = input.shape.every((size, d) => size === aligned[d] || size === 1 || aligned[d] === 1);
    throw invalidArgument(
      isMutual
        ? `Unable to broadcast tensor of shape ${shapeText(input.shape)} to tensor of shape ${shapeText(shape)}`
        : `Incompatible shapes: ${shapeText(input.shape)} vs. ${shapeText(shape)}`,
    );
  }
  if (elementCount(shape) === 0) return [newValue(input.dtype, shape)];
  if (elementCount(input.shape) === 1) return [fillValue(input, shape)];
  const output = newValue(input.dtype, shape);
  const target = { cells: cellsOf(output), offset: 0, strides: denseStrides(shape) };
  copyStrided(target, { cells: cellsOf(input), offset: 0, strides }, shape, cellWidth(input.dtype));
  return [output];
};

function denseStrides(shape: Shape): number[] {
  return broadcastStrides(shape, shape)!;
}

/** Dtypes for which TensorFlow registers Tile and then has no code. */
const untiled: ReadonlySet<DType> = new Set(["uint16"]);

const tile: KernelFactory = () => (inputs) => {
  const [input, multiples] = inputs as [TensorValue, TensorValue];
  const { shape } = input;
  if (multiples.shape.length !== 1) {
    throw invalidArgument(`Expected multiples to be 1-D, but got shape ${shapeText(multiples.shape)}`);
  }
  if (multiples.shape[0] !== shape.length) {
    throw invalidArgument(
      `Expected multiples argument to be a vector of length ${shape.length} but got length ${multiples.shape[0]}`,
    );
  }
  const times = toIntegers(multiples);
  const tiled: number[] = [];
  const space: number[] = [];
  const from: number[] = [];
  const inputStrides = denseStrides(shape);
  for (let d = 0; d < shape.length; d++) {
    if (times[d]! < 0) throw invalidArgument(`Expected multiples[${d}] >= 0, but got ${times[d]}`);
    tiled.push(times[d]! * shape[d]!);
    space.push(times[d]!, shape[d]!);
    // A dimension of one has stride 0 already where it broadcasts; here it is walked once.
    from.push(0, inputStrides[d]!);
  }
  if (times.every((time) => time === 1)) return [input];
  const output = newValue(input.dtype, tiled);
  if (elementCount(tiled) === 0) return [output];
  if (untiled.has(input.dtype)) {
    throw unimplemented(
      `TileOp : The input data type is not supported, DataType : ${input.dtype}, Dimension : ${shape.length}`,
    );
  }
  const target = { cells: cellsOf(output), offset: 0, strides: rowMajor(space) };
  copyStrided(target, { cells: cellsOf(input), offset: 0, strides: from }, space, cellWidth(input.dtype));
  return [output];
};

function rowMajor(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  for (let d = shape.length - 1, stride = 1; d >= 0; d--) {
    strides[d] = stride;
    stride *= shape[d]!;
  }
  return strides;
}

const bitcast: KernelFactory = ({ attrs }) => {
  const from = attrs.type("T");
  const to = attrs.type("type");
  const [inSize, outSize] = [dtypeSize(from), dtypeSize(to)];
  return ([input]) => {
    const { shape } = input!;
    let output: number[];
    if (inSize > outSize) output = [...shape, inSize / outSize];
    else if (inSize === outSize) output = [...shape];
    else {
      const last = shape[shape.length - 1];
      if (last !== outSize / inSize) {
        // TensorFlow prints the numbers of the dtypes.
        throw invalidArgument(`Cannot bitcast from ${dtypeNumber(from)} to ${dtypeNumber(to)}`);
      }
      output = shape.slice(0, -1);
    }
    const count = elementCount(output);
    const data = input!.data as unknown as NumericArray;
    const aligned = data.byteOffset % outSize === 0 ? data : data.slice();
    return [tensorValue(to, output, viewBytes(to, aligned.buffer, aligned.byteOffset, count) as never)];
  };
};

const range: KernelFactory = ({ attrs }) => {
  const dtype = attrs.type("Tidx");
  return (inputs) => {
    const [start, limit, delta] = inputs as [TensorValue, TensorValue, TensorValue];
    for (const [name, input] of [
      ["start", start],
      ["limit", limit],
      ["delta", delta],
    ] as const) {
      if (elementCount(input.shape) !== 1 || input.shape.length > 1) {
        throw invalidArgument(`${name} must be a scalar, not shape ${shapeText(input.shape)}`);
      }
    }
    return [rangeValue(dtype, start, limit, delta)];
  };
};

/** Host kernels that make tensors or give them another shape. */
export const arrayBasicKernels: KernelTable = {
  Const: constant,
  Reshape: reshape,
  Shape: shapeOf,
  ShapeN: shapesOf,
  Size: size,
  Rank: rank,
  ExpandDims: expandDims,
  Squeeze: squeeze,
  Fill: fill,
  ZerosLike: zerosLike,
  OnesLike: ones,
  Empty: empty,
  BroadcastTo: broadcastTo,
  Tile: tile,
  Bitcast: bitcast,
  Range: range,
};
