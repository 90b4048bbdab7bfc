import { broadcastShapes, elementCount, type Shape, sameShape, shapeText } from "../../core/shape.js";
import { invalidArgument, unimplemented } from "../../core/status-error.js";
import type { TensorValue } from "../../core/tensor-value.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import { broadcastStrides } from "./array/broadcast-strides.js";
import { type Cells, cellsOf, cellWidth, copyCells, indicesOf, integerOf, newValue } from "./array/cells.js";
import { fillValue } from "./array/fill-value.js";
import { indexText } from "./array/gather-rows.js";

function selectSame(condition: Uint8Array, a: TensorValue, b: TensorValue): TensorValue {
  const output = newValue(a.dtype, a.shape);
  const [target, yes, no] = [cellsOf(output), cellsOf(a), cellsOf(b)];
  const width = cellWidth(a.dtype);
  if (width === 1) {
    for (let i = 0; i < condition.length; i++) target[i] = condition[i] === 0 ? no[i]! : yes[i]!;
    return output;
  }
  for (let i = 0; i < condition.length; i++) {
    const source = condition[i] === 0 ? no : yes;
    for (let c = i * width; c < (i + 1) * width; c++) target[c] = source[c]!;
  }
  return output;
}

const select: KernelFactory = () => (inputs) => {
  const [condition, a, b] = inputs as [TensorValue<"bool">, TensorValue, TensorValue];
  if (condition.shape.length === 0) {
    if (!sameShape(a.shape, b.shape)) {
      throw invalidArgument(
        `'then' and 'else' must have the same size.  but received: ${shapeText(a.shape)} vs. ${shapeText(b.shape)}`,
      );
    }
    return [condition.data[0] === 0 ? b : a];
  }
  const rows = condition.shape.length === 1 && a.shape.length !== 1;
  if (!rows) {
    if (!sameShape(a.shape, b.shape) || !sameShape(a.shape, condition.shape)) throw unequalInputs(condition, a, b);
    return [selectSame(condition.data, a, b)];
  }
  if (a.shape.length < 1)
    throw invalidArgument(`'then' must be at least a vector, but saw shape: ${shapeText(a.shape)}`);
  if (a.shape[0] !== condition.shape[0]) {
    throw invalidArgument(
      `Number of batches of 'then' must match size of 'cond', but saw: ${a.shape[0]} vs. ${condition.shape[0]}`,
    );
  }
  if (!sameShape(a.shape, b.shape)) {
    throw invalidArgument(
      `'then' and 'else' must have the same size.  but received: ${shapeText(a.shape)} vs. ${shapeText(b.shape)}`,
    );
  }
  const output = newValue(a.dtype, a.shape);
  const [target, yes, no] = [cellsOf(output), cellsOf(a), cellsOf(b)];
  const row = elementCount(a.shape.slice(1)) * cellWidth(a.dtype);
  for (let i = 0; i < condition.data.length; i++) {
    copyCells(target, i * row, condition.data[i] === 0 ? no : yes, i * row, row);
  }
  return [output];
};

function unequalInputs(condition: TensorValue, a: TensorValue, b: TensorValue): Error {
  const shape = shapeText;
  const [number, other] = sameShape(condition.shape, a.shape) ? [2, b] : [1, a];
  return invalidArgument(
    `Inputs to operation Select of type Select must have the same size and shape.  Input 0: ${shape(condition.shape)} != input ${number}: ${shape(other.shape)}`,
  );
}

const selectV2: KernelFactory = () => (inputs) => {
  const [condition, a, b] = inputs as [TensorValue<"bool">, TensorValue, TensorValue];
  if (sameShape(condition.shape, a.shape) && sameShape(a.shape, b.shape)) return [selectSame(condition.data, a, b)];
  const pair = broadcastShapes(a.shape, b.shape);
  const shape = pair === undefined ? undefined : broadcastShapes(condition.shape, pair);
  if (shape === undefined) {
    throw invalidArgument(
      `condition ${shapeText(condition.shape)}, then ${shapeText(a.shape)}, and else ${shapeText(b.shape)} must be broadcastable`,
    );
  }
  const output = newValue(a.dtype, shape);
  if (elementCount(shape) === 0) return [output];
  const sides = [condition, a, b].map((side) => broadcastStrides(side.shape, shape)!);
  selectLevel(
    {
      target: cellsOf(output),
      condition: condition.data,
      yes: cellsOf(a),
      no: cellsOf(b),
      width: cellWidth(a.dtype),
      shape,
      sides,
    },
    0,
    0,
    0,
    0,
    0,
  );
  return [output];
};

