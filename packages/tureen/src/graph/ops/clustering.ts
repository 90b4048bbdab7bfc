import { build, buildOp, type TensorLike } from "../build-op.js";
import type { Tensor } from "../graph.js";

/** The `k` nearest centers of each point, int64 [points, k], and their squared distances, the nearest first. */
export function nearestNeighbors(
  points: TensorLike,
  centers: TensorLike,
  k: TensorLike,
  options: { readonly name?: string } = {},
): { readonly nearestCenterIndices: Tensor; readonly nearestCenterDistances: Tensor } {
  const { outputs } = buildOp("NearestNeighbors", [points, centers, k], {}, options);
  return { nearestCenterIndices: outputs[0]!, nearestCenterDistances: outputs[1]! };
}

/** Points to start clusters from, drawn so that they are far from each other. */
export function kmeansPlusPlusInitialization(
  points: TensorLike,
  numToSample: TensorLike,
  seed: TensorLike,
  numRetriesPerSample: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  const inputs = [points, numToSample, seed, numRetriesPerSample];
  return build("KmeansPlusPlusInitialization", inputs, {}, options);
}

/** The index that a Markov chain over distances ends at. */
export function kmc2ChainInitialization(
  distances: TensorLike,
  seed: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("KMC2ChainInitialization", [distances, seed], {}, options);
}
