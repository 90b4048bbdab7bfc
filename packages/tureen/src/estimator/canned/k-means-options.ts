import { invalidArgument } from "../../core/status-error.js";
import type { TensorValue } from "../../core/tensor-value.js";
import type { Tensor } from "../../graph/graph.js";
import type { FeatureColumn } from "../feature-column/index.js";

/** How near points are to each other. */
export type DistanceMetric = "squared_euclidean" | "cosine";

/**
 * Where clusters start: points of the input at random, points far from each other, the centers themselves [clusters, dimensions], or a function
 * of the input [points, dimensions] and how many centers are still wanted, an int32 scalar, that gives as many or fewer.
 */
export type InitialClusters =
  | "random"
  | "kmeans_plus_plus"
  | TensorValue
  | readonly (readonly number[])[]
  | ((inputs: Tensor, wanted: Tensor) => Tensor);

/** How KMeans clusters. */
export interface KMeansOptions {
  /** How many clusters; taken from `initialClusters` where that holds the centers. */
  readonly numClusters: number;
  /** Default `random`. */
  readonly initialClusters?: InitialClusters | undefined;
  /** Default `squared_euclidean`. */
  readonly distanceMetric?: DistanceMetric | undefined;
  /** Of the choice of the first centers; k-means++ wants one, or a seed of the run. */
  readonly seed?: number | undefined;
  /** Whether a step moves centers by one batch; else each step's batch must be all points. Default true. */
  readonly useMiniBatch?: boolean | undefined;
  /** Batches after which the centers that points are held against are renewed; default 1. */
  readonly miniBatchStepsPerIteration?: number | undefined;
  /** Further candidates that k-means++ draws for each center; below 0 as many as the logarithm of the clusters. Default 2. */
  readonly kmeansPlusPlusNumRetries?: number | undefined;
  /** Training stops where the loss changes by less than this share. */
  readonly relativeTolerance?: number | undefined;
  /** What makes points of features; default all features, side by side in the order of their names. */
  readonly featureColumns?: readonly FeatureColumn[] | undefined;
}

/** Checks what the constructor of TensorFlow's estimator checks. */
export function checkKMeansOptions({ initialClusters, distanceMetric = "squared_euclidean" }: KMeansOptions): void {
  if (typeof initialClusters === "string" && !["random", "kmeans_plus_plus"].includes(initialClusters)) {
    throw invalidArgument(`Unsupported initialization algorithm '${initialClusters}'`);
  }
  if (!["squared_euclidean", "cosine"].includes(distanceMetric)) {
    throw invalidArgument(`Unsupported distance metric '${distanceMetric}'`);
  }
}