interface Selection {
  readonly target: Cells;
  readonly condition: Uint8Array;
  readonly yes: Cells;
  readonly no: Cells;
  readonly width: number;
  readonly shape: Shape;
  readonly sides: readonly (readonly number[])[];
}

/** Fills one sub-block of the result and returns where the next one starts. */
function selectLevel(s: Selection, d: number, at: number, conditionAt: number, yesAt: number, noAt: number): number {
  if (d === s.shape.length) {
    const [source, from] = s.condition[conditionAt] === 0 ? [s.no, noAt] : [s.yes, yesAt];
    for (let c = 0; c < s.width; c++) s.target[at * s.width + c] = source[from * s.width + c]!;
    return at + 1;
  }
  const [byCondition, byYes, byNo] = [s.sides[0]![d]!, s.sides[1]![d]!, s.sides[2]![d]!];
  const size = s.shape[d]!;
  if (d === s.shape.length - 1 && s.width === 1) {
    const { target, condition, yes, no } = s;
    for (let i = 0; i < size; i++) {
      target[at + i] = condition[conditionAt + i * byCondition] === 0 ? no[noAt + i * byNo]! : yes[yesAt + i * byYes]!;
    }
    return at + size;
  }
  let next = at;
  for (let i = 0; i < size; i++) {
    next = selectLevel(s, d + 1, next, conditionAt + i * byCondition, yesAt + i * byYes, noAt + i * byNo);
  }
  return next;
}

/** The flat places of the elements that are not zero. */
function truePlaces(input: TensorValue): number[] {
  const places: number[] = [];
  const { dtype } = input;
  const width = cellWidth(dtype);
  if (dtype === "float32" || dtype === "float64" || width === 1) {
    const data = input.data as ArrayLike<number>;
    const half = dtype === "float16" || dtype === "bfloat16";
    for (let i = 0; i < data.length; i++) {
      // The sign bit of a half-precision zero does not count.
      if ((half ? data[i]! & 0x7fff : data[i]) !== 0) places.push(i);
    }
  } else if (dtype === "complex64" || dtype === "complex128") {
    const data = input.data as unknown as Float32Array;
    for (let i = 0; 2 * i < data.length; i++) if (data[2 * i] !== 0 || data[2 * i + 1] !== 0) places.push(i);
  } else {
    const cells = cellsOf(input);
    for (let i = 0; 2 * i < cells.length; i++) if (cells[2 * i] !== 0 || cells[2 * i + 1] !== 0) places.push(i);
  }
  return places;
}

const where: KernelFactory =
  () =>
  ([input]) => {
    const { shape, dtype } = input!;
    if (dtype === "float16") {
      throw unimplemented(
        "No WhereOp available for float16/half type on CPU; dying in CPU WhereOp to avoid silently creating costly copies from device.",
      );
    }
    if (shape.length === 0) throw invalidArgument("WhereOp : Unhandled input dimensions: 0");
    const places = truePlaces(input!);
    const rank = shape.length;
    const output = newValue("int64", [places.length, rank]);
    // Coordinates fit the low word; the high one stays zero.
    const words = cellsOf(output);
    if (rank === 1) {
      for (let i = 0; i < places.length; i++) words[2 * i] = places[i]!;
      return [output];
    }
    for (let i = 0; i < places.length; i++) {
      let rest = places[i]!;
      for (let d = rank - 1; d >= 0; d--) {
        const size = shape[d]!;
        words[2 * (i * rank + d)] = rest % size;
        rest = Math.floor(rest / size);
      }
    }
    return [output];
  };

const oneHot: KernelFactory = ({ attrs }) => {
  const givenAxis = attrs.int("axis");
  return (inputs) => {
    const [indices, depthValue, on, off] = inputs as [TensorValue, TensorValue, TensorValue, TensorValue];
    const rank = indices.shape.length + 1;
    if (givenAxis !== -1 && (givenAxis < 0 || givenAxis >= rank)) {
      throw invalidArgument(`Expected axis to be -1 or between [0, ${rank}).  But received: ${givenAxis}`);
    }
    if (depthValue.shape.length !== 0) {
      throw invalidArgument(`depth must be a scalar, but got: ${shapeText(depthValue.shape)}`);
    }
    if (on.shape.length !== 0) throw invalidArgument(`on_value must be a scalar, but got: ${shapeText(on.shape)}`);
    if (off.shape.length !== 0) throw invalidArgument(`off_value must be a scalar, but got: ${shapeText(off.shape)}`);
    const depth = integerOf(depthValue);
    if (depth < 0) throw invalidArgument(`depth must be non-negative, got: ${depth}`);
    const axis = givenAxis === -1 ? rank - 1 : givenAxis;
    const shape = [...indices.shape.slice(0, axis), depth, ...indices.shape.slice(axis)];
    const output = fillValue(off, shape);
    const wanted = indicesOf(indices);
    const suffix = elementCount(indices.shape.slice(axis));
    const width = cellWidth(on.dtype);
    const [target, one] = [cellsOf(output), cellsOf(on)];
    for (let i = 0; i < wanted.length; i++) {
      const index = wanted[i]!;
      if (!(index >= 0 && index < depth)) continue;
      const prefix = Math.floor(i / suffix);
      const at = (prefix * depth + index) * suffix + (i - prefix * suffix);
      for (let c = 0; c < width; c++) target[at * width + c] = one[c]!;
    }
    return [output];
  };
};

