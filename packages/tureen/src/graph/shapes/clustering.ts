import type { ShapeTable } from "../infer-shapes.js";

/** Shape rules of the clustering family: TensorFlow knows nothing of its outputs but that one is a scalar. */
export const clusteringShapes: ShapeTable = {
  NearestNeighbors: () => [undefined, undefined],
  KmeansPlusPlusInitialization: () => [undefined],
  KMC2ChainInitialization: () => [[]],
};
