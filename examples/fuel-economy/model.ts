import * as tf from "tureen";

/** A mileage from which on a car counts as frugal. */
const frugal = 25;

/**
 * A hand-written model function: one network, three heads.
 *
 * `serving_default` regresses the mileage, `frugal` classifies, `both` gives everything to Predict.
 */
export const carModel: tf.estimator.ModelFn = ({ features, labels, mode, params }) => {
  const hidden = tf.layers.dense(features["inputs"] as tf.Tensor, {
    units: params["hiddenUnits"] as number,
    activation: tf.relu,
    name: "hidden",
  });
  const mileage = tf.layers.dense(hidden, { units: 1, name: "mileage" });
  const logit = tf.layers.dense(hidden, { units: 1, name: "frugal" });

  const probability = tf.sigmoid(logit);
  const scores = tf.concatV2([tf.sub(1, probability), probability], 1, { name: "scores" });
  if (mode === tf.estimator.ModeKeys.PREDICT) {
    const batch = tf.stridedSlice(tf.shape(mileage), [0], [1], [1], { shrinkAxisMask: 1 });
    const names = tf.tile(tf.constant([["thirsty", "frugal"]]), tf.pack([batch, 1]), { name: "names" });
    return tf.estimator.makeEstimatorSpec({
      mode,
      predictions: { mileage, scores },
      exportOutputs: {
        serving_default: tf.estimator.export.regressionOutput({ value: mileage }),
        frugal: tf.estimator.export.classificationOutput({ scores, classes: names }),
        both: tf.estimator.export.predictOutput({ mileage, frugal: probability }),
      },
    });
  }
  const target = tf.reshape(labels as tf.Tensor, [-1, 1]);
  const isFrugal = tf.cast(tf.greaterEqual(target, frugal), "float32");
  const everything = tf.constant([0, 1], "int32");
  const loss = tf.addV2(
    tf.mean(tf.squaredDifference(mileage, target), everything),
    tf.mean(tf.losses.sigmoidCrossEntropyWithLogits(isFrugal, logit), everything),
  );
  if (mode === tf.estimator.ModeKeys.EVAL) {
    const error = tf.metrics.mean(tf.abs(tf.sub(mileage, target)), { name: "error" });
    return tf.estimator.makeEstimatorSpec({ mode, loss, evalMetricOps: { mean_absolute_error: error } });
  }
  const optimizer = new tf.optimizers.Adam({ learningRate: params["learningRate"] as number });
  const trainOp = optimizer.minimize(loss, {
    variables: tf.trainableVariables(),
    iterations: tf.estimator.getGlobalStep(),
  });
  return tf.estimator.makeEstimatorSpec({ mode, loss, trainOp });
};
