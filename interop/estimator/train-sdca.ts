/**
 * Trains with LinearSDCA for check_sdca_checkpoints.py, job by job: `node … train-sdca.ts JOBS.json`.
 *
 * A job is { kind, modelDir, steps } with, optionally, `copyTo` and `more`: the folder is copied after the steps and trained on for so many.
 */
import { cpSync, readFileSync } from "node:fs";
import * as tf from "../../packages/tureen/src/index.js";

interface Job {
  readonly kind: "classifier" | "regressor";
  readonly modelDir: string;
  readonly steps: number;
  readonly copyTo?: string;
  readonly more?: number;
}

const features = {
  x: tf.tensorValue("float32", [4, 2], Float32Array.of(0.5, -1, 1.5, 2, -0.25, 0, 3, 1)),
  c: tf.toTensor([["a"], ["b"], ["z"], ["a"]]),
  w: tf.tensorValue("float32", [4], Float32Array.of(1, 0.5, 2, 1)),
  id: tf.toTensor(["first", "second", "third", "a longer name than the others have"]),
};
const labels = {
  classifier: tf.tensorValue("int64", [4], BigInt64Array.of(0n, 1n, 1n, 0n)),
  regressor: tf.tensorValue("float32", [4], Float32Array.of(1, 2, 0, 3)),
};
const fc = tf.featureColumn;
const config = tf.estimator.runConfig({ logger: { log() {} } });

async function train({ kind, modelDir }: Job, steps: number): Promise<void> {
  const options = {
    featureColumns: [
      fc.numericColumn("x", { shape: [2] }),
      fc.categoricalColumnWithVocabularyList("c", ["a", "b", "c"]),
    ],
    weightColumn: "w",
    optimizer: new tf.estimator.experimental.LinearSDCA({
      exampleIdColumn: "id",
      numTableShards: kind === "classifier" ? 1 : 2,
      symmetricL1Regularization: 0.25,
      symmetricL2Regularization: 2,
    }),
    modelDir,
    config,
  };
  const estimator =
    kind === "classifier" ? new tf.estimator.LinearClassifier(options) : new tf.estimator.LinearRegressor(options);
  const rows = tf.data.Dataset.fromTensorSlices([features, labels[kind]] as never);
  await estimator.train(() => rows.batch(1).repeat() as never, { steps });
}

for (const job of JSON.parse(readFileSync(process.argv[2]!, "utf8")) as readonly Job[]) {
  await train(job, job.steps);
  if (job.copyTo !== undefined) {
    cpSync(job.modelDir, job.copyTo, { recursive: true });
    await train(job, job.more!);
  }
}
