import { isFullyDefined } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { intValue, scalarValue } from "../../core/tensor-value.js";
import { build, buildOp, constant } from "../../graph/build-op.js";
import { constantShape } from "../../graph/constant-value.js";
import type { Tensor } from "../../graph/graph.js";
import { colocateWith, nameScope } from "../../graph/scope.js";
import { SparseTensor } from "../../graph/sparse-tensor.js";
import type { Variable } from "../../graph/variable.js";
import { columnScope } from "./column-scope.js";
import type { IdWeightPair } from "./feature-column.js";
import {
  castTo,
  elementAt,
  gatherRows,
  packScalars,
  reshapeTo,
  scalarInt,
  scalarLong,
  shapeOf,
  sizeOf,
  sliceOf,
  sparseRank,
} from "./graph-shape.js";
import { onesLike } from "./ones-like.js";
import { reshapeSparse, sparseTargetShape } from "./sparse-reshape.js";

/** How the rows of one example become one: their mean, their sum over the root of their number (or squared weights), or their sum. */
export type Combiner = "mean" | "sqrtn" | "sum";

/** How rows are looked up. */
export interface LookupOptions {
  readonly combiner: Combiner;
  /** Rows of a greater L2 norm are scaled to it. */
  readonly maxNorm?: number | undefined;
  readonly name: string;
}

/**
 * Combined rows of `table` for each example (`tf.nn.safe_embedding_lookup_sparse`): ids below 0 and weights not above 0 do not count,
 * an example without any gives zeros.
 */
export function safeEmbeddingLookup(table: Variable, pair: IdWeightPair, options: LookupOptions): Tensor {
  checkCombiner(options.combiner);
  return columnScope(options.name, (scope) => {
    const originalShape = pair.idTensor.denseShape;
    const rank = sparseRank(pair.idTensor);
    const leading = rank === undefined ? dynamicLeadingRank(originalShape) : rank - 1;
    let ids = reshapeSparse(pair.idTensor, rowsByLast(originalShape, leading));
    let weights = pair.weightTensor && new SparseTensor(ids.indices, pair.weightTensor.values, ids.denseShape);
    [ids, weights] = pruneIds(ids, weights);
    if (options.combiner !== "sum") [ids, weights] = pruneWeights(ids, weights);
    const [filled, isRowEmpty] = fillEmptyRows(ids, 0);
    if (weights !== undefined) [weights] = fillEmptyRows(weights, 1);
    const found = embeddingLookup(
      table,
      { idTensor: filled, weightTensor: weights },
      { ...options, name: "embedding_lookup_sparse" },
    );
    const mask = reshapeTo(isRowEmpty, [-1, 1]);
    const width = elementAt(shapeOf(found), 1);
    const tiled = build("Tile", [mask, packScalars([1, width], "int32", "stack")], {}, "Tile");
    const zeros = build("ZerosLike", [found], {}, "zeros_like");
    const result = build("Select", [tiled, zeros, found], {}, scope);
    return withLeadingShape(result, originalShape, leading);
  });
}

/** Combined rows of `table` for each example (`tf.nn.embedding_lookup_sparse`); every example needs an id. */
export function embeddingLookup(table: Variable, pair: IdWeightPair, options: LookupOptions): Tensor {
  checkCombiner(options.combiner);
  const { idTensor, weightTensor } = pair;
  return columnScope(options.name, (scope) => {
    const segments = sliceOf(idTensor.indices, [{}, 0]);
    const { outputs } = buildOp("Unique", [idTensor.values], {}, "Unique");
    const rows = lookUpRows(table, outputs[0]!, options.maxNorm);
    const positions = outputs[1]!;
    if (weightTensor === undefined) {
      const op = { mean: "SparseSegmentMean", sqrtn: "SparseSegmentSqrtN", sum: "SparseSegmentSum" }[options.combiner];
      return build(op, [rows, positions, segments], {}, scope);
    }
    return combineWeighted(rows, positions, weightTensor.values, castTo(segments, "int32"), options.combiner, scope);
  });
}

function checkCombiner(combiner: string): void {
  if (combiner === "mean" || combiner === "sqrtn" || combiner === "sum") return;
  throw invalidArgument(`combiner must be one of 'mean', 'sqrtn' or 'sum', got ${combiner}`);
}

/** The rank but for the last dimension, where it is not known before a run. */
function dynamicLeadingRank(shape: Tensor): Tensor {
  return build("Sub", [sizeOf(shape), scalarInt(1)], {}, "sub");
}

/** [product of all sizes but the last, last size], int64. */
function rowsByLast(shape: Tensor, leading: Tensor | number): Tensor {
  const size = typeof leading === "number" ? intValue([leading]) : build("Pack", [[leading]], {}, "size");
  const front = build("Slice", [shape, intValue([0]), size], {}, "Slice");
  const product = build("Prod", [front, constant(intValue([0]), undefined, "Const")], {}, "Prod");
  const last = gatherRows(shape, typeof leading === "number" ? scalarInt(leading) : leading);
  return sparseTargetShape([product, last], "int64");
}

function pruneIds(ids: SparseTensor, weights: SparseTensor | undefined): [SparseTensor, SparseTensor | undefined] {
  let valid = build(
    "GreaterEqual",
    [ids.values, ids.dtype === "int32" ? scalarInt(0) : scalarLong(0)],
    {},
    "GreaterEqual",
  );
  if (weights !== undefined) valid = build("LogicalAnd", [valid, onesLike(weights.values, "bool")], {}, "LogicalAnd");
  return [retain(ids, valid), weights && retain(weights, valid)];
}

