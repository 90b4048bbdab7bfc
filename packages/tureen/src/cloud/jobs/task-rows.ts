import type { BatchOptions } from "../batch/batch-options.js";
import type { InputRange } from "../batch/plan-shards.js";
import type { ShardResult } from "../batch/shard-files.js";
import type { Database, Queryable, Row } from "../database/database.js";
import type { JobRow } from "../store/resources.js";

/** The number of the task that cuts a job into shards. */
export const planningTask = -1;

/** How a job was cut: the same for every worker. */
export interface JobPlan {
  readonly fingerprint: string;
  readonly count: number;
  readonly options: BatchOptions;
}

/** What names a task. */
export interface TaskKey {
  readonly project: string;
  readonly job: string;
  readonly shard: number;
}

/** A task that a worker has taken: its own as long as its lease is extended, and nobody has taken it later. */
export interface ClaimedTask extends TaskKey {
  readonly message: string;
  readonly claim: number;
  readonly ranges: readonly InputRange[];
  readonly row: JobRow;
  readonly plan: JobPlan | null;
}

/** Takes a job's row for the rest of the transaction. All that changes a job's tasks does so first, so that nobody waits in a circle. */
export async function lockJob(
  transaction: Queryable,
  { project, job }: Omit<TaskKey, "shard">,
): Promise<JobRow | undefined> {
  const rows = await transaction.query<JobRow>("SELECT * FROM tureen_jobs WHERE project = $1 AND id = $2 FOR UPDATE", [
    project,
    job,
  ]);
  return rows[0];
}

/** Notes tasks that wait: for the message each, or, without one, until `queueTasks` sends it. */
export async function insertTasks(
  transaction: Queryable,
  { project, job }: Omit<TaskKey, "shard">,
  tasks: readonly { readonly shard: number; readonly ranges: readonly InputRange[]; readonly message?: string }[],
): Promise<void> {
  await transaction.query(
    `INSERT INTO tureen_tasks (project, job, shard, ranges, message)
     SELECT $1, $2, shard, ranges, message FROM jsonb_to_recordset($3::jsonb) AS t (shard integer, ranges jsonb, message uuid)`,
    [project, job, JSON.stringify(tasks)],
  );
}

/** Shards of a job that wait for no message yet, in their order: as many as there is room for among the `most` that may be under way. */
export async function unsentTasks(
  transaction: Queryable,
  { project, job }: Omit<TaskKey, "shard">,
  most: number,
): Promise<readonly number[]> {
  const rows = await transaction.query<{ shard: number }>(
    `SELECT shard FROM tureen_tasks WHERE project = $1 AND job = $2 AND state = 'WAITING' AND message IS NULL ORDER BY shard
     LIMIT GREATEST(0, $3::integer - (SELECT count(*) FROM tureen_tasks WHERE project = $1 AND job = $2 AND shard >= 0
       AND state IN ('WAITING', 'RUNNING') AND message IS NOT NULL))`,
    [project, job, most],
  );
  return rows.map(({ shard }) => shard);
}

/** Notes for which message tasks wait. */
export async function noteMessages(
  transaction: Queryable,
  { project, job }: Omit<TaskKey, "shard">,
  tasks: readonly { readonly shard: number; readonly message: string }[],
): Promise<void> {
  await transaction.query(
    `UPDATE tureen_tasks t SET message = sent.message FROM jsonb_to_recordset($3::jsonb) AS sent (shard integer, message uuid)
     WHERE t.project = $1 AND t.job = $2 AND t.shard = sent.shard`,
    [project, job, JSON.stringify(tasks)],
  );
}

