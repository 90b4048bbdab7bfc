import { notFound, StatusError } from "../../core/status-error.js";
import type { Database, Queryable } from "../database/database.js";
import { newEtag } from "../store/etag.js";
import type { JobRow } from "../store/resources.js";
import type { JobQueue } from "./job-queue.js";
import { settleJob } from "./settle-job.js";
import { insertTasks, lockJob, planningTask } from "./task-rows.js";

/** Notes a new job and queues its first task, the cutting into shards, together. Undefined where the id is taken. */
export function submitJob(
  database: Database,
  queue: JobQueue,
  job: Pick<JobRow, "project" | "id" | "body" | "model_dir">,
): Promise<JobRow | undefined> {
  const { project, id } = job;
  return database.transaction(async (transaction) => {
    const [row] = await transaction.query<JobRow>(
      `INSERT INTO tureen_jobs (project, id, body, state, owner, etag, model_dir) VALUES ($1, $2, $3, 'QUEUED', '', $4, $5)
       ON CONFLICT DO NOTHING RETURNING *`,
      [project, id, JSON.stringify(job.body), newEtag(), job.model_dir],
    );
    if (row === undefined) return undefined;
    const [message] = await queue.send(transaction, [{ project, job: id, shard: planningTask }]);
    await insertTasks(transaction, { project, job: id }, [{ shard: planningTask, ranges: [], message: message! }]);
    return row;
  });
}

const ended = ["SUCCEEDED", "FAILED", "CANCELLED"];

/**
 * Cancels a job: what waits is done with at once, workers at a shard hear of it at their next heartbeat.
 *
 * NOT_FOUND where there is no such job, FAILED_PRECONDITION for one that has ended.
 */
export function cancelQueuedJob(database: Database, queue: JobQueue, project: string, id: string): Promise<void> {
  return database.transaction(async (transaction) => {
    const row = await lockJob(transaction, { project, job: id });
    if (row === undefined) throw notFound(`Field: name Error: The job resource: "${id}" was not found.`);
    if (ended.includes(row.state)) {
      throw new StatusError("FAILED_PRECONDITION", `Cannot cancel job ${id}, its state is ${row.state}.`);
    }
    await transaction.query("UPDATE tureen_jobs SET state = 'CANCELLING', etag = $3 WHERE project = $1 AND id = $2", [
      project,
      id,
      newEtag(),
    ]);
    await cancelWaiting(transaction, queue, project, id);
    await settleJob(transaction, { ...row, state: "CANCELLING" });
  });
}

async function cancelWaiting(transaction: Queryable, queue: JobQueue, project: string, id: string): Promise<void> {
  const waiting = await transaction.query<{ message: string }>(
    "SELECT message FROM tureen_tasks WHERE project = $1 AND job = $2 AND state = 'WAITING' AND message IS NOT NULL",
    [project, id],
  );
  const messages = waiting.map(({ message }) => message);
  await queue.cancel(transaction, messages);
  // A worker that has just fetched one of these finds that nothing waits for its message.
  await transaction.query(
    `UPDATE tureen_tasks SET state = 'CANCELLED'
     WHERE project = $1 AND job = $2 AND state = 'WAITING' AND (message IS NULL OR message = ANY($3::uuid[]))`,
    [project, id, messages],
  );
}
