import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { invalidArgument } from "../../core/status-error.js";
import type { Tensor } from "../../graph/graph.js";
import type { Initializer, Variable } from "../../graph/variable.js";
import { checkpointInitializer } from "./checkpoint-initializer.js";
import { type Combiner, embeddingLookup, safeEmbeddingLookup } from "./embedding-lookup.js";
import type { CategoricalColumn, DenseColumn, IdWeightPair, SequenceDenseColumn } from "./feature-column.js";
import { sparseRank } from "./graph-shape.js";
import { truncatedNormalInitializer } from "./initializers.js";
import { attributeText, pythonText } from "./python-text.js";
import { isSequence, notForSequences, onlyForSequences } from "./sequence-errors.js";
import { sequenceLength } from "./sequence-length.js";

/** How ids become dense vectors. */
export interface EmbeddingOptions {
  /** How the vectors of one example's ids become one; default mean. */
  readonly combiner?: Combiner;
  /** Default: truncated normal of mean 0 and standard deviation 1/√dimension. */
  readonly initializer?: Initializer;
  /** Checkpoint prefix that holds the vectors to start from; goes with `tensorNameInCkpt`. */
  readonly ckptToLoadFrom?: string;
  readonly tensorNameInCkpt?: string;
  /** Vectors of a greater L2 norm are scaled to it before they are combined. */
  readonly maxNorm?: number;
  /** Default true. */
  readonly trainable?: boolean;
  /** Whether ids below 0 and examples without ids are allowed; default true. */
  readonly useSafeEmbeddingLookup?: boolean;
}

/** What a checked set of options comes to. */
export interface EmbeddingPlan {
  readonly combiner: Combiner;
  /** Gives the first value. */
  readonly initializer: Initializer;
  readonly maxNorm: number | undefined;
  readonly trainable: boolean;
  readonly safe: boolean;
}

/** Options with their defaults; INVALID_ARGUMENT for those that make no embedding. */
export function planEmbedding(dimension: number, options: EmbeddingOptions, columnName?: string): EmbeddingPlan {
  const { ckptToLoadFrom, tensorNameInCkpt, initializer } = options;
  if (!(dimension >= 1)) throw invalidArgument(`Invalid dimension ${pythonText(dimension)}.`);
  if ((ckptToLoadFrom === undefined) !== (tensorNameInCkpt === undefined)) {
    throw invalidArgument("Must specify both `ckpt_to_load_from` and `tensor_name_in_ckpt` or none of them.");
  }
  if (initializer !== undefined && typeof initializer !== "function") {
    throw invalidArgument(
      `initializer must be callable if specified.${columnName === undefined ? "" : ` Embedding of column_name: ${columnName}`}`,
    );
  }
  const usual = initializer ?? truncatedNormalInitializer(0, 1 / Math.sqrt(dimension));
  return {
    combiner: options.combiner ?? "mean",
    initializer:
      ckptToLoadFrom === undefined || tensorNameInCkpt === undefined
        ? usual
        : checkpointInitializer(ckptToLoadFrom, tensorNameInCkpt),
    maxNorm: options.maxNorm,
    trainable: options.trainable ?? true,
    safe: options.useSafeEmbeddingLookup ?? true,
  };
}

const optionTable: OptionTable<EmbeddingOptions> = {
  combiner: "optional",
  initializer: "optional",
  ckptToLoadFrom: "optional",
  tensorNameInCkpt: "optional",
  maxNorm: "optional",
  trainable: "optional",
  useSafeEmbeddingLookup: "optional",
};

/** Dense vectors of a categorical column's ids (`tf.feature_column.embedding_column`), float32 [batch, dimension]. */
export function embeddingColumn(
  categoricalColumn: CategoricalColumn,
  dimension: number,
  options: EmbeddingOptions = {},
): DenseColumn & SequenceDenseColumn {
  checkOptions("embeddingColumn", options, optionTable);
  const plan = planEmbedding(dimension, options, categoricalColumn.name);
  const name = `${categoricalColumn.name}_embedding`;
  const column: DenseColumn & SequenceDenseColumn = Object.freeze<DenseColumn & SequenceDenseColumn>({
    kind: "EmbeddingColumn",
    name,
    variableShape: Object.freeze([dimension]),
    parents: Object.freeze([categoricalColumn]),
    get parseExampleSpec() {
      return categoricalColumn.parseExampleSpec;
    },
    description: attributeText("EmbeddingColumn", [
      ["categorical_column", categoricalColumn],
      ["dimension", dimension],
      ["combiner", plan.combiner],
      ["initializer", plan.initializer],
      ["ckpt_to_load_from", options.ckptToLoadFrom],
      ["tensor_name_in_ckpt", options.tensorNameInCkpt],
      ["max_norm", options.maxNorm],
      ["trainable", plan.trainable],
      ["use_safe_embedding_lookup", plan.safe],
    ]),
    createState: (cache, scope) => {
      cache.createVariable(column, scope, {
        name: "embedding_weights",
        shape: [categoricalColumn.numBuckets, dimension],
        dtype: "float32",
        initializer: plan.initializer,
        trainable: plan.trainable,
      });
    },
    transform: (cache) => cache.transformed(categoricalColumn),
    denseTensor: (cache) => {
      if (isSequence(categoricalColumn)) throw notForSequences("embedding_column", name, categoricalColumn);
      return embed(
        cache.variable(column, "embedding_weights"),
        categoricalColumn.sparseTensors(cache),
        plan,
        `${name}_weights`,
      );
    },
    sequenceDenseTensor: (cache) => {
      if (!isSequence(categoricalColumn)) throw onlyForSequences("embedding_column", name, categoricalColumn);
      const pair = categoricalColumn.sparseTensors(cache);
      const denseTensor = embed(cache.variable(column, "embedding_weights"), pair, plan, `${name}_weights`);
      return { denseTensor, sequenceLength: sequenceLength(pair.idTensor) };
    },
  });
  return column;
}

/** The combined vectors of ids. */
export function embed(table: Variable, pair: IdWeightPair, plan: EmbeddingPlan, name: string): Tensor {
  const rank = sparseRank(pair.idTensor);
  const look = plan.safe || rank === undefined || rank > 2 ? safeEmbeddingLookup : embeddingLookup;
  return look(table, pair, { combiner: plan.combiner, maxNorm: plan.maxNorm, name });
}
