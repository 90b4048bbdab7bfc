import type { Shape } from "../../core/shape.js";
import type { Tensor } from "../../graph/graph.js";
import type { SparseTensor } from "../../graph/sparse-tensor.js";
import type { ParseExampleSpec } from "./parse-spec.js";
import type { TransformationCache } from "./transformation-cache.js";

/** What a column makes of the features: one tensor, or ids with weights. */
export type Transformed = Tensor | SparseTensor | IdWeightPair;

/** Ids of a categorical column and, where the column is weighted, one weight an id. */
export interface IdWeightPair {
  readonly idTensor: SparseTensor;
  readonly weightTensor: SparseTensor | undefined;
}

/** A padded sequence, [batch, steps, …], and how long each one is, [batch] int64. */
export interface SequenceTensor {
  readonly denseTensor: Tensor;
  readonly sequenceLength: Tensor;
}

/**
 * How raw features become model input (`tf.feature_column`): frozen plain data and the functions that build its part of a graph.
 *
 * Two columns with the same `description` are the same column: a model transforms it once.
 */
export interface FeatureColumn {
  /** TensorFlow's class name, such as `NumericColumn`. */
  readonly kind: string;
  /** The name that orders the columns of a model and names their variables. */
  readonly name: string;
  /** The columns and feature keys that it reads. */
  readonly parents: readonly (FeatureColumn | string)[];
  /** What parsing an Example for this column takes; INVALID_ARGUMENT where weights and values share a key. */
  readonly parseExampleSpec: ParseExampleSpec;
  /** The column as Python prints it. */
  readonly description: string;
  /** Builds the column's own transformation; read it through the cache, which keeps it. */
  transform(cache: TransformationCache): Transformed;
  /** Makes the column's variables. */
  createState?(cache: TransformationCache, scope: StateScope): void;
}

/** Where the variables of a column go, and whether the layer lets them be trained. */
export interface StateScope {
  /** Prefix of the variables' full names, without the slash at its end. */
  readonly prefix: string;
  readonly trainable: boolean;
}

/** A column of numbers. */
export interface DenseColumn extends FeatureColumn {
  /** Shape of one example. */
  readonly variableShape: Shape;
  /** The scope of its nodes and variables in layers of 1.x; the name without it. */
  readonly scope?: string;
  /** The dense input, [batch, …variableShape]. */
  denseTensor(cache: TransformationCache): Tensor;
}

/** A column of ids below `numBuckets`. */
export interface CategoricalColumn extends FeatureColumn {
  readonly numBuckets: number;
  sparseTensors(cache: TransformationCache): IdWeightPair;
}

/** A dense column of sequences. */
export interface SequenceDenseColumn extends FeatureColumn {
  readonly variableShape: Shape;
  sequenceDenseTensor(cache: TransformationCache): SequenceTensor;
}

/** Whether a value is a feature column. */
export function isFeatureColumn(value: unknown): value is FeatureColumn {
  return typeof value === "object" && value !== null && "description" in value && "transform" in value;
}

/** Whether a column gives a dense tensor. */
export function isDenseColumn(value: unknown): value is DenseColumn {
  return isFeatureColumn(value) && "denseTensor" in value;
}

/** Whether a column gives ids. */
export function isCategoricalColumn(value: unknown): value is CategoricalColumn {
  return isFeatureColumn(value) && "sparseTensors" in value;
}

/** Whether a column gives sequences. */
export function isSequenceDenseColumn(value: unknown): value is SequenceDenseColumn {
  return isFeatureColumn(value) && "sequenceDenseTensor" in value;
}
