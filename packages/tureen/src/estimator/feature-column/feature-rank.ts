import { internal, invalidArgument } from "../../core/status-error.js";
import { build, constant } from "../../graph/build-op.js";
import type { Operation, Tensor } from "../../graph/graph.js";
import { cond } from "../../graph/ops/control-branches.js";
import { controlDependencies, nameScope } from "../../graph/scope.js";
import { SparseTensor } from "../../graph/sparse-tensor.js";
import { assertTrue } from "../nn/assertions.js";
import { sparseTensorText, tensorText } from "../nn/tensor-text.js";
import { scalarInt, sparseRank } from "./graph-shape.js";
import { sparseRows } from "./sparse-reshape.js";

/** What columns take: TensorFlow's feature columns refuse ragged tensors. */
export type ColumnInput = Tensor | SparseTensor;

/**
 * The feature with rank 2 at least: a vector becomes a column, in the graph where only a run knows the rank.
 *
 * INVALID_ARGUMENT for a scalar, when the graph is built or when it is run.
 */
export function withColumns(key: string, feature: ColumnInput): ColumnInput {
  const rank = feature instanceof SparseTensor ? sparseRank(feature) : feature.shape?.length;
  if (rank === undefined) return withColumnsAtRun(key, feature);
  if (rank === 0) {
    if (feature instanceof SparseTensor) throw internal("A sparse tensor has at least rank 1");
    throw invalidArgument(scalarMessage(key, feature));
  }
  return rank > 1 ? feature : asColumn(feature);
}

function withColumnsAtRun(key: string, feature: ColumnInput): ColumnInput {
  const rankOf = (): Tensor =>
    feature instanceof SparseTensor
      ? build("Size", [feature.denseShape], {}, "Rank")
      : build("Rank", [feature], {}, "Rank");
  const isPositive = assertPositive(rankOf(), scalarMessage(key, feature));
  return controlDependencies([isPositive], () => {
    const rank = rankOf();
    const isVector = build("Equal", [constant(1, "int32", "Equal/x"), rank], {}, "Equal");
    // Both branches give what the feature is, a dense or a sparse tensor.
    const asIs = (): ColumnInput => feature;
    return cond<unknown>(isVector, () => asColumn(feature), asIs) as ColumnInput;
  });
}

function asColumn(feature: ColumnInput): ColumnInput {
  return feature instanceof SparseTensor
    ? sparseRows(feature, 1)
    : build("ExpandDims", [feature, scalarInt(-1)], {}, "ExpandDims");
}

function scalarMessage(key: string, feature: ColumnInput): string {
  const text = feature instanceof SparseTensor ? sparseTensorText(feature) : tensorText(feature);
  return `Feature (key: ${key}) cannot have rank 0. Given: ${text}`;
}

/** `tf.debugging.assert_positive` of a scalar. */
function assertPositive(x: Tensor, message: string): Operation {
  return nameScope("assert_positive", () => {
    const zero = constant(0, "int32", "Const");
    return nameScope("assert_less", () => {
      const isLess = build("Less", [zero, x], {}, "Less");
      const data = [`${message}.  `, "Condition x > 0 did not hold element-wise:", `x (${x.name}) = `, x];
      return assertTrue(build("All", [isLess, noAxes()], {}, "All"), data);
    });
  });
}

/** The axes of a scalar, as `tf.reduce_all` writes them. */
function noAxes(): Tensor {
  const rank = constant(0, "int32", "Rank");
  return nameScope("range", (scope) => {
    const start = constant(0, "int32", "start");
    return build("Range", [start, rank, constant(1, "int32", "delta")], {}, scope);
  });
}
