import { fromBinary } from "@bufbuild/protobuf";
import { DebugOutputSchema } from "@tureen/protos/gen/tensorflow/core/kernels/boosted_trees/boosted_trees_pb";

/** Why a row was predicted as it was. */
export interface Explanation {
  /** What the model predicts without looking at the row: a probability, or a number. */
  readonly bias: number;
  /** What each column adds to the bias, directional feature contributions, the greatest first. */
  readonly dfc: ReadonlyMap<string, number>;
}

/** The prediction key under which the walk of a row through the trees is fetched (TensorFlow's `_DEBUG_PROTO_KEY`). */
export const debugOutputKey = "_serialized_debug_outputs_proto";

/**
 * What each split on a row's way through the trees changed, summed by column (TensorFlow's `_parse_explanations_from_prediction`).
 *
 * `names` are the columns of the features by number; of a classifier the changes are those of the probability.
 */
export function explanationOf(serialized: Uint8Array, names: readonly string[], isClassifier: boolean): Explanation {
  const { featureIds, logitsPath } = fromBinary(DebugOutputSchema, serialized);
  const path = isClassifier ? logitsPath.map((logit) => 1 / (1 + Math.exp(-logit))) : logitsPath;
  const byName = new Map<string, number>();
  for (const name of names) byName.set(name, 0);
  featureIds.forEach((feature, i) => {
    const name = names[feature]!;
    byName.set(name, byName.get(name)! + path[i + 1]! - path[i]!);
  });
  return { bias: path[0]!, dfc: new Map([...byName].sort(([, a], [, b]) => Math.abs(b) - Math.abs(a))) };
}
