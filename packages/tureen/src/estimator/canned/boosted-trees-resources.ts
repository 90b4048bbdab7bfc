import { scalarValue } from "../../core/tensor-value.js";
import { collectionKeys } from "../../graph/collections.js";
import type { Tensor } from "../../graph/graph.js";
import {
  boostedTreesCreateEnsemble,
  boostedTreesCreateQuantileStreamResource,
  boostedTreesDeserializeEnsemble,
  boostedTreesEnsembleResourceHandleOp,
  boostedTreesQuantileStreamResourceDeserialize,
  boostedTreesQuantileStreamResourceGetBucketBoundaries,
  boostedTreesQuantileStreamResourceHandleOp,
  boostedTreesSerializeEnsemble,
  isBoostedTreesEnsembleInitialized,
  isBoostedTreesQuantileStreamResourceInitialized,
} from "../../graph/ops/quantile-and-trees.js";
import { Saveable, type SharedResource } from "../../graph/saveable.js";
import { controlDependencies, currentGraph, currentNameScope, nameScope } from "../../graph/scope.js";

/**
 * Makes the ensemble under the current scope, whose name `scope` is; checkpoints hold its stamp and its bytes (TensorFlow's `TreeEnsemble`).
 */
export function treeEnsemble(scope: string): Tensor {
  const handle = boostedTreesEnsembleResourceHandleOp({ sharedName: scope, name: scope });
  const create = boostedTreesCreateEnsemble(handle, scalarValue("int64", 0), scalarValue("string", ""));
  const isInitialized = isBoostedTreesEnsembleInitialized(handle);
  const { stampToken, treeEnsembleSerialized } = boostedTreesSerializeEnsemble(handle);
  const specs = [
    { key: `${handle.name}_stamp`, tensor: stampToken, dtype: "int64" },
    { key: `${handle.name}_serialized`, tensor: treeEnsembleSerialized, dtype: "string" },
  ] as const;
  register(
    { handle, create, isInitialized },
    new Saveable(handle.name, specs, ([stamp, serialized]) =>
      controlDependencies([create], () => boostedTreesDeserializeEnsemble(handle, stamp!, serialized!)),
    ),
  );
  return handle;
}

/** The quantile streams of numeric features, one a number of an example. */
export interface QuantileAccumulator {
  readonly handle: Tensor;
  readonly epsilon: number;
  /** Buckets that a flush makes of each stream. */
  readonly numQuantiles: number;
  /** A vector for each stream, empty before the first flush. */
  readonly boundaries: readonly Tensor[];
}

/** Makes the quantile streams; checkpoints hold their bucket boundaries (TensorFlow's `QuantileAccumulator`). */
export function quantileAccumulator(epsilon: number, numStreams: number): QuantileAccumulator {
  const numFeatures = numStreams;
  const outer = `${currentNameScope()}/`;
  const handle = nameScope("QuantileAccumulator", (scope) => {
    const made = boostedTreesQuantileStreamResourceHandleOp({ sharedName: scope, name: scope });
    const streams = scalarValue("int64", numStreams);
    const create = boostedTreesCreateQuantileStreamResource(made, scalarValue("float32", epsilon), streams);
    const isInitialized = isBoostedTreesQuantileStreamResourceInitialized(made);
    const specs = nameScope(outer, () => boundariesOf(made, numFeatures)).map((tensor, i) => ({
      key: `${made.name}_bucket_boundaries_${i}`,
      tensor,
      dtype: "float32" as const,
    }));
    register(
      { handle: made, create, isInitialized },
      new Saveable(made.name, specs, (tensors) =>
        controlDependencies([create], () => boostedTreesQuantileStreamResourceDeserialize(made, tensors)),
      ),
    );
    return made;
  });
  return { handle, epsilon, numQuantiles: Math.trunc(1 / epsilon), boundaries: boundariesOf(handle, numFeatures) };
}

function boundariesOf(handle: Tensor, numFeatures: number): readonly Tensor[] {
  return boostedTreesQuantileStreamResourceGetBucketBoundaries(handle, { numFeatures });
}

function register(resource: SharedResource, saveable: Saveable): void {
  const graph = currentGraph();
  graph.addToCollection(collectionKeys.resources, resource);
  graph.addToCollection(collectionKeys.saveableObjects, saveable);
}
