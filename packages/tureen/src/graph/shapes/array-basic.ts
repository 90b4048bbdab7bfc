import { dtypeSize } from "../../core/dtype.js";
import { isFullyDefined, type PartialShape } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import type { ShapeNode, ShapeTable } from "../infer-shapes.js";
import { axisOf, knownInteger, productOf, unknownSizes, withRank } from "./array/partial-shape.js";

/** The output has the shape of the first input, and points to what that one points to. */
export const sameAsInput = ({
  inputs: [input],
}: ShapeNode): readonly [{ shape: PartialShape; handle: ShapeNode["inputs"][number]["handleData"] }] => [
  { shape: input!.shape, handle: input!.handleData },
];

function reshape(node: ShapeNode): readonly [PartialShape] {
  const input = node.inputs[0]!.shape;
  const wanted = node.shapeOf(1);
  withRank(node.inputs[1]!.shape, 1);
  if (wanted === undefined) {
    const [length] = withRank(node.inputs[1]!.shape, 1);
    return [length! < 0 ? undefined : unknownSizes(length!)];
  }
  if (!isFullyDefined(input)) return [wanted];
  const open = wanted.filter((size) => size < 0).length;
  const count = productOf(input);
  const known = wanted.reduce((total, size) => (size < 0 ? total : total * size), 1);
  if (open === 0 && known !== count) {
    throw invalidArgument(
      `Cannot reshape a tensor with ${count} elements to shape [${wanted.join(",")}] (${known} elements)`,
    );
  }
  if (open !== 1 || known === 0) return [wanted];
  if (count % known !== 0) {
    throw invalidArgument(`Dimension size must be evenly divisible by ${known} but is ${count}`);
  }
  return [wanted.map((size) => (size < 0 ? count / known : size))];
}

function expandDims(node: ShapeNode): readonly [PartialShape] {
  const { shape } = node.inputs[0]!;
  if (shape === undefined) return [undefined];
  const axis = knownInteger(node.constant(1));
  if (axis === undefined) return [unknownSizes(shape.length + 1)];
  if (axis < -1 - shape.length || axis > shape.length) {
    throw invalidArgument(`dim ${axis} not in the interval [${-1 - shape.length}, ${shape.length}].`);
  }
  const at = axis < 0 ? axis + shape.length + 1 : axis;
  return [[...shape.slice(0, at), 1, ...shape.slice(at)]];
}

function squeeze({ inputs: [input], attrs }: ShapeNode): readonly [PartialShape] {
  const shape = input!.shape;
  const dims = attrs.ints("squeeze_dims");
  if (shape === undefined) return [undefined];
  if (dims.length === 0) return [shape.some((size) => size < 0) ? undefined : shape.filter((size) => size !== 1)];
  const dropped = new Set(dims.map((dim) => axisOf(dim, shape.length)));
  for (const d of dropped) {
    if (shape[d]! >= 0 && shape[d] !== 1) {
      throw invalidArgument(`Can not squeeze dim[${d}], expected a dimension of 1, got ${shape[d]}`);
    }
  }
  return [shape.filter((_, d) => !dropped.has(d))];
}

function broadcastTo(node: ShapeNode): readonly [PartialShape] {
  const wanted = node.shapeOf(1);
  const input = node.inputs[0]!.shape;
  if (wanted === undefined) return [undefined];
  if (input !== undefined && input.length > wanted.length) {
    throw invalidArgument(
      `Rank of input (${input.length}) must be no greater than rank of output shape (${wanted.length}).`,
    );
  }
  if (input === undefined) return [wanted];
  const lead = wanted.length - input.length;
  return [
    wanted.map((size, d) => {
      const own = input[d - lead] ?? 1;
      if (own <= 1) return size;
      if (size >= 0 && size !== own) throw invalidArgument(`Dimensions must be equal, but are ${own} and ${size}`);
      return own;
    }),
  ];
}

function tile(node: ShapeNode): readonly [PartialShape] {
  const { shape } = node.inputs[0]!;
  const [length] = withRank(node.inputs[1]!.shape, 1);
  const rank = shape?.length ?? length!;
  if (rank < 0) return [undefined];
  if (shape !== undefined && length! >= 0 && length !== shape.length) {
    throw invalidArgument(`Shape must be rank ${length} but is rank ${shape.length}`);
  }
  const times = node.shapeOf(1);
  if (times === undefined || shape === undefined) return [unknownSizes(rank)];
  return [
    times.map((time, d) => (shape[d] === 0 || time === 0 ? 0 : shape[d]! < 0 || time < 0 ? -1 : shape[d]! * time)),
  ];
}

function bitcast({ inputs: [input], attrs }: ShapeNode): readonly [PartialShape] {
  const shape = input!.shape;
  const [from, to] = [dtypeSize(attrs.type("T")), dtypeSize(attrs.type("type"))];
  if (shape === undefined) return [undefined];
  if (from > to) return [[...shape, from / to]];
  if (from === to) return [shape];
  const last = shape[shape.length - 1];
  if (last === undefined || (last >= 0 && last !== to / from)) {
    throw invalidArgument(`Cannot bitcast due to shape. ${last ?? 1} does not match ${to / from}`);
  }
  return [shape.slice(0, -1)];
}

function range(node: ShapeNode): readonly [PartialShape] {
  const [start, limit, delta] = [0, 1, 2].map((input) => node.constant(input));
  for (const { shape } of node.inputs) withRank(shape, 0);
  if (start === undefined || limit === undefined || delta === undefined) return [[-1]];
  const half = start.dtype === "float16" || start.dtype === "bfloat16";
  if (half) return [[-1]];
  const [from, to, step] = [start, limit, delta].map((value) => Number((value.data as ArrayLike<number | bigint>)[0]));
  if (step === 0) throw invalidArgument("Requires delta != 0: 0");
  if (step! > 0 && from! > to!) throw invalidArgument(`Requires start <= limit when delta > 0: ${from}/${to}`);
  if (step! < 0 && from! < to!) throw invalidArgument(`Requires start >= limit when delta < 0: ${from}/${to}`);
  return [[Math.ceil(Math.abs((to! - from!) / step!))]];
}

/** Shape rules of what makes tensors or gives them another shape. */
export const arrayBasicShapes: ShapeTable = {
  Const: ({ attrs }) => [attrs.tensor("value").shape],
  Reshape: reshape,
  Shape: ({ inputs: [input] }) => [[input!.shape?.length ?? -1]],
  ShapeN: ({ inputs }) => inputs.map(({ shape }) => [shape?.length ?? -1]),
  Size: () => [[]],
  Rank: () => [[]],
  ExpandDims: expandDims,
  Squeeze: squeeze,
  Fill: (node) => [filled(node)],
  ZerosLike: sameAsInput,
  OnesLike: sameAsInput,
  Empty: (node) => [filled(node)],
  BroadcastTo: broadcastTo,
  Tile: tile,
  TileGrad: ({ inputs: [input] }) => [input!.shape === undefined ? undefined : unknownSizes(input!.shape.length)],
  Bitcast: bitcast,
  Range: range,
};

function filled(node: ShapeNode): PartialShape {
  const shape = node.shapeOf(0);
  if (shape !== undefined) return shape;
  const [length] = withRank(node.inputs[0]!.shape, 1);
  return length! < 0 ? undefined : unknownSizes(length!);
}
