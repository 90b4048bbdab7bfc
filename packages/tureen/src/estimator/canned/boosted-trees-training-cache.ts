import type { DType } from "../../core/dtype.js";
import { scalarValue, type TensorValue, tensorValue } from "../../core/tensor-value.js";
import { build, constant } from "../../graph/build-op.js";
import { collectionKeys } from "../../graph/collections.js";
import type { Operation, Tensor } from "../../graph/graph.js";
import { boostedTreesBucketize } from "../../graph/ops/quantile-and-trees.js";
import { controlDependencies } from "../../graph/scope.js";
import { Variable, variableName } from "../../graph/variable.js";
import { batchSizeOf } from "../feature-column/graph-shape.js";
import { group } from "../head/train-op.js";
import { concat } from "../nn/tensor-shape.js";
import type { Bucketize } from "./boosted-trees-features.js";
import { branch, choose } from "./branch.js";

/** Where in the trees the rows of the one batch stand, and their logits so far. */
export interface TrainingCache {
  /** Int32 [batch]. */
  readonly treeIds: Tensor;
  /** Int32 [batch]; -1 for rows that no step has seen. */
  readonly nodeIds: Tensor;
  /** Float32 [batch, logits]. */
  readonly logits: Tensor;
  insert(treeIds: Tensor, nodeIds: Tensor, logits: Tensor): Operation;
  /** Buckets of numbers: those of an earlier step of the session once `keepFeatures` has run. */
  readonly bucketize: Bucketize;
  /** Keeps what `bucketize` made, of all features; to be run when the boundaries of their buckets are final. */
  keepFeatures(bucketized: readonly Tensor[]): Operation;
}

/**
 * Makes the variables that hold the state of the one batch between steps, by TensorFlow's names.
 *
 * They are empty until the first step fills them: how many rows there are is known only then.
 */
export function trainingCache(batch: Tensor, logitsDimension: number, numFeatures: number): TrainingCache {
  const features = Array.from({ length: numFeatures }, (_, i) => rowVariable(`cached_feature_${i}`, "int32", [1]));
  // TensorFlow keeps the features that it made before there were boundaries, and says so here: what a checkpoint holds cannot be used.
  new Variable({ name: variableName("are_features_cached"), initializer: noFlag(), trainable: false });
  const kept = new Variable({
    name: variableName("are_features_kept"),
    initializer: noFlag(),
    trainable: false,
    collections: [collectionKeys.localVariables],
  });
  const areKept = kept.read();
  const keptFeatures = new Set<number>();
  const treeIds = rowVariable("tree_ids_cache", "int32", []);
  const nodeIds = rowVariable("node_ids_cache", "int32", []);
  const logits = rowVariable("logits_cache", "float32", [logitsDimension]);
  return {
    treeIds: filled(treeIds, batch, [], 0),
    nodeIds: filled(nodeIds, batch, [], -1),
    logits: filled(logits, batch, [logitsDimension], 0),
    insert: (trees, nodes, values) =>
      group([treeIds.assign(trees), nodeIds.assign(nodes), logits.assign(values)], "cache_insert"),
    bucketize: (numbers, boundaries, featureId) => {
      const ids = numbers.map((_, i) => featureId + i);
      for (const id of ids) keptFeatures.add(id);
      return choose(
        areKept,
        () => ids.map((id) => build("Squeeze", [features[id]!.read()], { squeeze_dims: [1] })),
        () => boostedTreesBucketize(numbers, boundaries),
      );
    },
    keepFeatures: (bucketized) =>
      branch(
        areKept,
        () => group([]),
        () => {
          const assigned = [...keptFeatures].map((id) => features[id]!.assign(bucketized[id]!));
          return controlDependencies(assigned, () => kept.assign(scalarValue("bool", true)));
        },
      ),
  };
}

function noFlag(): TensorValue {
  return scalarValue("bool", false);
}

function rowVariable(name: string, dtype: "int32" | "float32", row: readonly number[]): Variable {
  const initializer = (): Tensor =>
    constant(
      dtype === "int32"
        ? tensorValue(dtype, [0, ...row], new Int32Array(0))
        : tensorValue(dtype, [0, ...row], new Float32Array(0)),
    );
  return new Variable({ name: variableName(name), dtype, shape: [-1, ...row], initializer, trainable: false });
}

/** The variable's rows, and `value` in those that it does not have yet. */
function filled(variable: Variable, batch: Tensor, row: readonly number[], value: number): Tensor {
  const rows = variable.read();
  const missing = build("Sub", [batch, batchSizeOf(rows)]);
  const shape = build("Pack", [[missing, ...row.map((size) => constant(size, "int32"))]]);
  const dtype: DType = variable.dtype;
  return concat([rows, build("Fill", [shape, constant(value, dtype)])], 0);
}
