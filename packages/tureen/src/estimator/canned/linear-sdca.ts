import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { invalidArgument } from "../../core/status-error.js";
import type { FeatureColumn } from "../feature-column/feature-column.js";
import { isColumnOfV1 } from "../feature-column/shared-embedding-columns.js";

/** Options of LinearSDCA. */
export interface LinearSDCAOptions {
  /** The feature that examples are known by: strings [batch], an example's the same whenever it comes again. */
  readonly exampleIdColumn: string;
  /** How many workers train at the same time; default 1. */
  readonly numLossPartitions?: number | undefined;
  /** Parts of the table of examples; default 1. */
  readonly numTableShards?: number | undefined;
  /** At least 0; default 0. */
  readonly symmetricL1Regularization?: number | undefined;
  /** Above 0, and mostly above 1: about the mean squared norm of examples; default 1. */
  readonly symmetricL2Regularization?: number | undefined;
  /** Whether examples are drawn by how much they still have to give; default false, all of a batch in random order. */
  readonly adaptive?: boolean | undefined;
}

const optionTable: OptionTable<LinearSDCAOptions> = {
  exampleIdColumn: "required",
  numLossPartitions: "optional",
  numTableShards: "optional",
  symmetricL1Regularization: "optional",
  symmetricL2Regularization: "optional",
  adaptive: "optional",
};

/**
 * Stochastic dual coordinate ascent for LinearClassifier and LinearRegressor (`tf.estimator.experimental.LinearSDCA`): give it as their `optimizer`.
 *
 * For two classes or one number to predict, with `sparseCombiner` "sum"; dense columns are vectors. Needs no learning rate: the steps follow from the
 * loss. The order in which the examples of a batch are taken is random and no seed fixes it, as in TensorFlow. INVALID_ARGUMENT for options that it does
 * not know, here; for regularization out of range when training starts.
 */
export class LinearSDCA {
  readonly exampleIdColumn: string;
  readonly numLossPartitions: number;
  readonly numTableShards: number;
  readonly symmetricL1Regularization: number;
  readonly symmetricL2Regularization: number;
  readonly adaptive: boolean;

  constructor(options: LinearSDCAOptions) {
    checkOptions("LinearSDCA", options, optionTable);
    this.exampleIdColumn = options.exampleIdColumn;
    this.numLossPartitions = options.numLossPartitions ?? 1;
    this.numTableShards = options.numTableShards ?? 1;
    this.symmetricL1Regularization = options.symmetricL1Regularization ?? 0;
    this.symmetricL2Regularization = options.symmetricL2Regularization ?? 1;
    this.adaptive = options.adaptive ?? false;
  }
}

/** What an estimator that may be trained by LinearSDCA is made with. */
interface SdcaCandidate {
  readonly optimizer?: unknown;
  readonly featureColumns: readonly FeatureColumn[];
  readonly sparseCombiner?: string | undefined;
}

/** INVALID_ARGUMENT, with TensorFlow's texts, for a classifier that LinearSDCA cannot train. */
export function checkSdcaClassifier(options: SdcaCandidate & { readonly nClasses?: number | undefined }): void {
  if (!isCandidate(options)) return;
  if ((options.nClasses ?? 2) > 2) throw invalidArgument("LinearSDCA cannot be used in a multi-class setting.");
}

/** INVALID_ARGUMENT, with TensorFlow's texts, for a regressor that LinearSDCA cannot train. */
export function checkSdcaRegressor(options: SdcaCandidate & { readonly labelDimension?: number | undefined }): void {
  if (!isCandidate(options)) return;
  if ((options.labelDimension ?? 1) > 1)
    throw invalidArgument("LinearSDCA can only be used with one-dimensional label.");
}

/** Whether LinearSDCA is the optimizer; INVALID_ARGUMENT where the columns or their combiner are not for it. */
function isCandidate({ optimizer, featureColumns, sparseCombiner = "sum" }: SdcaCandidate): boolean {
  if (!(optimizer instanceof LinearSDCA)) return false;
  if (sparseCombiner !== "sum")
    throw invalidArgument('sparse_combiner must be "sum" when optimizer is a LinearSDCA object.');
  if (Array.isArray(featureColumns) && featureColumns.some(isColumnOfV1))
    throw invalidArgument("V2 feature columns required when optimizer is a LinearSDCA object.");
  return true;
}
