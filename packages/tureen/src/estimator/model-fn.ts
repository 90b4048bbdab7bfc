import type { Tensor } from "../graph/graph.js";
import type { AnyRagged } from "../graph/ragged-tensor.js";
import type { SparseTensor } from "../graph/sparse-tensor.js";
import type { EstimatorSpec } from "./estimator-spec.js";
import type { Mode } from "./mode-keys.js";
import type { RunConfig } from "./run-config.js";

/** One feature or label: dense, sparse or ragged. */
export type FeatureTensor = Tensor | SparseTensor | AnyRagged;

/** Features by name. */
export type Features = Readonly<Record<string, FeatureTensor>>;

/** Labels: one tensor (sparse for multi-label heads), several by name, or none. */
export type Labels = FeatureTensor | Features | undefined;

/** Hyperparameters that an Estimator hands to its model function. */
export type Params = Readonly<Record<string, unknown>>;

/** What a model function gets. Features are a record, or the one tensor that the input function or receiver gave. */
export interface ModelFnArgs {
  readonly features: Features;
  readonly labels: Labels;
  readonly mode: Mode;
  readonly params: Params;
  readonly config: RunConfig;
}

/** Builds the model for a mode in the current graph; synchronous. */
export type ModelFn = (args: ModelFnArgs) => EstimatorSpec;
