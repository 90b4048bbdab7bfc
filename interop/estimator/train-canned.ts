/**
 * Trains canned estimators for check_canned_checkpoints.py, job by job: `node … train-canned.ts JOBS.json`.
 *
 * A job is { model, modelDir, steps } with, optionally, `copyTo` and `more`: the folder is copied after the steps and trained on for so many.
 * What it prints on the last line are the losses of each job's last training.
 */
import { cpSync, readFileSync } from "node:fs";
import { cannedInput, cannedModels } from "../../packages/tureen/src/estimator/testing/canned-models.js";
import * as tf from "../../packages/tureen/src/index.js";

interface Job {
  readonly model: string;
  readonly modelDir: string;
  readonly steps: number;
  readonly copyTo?: string;
  readonly more?: number;
}

const jobs = JSON.parse(readFileSync(process.argv[2]!, "utf8")) as readonly Job[];
const models = new Map(cannedModels().map((model) => [model.name, model]));
const config = tf.estimator.runConfig({ tfRandomSeed: 3, logger: { log() {} } });

async function train({ model: name, modelDir }: Job, steps: number): Promise<number[]> {
  const model = models.get(name)!;
  const losses: number[] = [];
  const record: tf.estimator.SessionRunHook = {
    afterRun: (_context, { loss }) => {
      losses.push((loss!.data as Float32Array)[0]!);
    },
  };
  const batches = cannedInput(model) as () => tf.data.Dataset<unknown>;
  await model.make({ modelDir, config }).train(() => batches().repeat() as never, { steps, hooks: [record] });
  return losses;
}

const losses: number[][] = [];
for (const job of jobs) {
  let last = await train(job, job.steps);
  if (job.copyTo !== undefined) {
    cpSync(job.modelDir, job.copyTo, { recursive: true });
    last = await train(job, job.more!);
  }
  losses.push(last);
}
console.log(JSON.stringify(losses));
