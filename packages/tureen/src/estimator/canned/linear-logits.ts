import type { Tensor } from "../../graph/graph.js";
import { type FeatureColumn, linearModelLogits } from "../feature-column/index.js";
import type { LinearModelLogits } from "../feature-column/linear-model.js";
import type { Features } from "../model-fn.js";
import { sliceFirst } from "../nn/tensor-shape.js";
import { zeroFractionOfVariables } from "../nn/zero-fraction.js";
import { histogramSummary, scalarSummary } from "../summary.js";
import { type Created, trackCreated } from "./created-variables.js";

/** The columns of a linear model. */
export interface LinearColumns {
  readonly featureColumns: readonly FeatureColumn[];
  /** How the weights of several ids of one column are put together; default `sum`. */
  readonly sparseCombiner?: "sum" | "mean" | "sqrtn" | undefined;
}

/** The logits of a linear model, what they made, and the model itself. */
export interface LinearLogits extends Created<Tensor> {
  readonly model: LinearModelLogits;
}

/** Logits of a linear model on feature columns, [batch, units], under the scope `linear/linear_model` unless another is named. */
export function linearLogits(
  units: number,
  columns: LinearColumns,
  features: Features,
  name = "linear/linear_model",
): LinearLogits {
  const created = trackCreated(() =>
    linearModelLogits(features, columns.featureColumns, {
      units,
      sparseCombiner: columns.sparseCombiner ?? "sum",
      name,
    }),
  );
  const { result: model } = created;
  const bias = created.trainableVariables.find((variable) => variable.name.endsWith("/bias_weights"));
  const weights = created.trainableVariables.filter((variable) => variable !== bias);
  if (bias !== undefined) {
    if (units > 1) histogramSummary("bias", bias.read("bias/ReadVariableOp"));
    else scalarSummary("bias", sliceFirst(bias.read(), { begin: 0, shrink: true }));
  }
  if (weights.length > 0) scalarSummary("fraction_of_zero_weights", zeroFractionOfVariables(weights));
  return { ...created, result: model.logits, model };
}
