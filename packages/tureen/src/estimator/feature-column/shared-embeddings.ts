import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { invalidArgument } from "../../core/status-error.js";
import type { Graph } from "../../graph/graph.js";
import { currentGraph } from "../../graph/scope.js";
import { Variable } from "../../graph/variable.js";
import { columnScope } from "./column-scope.js";
import { compareText } from "./compare-text.js";
import { type EmbeddingOptions, embed, planEmbedding } from "./embedding-column.js";
import {
  type CategoricalColumn,
  type DenseColumn,
  isCategoricalColumn,
  type SequenceDenseColumn,
} from "./feature-column.js";
import { attributeText, pythonText } from "./python-text.js";
import { columnClass, isSequence, notForSequences, onlyForSequences } from "./sequence-errors.js";
import { sequenceLength } from "./sequence-length.js";

/** Options of embeddings that share their vectors. */
export interface SharedEmbeddingOptions extends EmbeddingOptions {
  /** Name of the shared variable; default the columns' names joined, and `_shared_embedding`. */
  readonly sharedEmbeddingCollectionName?: string;
}

let makers = 0;

export const sharedEmbeddingOptions: OptionTable<SharedEmbeddingOptions> = {
  sharedEmbeddingCollectionName: "optional",
  combiner: "optional",
  initializer: "optional",
  ckptToLoadFrom: "optional",
  tensorNameInCkpt: "optional",
  maxNorm: "optional",
  trainable: "optional",
  useSafeEmbeddingLookup: "optional",
};

/** Embeddings of several categorical columns from one variable (`tf.feature_column.shared_embeddings`), one column each in the order given. */
export function sharedEmbeddings(
  categoricalColumns: readonly CategoricalColumn[],
  dimension: number,
  options: SharedEmbeddingOptions = {},
): (DenseColumn & SequenceDenseColumn)[] {
  checkOptions("sharedEmbeddings", options, sharedEmbeddingOptions);
  const plan = planEmbedding(dimension, options);
  checkAlike(categoricalColumns);
  const variableName = collectionName(categoricalColumns, options);
  const shape = [categoricalColumns[0]!.numBuckets, dimension];
  const tables = new WeakMap<Graph, Variable>();
  const table = (): Variable => {
    const graph = currentGraph();
    const known = tables.get(graph);
    if (known !== undefined) return known;
    const { initializer, trainable } = plan;
    const made = new Variable({ name: variableName, shape, dtype: "float32", initializer, trainable });
    tables.set(graph, made);
    return made;
  };
  makers += 1;
  const creator = { text: `<SharedEmbeddingColumnCreator #${makers}>` };
  return categoricalColumns.map((categoricalColumn) => {
    const name = `${categoricalColumn.name}_shared_embedding`;
    const lookUp = (pair: ReturnType<CategoricalColumn["sparseTensors"]>): ReturnType<typeof embed> =>
      embed(table(), pair, plan, `${name}_weights`);
    return Object.freeze({
      kind: "SharedEmbeddingColumn",
      name,
      variableShape: Object.freeze([dimension]),
      parents: Object.freeze([categoricalColumn]),
      get parseExampleSpec() {
        return categoricalColumn.parseExampleSpec;
      },
      description: attributeText("SharedEmbeddingColumn", [
        ["categorical_column", categoricalColumn],
        ["shared_embedding_column_creator", creator],
        ["combiner", plan.combiner],
        ["max_norm", options.maxNorm],
        ["use_safe_embedding_lookup", plan.safe],
      ]),
      transform: (cache) => cache.transformed(categoricalColumn),
      denseTensor: (cache) => {
        if (isSequence(categoricalColumn)) throw notForSequences("embedding_column", name, categoricalColumn);
        return columnScope(name, () => lookUp(categoricalColumn.sparseTensors(cache)));
      },
      sequenceDenseTensor: (cache) => {
        if (!isSequence(categoricalColumn)) throw onlyForSequences("embedding_column", name, categoricalColumn);
        const denseTensor = columnScope(name, () => lookUp(categoricalColumn.sparseTensors(cache)));
        return { denseTensor, sequenceLength: sequenceLength(categoricalColumn.sparseTensors(cache).idTensor) };
      },
    } satisfies DenseColumn & SequenceDenseColumn);
  });
}

/** What a shared table is known by. */
export function collectionName(columns: readonly CategoricalColumn[], options: SharedEmbeddingOptions): string {
  const names = columns.map((column) => column.name).sort(compareText);
  return options.sharedEmbeddingCollectionName ?? `${names.join("_")}_shared_embedding`;
}

/** INVALID_ARGUMENT for columns that cannot have one table: of several kinds or sizes, or no categorical ones. */
export function checkAlike(columns: readonly CategoricalColumn[], given = "Given"): void {
  const [first, ...others] = [...columns].sort((a, b) => compareText(a.name, b.name));
  if (!isCategoricalColumn(first)) {
    throw invalidArgument(
      `All categorical_columns must be subclasses of CategoricalColumn. Given: ${pythonText(first)}, of type: ${typeof first}`,
    );
  }
  const base = underlying(first);
  for (const other of others.map(underlying)) {
    if (other.kind !== base.kind) {
      throw invalidArgument(
        `To use shared_embedding_column, all categorical_columns must have the same type, or be weighted_categorical_column or sequence column of the same type. Given column: ${base.description} of type: ${columnClass(base)} does not match given column: ${other.description} of type: ${columnClass(other)}`,
      );
    }
    if (other.numBuckets !== first.numBuckets) {
      throw invalidArgument(
        `To use shared_embedding_column, all categorical_columns must have the same number of buckets. ${given} column: ${base.description} with buckets: ${first.numBuckets} does  not match column: ${other.description} with buckets: ${other.numBuckets}`,
      );
    }
  }
}

/** The column below weights and sequences. */
function underlying(column: CategoricalColumn): CategoricalColumn {
  const wrapped = column.kind === "WeightedCategoricalColumn" || column.kind === "SequenceCategoricalColumn";
  return wrapped ? underlying(column.parents[0] as CategoricalColumn) : column;
}
