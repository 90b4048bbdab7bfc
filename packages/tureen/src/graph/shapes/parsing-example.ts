import type { PartialShape } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import type { Attrs } from "../attr-value.js";
import type { ShapeNode, ShapeTable } from "../infer-shapes.js";

/** Shape rules of the ops that parse Examples. */
export const parsingExampleShapes: ShapeTable = {
  ParseExample: (node) => {
    const serialized = withRankAtMost(node.inputs[0]!.shape, 1, 1);
    return [
      ...sparseShapes(node.attrs.int("Nsparse"), 2),
      ...node.attrs.shapes("dense_shapes").map((shape) => concatenate(serialized, shape)),
    ];
  },
  ParseExampleV2: (node) => {
    const serialized = withRankAtMost(node.inputs[0]!.shape, 0, 1);
    const { attrs } = node;
    const rank = serialized === undefined ? -1 : serialized.length + 1;
    const ragged = attrs.types("ragged_value_types").length;
    return [
      ...sparseShapes(attrs.int("num_sparse"), rank),
      ...attrs.shapes("dense_shapes").map((shape) => concatenate(serialized, shape)),
      ...new Array<PartialShape>(ragged).fill([-1]),
      ...new Array<PartialShape>(ragged).fill(splitsShape(serialized)),
    ];
  },
  ParseSingleExample: ({ inputs, attrs }) => {
    withRankAtMost(inputs[0]!.shape, 0, 0);
    return [...sparseShapes(attrs.int("num_sparse"), 1), ...attrs.shapes("dense_shapes")];
  },
  ParseSequenceExample: (node) => sequenceShapes(node, node.inputs[0]!.shape, false),
  ParseSequenceExampleV2: (node) => sequenceShapes(node, node.inputs[0]!.shape, true),
  ParseSingleSequenceExample: ({ attrs }) => [
    ...sparseShapes(attrs.int("Ncontext_sparse"), 1),
    ...attrs.shapes("context_dense_shapes"),
    ...sparseShapes(attrs.int("Nfeature_list_sparse"), 2),
    ...attrs.shapes("feature_list_dense_shapes").map((shape) => concatenate([-1], shape)),
  ],
};

function sequenceShapes({ attrs }: ShapeNode, serialized: PartialShape, withRagged: boolean): PartialShape[] {
  const prefix = withRankAtMost(serialized, 0, 1);
  const rank = prefix === undefined ? -1 : prefix.length;
  const lists = attrs.shapes("feature_list_dense_shapes");
  const rows = prefix === undefined ? undefined : [...prefix, -1];
  return [
    ...sparseShapes(attrs.int("Ncontext_sparse"), rank < 0 ? -1 : rank + 1),
    ...attrs.shapes("context_dense_shapes").map((shape) => concatenate(prefix, shape)),
    ...(withRagged ? raggedShapes(attrs, "context_ragged_value_types", [sequenceSplits(prefix)]) : []),
    ...sparseShapes(attrs.int("Nfeature_list_sparse"), rank < 0 ? -1 : rank + 2),
    ...lists.map((shape) => concatenate(rows, shape)),
    ...lists.map(() => prefix),
    ...(withRagged ? raggedShapes(attrs, "feature_list_ragged_value_types", [sequenceSplits(prefix), [-1]]) : []),
  ];
}

function sequenceSplits(serialized: PartialShape): PartialShape {
  return serialized === undefined || serialized.length === 0 ? serialized : splitsShape(serialized);
}

function raggedShapes(attrs: Attrs, types: string, splits: readonly PartialShape[]): PartialShape[] {
  const count = attrs.types(types).length;
  return [[-1], ...splits].flatMap((shape) => new Array<PartialShape>(count).fill(shape));
}

function splitsShape(serialized: PartialShape): PartialShape {
  if (serialized === undefined) return [-1];
  if (serialized.length === 0) return [0];
  return [serialized[0]! < 0 ? -1 : serialized[0]! + 1];
}

function sparseShapes(count: number, rank: number): PartialShape[] {
  return [[-1, rank], [-1], [rank]].flatMap((shape) => new Array<PartialShape>(count).fill(shape));
}

function concatenate(a: PartialShape, b: PartialShape): PartialShape {
  return a === undefined || b === undefined ? undefined : [...a, ...b];
}

function withRankAtMost(shape: PartialShape, least: number, most: number): PartialShape {
  if (shape === undefined) return least === most ? new Array<number>(most).fill(-1) : undefined;
  if (shape.length < least || shape.length > most) {
    const wanted = least === most ? `rank ${most}` : `at most rank ${most}`;
    throw invalidArgument(`Shape must be ${wanted} but is rank ${shape.length}`);
  }
  return shape;
}
