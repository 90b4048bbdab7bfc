/**
 * Exports models that take ragged tensors, parsed or fed by their parts, and records what Tureen answers.
 *
 *     node --conditions=@tureen/source --import tsx interop/exports/export_ragged.ts OUT_DIR
 *
 * check_ragged.py then loads the same folders with TensorFlow and compares.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bytes, encodeExample, float } from "@tureen/client";
import * as tf from "tureen";

const out = process.argv[2]!;
const config = tf.estimator.runConfig({ tfRandomSeed: 1, logger: tf.estimator.quietLogger });

/** Words of any number as a column takes them: ragged ones become sparse. */
function sparseOf({ flatValues, nestedRowSplits }: tf.AnyRagged): tf.SparseTensor {
  const { indices, values, shape } = tf.raggedTensorToSparse(nestedRowSplits, flatValues);
  return new tf.SparseTensor(indices, values, shape);
}

const words = tf.featureColumn.embeddingColumn(tf.featureColumn.categoricalColumnWithHashBucket("words", 20), 3);

/** A linear model over the embedded words of a row and the sum of its numbers; the number of words besides. */
const modelFn: tf.estimator.ModelFn = ({ features, labels, mode }) => {
  const ragged = (key: string): tf.AnyRagged => features[key] as tf.AnyRagged;
  const embedded = tf.featureColumn.denseFeatures({ words: sparseOf(ragged("words")) }, [words]);
  const numbers = tf.sparse.reduceSum(sparseOf(ragged("numbers")), { axis: 1, keepDims: true });
  const y = tf.layers.dense(tf.concatV2([embedded, tf.reshape(numbers, [-1, 1])], 1), { units: 1, name: "y" });
  if (mode === tf.estimator.ModeKeys.PREDICT) {
    const { rowSplits } = ragged("words");
    const counts = tf.sub(
      tf.stridedSlice(rowSplits, [1], [0], [1], { endMask: 1 }),
      tf.stridedSlice(rowSplits, [0], [-1], [1]),
    );
    return tf.estimator.makeEstimatorSpec({ mode, predictions: { y, counts } });
  }
  const loss = tf.mean(tf.squaredDifference(y, labels as tf.Tensor), [0, 1]);
  const optimizer = new tf.optimizers.SGD({ learningRate: 0.001 });
  const iterations = tf.estimator.getGlobalStep();
  return tf.estimator.makeEstimatorSpec({
    mode,
    loss,
    trainOp: optimizer.minimize(loss, { variables: tf.trainableVariables(), iterations }),
  });
};

const spec = {
  words: tf.io.raggedFeature("string", { rowSplitsDtype: "int64" }),
  numbers: tf.io.raggedFeature("float32", { rowSplitsDtype: "int64" }),
};
const plain = [
  { words: ["soup", "bowl"], numbers: [1, 2.5] },
  { words: [], numbers: [] },
  { words: ["ladle"], numbers: [-3, 4, 5] },
];
const rows = plain.map(({ words, numbers }) =>
  encodeExample({ words: bytes(words.map((word) => Buffer.from(word))), numbers: float(numbers) }),
);

const estimator = new tf.estimator.Estimator({ modelFn, modelDir: join(out, "model"), config });
await estimator.train(
  () => {
    const examples = tf.data.Dataset.fromTensorSlices([tf.tensorValue("string", [3], rows), [[1], [2], [3]]] as const);
    const [texts, labels] = tf.estimator.getNext(examples.batch(3).repeat());
    return [tf.io.parseExample(texts, spec), tf.cast(labels, "float32")];
  },
  { steps: 5 },
);

const { buildParsingServingInputReceiverFn, servingInputReceiver } = tf.estimator.export;
const receivers: Readonly<Record<string, tf.estimator.export.ServingInputReceiverFn>> = {
  parsed: buildParsingServingInputReceiverFn(spec),
  fed: () => {
    const features = {
      words: tf.raggedPlaceholder({ dtype: "string", raggedRank: 1, valueShape: [], name: "words" }),
      numbers: tf.raggedPlaceholder({ dtype: "float32", raggedRank: 1, valueShape: [], name: "numbers" }),
    };
    return servingInputReceiver(features, features);
  },
  // Two levels of rows, of which the outer one's are whole Examples.
  deep: () => {
    const examples = tf.placeholder({ dtype: "string", shape: [-1], name: "examples" });
    const { words } = tf.io.parseExample(examples, {
      words: tf.io.raggedFeature("string", { rowSplitsDtype: "int64" }),
    });
    const deep = tf.raggedPlaceholder({ dtype: "float32", raggedRank: 2, valueShape: [], name: "deep" });
    const [outer, inner] = deep.nestedRowSplits as [tf.Tensor, tf.Tensor];
    const numbers = new tf.RaggedTensor(deep.flatValues, tf.gatherV2(inner, outer, 0));
    return servingInputReceiver({ words, numbers }, { examples, deep });
  },
};
const fed = {
  parsed: { examples: rows },
  fed: { words: plain.map(({ words }) => words), numbers: plain.map(({ numbers }) => numbers) },
  deep: { examples: rows, deep: plain.map(({ numbers }) => numbers.map((number) => [number])) },
} as unknown as Readonly<Record<string, Record<string, never>>>;

mkdirSync(out, { recursive: true });
const recorded = [];
for (const [name, receiver] of Object.entries(receivers)) {
  const exported = await estimator.exportSavedModel(join(out, name), receiver);
  const model = await tf.loadSavedModel(exported);
  const answer = await model.signature("serving_default")(fed[name]!);
  const outputs = Object.fromEntries(Object.entries(answer).map(([key, value]) => [key, JSON.parse(jsonOf(value))]));
  recorded.push({ name, exported, inputs: JSON.parse(jsonOf(fed[name])), outputs });
  model.close();
}
writeFileSync(join(out, "recorded.json"), JSON.stringify(recorded));

/** Bytes as base64, 64-bit integers as numbers. */
function jsonOf(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => {
    if (item instanceof Uint8Array) return Buffer.from(item).toString("base64");
    return typeof item === "bigint" ? Number(item) : item;
  });
}
