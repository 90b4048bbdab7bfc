import { checkOptions } from "../../core/check-options.js";
import { elementCount } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { build } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import { Variable } from "../../graph/variable.js";
import type { Features } from "../model-fn.js";
import { checkBatchSizes } from "./check-batch-sizes.js";
import { scopeName } from "./column-scope.js";
import { flattenRows } from "./dense-features.js";
import { type Combiner, safeEmbeddingLookup } from "./embedding-lookup.js";
import {
  type CategoricalColumn,
  type DenseColumn,
  type FeatureColumn,
  isCategoricalColumn,
  isDenseColumn,
} from "./feature-column.js";
import { zerosInitializer } from "./initializers.js";
import { normalizeColumns } from "./normalize-columns.js";
import { sparseRows } from "./sparse-reshape.js";
import { TransformationCache } from "./transformation-cache.js";

/** How a linear model is made. */
export interface LinearModelOptions {
  /** Outputs an example; default 1. */
  readonly units?: number;
  /** How the weights of one example's ids are combined; default sum. */
  readonly sparseCombiner?: Combiner;
  /** Default true. */
  readonly trainable?: boolean;
  /** Full name of the model, below which its variables lie; default `linear/linear_model`. */
  readonly name?: string;
}

/** A linear model of columns. */
export interface LinearModelLogits {
  /** Float32 [batch, units]. */
  readonly logits: Tensor;
  /** `<name>/bias_weights`, [units]. */
  readonly bias: Variable;
  /** In the order of their names. */
  readonly columns: readonly LinearColumn[];
  /** `<name>/<column>/weights`, in the order of the columns. */
  readonly weights: readonly Variable[];
  /** What the columns have made of the features. */
  readonly cache: TransformationCache;
  /** All variables but the bias, those of embedded columns among them, in the order of their making. */
  readonly variables: readonly Variable[];
}

/** A column that a linear model takes. */
export type LinearColumn = DenseColumn | CategoricalColumn;

/**
 * A weighted sum of columns and a bias, as TensorFlow 2's LinearClassifier and LinearRegressor build it.
 *
 * Variables lie below `name`; the ops below three times that name under the current scope, as two nested Keras layers make them.
 */
export function linearModelLogits(
  features: Features,
  columns: readonly FeatureColumn[],
  options: LinearModelOptions = {},
): LinearModelLogits {
  checkOptions("linearModelLogits", options, {
    units: "optional",
    sparseCombiner: "optional",
    trainable: "optional",
    name: "optional",
  });
  const name = options.name ?? "linear/linear_model";
  const units = options.units ?? 1;
  const trainable = options.trainable ?? true;
  const sorted = normalizeColumns(columns).map((column) => requireLinear(column, ""));
  const cache = new TransformationCache(features);
  return nameScope(name, () => {
    cache.castFeatures();
    return nameScope(name, () => {
      const weights = sorted.map((column) =>
        createWeights(cache, column, `${name}/${scopeName(column.name)}`, units, trainable),
      );
      const bias = new Variable({
        name: `${name}/bias_weights`,
        shape: [units],
        dtype: "float32",
        initializer: zerosInitializer,
        trainable,
      });
      return nameScope(name, () => {
        const sums = sorted.map((column, i) =>
          nameScope(scopeName(column.name), () =>
            weightedSum(cache, column, weights[i]!, options.sparseCombiner ?? "sum"),
          ),
        );
        checkBatchSizes(sums, sorted);
        const logits = addBias(sums, bias);
        return { logits, bias, columns: sorted, weights, cache, variables: cache.variables };
      });
    });
  });
}

/** Makes the variables of a column and its weights, [width, units]. */
export function createWeights(
  cache: TransformationCache,
  column: LinearColumn,
  prefix: string,
  units: number,
  trainable: boolean,
  weightsFirst = false,
): Variable {
  const scope = { prefix, trainable };
  if (!weightsFirst) column.createState?.(cache, scope);
  const width = isCategoricalColumn(column) ? column.numBuckets : elementCount(column.variableShape);
  const weights = cache.createVariable(column, scope, {
    name: "weights",
    shape: [width, units],
    dtype: "float32",
    initializer: zerosInitializer,
    trainable,
  });
  if (weightsFirst) column.createState?.(cache, scope);
  return weights;
}

/** What a column adds to the logits. */
export function weightedSum(
  cache: TransformationCache,
  column: LinearColumn,
  weights: Variable,
  combiner: Combiner,
): Tensor {
  if (isCategoricalColumn(column)) {
    const { idTensor, weightTensor } = column.sparseTensors(cache);
    const ids = sparseRows(idTensor, -1);
    const pair = { idTensor: ids, weightTensor: weightTensor && sparseRows(weightTensor, -1) };
    return safeEmbeddingLookup(weights, pair, { combiner, name: "weighted_sum" });
  }
  const rows = flattenRows(column.denseTensor(cache), column.variableShape);
  return nameScope("weighted_sum", (scope) => build("MatMul", [rows, weights.read()], {}, scope));
}

/** The sum of what the columns add, and the bias. */
export function addBias(sums: readonly Tensor[], bias: Variable): Tensor {
  const [first] = sums;
  const sum =
    sums.length === 1
      ? build("Identity", [first!], {}, "weighted_sum_no_bias")
      : build("AddN", [sums], {}, "weighted_sum_no_bias");
  return nameScope("weighted_sum", (scope) => build("BiasAdd", [sum, bias.read()], {}, scope));
}

/** The column itself; INVALID_ARGUMENT for one that is neither dense nor categorical. */
export function requireLinear(column: FeatureColumn, prefix: "" | "_"): LinearColumn {
  if (isDenseColumn(column) || isCategoricalColumn(column)) return column;
  throw invalidArgument(
    `Items of feature_columns must be either a ${prefix}DenseColumn or ${prefix}CategoricalColumn. Given: ${column.description}`,
  );
}
