import { mergeShapes, type PartialShape, shapeText } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { toIntegers } from "../../core/tensor-value.js";
import type { ShapeRule, ShapeTable } from "../infer-shapes.js";

const unchanged: ShapeRule = ({ inputs }) => [inputs[0]!.shape];

/** The shape, or one of the rank with all sizes unknown; INVALID_ARGUMENT with TensorFlow's text for another rank. */
function withRank(shape: PartialShape, rank: number): PartialShape {
  if (shape === undefined) return new Array<number>(rank).fill(-1);
  if (shape.length !== rank) throw invalidArgument(`Shape must be rank ${rank} but is rank ${shape.length}`);
  return shape;
}

const sparseMatrix: ShapeRule = ({ inputs }) => {
  withRank(inputs[0]!.shape, 1);
  withRank(inputs[1]!.shape, 0);
  return [[-1, 2], [-1], [2]];
};

/** Shape rules of the string family. */
export const stringShapes: ShapeTable = {
  AsString: unchanged,
  StringToHashBucket: unchanged,
  StringToHashBucketFast: unchanged,
  StringToHashBucketStrong: unchanged,
  StringLower: unchanged,
  StringUpper: unchanged,
  StringStrip: unchanged,
  StringLength: unchanged,
  StringToNumber: unchanged,
  RegexReplace: ({ inputs }) => {
    withRank(inputs[1]!.shape, 0);
    withRank(inputs[2]!.shape, 0);
    return [inputs[0]!.shape];
  },
  StaticRegexReplace: unchanged,
  RegexFullMatch: ({ inputs }) => {
    withRank(inputs[1]!.shape, 0);
    return [inputs[0]!.shape];
  },
  StaticRegexFullMatch: unchanged,
  UnicodeScript: unchanged,
  UnicodeTranscode: unchanged,
  EncodeBase64: unchanged,
  DecodeBase64: unchanged,

  StringJoin: ({ inputs }) => {
    if (inputs.every(({ shape }) => shape?.length === 0)) return [[]];
    let joined: PartialShape;
    for (const { shape } of inputs) if (shape !== undefined && shape.length > 0) joined = mergeShapes(joined, shape);
    // An input of unknown rank may be a scalar or anything that goes with the others.
    return [joined];
  },

  ReduceJoin: (node) => {
    const { shape } = node.inputs[0]!;
    const indices = node.constant(1);
    const keepDims = node.attrs.bool("keep_dims");
    if (shape === undefined) return [undefined];
    if (indices === undefined) return [keepDims ? shape.map(() => -1) : undefined];
    const axes = new Set(
      toIntegers(indices).map((axis) => {
        const index = axis < 0 ? axis + shape.length : axis;
        if (index < 0 || index >= shape.length) {
          throw invalidArgument(`Invalid reduction dimension ${axis} for input with ${shape.length} dimensions.`);
        }
        return index;
      }),
    );
    return [shape.flatMap((size, d) => (axes.has(d) ? (keepDims ? [1] : []) : [size]))];
  },

  UnsortedSegmentJoin: (node) => {
    const [data, ids] = [node.inputs[0]!.shape, node.inputs[1]!.shape];
    withRank(node.inputs[2]!.shape, 0);
    if (data === undefined || ids === undefined) return [undefined];
    const prefix = mergeShapes(data.slice(0, ids.length), ids);
    if (ids.length > data.length || prefix === undefined) {
      throw invalidArgument(`Shape ${shapeText(data)} must start with shape ${shapeText(ids)}`);
    }
    const count = node.constant(2);
    return [[count === undefined ? -1 : Math.max(-1, toIntegers(count)[0]!), ...data.slice(ids.length)]];
  },

  StringSplit: sparseMatrix,
  StringSplitV2: sparseMatrix,

  StringFormat: () => [[]],

  StringNGrams: ({ inputs }) => {
    withRank(inputs[0]!.shape, 1);
    return [[-1], withRank(inputs[1]!.shape, 1)];
  },

  Substr: ({ inputs }) => {
    const [input, position, length] = [inputs[0]!.shape, inputs[1]!.shape, inputs[2]!.shape];
    const at = mergeShapes(position, length);
    if (input === undefined || at === undefined) return [undefined];
    const rank = Math.max(input.length, at.length);
    const size = (shape: readonly number[], d: number): number => shape[d - rank + shape.length] ?? 1;
    return [
      Array.from({ length: rank }, (_, d) => {
        const [a, b] = [size(input, d), size(at, d)];
        if (a === 1) return b;
        if (b === 1) return a;
        if (a >= 0 && b >= 0 && a !== b)
          throw invalidArgument(`Incompatible shapes: ${shapeText(input)} vs. ${shapeText(at)}`);
        return Math.max(a, b);
      }),
    ];
  },

  UnicodeDecode: ({ inputs }) => [rowSplits(inputs[0]!.shape), [-1]],
  UnicodeDecodeWithOffsets: ({ inputs }) => [rowSplits(inputs[0]!.shape), [-1], [-1]],
  UnicodeEncode: ({ inputs }) => {
    withRank(inputs[0]!.shape, 1);
    const splits = withRank(inputs[1]!.shape, 1)!;
    return [[splits[0]! < 0 ? -1 : splits[0]! - 1]];
  },
};

/** One more than the number of strings. */
function rowSplits(shape: PartialShape): PartialShape {
  if (shape === undefined || shape.some((size) => size < 0)) return [-1];
  return [shape.reduce((product, size) => product * size, 1) + 1];
}
