import type { PartialShape } from "../../core/shape.js";
import { toIntegers } from "../../core/tensor-value.js";
import type { ShapeNode, ShapeTable } from "../infer-shapes.js";

function lengthOf(shape: PartialShape): number {
  return shape?.length === 1 ? shape[0]! : -1;
}

/** The constant number of bins. */
function bins(node: ShapeNode, input: number): number {
  const value = node.constant(input);
  return value === undefined ? -1 : Math.max(-1, toIntegers(value)[0]!);
}

const counted = (rank: number): PartialShape[] => [[-1, rank], [-1], [rank]];

/** Shape rules of the ragged family. */
export const raggedShapes: ShapeTable = {
  RaggedFillEmptyRows: (node) => {
    const rows = node.constant(2);
    return [[-1], [-1], [rows === undefined ? -1 : toIntegers(rows)[0]!], [lengthOf(node.inputs[0]!.shape)]];
  },

  RaggedFillEmptyRowsGrad: ({ inputs }) => [[lengthOf(inputs[0]!.shape)], []],

  RaggedTensorToVariant: (node) => {
    if (!node.attrs.bool("batched_input")) return [[]];
    if (node.attrs.int("RAGGED_RANK") === 0) {
      const values = node.inputs[0]!.shape;
      return [values === undefined ? undefined : [values[0] ?? -1]];
    }
    const rows = lengthOf(node.inputs[0]!.shape);
    return [[rows < 0 ? -1 : rows - 1]];
  },

  RaggedTensorFromVariant: ({ attrs, outputTypes }) =>
    outputTypes.map((_, i): PartialShape => (i < attrs.int("output_ragged_rank") ? [-1] : undefined)),

  DenseCountSparseOutput: ({ inputs }) => counted(inputs[0]!.shape === undefined ? -1 : inputs[0]!.shape.length),

  SparseCountSparseOutput: ({ inputs }) => counted(lengthOf(inputs[2]!.shape)),

  RaggedCountSparseOutput: ({ inputs }) => counted(inputs[1]!.shape === undefined ? -1 : inputs[1]!.shape.length + 1),

  RaggedTensorToSparse: (node) => {
    const rank = node.attrs.int("RAGGED_RANK");
    const values = node.inputs[rank]!.shape;
    const columns = values === undefined ? -1 : rank + values.length;
    const count =
      values === undefined || values.some((size) => size < 0)
        ? -1
        : values.reduce((product, size) => product * size, 1);
    return [[count, columns], [count], [columns]];
  },

  RaggedRange: ({ inputs }) => {
    const lengths = inputs.map(({ shape }) => lengthOf(shape)).filter((length) => length >= 0);
    const scalars = inputs.every(({ shape }) => shape?.length === 0);
    return [[scalars ? 2 : lengths.length > 0 ? lengths[0]! + 1 : -1], [-1]];
  },

  RaggedTensorToVariantGradient: (node) => [node.shapeOf(2)],

  RaggedGather: (node) => {
    const rank = node.attrs.int("PARAMS_RAGGED_RANK");
    const values = node.inputs[rank]!.shape;
    const splits = new Array<PartialShape>(node.attrs.int("OUTPUT_RAGGED_RANK")).fill([-1]);
    return [...splits, values === undefined ? undefined : [-1, ...values.slice(1)]];
  },

  RaggedTensorToTensor: (node) => {
    const values = node.inputs[1]!.shape;
    const declared = node.shapeOf(0);
    const types = node.attrs.texts("row_partition_types");
    const ragged = types[0] === "FIRST_DIM_SIZE" ? types.length - 1 : types.length;
    if (node.inputs[0]!.shape?.length === 0 || declared === undefined) {
      return [values === undefined ? undefined : [...new Array<number>(ragged + 1).fill(-1), ...values.slice(1)]];
    }
    return [
      declared.map((size, d) => {
        const inner = d > ragged ? (values?.[d - ragged] ?? -1) : -1;
        return size >= 0 ? size : inner;
      }),
    ];
  },

  RaggedBincount: (node) => {
    const splits = lengthOf(node.inputs[0]!.shape);
    return [[splits < 0 ? -1 : splits - 1, bins(node, 2)]];
  },

  SparseBincount: (node) => {
    const declared = node.shapeOf(2);
    const size = bins(node, 3);
    const rank = lengthOf(node.inputs[2]!.shape);
    if (rank < 0) return [undefined];
    return [rank === 1 ? [size] : [Math.max(-1, declared?.[0] ?? -1), size]];
  },

  RaggedCross: ({ inputs, attrs }) => {
    const ragged = attrs.types("ragged_values_types").length;
    const dense = inputs.slice(2 * ragged + 3 * attrs.int("Nsparse"));
    const sizes = [
      ...inputs.slice(ragged, 2 * ragged).map(({ shape }) => lengthOf(shape)),
      ...dense.map(({ shape }) => (shape?.[0] === undefined || shape[0] < 0 ? -1 : shape[0] + 1)),
    ];
    return [[-1], [sizes.find((size) => size >= 0) ?? -1]];
  },
};