function pruneWeights(ids: SparseTensor, weights: SparseTensor | undefined): [SparseTensor, SparseTensor | undefined] {
  if (weights === undefined) return [ids, weights];
  const valid = build("Greater", [weights.values, scalarValue(weights.dtype, 0)], {}, "Greater");
  return [retain(ids, valid), retain(weights, valid)];
}

/** The entries where `keep` is true (`tf.sparse.retain`). */
function retain(sparse: SparseTensor, keep: Tensor): SparseTensor {
  const where = reshapeTo(build("Where", [keep], {}, "Where"), [-1]);
  const indices = gatherRows(sparse.indices, where);
  const values = gatherRows(sparse.values, where);
  return new SparseTensor(indices, values, build("Identity", [sparse.denseShape], {}, "Identity"));
}

/** Every row with at least one entry, and which ones had none. */
function fillEmptyRows(sparse: SparseTensor, value: number): [SparseTensor, Tensor] {
  return nameScope("SparseFillEmptyRows", () => {
    const fill = constant(scalarValue(sparse.dtype, value), undefined, "Const");
    const { outputs } = buildOp(
      "SparseFillEmptyRows",
      [sparse.indices, sparse.values, sparse.denseShape, fill],
      {},
      "SparseFillEmptyRows",
    );
    return [new SparseTensor(outputs[0]!, outputs[1]!, sparse.denseShape), outputs[2]!];
  });
}

function lookUpRows(table: Variable, ids: Tensor, maxNorm: number | undefined): Tensor {
  return nameScope("embedding_lookup", (scope) => {
    const clipped = colocateWith(table.handle.op, () => {
      const rows = table.gather(ids, scope);
      return maxNorm === undefined ? rows : clipRows(rows, maxNorm);
    });
    return build("Identity", [clipped], {}, "Identity");
  });
}

/** Rows scaled to an L2 norm of `maxNorm` at most (`tf.clip_by_norm` along the rows). */
function clipRows(rows: Tensor, maxNorm: number): Tensor {
  return nameScope("clip_by_norm", (scope) => {
    const squares = build("Mul", [rows, rows], {}, "mul");
    const sum = build("Sum", [squares, intValue([1])], { keep_dims: true }, "Sum");
    const positive = build("Greater", [sum, scalarValue("float32", 0)], {}, "Greater");
    const safe = build("Select", [positive, sum, onesLike(sum, "float32")], {}, "Select");
    const norm = build("Select", [positive, build("Sqrt", [safe], {}, "Sqrt"), sum], {}, "Select");
    const scaled = build("Mul", [rows, scalarValue("float32", maxNorm)], {}, "mul");
    const divisor = build("Maximum", [norm, scalarValue("float32", maxNorm)], {}, "Maximum");
    return build("Identity", [build("RealDiv", [scaled, divisor], {}, "truediv")], {}, scope);
  });
}

function combineWeighted(
  table: Tensor,
  positions: Tensor,
  rawWeights: Tensor,
  segments: Tensor,
  combiner: Combiner,
  scope: string,
): Tensor {
  const rows = gatherRows(table, positions);
  const unshaped = castTo(rawWeights, rows.dtype);
  const rank = constant(scalarInt(rows.shape?.length ?? 2), undefined, "Rank");
  const trailing = build("ExpandDims", [build("Sub", [rank, scalarInt(1)], {}, "sub"), scalarInt(0)], {}, "ExpandDims");
  const ones = nameScope("ones", (name) =>
    build("Fill", [trailing, constant(scalarInt(1), undefined, "Const")], {}, name),
  );
  const shape = build("ConcatV2", [[shapeOf(unshaped), ones], scalarInt(0)], {}, "concat");
  const weights = build("Reshape", [unshaped, shape], {}, "Reshape");
  weights.shape = [unshaped.shape?.[0] ?? -1, ...new Array<number>((rows.shape?.length ?? 2) - 1).fill(1)];
  const weighted = build("Mul", [rows, weights], {}, "mul");
  if (combiner === "sum") return build("SegmentSum", [weighted, segments], {}, scope);
  const sum = build("SegmentSum", [weighted, segments], {}, "SegmentSum");
  if (combiner === "mean") {
    return build("DivNoNan", [sum, build("SegmentSum", [weights, segments], {}, "SegmentSum")], {}, scope);
  }
  const squares = build("Pow", [weights, scalarValue("float32", 2)], {}, "Pow");
  const squareSum = build("SegmentSum", [squares, segments], {}, "SegmentSum");
  return build("DivNoNan", [sum, build("Sqrt", [squareSum], {}, "Sqrt")], {}, scope);
}

/** Rows back under the leading dimensions of the ids. */
function withLeadingShape(result: Tensor, originalShape: Tensor, leading: Tensor | number): Tensor {
  const shape = castTo(originalShape, "int32");
  const size = typeof leading === "number" ? intValue([leading]) : build("Pack", [[leading]], {}, "size");
  const front = build("Slice", [shape, intValue([0]), size], {}, "Slice");
  const back = build("Slice", [shapeOf(result), intValue([1]), intValue([-1])], {}, "Slice");
  const final = build(
    "Reshape",
    [result, build("ConcatV2", [[front, back], scalarInt(0)], {}, "concat")],
    {},
    "Reshape",
  );
  if (typeof leading === "number" && result.shape !== undefined) {
    const original = constantShape(originalShape);
    const known = isFullyDefined(original) ? original : (final.shape ?? new Array<number>(leading + 1).fill(-1));
    final.shape = [...known.slice(0, leading), ...result.shape.slice(1)];
  }
  return final;
}
