import { fromBinary } from "@bufbuild/protobuf";
import {
  type TreeEnsemble,
  TreeEnsembleSchema,
} from "@tureen/protos/gen/tensorflow/core/kernels/boosted_trees/boosted_trees_pb";
import { failedPrecondition, invalidArgument } from "../../core/status-error.js";
import type { FeatureColumn } from "../feature-column/feature-column.js";
import { numFeaturesOf, type TreeColumn } from "./boosted-trees-features.js";

/** The column that each feature is of, by the numbers that trees give them; an indicator counts as its categorical column. */
export function featureNames(columns: readonly TreeColumn[]): readonly string[] {
  return columns.flatMap((one) => {
    const source = one.kind === "indicator" ? (one.column.parents[0] as FeatureColumn) : one.column;
    return Array.from({ length: numFeaturesOf(one) }, () => source.name);
  });
}

/**
 * What the splits of each column gained in all, the most important first (TensorFlow's `experimental_feature_importances`).
 *
 * FAILED_PRECONDITION before training; INVALID_ARGUMENT for ensembles that split by a raw categorical column, as in TensorFlow, and where
 * gains cannot be normalized.
 */
export function featureImportances(
  serialized: Uint8Array,
  names: readonly string[],
  normalize: boolean,
): Map<string, number> {
  if (serialized.length === 0) {
    throw failedPrecondition(
      "Found empty serialized string for TreeEnsemble.You should only call this method after training.",
    );
  }
  const gains = gainsOfFeatures(fromBinary(TreeEnsembleSchema, serialized), names.length);
  if (normalize) {
    if (gains.some((gain) => gain < 0)) throw invalidArgument("feature_importances must be non-negative.");
    const sum = gains.reduce((total, gain) => total + gain, 0);
    if (!(sum > 0)) throw invalidArgument("Trees are all empty or contain only a root node.");
    gains.forEach((gain, i) => {
      gains[i] = gain / sum;
    });
  }
  const byName = new Map<string, number>();
  names.forEach((name, i) => {
    byName.set(name, (byName.get(name) ?? 0) + gains[i]!);
  });
  return new Map([...byName].sort(([, a], [, b]) => Math.abs(b) - Math.abs(a)));
}

function gainsOfFeatures(ensemble: TreeEnsemble, numFeatures: number): Float64Array {
  const gains = new Float64Array(numFeatures);
  ensemble.trees.forEach(({ nodes }, tree) => {
    for (const { node, metadata } of nodes) {
      if (node.case === "leaf") continue;
      if (node.case !== "bucketizedSplit") {
        throw invalidArgument(
          `Unexpected split type ${node.case === "categoricalSplit" ? "categorical_split" : String(node.case)}`,
        );
      }
      const { featureId } = node.value;
      gains[featureId] = gains[featureId]! + (metadata?.gain ?? 0) * ensemble.treeWeights[tree]!;
    }
  });
  return gains;
}
