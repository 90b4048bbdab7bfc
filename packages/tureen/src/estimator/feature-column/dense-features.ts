import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { elementCount, type Shape } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import type { Tensor } from "../../graph/graph.js";
import { currentNameScope, nameScope } from "../../graph/scope.js";
import type { Features } from "../model-fn.js";
import { checkBatchSizes } from "./check-batch-sizes.js";
import { columnScope, scopeName } from "./column-scope.js";
import { concatColumns } from "./concat-columns.js";
import { type DenseColumn, type FeatureColumn, isDenseColumn } from "./feature-column.js";
import { batchSizeOf, reshapeTo } from "./graph-shape.js";
import { normalizeColumns } from "./normalize-columns.js";
import { isColumnOfV1 } from "./shared-embedding-columns.js";
import { TransformationCache } from "./transformation-cache.js";

/** How `denseFeatures` is made. */
export interface DenseFeaturesOptions {
  /** Whether the columns' variables may be trained; default true. */
  readonly trainable?: boolean;
  /** Name of the layer below the current scope, `input_from_feature_columns/input_layer` in a DNN; default `dense_features`. */
  readonly name?: string;
  /** What the variables' names start with; default the layer's scope. */
  readonly variableScope?: string;
}

/** The same for `checkOptions`. */
export const denseFeaturesOptionsTable: OptionTable<DenseFeaturesOptions> = {
  trainable: "optional",
  name: "optional",
  variableScope: "optional",
};

/**
 * The columns side by side in the order of their names, float32 [batch, width] (`tf.keras.layers.DenseFeatures`).
 *
 * Variables are `<scope>/<name>/<column>/embedding_weights`. INVALID_ARGUMENT for no columns, duplicate names, or a column that is not dense.
 */
export function denseFeatures(
  features: Features,
  columns: readonly FeatureColumn[],
  options: DenseFeaturesOptions = {},
): Tensor {
  checkOptions("denseFeatures", options, denseFeaturesOptionsTable);
  const sorted = normalizeColumns(columns).map(requireDense);
  const cache = new TransformationCache(features);
  return nameScope(options.name ?? "dense_features", () => {
    for (const column of sorted) {
      columnScope(column.name, () =>
        column.createState?.(cache, { prefix: prefixOf(column, options), trainable: options.trainable ?? true }),
      );
    }
    cache.castFeatures();
    const tensors = sorted.map((column) =>
      columnScope(column.name, () => flattenRows(column.denseTensor(cache), column.variableShape)),
    );
    checkBatchSizes(tensors, sorted);
    return concatColumns(tensors, -1);
  });
}

function prefixOf(column: DenseColumn, { variableScope }: DenseFeaturesOptions): string {
  return variableScope === undefined ? currentNameScope() : `${variableScope}/${scopeName(column.name)}`;
}

/** A dense tensor as rows of numbers, [batch, elements]. */
export function flattenRows(tensor: Tensor, variableShape: Shape): Tensor {
  return reshapeTo(tensor, [batchSizeOf(tensor), elementCount(variableShape)]);
}

function requireDense(column: FeatureColumn): DenseColumn {
  if (isColumnOfV1(column)) {
    throw invalidArgument(
      `Items of feature_columns must be a FeatureColumn. Given (type <class 'tensorflow.python.feature_column.feature_column.${column.kind}'>): ${column.description}.`,
    );
  }
  if (isDenseColumn(column)) return column;
  throw invalidArgument(
    `Items of feature_columns must be a <class 'tensorflow.python.feature_column.feature_column_v2.DenseColumn'>. You can wrap a categorical column with an embedding_column or indicator_column. Given: ${column.description}`,
  );
}
