/**
 * Census-like rows, feature columns and estimators for the training benchmark; census.py has the same for TensorFlow.
 *
 * 5 numeric and 9 string features, 32561 rows as the well-known census income training set has; random values with a label that can be learned.
 */
import { writeFileSync } from "node:fs";
import * as tf from "tureen";
import { encodeTfRecords } from "tureen/formats";

const { featureColumn: fc } = tf;

const rows = 32561;
const hidden = [100, 75, 50, 25];
const numeric: Readonly<Record<string, readonly [number, number]>> = {
  age: [17, 90],
  education_num: [1, 16],
  capital_gain: [0, 99999],
  capital_loss: [0, 4356],
  hours_per_week: [1, 99],
};
const vocabularies: Readonly<Record<string, number>> = {
  workclass: 9,
  education: 16,
  marital_status: 7,
  relationship: 6,
  race: 5,
  gender: 2,
};
/** Distinct values of each column that is hashed. */
const hashed: Readonly<Record<string, number>> = { occupation: 15, native_country: 42, region: 300 };
const strings = { ...vocabularies, ...hashed };

const words = (name: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${name}-value-${i}`);

/** A generator of numbers from 0 to 1 that is the same everywhere (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Features by name, and the label. */
function arrays(): [Record<string, tf.TensorValue>, tf.TensorValue] {
  const next = random(0);
  const features: Record<string, tf.TensorValue> = {};
  for (const [name, [low, high]] of Object.entries(numeric)) {
    const values = Float32Array.from({ length: rows }, () => Math.round(low + next() * (high - low)));
    features[name] = tf.tensorValue("float32", [rows], values);
  }
  for (const [name, count] of Object.entries(strings)) {
    const bytes = words(name, count).map((word) => Buffer.from(word));
    const values = Array.from({ length: rows }, () => bytes[Math.floor(next() * count)]!);
    features[name] = tf.tensorValue("string", [rows], values);
  }
  const age = features["age"]!.data as Float32Array;
  const labels = BigInt64Array.from(age, (years) => (years > 45 !== next() < 0.1 ? 1n : 0n));
  return [features, tf.tensorValue("int64", [rows], labels)];
}

const varint = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)]);
const field = (number: number, content: Uint8Array): Uint8Array =>
  Uint8Array.from([(number << 3) | 2, ...varint(content.length), ...content]);

/** The rows as a TFRecord file of Examples. */
export function writeExamples(path: string): void {
  const [features, labels] = arrays();
  const records = Array.from({ length: rows }, (_, row) => {
    const entry = (name: string, kind: number, value: Uint8Array): Uint8Array =>
      field(1, Buffer.concat([field(1, Buffer.from(name)), field(2, field(kind, field(1, value)))]));
    const entries = Object.entries(features).map(([name, { data }]) =>
      data instanceof Float32Array
        ? entry(name, 2, new Uint8Array(Float32Array.of(data[row]!).buffer))
        : entry(name, 1, (data as readonly Uint8Array[])[row]!),
    );
    entries.push(entry("label", 3, Uint8Array.of(Number((labels.data as BigInt64Array)[row]))));
    return field(1, Buffer.concat(entries));
  });
  writeFileSync(path, encodeTfRecords(records));
}

const spec: tf.io.ParseExampleSpec = {
  ...Object.fromEntries(Object.keys(numeric).map((name) => [name, tf.io.fixedLenFeature([1], "float32")])),
  ...Object.fromEntries(Object.keys(strings).map((name) => [name, tf.io.varLenFeature("string")])),
};

/** Where batches come from: a Dataset over arrays, the input function over arrays, or a TFRecord file. */
export function inputOf(source: string, batch: number, file: string): tf.estimator.InputFn {
  switch (source) {
    case "memory":
      return () => tf.data.Dataset.fromTensorSlices(arrays()).shuffle(rows).repeat().batch(batch).prefetch(1);
    case "numpy": {
      const [x, y] = arrays();
      return tf.data.arrayInputFn({ x, y, batchSize: batch, numEpochs: null, shuffle: true });
    }
    case "tfrecord":
      return () => {
        const records = tf.data.tfRecordDataset(file).shuffle(10000).repeat().batch(batch).prefetch(1);
        const { label, ...features } = tf.io.parseExample(tf.estimator.getNext(records), {
          ...spec,
          label: tf.io.fixedLenFeature([], "int64"),
        });
        return [features, label as tf.Tensor];
      };
    default:
      throw new Error(`No input ${source}`);
  }
}

/** The receiver of the export: parsed Examples. */
export const receiver = (): tf.estimator.export.ServingInputReceiverFn =>
  tf.estimator.export.buildParsingServingInputReceiverFn(spec);

/** An estimator with everything as by default, by the name of its class. */
export function estimatorOf(kind: string): tf.estimator.Estimator {
  const numbers = Object.entries(numeric).map(([name, [low, high]]) =>
    fc.numericColumn(name, { normalizerFn: (x) => tf.realDiv(tf.sub(x, low), high - low) }),
  );
  const listed = Object.entries(vocabularies).map(([name, count]) =>
    fc.categoricalColumnWithVocabularyList(name, words(name, count)),
  );
  const buckets = Object.keys(hashed).map((name) => fc.categoricalColumnWithHashBucket(name, 1000));
  const age = fc.bucketizedColumn(fc.numericColumn("age"), [18, 25, 30, 35, 40, 45, 50, 55, 60, 65]);
  const crossed = [
    fc.crossedColumn(["education", "occupation"], 1000),
    fc.crossedColumn([age, "education", "occupation"], 10000),
  ];
  const wide = [...listed, ...buckets, age, ...crossed];
  const deep = [
    ...numbers,
    age,
    ...listed.map((column) => fc.indicatorColumn(column)),
    ...buckets.map((column) => fc.embeddingColumn(column, 8)),
  ];
  switch (kind) {
    case "LinearClassifier":
      return new tf.estimator.LinearClassifier({ featureColumns: [...numbers, ...wide] });
    case "DNNClassifier":
      return new tf.estimator.DNNClassifier({ featureColumns: deep, hiddenUnits: hidden });
    case "DNNLinearCombinedClassifier":
      return new tf.estimator.DNNLinearCombinedClassifier({
        linearFeatureColumns: wide,
        dnnFeatureColumns: deep,
        dnnHiddenUnits: hidden,
      });
    default:
      throw new Error(`No estimator ${kind}`);
  }
}
