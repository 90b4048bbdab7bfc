import { isCompatible, mergeShapes, type PartialShape, shapeText } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { toIntegers } from "../../core/tensor-value.js";
import type { ShapeNode, ShapeRule, ShapeTable } from "../infer-shapes.js";

function requireRank(shape: PartialShape, rank: number): void {
  if (shape !== undefined && shape.length !== rank) {
    throw invalidArgument(`Shape must be rank ${rank} but is rank ${shape.length}`);
  }
}

function requireRankAtLeast(shape: PartialShape, rank: number): void {
  if (shape !== undefined && shape.length < rank) {
    throw invalidArgument(`Shape must be at least rank ${rank} but is rank ${shape.length}`);
  }
}

/** A reduction along axes: the axes' dimensions go, or become 1. */
const reduction: ShapeRule = ({ inputs, attrs, constant }) => {
  const keepDims = attrs.bool("keep_dims");
  const [input, axes] = [inputs[0]!.shape, inputs[1]!.shape];
  if (axes !== undefined && axes.length > 1) {
    throw invalidArgument(`Shape must be at most rank 1 but is rank ${axes.length}`);
  }
  const value = constant(1);
  if (input === undefined) return [undefined];
  // No axes, or none to choose from: nothing goes, whatever computes them.
  if (input.length === 0 || axes?.[0] === 0) return [[...input]];
  if (value === undefined) return [keepDims ? input.map(() => -1) : undefined];
  const rank = input.length;
  const gone = new Set<number>();
  for (const given of toIntegers(value)) {
    if (given < -rank || given >= rank) {
      throw invalidArgument(`Invalid reduction dimension ${given} for input with ${rank} dimensions.`);
    }
    gone.add(given < 0 ? given + rank : given);
  }
  return [keepDims ? input.map((size, d) => (gone.has(d) ? 1 : size)) : input.filter((_, d) => !gone.has(d))];
};

const argReduction: ShapeRule = ({ inputs, constant }) => {
  requireRank(inputs[1]!.shape, 0);
  const input = inputs[0]!.shape;
  if (input === undefined) return [undefined];
  const rank = input.length;
  if (rank === 0) return [[]];
  const value = constant(1);
  if (value === undefined) return [new Array<number>(rank - 1).fill(-1)];
  const given = toIntegers(value)[0]!;
  const axis = given < 0 ? given + rank : given;
  if (axis < 0 || axis >= rank) {
    throw invalidArgument(
      `Dimension (${given}) must be in the range [${-rank}, ${rank}), where ${rank} is the number of dimensions in the input.`,
    );
  }
  return [input.filter((_, d) => d !== axis)];
};

/** The value of a scalar input where it is known, -1 where not; a negative one is INVALID_ARGUMENT. */
function knownSize({ inputs, constant }: ShapeNode, index: number, name: string): number {
  requireRank(inputs[index]!.shape, 0);
  const value = constant(index);
  if (value === undefined) return -1;
  const size = toIntegers(value)[0]!;
  if (size < 0) throw invalidArgument(`${name} (${size}) must be non-negative`);
  return size;
}

const bincount: ShapeRule = (node) => [[knownSize(node, 1, "size")]];

const denseBincount: ShapeRule = (node) => {
  const input = node.inputs[0]!.shape;
  if (input !== undefined && input.length > 2) {
    throw invalidArgument(`Shape must be at most rank 2 but is rank ${input.length}`);
  }
  const size = knownSize(node, 1, "size");
  if (input === undefined) return [undefined];
  return [input.length === 2 ? [input[0]!, size] : [size]];
};

const segment: ShapeRule = ({ inputs }) => {
  const [data, ids] = [inputs[0]!.shape, inputs[1]!.shape];
  requireRank(ids, 1);
  requireRankAtLeast(data, 1);
  return [data === undefined ? undefined : [-1, ...data.slice(1)]];
};

const unsortedSegment: ShapeRule = (node) => {
  const [data, ids] = [node.inputs[0]!.shape, node.inputs[1]!.shape];
  const count = knownSize(node, 2, "num_segments");
  if (data === undefined || ids === undefined) return [undefined];
  requireRankAtLeast(data, ids.length);
  const start = data.slice(0, ids.length);
  if (!isCompatible(start, ids)) {
    throw invalidArgument(`Shapes must be equal, but are ${shapeText(start)} and ${shapeText(ids)}`);
  }
  return [[count, ...data.slice(ids.length)]];
};

function checkSparse({ inputs }: ShapeNode): void {
  requireRankAtLeast(inputs[0]!.shape, 1);
  requireRank(inputs[1]!.shape, 1);
  requireRank(inputs[2]!.shape, 1);
  mergeShapes(inputs[1]!.shape, inputs[2]!.shape);
}

const sparseSegment: ShapeRule = (node) => {
  checkSparse(node);
  const data = node.inputs[0]!.shape;
  return [data === undefined ? undefined : [-1, ...data.slice(1)]];
};

const sparseSegmentSized: ShapeRule = (node) => {
  checkSparse(node);
  const data = node.inputs[0]!.shape;
  const count = knownSize(node, 3, "num_segments");
  return [data === undefined ? undefined : [count, ...data.slice(1)]];
};

const sparseSegmentCompact: ShapeRule = (node) => {
  checkSparse(node);
  requireRank(node.inputs[3]!.shape, 0);
  const data = node.inputs[0]!.shape;
  return [data === undefined ? undefined : [-1, ...data.slice(1)], [-1]];
};

/** Shape rules of the reduce family. */
export const reduceShapes: ShapeTable = {
  All: reduction,
  Any: reduction,
  ArgMax: argReduction,
  ArgMin: argReduction,
  Bincount: bincount,
  DenseBincount: denseBincount,
  EuclideanNorm: reduction,
  Max: reduction,
  Mean: reduction,
  Min: reduction,
  Prod: reduction,
  SegmentMax: segment,
  SegmentMean: segment,
  SegmentMin: segment,
  SegmentProd: segment,
  SegmentSum: segment,
  SparseSegmentMean: sparseSegment,
  SparseSegmentMeanGrad: sparseSegmentSized,
  SparseSegmentMeanGradV2: sparseSegmentCompact,
  SparseSegmentMeanWithNumSegments: sparseSegmentSized,
  SparseSegmentSqrtN: sparseSegment,
  SparseSegmentSqrtNGrad: sparseSegmentSized,
  SparseSegmentSqrtNGradV2: sparseSegmentCompact,
  SparseSegmentSqrtNWithNumSegments: sparseSegmentSized,
  SparseSegmentSum: sparseSegment,
  SparseSegmentSumGrad: sparseSegmentSized,
  SparseSegmentSumGradV2: sparseSegmentCompact,
  SparseSegmentSumWithNumSegments: sparseSegmentSized,
  Sum: reduction,
  UnsortedSegmentMax: unsortedSegment,
  UnsortedSegmentMin: unsortedSegment,
  UnsortedSegmentProd: unsortedSegment,
  UnsortedSegmentSum: unsortedSegment,
};
