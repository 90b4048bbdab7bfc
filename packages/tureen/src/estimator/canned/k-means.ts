import { checkOptions } from "../../core/check-options.js";
import type { TensorValue } from "../../core/tensor-value.js";
import { Estimator } from "../estimator.js";
import type { InputFn } from "../input.js";
import { type CannedOptions, estimatorOptions } from "./estimator-options.js";
import { kMeansKeys, kMeansModelFn } from "./k-means-model-fn.js";
import { checkKMeansOptions, type KMeansOptions } from "./k-means-options.js";
import { kMeansOptions } from "./option-tables.js";

/**
 * Finds clusters of points (`tf.compat.v1.estimator.experimental.KMeans`).
 *
 * The input gives points as one float tensor [points, dimensions], or as features that are put side by side, and no labels. Predictions are
 * `cluster_index` and `all_distances`.
 */
export class KMeans extends Estimator {
  constructor(options: KMeansOptions & Omit<CannedOptions, "warmStartFrom">) {
    checkOptions("KMeans", options, kMeansOptions);
    checkKMeansOptions(options);
    super(estimatorOptions(options, kMeansModelFn(options)));
  }

  /** The number of the nearest cluster of each point. */
  async *predictClusterIndex(inputFn: InputFn): AsyncGenerator<number> {
    const key = kMeansKeys.clusterIndex;
    for await (const prediction of this.predict(inputFn, { predictKeys: key })) {
      yield Number(prediction[key]!.data[0] as bigint);
    }
  }

  /** The distances of each point to all centers, squared where they are Euclidean. */
  async *transform(inputFn: InputFn): AsyncGenerator<TensorValue> {
    const key = kMeansKeys.allDistances;
    for await (const prediction of this.predict(inputFn, { predictKeys: key })) yield prediction[key]!;
  }

  /** The sum of the distances of the first batch's points to their nearest centers. */
  async score(inputFn: InputFn): Promise<number> {
    const metrics: Readonly<Record<string, number>> = await this.evaluate(inputFn, { steps: 1 });
    return metrics[kMeansKeys.score]!;
  }

  /** The centers of the latest checkpoint, [clusters, dimensions]; NOT_FOUND where there is none. */
  clusterCenters(): TensorValue {
    return this.getVariableValue(kMeansKeys.clusters);
  }
}
