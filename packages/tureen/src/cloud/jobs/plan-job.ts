import type { Json } from "../api/update-mask.js";
import { planShards } from "../batch/plan-shards.js";
import { checkResults, prepareOutput } from "../batch/shard-files.js";
import type { Database } from "../database/database.js";
import { newEtag } from "../store/etag.js";
import type { JobQueue } from "./job-queue.js";
import { batchOptionsOf } from "./prediction-input.js";
import { queueTasks } from "./queue-tasks.js";
import { settleJob } from "./settle-job.js";
import { type ClaimedTask, endClaim, insertTasks, type JobPlan, lockJob } from "./task-rows.js";

/** Tasks that are noted in one statement. */
const insertedAtOnce = 1000;

/**
 * Cuts a job into shards and queues the first ones; the plan goes into the job's row, so that every worker has the same one.
 *
 * Done again after a crash it does nothing twice: shards, messages and state change in one transaction. Errors as `planShards`.
 */
export async function planJob(database: Database, queue: JobQueue, task: ClaimedTask): Promise<void> {
  const { project, job, row } = task;
  const options = batchOptionsOf(row.body["predictionInput"] as Json, row.model_dir);
  const { shards, fingerprint } = await planShards(options);
  await prepareOutput(options);
  await checkResults(options, shards.length);
  const plan: JobPlan = { fingerprint, count: shards.length, options };
  await database.transaction(async (transaction) => {
    const locked = await lockJob(transaction, task);
    if (locked === undefined || !(await endClaim(transaction, task, { state: "DONE" }))) return;
    await queue.complete(transaction, task.message);
    if (locked.state === "CANCELLING") {
      await settleJob(transaction, locked);
      return;
    }
    await transaction.query(
      "UPDATE tureen_jobs SET state = 'RUNNING', plan = $3, etag = $4 WHERE project = $1 AND id = $2",
      [project, job, JSON.stringify(plan), newEtag()],
    );
    for (let from = 0; from < shards.length; from += insertedAtOnce) {
      const part = shards.slice(from, from + insertedAtOnce);
      await insertTasks(
        transaction,
        { project, job },
        part.map(({ index, ranges }) => ({ shard: index, ranges })),
      );
    }
    await queueTasks(transaction, queue, locked);
  });
}
