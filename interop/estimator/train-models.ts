/**
 * Trains the models of check_checkpoints.py, job by job: `node … train-models.ts JOBS.json`.
 *
 * A job is { kind, modelDir, steps }; what it prints on the last line are the losses of each job's steps.
 */
import { readFileSync } from "node:fs";
import * as tf from "../../packages/tureen/src/index.js";

interface Jobs {
  readonly data: Readonly<Record<"x" | "age" | "c" | "h" | "label", readonly (number | string)[]>>;
  readonly batch: number;
  readonly jobs: readonly { readonly kind: string; readonly modelDir: string; readonly steps: number }[];
}

const { data, batch, jobs } = JSON.parse(readFileSync(process.argv[2]!, "utf8")) as Jobs;
const fc = tf.featureColumn;
const age = fc.numericColumn("age");
const bucketized = fc.bucketizedColumn(age, [10, 20, 30]);
const letter = fc.categoricalColumnWithVocabularyList("c", ["a", "b", "c"]);
const word = fc.categoricalColumnWithHashBucket("h", 10);
const dense = [
  fc.numericColumn("x", { shape: [4] }),
  bucketized,
  fc.indicatorColumn(letter),
  fc.embeddingColumn(word, 3),
];
const wide = [age, bucketized, letter, word, fc.crossedColumn(["c", bucketized], 20)];

const config = tf.estimator.runConfig({ saveSummarySteps: 2, logStepCountSteps: 2, logger: tf.estimator.quietLogger });
const makers: Readonly<Record<string, (modelDir: string) => tf.estimator.Estimator>> = {
  dnn: (modelDir) =>
    new tf.estimator.DNNClassifier({ featureColumns: dense, hiddenUnits: [8, 4], optimizer: "Adam", modelDir, config }),
  linear: (modelDir) => new tf.estimator.LinearClassifier({ featureColumns: wide, modelDir, config }),
  combined: (modelDir) =>
    new tf.estimator.DNNLinearCombinedClassifier({
      linearFeatureColumns: wide,
      dnnFeatureColumns: dense,
      dnnHiddenUnits: [8, 4],
      modelDir,
      config,
    }),
};

const rows = data.age.length;
const column = (values: readonly (number | string)[]) => values.map((value) => [value]);
const x = Array.from({ length: rows }, (_, i) => data.x.slice(4 * i, 4 * i + 4) as number[]);
const features = { x, age: data.age as number[], c: column(data.c) as string[][], h: column(data.h) as string[][] };
const labels = BigInt64Array.from(data.label as number[], BigInt);
const input = () => tf.data.Dataset.fromTensorSlices([features, labels]).batch(batch).repeat();

const losses: number[][] = [];
for (const { kind, modelDir, steps } of jobs) {
  const own: number[] = [];
  const record: tf.estimator.SessionRunHook = {
    afterRun: (_context, { loss }) => {
      own.push((loss!.data as Float32Array)[0]!);
    },
  };
  const estimator = makers[kind]!(modelDir);
  await estimator.train(input, { steps, hooks: [record] });
  await estimator.evaluate(input, { steps: 3 });
  losses.push(own);
}
console.log(JSON.stringify(losses));
