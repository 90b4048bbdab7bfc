import { join } from "node:path";
import * as tf from "tureen";

const table = join(import.meta.dirname, "../penguins/data/penguins.csv");
const [islands, species] = [
  ["Biscoe", "Dream", "Torgersen"],
  ["Adelie", "Chinstrap", "Gentoo"],
];

type Penguin = Readonly<Record<"island" | "flipper_length_mm" | "bill_length_mm", tf.Tensor>>;

/** From islands and lengths to species: a vector for each island, learnt, beside the lengths, through one hidden layer. */
const modelFn: tf.estimator.ModelFn = ({ features, labels, mode }) => {
  const { island, flipper_length_mm: flipper, bill_length_mm: bill } = features as Penguin;
  const ids = tf.lookup.indexTableFromTensor(islands, { numOovBuckets: 1 }).lookup(island);
  const vectors = tf.gather(tf.getVariable("islands", { shape: [islands.length + 1, 2] }), ids);
  const lengths = tf.stack([tf.div(tf.sub(flipper, 201), 14), tf.div(tf.sub(bill, 44), 5.5)], { axis: 1 });
  const hidden = tf.layers.dense(tf.concat([vectors, lengths], 1), { units: 16, activation: "relu" });
  const logits = tf.layers.dense(hidden, { units: species.length, name: "logits" });
  const best = tf.argmax(logits, { axis: 1 });
  const predictions = {
    species: tf.gather(tf.constant(species), best),
    probability: tf.reduceMax(tf.nn.softmax(logits), { axis: 1 }),
  };
  if (mode === tf.estimator.ModeKeys.PREDICT) return tf.estimator.makeEstimatorSpec({ mode, predictions });
  const truth = tf.lookup.indexTableFromTensor(species).lookup(labels as tf.Tensor);
  const loss = tf.losses.sparseSoftmaxCrossEntropy(truth, logits);
  const trainOp = tf.train
    .adamOptimizer(0.01)
    .minimize(loss, { variables: tf.trainableVariables(), iterations: tf.train.getGlobalStep() });
  const evalMetricOps = { accuracy: tf.metrics.accuracy(truth, best) };
  return tf.estimator.makeEstimatorSpec({ mode, loss, trainOp, evalMetricOps, predictions });
};

/** The estimator of the function. */
export function ownModel(modelDir: string): tf.estimator.Estimator {
  const config = tf.estimator.runConfig({ tfRandomSeed: 1, logger: tf.estimator.quietLogger });
  return new tf.estimator.Estimator({ modelFn, modelDir, config });
}

/** The table's rows. */
export function rows(): tf.data.Dataset<readonly [tf.data.CsvFeatures, tf.TensorValue]> {
  const selectColumns = ["species", "island", "flipper_length_mm", "bill_length_mm"];
  const dtypes = { flipper_length_mm: "float32", bill_length_mm: "float32" } as const;
  return tf.data.csvDataset(table, { labelName: "species", selectColumns, dtypes });
}
