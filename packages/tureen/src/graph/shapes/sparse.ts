import { mergeShapes, type PartialShape, shapeText } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { toIntegers } from "../../core/tensor-value.js";
import type { ShapeNode, ShapeRule, ShapeTable } from "../infer-shapes.js";

/** The shape, or all sizes unknown; INVALID_ARGUMENT with TensorFlow's text for another rank. */
function withRank(shape: PartialShape, rank: number): readonly number[] {
  if (shape === undefined) return new Array<number>(rank).fill(-1);
  if (shape.length !== rank) throw invalidArgument(`Shape must be rank ${rank} but is rank ${shape.length}`);
  return shape;
}

function rankOf(node: ShapeNode, input: number): number {
  return withRank(node.inputs[input]!.shape, 1)[0]!;
}

/** Checks the three tensors of a sparse tensor and gives its rank, -1 where nothing tells. */
function sparseRank(node: ShapeNode, indices: number, values: number, shape: number): number {
  const matrix = withRank(node.inputs[indices]!.shape, 2);
  const vector = withRank(node.inputs[values]!.shape, 1);
  const rank = rankOf(node, shape);
  merged(matrix[0]!, vector[0]!);
  return merged(matrix[1]!, rank);
}

/** Two sizes' knowledge in one. */
function merged(a: number, b: number): number {
  return mergeShapes([a], [b])![0]!;
}

/** Three outputs of a sparse tensor of some rank whose number of entries the run tells. */
function sparseOutput(rank: number): PartialShape[] {
  return [[-1, rank], [-1], [rank]];
}

/** The shape that a constant shape vector stands for, with what is not known as -1. */
function declaredShape(node: ShapeNode, input: number): PartialShape {
  const known = node.shapeOf(input);
  if (known !== undefined) return known.map((size) => Math.max(-1, size));
  const rank = rankOf(node, input);
  return rank < 0 ? undefined : new Array<number>(rank).fill(-1);
}

const cwise: ShapeRule = (node) => [[withRank(node.inputs[0]!.shape, 2)[0]!]];

const cross: ShapeRule = () => sparseOutput(2);

const union: ShapeRule = (node) => {
  const rank = merged(sparseRank(node, 0, 1, 2), sparseRank(node, 3, 4, 5));
  return [[-1, rank], [-1]];
};

const reduceToDense: ShapeRule = (node) => {
  const { shape: axesShape } = node.inputs[3]!;
  const keepDims = node.attrs.bool("keep_dims");
  const input = node.constant(2) === undefined ? undefined : declaredShape(node, 2);
  const axes = node.constant(3);
  if (axesShape === undefined && axes === undefined) return [undefined];
  if (input === undefined || axes === undefined) return [undefined];
  const reduced = new Set(toIntegers(axes).map((axis) => (axis + input.length) % input.length));
  return [input.flatMap((size, d) => (reduced.has(d) ? (keepDims ? [1] : []) : [size]))];
};

/** The rank of a set operation's result: that of the inputs, whose group dimensions must agree. */
function setRank(shape: PartialShape): number {
  return shape === undefined ? -1 : shape.length;
}

