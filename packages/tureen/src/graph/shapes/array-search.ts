import type { PartialShape } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { toIntegers } from "../../core/tensor-value.js";
import type { ShapeNode, ShapeTable } from "../infer-shapes.js";
import { knownInteger, withRank, withRankAtLeast } from "./array/partial-shape.js";

function unique({ inputs: [x], outputTypes }: ShapeNode): readonly PartialShape[] {
  const shapes: PartialShape[] = [[-1], withRank(x!.shape, 1)];
  return outputTypes.length === 2 ? shapes : [...shapes, [-1]];
}

function uniqueV2(node: ShapeNode): readonly PartialShape[] {
  const { shape } = node.inputs[0]!;
  const axis = node.constant(1);
  let values: PartialShape;
  let places: PartialShape = [-1];
  const given = axis === undefined ? undefined : toIntegers(axis)[0];
  if (shape !== undefined) {
    if (axis !== undefined && given === undefined) {
      values = withRank(shape, 1).map(() => -1);
      places = shape;
    } else if (given !== undefined) {
      const d = given < 0 ? given + shape.length : given;
      if (d < 0 || d >= shape.length) throw invalidArgument("axis expects to be less than the rank");
      values = shape.map((size, i) => (i === d ? -1 : size));
      places = [shape[d]!];
    } else if (axis === undefined) values = shape.map(() => -1);
  }
  return node.outputTypes.length === 2 ? [values, places] : [values, places, [-1]];
}

function topK(shape: PartialShape, k: number | undefined): readonly PartialShape[] {
  withRankAtLeast(shape, 1);
  if (shape === undefined) return [undefined, undefined];
  const columns = shape[shape.length - 1]!;
  if (k !== undefined && columns >= 0 && columns < k) {
    throw invalidArgument(`input must have last dimension >= k = ${k} but is ${columns}`);
  }
  const result = [...shape.slice(0, -1), k ?? -1];
  return [result, result];
}

function nthElement(node: ShapeNode): readonly PartialShape[] {
  const shape = withRankAtLeast(node.inputs[0]!.shape, 1);
  withRank(node.inputs[1]!.shape, 0);
  const n = node.constant(1);
  const columns = shape?.at(-1) ?? -1;
  if (n !== undefined && columns >= 0 && columns <= toIntegers(n)[0]!) {
    throw invalidArgument(`Input must have last dimension > n = ${toIntegers(n)[0]} but is ${columns}`);
  }
  return [shape?.slice(0, -1)];
}

function bound({ inputs: [sorted, values] }: ShapeNode): readonly PartialShape[] {
  withRank(sorted!.shape, 2);
  return [withRank(values!.shape, 2)];
}

function editDistance(node: ShapeNode): readonly PartialShape[] {
  const [hypothesis, truth] = [node.constant(2), node.constant(5)];
  if (hypothesis === undefined || truth === undefined) return [undefined];
  const [a, b] = [toIntegers(hypothesis), toIntegers(truth)];
  return [a.slice(0, -1).map((size, d) => Math.max(size, b[d]!))];
}

/** Shape rules of what searches and compares elements. */
export const arraySearchShapes: ShapeTable = {
  Unique: unique,
  UniqueWithCounts: unique,
  NthElement: nthElement,
  UniqueV2: uniqueV2,
  UniqueWithCountsV2: uniqueV2,
  ListDiff: ({ inputs: [x, y] }) => {
    withRank(x!.shape, 1);
    withRank(y!.shape, 1);
    return [[-1], [-1]];
  },
  InvertPermutation: ({ inputs: [x] }) => [withRank(x!.shape, 1)],
  ApproxTopK: ({ inputs: [input], attrs }) => {
    const shape = input!.shape;
    if (shape === undefined) return [undefined, undefined];
    if (shape.length < 1) throw invalidArgument(`Shape must be at least rank 1 but is rank ${shape.length}`);
    const declared = attrs.int("reduction_dimension");
    const axis = declared < 0 ? declared + shape.length : declared;
    if (axis < 0 || axis >= shape.length) {
      throw invalidArgument(
        `Reduction dimension must be defined within the rank of operand. Got reduction dimension: ${declared} for rank ${shape.length}`,
      );
    }
    const k = attrs.int("k");
    const size = shape[axis]!;
    if (size >= 0 && size < k) throw invalidArgument(`input must have last dimension >= k = ${k} but is ${size}`);
    const output = shape.map((each, d) => (d === axis ? k : each));
    return [output, output];
  },
  TopK: ({ inputs: [input], attrs }) => topK(input!.shape, attrs.int("k")),
  TopKV2: (node) => topK(node.inputs[0]!.shape, knownInteger(node.constant(1))),
  LowerBound: bound,
  UpperBound: bound,
  EditDistance: editDistance,
  Fingerprint: (node) => {
    const [data] = node.inputs;
    // The one method there is, farmhash64, gives eight bytes.
    return [[withRankAtLeast(data!.shape, 1)?.[0] ?? -1, node.constant(1) === undefined ? -1 : 8]];
  },
};
