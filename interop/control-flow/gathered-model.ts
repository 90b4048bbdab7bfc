/** A model of words: ids from a vocabulary's file, states gathered by a loop in a list, a gradient of its own, and a table that counts. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as tf from "../../packages/tureen/src/index.js";

const [vocabulary, buckets, length, units] = [["red", "green", "blue", "cyan"], 3, 4, 5];
/** What the model takes: `length` words a row. */
export const placeholders: {
  readonly words: { readonly dtype: "string"; readonly shape: readonly number[] };
} = { words: { dtype: "string", shape: [-1, length] } };
/** Rows to train and to ask with; some words are not in the vocabulary. */
export const rows: { readonly words: tf.TensorValue; readonly y: tf.TensorValue } = {
  words: tf.toTensor([
    ["red", "green", "blue", "cyan"],
    ["pink", "red", "", "blue"],
    ["blue", "blue", "grey", "red"],
  ]),
  y: tf.toTensor([0.5, -1, 2]),
};

/** Its estimator; the vocabulary's file goes into a folder that exports copy it from. */
export function gatheredEstimator(folder: string, modelDir: string): tf.estimator.Estimator {
  const file = join(folder, "words.txt");
  writeFileSync(file, `${vocabulary.join("\n")}\n`);
  const clipped = tf.customGradient((x) => ({
    result: tf.identity(x),
    grad: ([dy]) => [tf.clipByValue(dy!, -0.05, 0.05)],
  }));
  const modelFn: tf.estimator.ModelFn = ({ features, labels, mode }) => {
    const { words } = features as { readonly words: tf.Tensor };
    const table = new tf.lookup.StaticVocabularyTable(
      tf.lookup.textFileInitializer(file, {
        keyDtype: "string",
        keyIndex: tf.lookup.TextFileIndex.WHOLE_LINE,
        valueDtype: "int64",
        valueIndex: tf.lookup.TextFileIndex.LINE_NUMBER,
      }),
      { numOovBuckets: buckets },
    );
    const seen = new tf.lookup.MutableHashTable({
      keyDtype: "string",
      valueDtype: "float32",
      defaultValue: 0,
      name: "seen",
    });
    const drawn = tf.initializers.randomUniform({ minval: -1, maxval: 1, seed: 3 });
    const embedding = tf.getVariable("embedding", {
      shape: [vocabulary.length + buckets, units],
      initializer: drawn,
    });
    const weights = tf.getVariable("weights", { shape: [units, 1], initializer: drawn });
    const vectors = tf.gather(embedding.read(), table.lookup(words));
    const int = (value: number): tf.Tensor => tf.constant(value, "int32");
    const states = new tf.TensorArray({ dtype: "float32", size: length, elementShape: [-1, units] });
    const first = tf.mul(tf.gather(vectors, int(0), { axis: 1 }), 0);
    const [, , gathered] = tf.whileLoop(
      (i) => tf.less(i, int(length)),
      (i, state, all) => {
        const next = tf.tanh(tf.add(tf.mul(state, 0.5), tf.gather(vectors, i, { axis: 1 })));
        return [tf.add(i, int(1)), next, all.write(i, next)];
      },
      [int(0), first, states],
    );
    const mean = tf.reduceMean(gathered.stack(), { axis: 0 });
    const y = tf.squeeze(tf.matMul(clipped(mean), weights.read()), { axis: 1 });
    if (mode === tf.estimator.ModeKeys.PREDICT) {
      return tf.estimator.makeEstimatorSpec({ mode, predictions: { y, seen: seen.lookup(words) } });
    }
    const loss = tf.losses.meanSquaredError(labels as tf.Tensor, y);
    if (mode === tf.estimator.ModeKeys.EVAL) return tf.estimator.makeEstimatorSpec({ mode, loss });
    const step = tf.train
      .adamOptimizer(0.05)
      .minimize(loss, { variables: tf.trainableVariables(), iterations: tf.train.getGlobalStep() });
    const flat = tf.reshape(words, [-1]);
    const trainOp = tf.controlDependencies([step], () => seen.insert(flat, tf.add(seen.lookup(flat), 1)));
    return tf.estimator.makeEstimatorSpec({ mode, loss, trainOp });
  };
  const config = tf.estimator.runConfig({ logger: tf.estimator.quietLogger });
  return new tf.estimator.Estimator({ modelFn, modelDir, config });
}