/** Shape rules of the sparse family. */
export const sparseShapes: ShapeTable = {
  AddSparseToTensorsMap: () => [[]],
  AddManySparseToTensorsMap: () => [[-1]],
  TakeManySparseFromTensorsMap: () => [[-1, -1], [-1], [-1]],
  SerializeSparse: (node) => {
    withRank(node.inputs[0]!.shape, 2);
    withRank(node.inputs[1]!.shape, 1);
    withRank(node.inputs[2]!.shape, 1);
    return [[3]];
  },

  SerializeManySparse: (node) => {
    withRank(node.inputs[0]!.shape, 2);
    withRank(node.inputs[1]!.shape, 1);
    withRank(node.inputs[2]!.shape, 1);
    return [[-1, 3]];
  },

  DeserializeSparse: () => sparseOutput(-1),
  DeserializeManySparse: () => sparseOutput(-1),

  SparseReorder: (node) => {
    const indices = withRank(node.inputs[0]!.shape, 2);
    const values = withRank(node.inputs[1]!.shape, 1);
    rankOf(node, 2);
    return [indices, values];
  },

  SparseReshape: (node) => {
    const indices = withRank(node.inputs[0]!.shape, 2);
    rankOf(node, 1);
    const rank = rankOf(node, 2);
    return [[indices[0]!, rank], [rank]];
  },

  SparseFillEmptyRows: (node) => {
    const indices = withRank(node.inputs[0]!.shape, 2);
    const values = withRank(node.inputs[1]!.shape, 1);
    const count = merged(indices[0]!, values[0]!);
    const rank = merged(indices[1]!, rankOf(node, 2));
    withRank(node.inputs[3]!.shape, 0);
    const rows = declaredShape(node, 2)?.[0] ?? -1;
    return [[-1, rank], [-1], [rows], [count]];
  },

  SparseFillEmptyRowsGrad: ({ inputs }) => {
    const map = withRank(inputs[0]!.shape, 1);
    withRank(inputs[1]!.shape, 1);
    return [map, []];
  },

  SparseToDense: (node) => [declaredShape(node, 1)],

  SparseCross: cross,
  SparseCrossHashed: cross,
  SparseCrossV2: cross,

  SparseSlice: (node) => {
    const [start, size] = [node.inputs[3]!.shape, node.inputs[4]!.shape];
    const rank = mergeShapes(mergeShapes(withRank(node.inputs[2]!.shape, 1), start), size);
    const of = withRank(rank, 1)[0]!;
    return sparseOutput(of);
  },

  SparseSliceGrad: (node) => [[withRank(node.inputs[1]!.shape, 2)[0]!]],

  SparseConcat: (node) => {
    const count = node.attrs.int("N");
    let rows = 0;
    let rank = -1;
    for (let i = 0; i < count; i++) {
      const indices = withRank(node.inputs[i]!.shape, 2);
      const values = withRank(node.inputs[count + i]!.shape, 1);
      const size = merged(indices[0]!, values[0]!);
      rank = merged(rank, merged(indices[1]!, rankOf(node, 2 * count + i)));
      rows = rows < 0 || size < 0 ? -1 : rows + size;
    }
    return [[rows, rank], [rows], [rank]];
  },

  SparseSplit: (node) => {
    const parts = node.attrs.int("num_split");
    const { shape } = node.inputs[3]!;
    const rank = shape?.length === 1 ? shape[0]! : -1;
    const repeat = (of: PartialShape): PartialShape[] => new Array<PartialShape>(parts).fill(of);
    return [...repeat([-1, rank]), ...repeat([-1]), ...repeat(shape)];
  },

  SparseTensorDenseMatMul: (node) => {
    const matrix = withRank(node.inputs[0]!.shape, 2);
    const vector = withRank(node.inputs[1]!.shape, 1);
    merged(matrix[0]!, vector[0]!);
    const a = declaredShape(node, 2);
    if (a !== undefined && a.length !== 2) {
      throw invalidArgument(`Tensor 'a_shape' must have 2 elements, got shape ${shapeText(a)}`);
    }
    const b = withRank(node.inputs[3]!.shape, 2);
    const [rows, inner] = a === undefined ? [-1, -1] : node.attrs.bool("adjoint_a") ? [a[1]!, a[0]!] : [a[0]!, a[1]!];
    const [bInner, columns] = node.attrs.bool("adjoint_b") ? [b[1]!, b[0]!] : [b[0]!, b[1]!];
    merged(inner, bInner);
    return [[rows, columns]];
  },

  SparseTensorDenseAdd: ({ inputs }) => [inputs[3]!.shape],

  SparseAdd: (node) => {
    const rank = rankOf(node, 2);
    return sparseOutput(rank);
  },

  SparseAddGrad: (node) => {
    const [a, b] = [withRank(node.inputs[1]!.shape, 2), withRank(node.inputs[2]!.shape, 2)];
    merged(a[1]!, b[1]!);
    return [[a[0]!], [b[0]!]];
  },

  SparseSoftmax: (node) => {
    sparseRank(node, 0, 1, 2);
    return [node.inputs[1]!.shape];
  },

  SparseReduceSum: reduceToDense,
  SparseReduceMax: reduceToDense,
  SparseReduceSumSparse: () => [undefined, undefined, undefined],
  SparseReduceMaxSparse: () => [undefined, undefined, undefined],
  SparseDenseCwiseAdd: cwise,
  SparseDenseCwiseMul: cwise,
  SparseDenseCwiseDiv: cwise,
  SparseSparseMaximum: union,
  SparseSparseMinimum: union,

  DenseToDenseSetOperation: ({ inputs }) => {
    const rank = Math.max(setRank(inputs[0]!.shape), setRank(inputs[1]!.shape));
    return sparseOutput(rank);
  },
  DenseToSparseSetOperation: (node) => {
    const rank = setRank(node.inputs[0]!.shape);
    return sparseOutput(rank >= 0 ? rank : rankOf(node, 3));
  },
  SparseToSparseSetOperation: (node) => sparseOutput(Math.max(rankOf(node, 2), rankOf(node, 5))),
  SetSize: () => [undefined],
};
