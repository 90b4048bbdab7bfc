import { checkOptions } from "../../core/check-options.js";
import { invalidArgument } from "../../core/status-error.js";
import { currentGraph, nameScope } from "../../graph/scope.js";
import { Variable } from "../../graph/variable.js";
import { embed, planEmbedding } from "./embedding-column.js";
import type { CategoricalColumn, DenseColumn, FeatureColumn } from "./feature-column.js";
import { attributeText } from "./python-text.js";
import { isSequence, notForSequences } from "./sequence-errors.js";
import {
  checkAlike,
  collectionName,
  type SharedEmbeddingOptions,
  sharedEmbeddingOptions,
} from "./shared-embeddings.js";
import type { TransformationCache } from "./transformation-cache.js";

const kind = "_SharedEmbeddingColumn";

/** Whether a column is one of TensorFlow 1.x's, which `inputLayer` and the estimators of 1.x take. */
export function isColumnOfV1(column: FeatureColumn): boolean {
  return column.kind === kind;
}

/** INVALID_ARGUMENT for columns of 1.x in a model of 2.x. */
export function refuseColumnsOfV1(columns: readonly FeatureColumn[]): void {
  if (!Array.isArray(columns) || !columns.some(isColumnOfV1)) return;
  throw invalidArgument(
    "Received a feature column from TensorFlow v1, but this is a TensorFlow v2 Estimator. Please either use v2 feature columns (accessible via tf.feature_column.* in TF 2.x) with this Estimator, or switch to a v1 Estimator for use with v1 feature columns (accessible via tf.compat.v1.estimator.* and tf.compat.v1.feature_column.*, respectively.",
  );
}

/**
 * Embeddings of several categorical columns from one variable, as TensorFlow 1.x has them (`tf.compat.v1.feature_column.shared_embedding_columns`):
 * for `inputLayer`, `linearModel` and the DNN estimators of `tf.estimator.v1`. One column each, in the order given; float32 [batch, dimension].
 *
 * The variable is `<scope>/input_layer/<collection>/embedding_weights`, and alone in the graph's collection of that name: input layers of one graph
 * share it. INVALID_ARGUMENT as `sharedEmbeddings`.
 */
export function sharedEmbeddingColumns(
  categoricalColumns: readonly CategoricalColumn[],
  dimension: number,
  options: SharedEmbeddingOptions = {},
): DenseColumn[] {
  checkOptions("sharedEmbeddingColumns", options, sharedEmbeddingOptions);
  const plan = planEmbedding(dimension, options);
  // Letters that TensorFlow's text lacks.
  checkAlike(categoricalColumns, "ven");
  const collection = collectionName(categoricalColumns, options);
  return categoricalColumns.map((categoricalColumn) => {
    const name = `${categoricalColumn.name}_shared_embedding`;
    const shape = [categoricalColumn.numBuckets, dimension];
    const column: DenseColumn = Object.freeze<DenseColumn>({
      kind,
      name,
      scope: collection,
      variableShape: Object.freeze([dimension]),
      parents: Object.freeze([categoricalColumn]),
      get parseExampleSpec() {
        return categoricalColumn.parseExampleSpec;
      },
      description: attributeText(kind, [
        ["categorical_column", categoricalColumn],
        ["dimension", dimension],
        ["combiner", plan.combiner],
        ["initializer", plan.initializer],
        ["shared_embedding_collection_name", collection],
        ["ckpt_to_load_from", options.ckptToLoadFrom],
        ["tensor_name_in_ckpt", options.tensorNameInCkpt],
        ["max_norm", options.maxNorm],
        ["trainable", plan.trainable],
        ["use_safe_embedding_lookup", plan.safe],
      ]),
      createState: (cache, scope) => {
        if (knownTable(collection, shape) !== undefined) return;
        const { initializer, trainable } = plan;
        const table = { name: "embedding_weights", shape, dtype: "float32", initializer, trainable } as const;
        currentGraph().addToCollection(collection, cache.createVariable(column, scope, table));
      },
      transform: (cache) => cache.transformed(categoricalColumn),
      denseTensor: (cache: TransformationCache) => {
        if (isSequence(categoricalColumn)) throw notForSequences("embedding_column", name, categoricalColumn);
        return nameScope(name, () =>
          embed(knownTable(collection, shape)!, categoricalColumn.sparseTensors(cache), plan, `${name}_weights`),
        );
      },
    });
    return column;
  });
}

/** The table that the current graph has in a collection; INVALID_ARGUMENT for one of another shape, and for what else is there. */
function knownTable(collection: string, shape: readonly number[]): Variable | undefined {
  const [table, ...others] = currentGraph().getCollection<unknown>(collection);
  if (table === undefined) return undefined;
  const hint =
    "Suggested fix A: Choose a unique name for this collection. Suggested fix B: Do not add any variables to this collection. The feature_column library already adds a variable under the hood.";
  if (others.length > 0 || !(table instanceof Variable)) {
    throw invalidArgument(`Collection ${collection} can only contain one variable. ${hint}`);
  }
  const shapeOf = (sizes: readonly number[]): string => `(${sizes.join(", ")})`;
  if (shapeOf(table.shape) !== shapeOf(shape)) {
    throw invalidArgument(
      `Shared embedding collection ${collection} contains variable ${table.name}:0 of unexpected shape ${shapeOf(table.shape)}. Expected shape is ${shapeOf(shape)}. ${hint}`,
    );
  }
  return table;
}
