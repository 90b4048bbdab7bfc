import * as tf from "tureen";

const sepals = [
  [5.1, 3.5],
  [4.9, 3.0],
  [6.3, 3.3],
  [5.8, 2.7],
];

export const sepal: tf.featureColumn.NumericColumn = tf.featureColumn.numericColumn("sepal", { shape: [2] });

/** Flowers, their sepals measured, and their kinds. */
export const flowers: tf.estimator.InputFn = () =>
  tf.data.Dataset.fromTensorSlices([{ sepal: sepals }, [0n, 0n, 1n, 1n]] as const)
    .repeat()
    .batch(4);

export function classifier(modelDir: string): tf.estimator.Estimator {
  const config = tf.estimator.runConfig({ tfRandomSeed: 1, logger: tf.estimator.quietLogger });
  return new tf.estimator.DNNClassifier({ featureColumns: [sepal], hiddenUnits: [8], modelDir, config });
}
