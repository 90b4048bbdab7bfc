import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { invalidArgument } from "../../core/status-error.js";
import { collectionKeys } from "../../graph/collections.js";
import type { Tensor } from "../../graph/graph.js";
import { currentGraph, currentNameScope, nameScope } from "../../graph/scope.js";
import { Variable } from "../../graph/variable.js";
import type { Features } from "../model-fn.js";
import { checkBatchSizes } from "./check-batch-sizes.js";
import { columnScope } from "./column-scope.js";
import { compareText } from "./compare-text.js";
import { concatColumns } from "./concat-columns.js";
import { flattenRows } from "./dense-features.js";
import { type DenseColumn, type FeatureColumn, isDenseColumn } from "./feature-column.js";
import { zerosInitializer } from "./initializers.js";
import {
  addBias,
  createWeights,
  type LinearColumn,
  type LinearModelOptions,
  requireLinear,
  weightedSum,
} from "./linear-model.js";
import { normalizeColumns } from "./normalize-columns.js";
import { TransformationCache } from "./transformation-cache.js";

const optionTable: OptionTable<{ readonly trainable?: boolean }> = {
  trainable: "optional",
};

/**
 * TensorFlow 1's input layer (`tf.compat.v1.feature_column.input_layer`): the columns side by side in the order of their names.
 *
 * Variables are `<scope>/input_layer/<column>/embedding_weights` and also in the collection of model variables.
 */
export function inputLayer(
  features: Features,
  columns: readonly FeatureColumn[],
  options: { readonly trainable?: boolean } = {},
): Tensor {
  checkOptions("inputLayer", options, optionTable);
  const sorted = normalizeColumns(columns).map(requireDenseV1);
  const cache = new TransformationCache(features);
  return nameScope("input_layer", () => {
    const tensors = sorted.map((column) =>
      columnScope(column.scope ?? column.name, () => {
        column.createState?.(cache, { prefix: currentNameScope(), trainable: options.trainable ?? true });
        return flattenRows(column.denseTensor(cache), column.variableShape);
      }),
    );
    markModelVariables(cache.variables);
    checkBatchSizes(tensors, sorted);
    return concatColumns(tensors, 1);
  });
}

const linearModelTable: OptionTable<Omit<LinearModelOptions, "name">> = {
  units: "optional",
  sparseCombiner: "optional",
  trainable: "optional",
};

/**
 * TensorFlow 1's linear model (`tf.compat.v1.feature_column.linear_model`): float32 [batch, units].
 *
 * Variables are `<scope>/linear_model/<column>/weights` and `<scope>/linear_model/bias_weights`.
 */
export function linearModel(
  features: Features,
  columns: readonly FeatureColumn[],
  options: Omit<LinearModelOptions, "name"> = {},
): Tensor {
  checkOptions("linearModel", options, linearModelTable);
  const units = options.units ?? 1;
  const trainable = options.trainable ?? true;
  const sorted = normalizeColumns(columns).map((column) => requireLinear(column, "_"));
  for (const column of sorted) refuseShared(column);
  const scoped = byScope(sorted);
  const cache = new TransformationCache(features);
  const prefix = nameScope("linear_model", () => currentNameScope());
  const name = prefix.slice(prefix.lastIndexOf("/") + 1);
  return nameScope(name, () =>
    nameScope(name, () => {
      const sums = scoped.map(({ column, scope }) => {
        const weights = createWeights(cache, column, `${prefix}/${scope}`, units, trainable, true);
        return columnScope(scope, () => weightedSum(cache, column, weights, options.sparseCombiner ?? "sum"));
      });
      checkBatchSizes(
        sums,
        scoped.map(({ column }) => column),
      );
      const bias = new Variable({
        name: `${prefix}/bias_weights`,
        shape: [units],
        dtype: "float32",
        initializer: zerosInitializer,
        trainable,
      });
      markModelVariables([...cache.variables, bias]);
      return addBias(sums, bias);
    }),
  );
}

/** Columns in the order of their scopes. Those of one scope, which share their embeddings, have weights of their own: `scope`, `scope_1`. */
function byScope(columns: readonly LinearColumn[]): { readonly column: LinearColumn; readonly scope: string }[] {
  const taken = new Map<string, number>();
  const scoped = columns.map((column) => {
    const base = (isDenseColumn(column) ? column.scope : undefined) ?? column.name;
    const count = taken.get(base) ?? 0;
    taken.set(base, count + 1);
    return { column, scope: count === 0 ? base : `${base}_${count}` };
  });
  return scoped.sort((a, b) => compareText(a.scope, b.scope));
}

function markModelVariables(variables: readonly Variable[]): void {
  for (const variable of variables) currentGraph().addToCollection(collectionKeys.modelVariables, variable);
}

function requireDenseV1(column: FeatureColumn): DenseColumn {
  refuseShared(column);
  if (isDenseColumn(column)) return column;
  throw invalidArgument(
    `Items of feature_columns must be a _DenseColumn. You can wrap a categorical column with an embedding_column or indicator_column. Given: ${column.description}`,
  );
}

function refuseShared(column: FeatureColumn): void {
  if (column.kind !== "SharedEmbeddingColumn") return;
  throw invalidArgument(
    "SharedEmbeddingColumns are not supported in `linear_model` or `input_layer`. Please use `DenseFeatures` or `LinearModel` instead.",
  );
}