const dynamicPartition: KernelFactory = ({ attrs }) => {
  const count = attrs.int("num_partitions");
  return (inputs) => {
    const [data, partitions] = inputs as [TensorValue, TensorValue];
    const rank = partitions.shape.length;
    if (!sameShape(data.shape.slice(0, rank), partitions.shape)) {
      throw invalidArgument(
        `data.shape must start with partitions.shape, got data.shape = ${shapeText(data.shape)}, partitions.shape = ${shapeText(partitions.shape)}`,
      );
    }
    const wanted = indicesOf(partitions);
    const sizes = new Array<number>(count).fill(0);
    for (let i = 0; i < wanted.length; i++) {
      const part = wanted[i]!;
      if (part < 0 || part >= count) {
        throw invalidArgument(`partitions${indexText(partitions.shape, i)} = ${part} is not in [0, ${count})`);
      }
      sizes[part] = sizes[part]! + 1;
    }
    const tail = data.shape.slice(rank);
    const row = elementCount(tail) * cellWidth(data.dtype);
    const outputs = sizes.map((size) => newValue(data.dtype, [size, ...tail]));
    const targets = outputs.map(cellsOf);
    const ends = new Array<number>(count).fill(0);
    const source = cellsOf(data);
    for (let i = 0; i < wanted.length; i++) {
      const part = wanted[i]!;
      copyCells(targets[part]!, ends[part]!, source, i * row, row);
      ends[part] = ends[part]! + row;
    }
    return outputs;
  };
};

const dynamicStitch: KernelFactory = ({ attrs }) => {
  const count = attrs.int("N");
  return (inputs) => {
    const first = stitchTail(inputs, 0, count);
    let last = -1;
    for (let n = 0; n < count; n++) {
      const indices = inputs[n]!;
      const tail = stitchTail(inputs, n, count);
      if (!sameShape(tail, first)) {
        throw invalidArgument(
          `Need data[0].shape[${inputs[0]!.shape.length}:] = data[${n}].shape[${indices.shape.length}:], got data[0].shape = ${shapeText(inputs[count]!.shape)}, data[${n}].shape = ${shapeText(inputs[count + n]!.shape)}, indices[0].shape = ${shapeText(inputs[0]!.shape)}, indices[${n}].shape = ${shapeText(indices.shape)}`,
        );
      }
      for (const index of indicesOf(indices)) if (index > last) last = index;
    }
    const output = newValue(inputs[count]!.dtype, [last + 1, ...first]);
    const row = elementCount(first) * cellWidth(output.dtype);
    const target = cellsOf(output);
    for (let n = 0; n < count; n++) {
      const source = cellsOf(inputs[count + n]!);
      const wanted = indicesOf(inputs[n]!);
      for (let i = 0; i < wanted.length; i++) {
        const index = wanted[i]!;
        if (index < 0) throw invalidArgument(`indices[${i}] is out of range`);
        copyCells(target, index * row, source, i * row, row);
      }
    }
    return [output];
  };
};

function stitchTail(inputs: readonly TensorValue[], n: number, count: number): Shape {
  const [indices, data] = [inputs[n]!, inputs[count + n]!];
  const rank = indices.shape.length;
  if (!sameShape(data.shape.slice(0, rank), indices.shape)) {
    throw invalidArgument(
      `data[${n}].shape = ${shapeText(data.shape)} does not start with indices[${n}].shape = ${shapeText(indices.shape)}`,
    );
  }
  return data.shape.slice(rank);
}

/** Host kernels that choose elements by a condition or a number. */
export const arraySelectKernels: KernelTable = {
  Select: select,
  SelectV2: selectV2,
  Where: where,
  OneHot: oneHot,
  DynamicPartition: dynamicPartition,
  DynamicStitch: dynamicStitch,
  ParallelDynamicStitch: dynamicStitch,
};