/** Marks a waiting task as the worker's. Undefined where the message is no longer the one that the task waits for. */
export async function claimTask(
  transaction: Queryable,
  { project, job, shard }: TaskKey,
  message: string,
  worker: string,
  leaseMs: number,
): Promise<ClaimedTask | undefined> {
  const [task] = await transaction.query<{ claim: number; ranges: readonly InputRange[] }>(
    `UPDATE tureen_tasks SET state = 'RUNNING', worker = $5, claim = claim + 1, predictions = 0, errors = 0,
       lease_until = now() + $6::integer * interval '1 millisecond'
     WHERE project = $1 AND job = $2 AND shard = $3 AND message = $4 AND state = 'WAITING' RETURNING claim, ranges`,
    [project, job, shard, message, worker, leaseMs],
  );
  const [row] = await transaction.query<JobRow & { plan: JobPlan | null }>(
    "SELECT * FROM tureen_jobs WHERE project = $1 AND id = $2",
    [project, job],
  );
  if (task === undefined || row === undefined) return undefined;
  return { project, job, shard, message, claim: task.claim, ranges: task.ranges, row, plan: row.plan };
}

/** Extends a lease and notes the progress. The job's state, or undefined where the task is somebody else's by now. */
export async function extendLease(
  database: Queryable,
  task: ClaimedTask,
  { predictionCount, errorCount }: ShardResult,
  leaseMs: number,
): Promise<string | undefined> {
  const [row] = await database.query<{ state: string }>(
    `UPDATE tureen_tasks t SET lease_until = now() + $5::integer * interval '1 millisecond', predictions = $6, errors = $7
     FROM tureen_jobs j WHERE t.project = $1 AND t.job = $2 AND t.shard = $3 AND t.claim = $4 AND t.state = 'RUNNING'
       AND j.project = t.project AND j.id = t.job RETURNING j.state`,
    [task.project, task.job, task.shard, task.claim, leaseMs, predictionCount, errorCount],
  );
  return row?.state;
}

/** Where a task that a worker gives up its claim to goes. */
export interface TaskEnd {
  readonly state: "DONE" | "FAILED" | "CANCELLED" | "WAITING";
  readonly result?: ShardResult;
  readonly seconds?: number;
  readonly error?: string;
}

/** Ends a claim. Whether it was still there to end. */
export async function endClaim(transaction: Queryable, task: ClaimedTask, end: TaskEnd): Promise<boolean> {
  const { state, result, seconds = 0, error = null } = end;
  const rows = await transaction.query(
    `UPDATE tureen_tasks SET state = $5, worker = NULL, lease_until = NULL, predictions = $6, errors = $7,
       seconds = seconds + $8::float8, error = $9
     WHERE project = $1 AND job = $2 AND shard = $3 AND claim = $4 AND state = 'RUNNING' RETURNING shard`,
    [
      task.project,
      task.job,
      task.shard,
      task.claim,
      state,
      result?.predictionCount ?? 0,
      result?.errorCount ?? 0,
      seconds,
      error,
    ],
  );
  return rows.length > 0;
}

/** A task whose worker has not been heard of for longer than its lease. */
export interface LostTask extends Row, TaskKey {
  readonly message: string;
  readonly claim: number;
}

/** Tasks whose leases ran out. */
export function lostTasks(database: Queryable): Promise<readonly LostTask[]> {
  return database.query<LostTask>(
    "SELECT project, job, shard, message, claim FROM tureen_tasks WHERE state = 'RUNNING' AND lease_until < now()",
  );
}

/** Takes a task from a worker that is gone. Whether it was still lost. */
export async function takeBack(transaction: Queryable, task: LostTask, state: string): Promise<boolean> {
  const rows = await transaction.query(
    `UPDATE tureen_tasks SET state = $5, worker = NULL, lease_until = NULL, predictions = 0, errors = 0
     WHERE project = $1 AND job = $2 AND shard = $3 AND claim = $4 AND state = 'RUNNING' AND lease_until < now() RETURNING shard`,
    [task.project, task.job, task.shard, task.claim, state],
  );
  return rows.length > 0;
}

/** Lets every lease run out: for a database that only this process can have open, where no worker can be left from before. */
export async function dropLeases(database: Database): Promise<void> {
  await database.query("UPDATE tureen_tasks SET lease_until = now() WHERE state = 'RUNNING'");
}
