import * as tf from "tureen";

/** One network, two signatures: `serving_default` for Regress, `parts` for Predict. */
const modelFn: tf.estimator.ModelFn = ({ features, labels, mode }) => {
  const area = tf.layers.dense(features["sepal"] as tf.Tensor, { units: 1, name: "area" });
  if (mode === tf.estimator.ModeKeys.PREDICT) {
    return tf.estimator.makeEstimatorSpec({
      mode,
      predictions: { area },
      exportOutputs: {
        serving_default: tf.estimator.export.regressionOutput({ value: area }),
        parts: tf.estimator.export.predictOutput({ area, double: tf.mul(area, 2) }),
      },
    });
  }
  const error = tf.squaredDifference(area, tf.reshape(labels as tf.Tensor, [-1, 1]));
  const loss = tf.mean(error, tf.constant([0, 1], "int32"));
  if (mode === tf.estimator.ModeKeys.EVAL) return tf.estimator.makeEstimatorSpec({ mode, loss });
  const trainOp = new tf.optimizers.Adam({ learningRate: 0.1 }).minimize(loss, {
    variables: tf.trainableVariables(),
    iterations: tf.estimator.getGlobalStep(),
  });
  return tf.estimator.makeEstimatorSpec({ mode, loss, trainOp });
};

export function areaEstimator(modelDir: string): tf.estimator.Estimator {
  const config = tf.estimator.runConfig({ tfRandomSeed: 1, logger: tf.estimator.quietLogger });
  return new tf.estimator.Estimator({ modelFn, modelDir, config });
}

/** Sepals and the areas of the rectangles around them. */
export const areas: tf.estimator.InputFn = () =>
  tf.data.Dataset.fromTensorSlices([
    {
      sepal: [
        [1, 1],
        [2, 1],
        [2, 2],
      ],
    },
    [1, 2, 4],
  ] as const)
    .repeat()
    .batch(3);
