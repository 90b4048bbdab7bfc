import type { PartialShape } from "../../core/shape.js";
import { toIntegers } from "../../core/tensor-value.js";
import type { ShapeNode, ShapeTable } from "../infer-shapes.js";
import { mergeSizes, unknownSizes, withRank } from "./array/partial-shape.js";
import { resolveSlice, sliceMasks } from "./array/strided-slice.js";

function slice(node: ShapeNode): readonly [PartialShape] {
  const { shape } = node.inputs[0]!;
  const [begins] = withRank(node.inputs[1]!.shape, 1);
  const [sizes] = withRank(node.inputs[2]!.shape, 1);
  const rank = mergeSizes(mergeSizes(begins!, sizes!), shape?.length ?? -1);
  if (rank < 0) return [undefined];
  const wanted = node.constant(2);
  if (wanted === undefined) {
    const partial = node.shapeOf(2);
    return [partial?.length === rank && partial.every((size) => size >= 0) ? partial : unknownSizes(rank)];
  }
  const begin = node.constant(1);
  const starts = begin === undefined ? undefined : toIntegers(begin);
  return [
    toIntegers(wanted).map((size, d) => {
      if (size !== -1) return size;
      const whole = shape?.[d] ?? -1;
      return whole < 0 || starts === undefined ? -1 : whole - starts[d]!;
    }),
  ];
}

function stridedSlice(node: ShapeNode): readonly [PartialShape] {
  const { shape } = node.inputs[0]!;
  const strides = node.constant(3);
  for (const input of [1, 2, 3]) withRank(node.inputs[input]!.shape, 1);
  if (shape === undefined || strides === undefined) return [undefined];
  const [begin, end] = [node.constant(1), node.constant(2)];
  const { finalShape } = resolveSlice(
    shape,
    begin === undefined ? undefined : toIntegers(begin),
    end === undefined ? undefined : toIntegers(end),
    toIntegers(strides),
    sliceMasks(node.attrs),
  );
  return [finalShape];
}

/** Shape rules of what cuts blocks out of tensors or writes them. */
export const arraySliceShapes: ShapeTable = {
  Slice: slice,
  StridedSlice: stridedSlice,
  StridedSliceGrad: (node) => [node.shapeOf(0)],
  TensorStridedSliceUpdate: ({ inputs: [input] }) => [input!.shape],
};
