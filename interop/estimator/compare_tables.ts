/**
 * Trains the estimators of compare_tables.py on the tables that it prepared, several times each, and writes what `evaluate` says of every run.
 *
 *     node --conditions=@tureen/source --import tsx interop/estimator/compare_tables.ts DIR
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as tf from "tureen";

const dir = process.argv[2]!;

interface Table {
  readonly columns: readonly string[];
  readonly words: Readonly<Record<string, readonly string[]>>;
  readonly cuts: Readonly<Record<string, readonly number[]>>;
}

interface Info {
  readonly tables: Readonly<Record<string, Table>>;
  readonly cases: readonly (readonly [table: string, kind: string, steps: number | null, batch: number])[];
  readonly runs: number;
  readonly shuffle: number;
  readonly trees: { readonly n_batches_per_layer: number; readonly n_trees: number; readonly max_depth: number };
}

type Features = Readonly<Record<string, Float32Array | readonly string[]>>;

interface Rows {
  readonly features: Features;
  readonly label: Float32Array;
}

const info = JSON.parse(readFileSync(join(dir, "tables.json"), "utf8")) as Info;
const fc = tf.featureColumn;

/** A part of a table, its rows in the file's order or that of a run. */
function load(name: string, part: string, run?: number): Rows {
  const { columns, words } = info.tables[name]!;
  const read = (key: string): ArrayBuffer => {
    const bytes = readFileSync(join(dir, name, `${part}.${key}`));
    return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  };
  const label = new Float32Array(read("label"));
  const order = run === undefined ? Uint32Array.from(label, (_, i) => i) : new Uint32Array(read(`order${run}`));
  const numbers = (values: Float32Array): Float32Array => Float32Array.from(order, (row) => values[row]!);
  const features = Object.fromEntries(
    columns.map((key) => {
      const known = words[key];
      if (known === undefined) return [key, numbers(new Float32Array(read(key)))];
      const ids = new Int32Array(read(key));
      return [key, Array.from(order, (row) => known[ids[row]!]!)];
    }),
  );
  return { features, label: numbers(label) };
}

function estimatorOf(name: string, kind: string, run: number): tf.estimator.Estimator {
  const { columns, words, cuts } = info.tables[name]!;
  const classifier = name !== "diabetes";
  const numbers = columns.filter((key) => words[key] === undefined);
  const plain = numbers.map((key) => fc.numericColumn(key));
  const buckets = plain.map((column, i) => fc.bucketizedColumn(column, cuts[numbers[i]!]!));
  const spoken = Object.keys(words);
  const categories = spoken.map((key) => fc.categoricalColumnWithVocabularyList(key, words[key]!));
  const config = tf.estimator.runConfig({
    tfRandomSeed: run + 1,
    modelDir: join(dir, `ours-${name}-${kind}-${run}`),
    saveSummarySteps: 100000,
    saveCheckpointsSteps: 100000,
    logger: tf.estimator.quietLogger,
  });
  if (kind === "linear") {
    const featureColumns = [...(name === "flights" ? buckets : plain), ...categories];
    const options = { featureColumns, config };
    return classifier ? new tf.estimator.LinearClassifier(options) : new tf.estimator.LinearRegressor(options);
  }
  if (kind === "dnn") {
    const dense = categories.map((column, i) =>
      spoken[i] === "dest" ? fc.embeddingColumn(column, 8) : fc.indicatorColumn(column),
    );
    const options = { featureColumns: [...plain, ...dense], hiddenUnits: [32, 16], optimizer: "Adam", config };
    return classifier ? new tf.estimator.DNNClassifier(options) : new tf.estimator.DNNRegressor(options);
  }
  const options = {
    featureColumns: [...buckets, ...categories.map((column) => fc.indicatorColumn(column))],
    nBatchesPerLayer: info.trees.n_batches_per_layer,
    nTrees: info.trees.n_trees,
    maxDepth: info.trees.max_depth,
    config,
  };
  return classifier
    ? new tf.estimator.BoostedTreesClassifier(options)
    : new tf.estimator.BoostedTreesRegressor(options);
}

/** Rows for the test are read in batches of so many. */
const testBatch = 8192;

const dataset = ({ features, label }: Rows): tf.data.Dataset<unknown> =>
  tf.data.Dataset.fromTensorSlices([features, label] as const) as tf.data.Dataset<unknown>;

const results: Record<string, tf.estimator.EvaluationResult[]> = {};
for (const [name, kind, steps, batch] of info.cases) {
  const runs: tf.estimator.EvaluationResult[] = [];
  const test = load(name, "test");
  for (let run = 0; run < info.runs; run++) {
    const ordered = dataset(load(name, "train", run));
    // Layers of trees are made of whole tables, or nearly so.
    const train = kind === "trees" ? ordered : ordered.shuffle(info.shuffle, { seed: run + 1 });
    const estimator = estimatorOf(name, kind, run);
    await estimator.train(() => train.repeat().batch(batch) as never, steps === null ? {} : { steps });
    runs.push(await estimator.evaluate(() => dataset(test).batch(testBatch) as never));
  }
  results[`${name}/${kind}`] = runs;
  console.log(name, kind);
}
writeFileSync(join(dir, "ours.json"), JSON.stringify(results));
