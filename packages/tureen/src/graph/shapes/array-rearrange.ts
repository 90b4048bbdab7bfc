import type { PartialShape } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { toIntegers } from "../../core/tensor-value.js";
import type { ShapeNode, ShapeTable } from "../infer-shapes.js";
import { axisOf, mergeSizes, unknownSizes, withRank, withRankAtLeast } from "./array/partial-shape.js";

function transpose(node: ShapeNode): readonly [PartialShape] {
  const { shape } = node.inputs[0]!;
  const [length] = withRank(node.inputs[1]!.shape ?? [-1], 1);
  const perm = node.constant(1);
  const rank = mergeSizes(shape?.length ?? -1, perm === undefined ? length! : toIntegers(perm).length);
  if (rank < 0) return [undefined];
  if (perm === undefined || shape === undefined) {
    // One dimension has only one order.
    return [shape !== undefined && rank <= 1 ? shape : unknownSizes(rank)];
  }
  return [toIntegers(perm).map((d) => shape[axisOf(d, rank)]!)];
}

const kept = ({ inputs: [input] }: ShapeNode): readonly [PartialShape] => [input!.shape];

function reverseSequence({ inputs: [input, lengths], attrs }: ShapeNode): readonly [PartialShape] {
  const { shape } = input!;
  const [count] = withRank(lengths!.shape, 1);
  if (shape === undefined) return [undefined];
  const batchDim = attrs.int("batch_dim");
  if (batchDim >= shape.length || attrs.int("seq_dim") >= shape.length) {
    throw invalidArgument(
      `batch_dim and seq_dim must be < input rank: ${batchDim} and ${attrs.int("seq_dim")} vs. ${shape.length}`,
    );
  }
  const size = mergeSizes(shape[batchDim]!, count!);
  return [shape.map((own, d) => (d === batchDim ? size : own))];
}

function paddedBy(node: ShapeNode, sign: 1 | -1): readonly [PartialShape] {
  const { shape } = node.inputs[0]!;
  const [rows, columns] = withRank(node.inputs[1]!.shape, 2);
  mergeSizes(columns!, 2);
  const rank = mergeSizes(rows!, shape?.length ?? -1);
  if (rank < 0) return [undefined];
  const paddings = node.constant(1);
  if (paddings === undefined || shape === undefined) return [unknownSizes(rank)];
  const flat = toIntegers(paddings);
  return [shape.map((size, d) => (size < 0 ? -1 : size + sign * (flat[2 * d]! + flat[2 * d + 1]!)))];
}

/** Blocks moved between space and batch: the block sizes and edges where they are known. */
function blockShape(
  shape: PartialShape,
  block: readonly number[] | undefined,
  edges: readonly number[] | undefined,
  count: number,
  toBatch: boolean,
): PartialShape {
  if (shape === undefined || count < 0) return undefined;
  if (shape.length < count + 1) {
    throw invalidArgument(`Shape must be at least rank ${count + 1} but is rank ${shape.length}`);
  }
  const result = [...shape];
  if (block === undefined) result[0] = -1;
  for (let i = 0; i < count; i++) {
    const size = shape[i + 1]!;
    const scale = block?.[i];
    if (scale === undefined || edges === undefined || size < 0) {
      result[i + 1] = -1;
      continue;
    }
    const edge = edges[2 * i]! + edges[2 * i + 1]!;
    if (toBatch && (size + edge) % scale !== 0) {
      throw invalidArgument(`Dimension size must be evenly divisible by ${scale} but is ${size + edge}`);
    }
    result[i + 1] = toBatch ? (size + edge) / scale : size * scale - edge;
  }
  if (block !== undefined && shape[0]! >= 0) {
    const product = block.reduce((total, size) => total * size, 1);
    if (!toBatch && shape[0]! % product !== 0) {
      throw invalidArgument(`Dimension size must be evenly divisible by ${product} but is ${shape[0]}`);
    }
    result[0] = toBatch ? shape[0]! * product : shape[0]! / product;
  }
  return result;
}

function known(node: ShapeNode, input: number): number[] | undefined {
  const value = node.constant(input);
  return value === undefined ? undefined : toIntegers(value);
}

function blocks(node: ShapeNode, toBatch: boolean): readonly [PartialShape] {
  const [count] = withRank(node.inputs[1]!.shape, 1);
  return [blockShape(node.inputs[0]!.shape, known(node, 1), known(node, 2), count!, toBatch)];
}

function squareBlocks(node: ShapeNode, toBatch: boolean): readonly [PartialShape] {
  const size = node.attrs.int("block_size");
  const shape = node.inputs[0]!.shape;
  if (shape !== undefined) withRank(shape, 4);
  return [blockShape(shape ?? unknownSizes(4), [size, size], known(node, 1), 2, toBatch)];
}

function depthShape({ inputs: [input], attrs }: ShapeNode, toDepth: boolean): readonly [PartialShape] {
  const block = attrs.int("block_size");
  const format = attrs.text("data_format");
  const shape = withRank(input!.shape, format === "NCHW_VECT_C" ? 5 : 4);
  const first = format === "NHWC" ? 1 : 2;
  const depth = format === "NHWC" ? 3 : 1;
  const divided = (size: number, by: number): number => {
    if (size >= 0 && size % by !== 0)
      throw invalidArgument(`Dimension size must be evenly divisible by ${by} but is ${size}`);
    return size < 0 ? -1 : size / by;
  };
  const times = (size: number, by: number): number => (size < 0 ? -1 : size * by);
  return [
    shape.map((size, d) => {
      if (d === depth) return toDepth ? times(size, block * block) : divided(size, block * block);
      if (d === first || d === first + 1) return toDepth ? divided(size, block) : times(size, block);
      return size;
    }),
  ];
}

/** Shape rules of what brings elements into another order or puts edges around them. */
export const arrayRearrangeShapes: ShapeTable = {
  Transpose: transpose,
  ConjugateTranspose: transpose,
  Reverse: kept,
  ReverseV2: kept,
  ReverseSequence: reverseSequence,
  Roll: ({ inputs: [input] }) => [withRankAtLeast(input!.shape, 1)],
  Pad: (node) => paddedBy(node, 1),
  PadV2: (node) => paddedBy(node, 1),
  MirrorPad: (node) => paddedBy(node, 1),
  MirrorPadGrad: (node) => paddedBy(node, -1),
  SpaceToBatchND: (node) => blocks(node, true),
  BatchToSpaceND: (node) => blocks(node, false),
  SpaceToBatch: (node) => squareBlocks(node, true),
  BatchToSpace: (node) => squareBlocks(node, false),
  SpaceToDepth: (node) => depthShape(node, true),
  DepthToSpace: (node) => depthShape(node, false),
};
