import type { PartialShape } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { toIntegers } from "../../core/tensor-value.js";
import type { ShapeNode, ShapeTable } from "../infer-shapes.js";
import { axisOf, knownInteger, mergeAll, mergeSizes, unknownSizes, withRank } from "./array/partial-shape.js";

function joined(shapes: readonly PartialShape[], axisValue: number | undefined): PartialShape {
  const known = shapes.find((shape) => shape !== undefined);
  if (known === undefined) return undefined;
  const rank = known.length;
  for (const shape of shapes) {
    if (shape !== undefined && shape.length !== rank) {
      throw invalidArgument(`Shape must be rank ${rank} but is rank ${shape.length}`);
    }
  }
  if (rank === 0) throw invalidArgument("Can't concatenate scalars (use tf.stack instead)");
  if (axisValue === undefined) return unknownSizes(rank);
  const axis = axisOf(axisValue, rank);
  const result = unknownSizes(rank);
  for (const shape of shapes) {
    if (shape === undefined) continue;
    for (let d = 0; d < rank; d++) if (d !== axis) result[d] = mergeSizes(result[d]!, shape[d]!);
  }
  const sizes = shapes.map((shape) => shape?.[axis] ?? -1);
  result[axis] = sizes.some((size) => size < 0) ? -1 : sizes.reduce((total, size) => total + size, 0);
  return result;
}

function concat(node: ShapeNode): readonly [PartialShape] {
  return [
    joined(
      node.inputs.slice(1).map(({ shape }) => shape),
      knownInteger(node.constant(0)),
    ),
  ];
}

function concatV2(node: ShapeNode): readonly [PartialShape] {
  const last = node.inputs.length - 1;
  return [
    joined(
      node.inputs.slice(0, last).map(({ shape }) => shape),
      knownInteger(node.constant(last)),
    ),
  ];
}

function pack({ inputs, attrs }: ShapeNode): readonly [PartialShape] {
  const merged = mergeAll(inputs.map(({ shape }) => shape));
  if (merged === undefined) return [undefined];
  const axis = axisOf(attrs.int("axis"), merged.length + 1);
  return [[...merged.slice(0, axis), inputs.length, ...merged.slice(axis)]];
}

function unpack({ inputs: [input], attrs }: ShapeNode): readonly PartialShape[] {
  const count = attrs.int("num");
  const { shape } = input!;
  if (shape === undefined) return new Array<PartialShape>(count).fill(undefined);
  const axis = axisOf(attrs.int("axis"), shape.length);
  mergeSizes(shape[axis]!, count);
  return new Array<PartialShape>(count).fill(shape.filter((_, d) => d !== axis));
}

function split(node: ShapeNode): readonly PartialShape[] {
  const count = node.attrs.int("num_split");
  const { shape } = node.inputs[1]!;
  const dim = knownInteger(node.constant(0));
  if (shape === undefined) return new Array<PartialShape>(count).fill(undefined);
  if (dim === undefined) return new Array<PartialShape>(count).fill(unknownSizes(shape.length));
  const axis = axisOf(dim, shape.length);
  const whole = shape[axis]!;
  if (whole >= 0 && whole % count !== 0) {
    throw invalidArgument(`Dimension size must be evenly divisible by ${count} but is ${whole}`);
  }
  const part = shape.map((size, d) => (d === axis ? (whole < 0 ? -1 : whole / count) : size));
  return new Array<PartialShape>(count).fill(part);
}

function splitV(node: ShapeNode): readonly PartialShape[] {
  const count = node.attrs.int("num_split");
  const { shape } = node.inputs[0]!;
  const dim = knownInteger(node.constant(2));
  const sizes = node.constant(1);
  if (shape === undefined) return new Array<PartialShape>(count).fill(undefined);
  if (dim === undefined) return new Array<PartialShape>(count).fill(unknownSizes(shape.length));
  const axis = axisOf(dim, shape.length);
  if (count === 1) return [shape];
  if (sizes === undefined) {
    return new Array<PartialShape>(count).fill(shape.map((size, d) => (d === axis ? -1 : size)));
  }
  const parts = toIntegers(sizes);
  const fixed = parts.filter((size) => size >= 0).reduce((total, size) => total + size, 0);
  const whole = shape[axis]!;
  if (whole >= 0 && (fixed > whole || (!parts.includes(-1) && fixed !== whole))) {
    throw invalidArgument(`can't split axis of size ${whole} into pieces of size [${parts.join(",")}]`);
  }
  return parts.map((part) =>
    shape.map((size, d) => (d === axis ? (part >= 0 ? part : whole < 0 ? -1 : whole - fixed) : size)),
  );
}

/** Shape rules of what joins tensors and takes them apart. */
export const arrayJoinShapes: ShapeTable = {
  Concat: concat,
  ConcatV2: concatV2,
  ConcatOffset: ({ inputs }) => inputs.slice(1).map(({ shape }) => withRank(shape, 1)),
  Pack: pack,
  Unpack: unpack,
  Split: split,
  SplitV: splitV,
};
