import type { Queryable, Row } from "../database/database.js";
import { newEtag } from "../store/etag.js";
import type { JobRow } from "../store/resources.js";

/** How far a job's shards have come, all together. */
export interface JobProgress extends Row {
  readonly project: string;
  readonly job: string;
  readonly shards: number;
  readonly finished: number;
  readonly predictions: number;
  readonly errors: number;
  readonly seconds: number;
}

const hourSeconds = 3600;
/** Errors of single shards that a job's message tells; the task rows have all. */
const shownErrors = 10;

/** The progress of jobs that are under way, or of one job. */
export function jobProgress(database: Queryable, project: string, job?: string): Promise<readonly JobProgress[]> {
  return database.query<JobProgress>(
    `SELECT t.project, t.job, count(*)::integer AS shards, (count(*) FILTER (WHERE t.state IN ('DONE', 'FAILED')))::integer AS finished,
       sum(t.predictions)::float8 AS predictions, sum(t.errors)::float8 AS errors, sum(t.seconds)::float8 AS seconds
     FROM tureen_tasks t JOIN tureen_jobs j ON j.project = t.project AND j.id = t.job
     WHERE t.project = $1 AND t.shard >= 0 AND ($2::text IS NULL AND j.state IN ('RUNNING', 'CANCELLING') OR t.job = $2)
     GROUP BY t.project, t.job`,
    [project, job ?? null],
  );
}

/**
 * A job's `predictionOutput`. Beside Cloud ML Engine's members: `shardCount`, `finishedShardCount` and, from the job's start to `until`,
 * `recordsPerSecond`.
 */
export function predictionOutput({ body }: JobRow, progress: JobProgress | undefined, until: number): object {
  const input = body["predictionInput"] as { readonly outputPath?: string };
  const { predictions = 0, errors = 0, seconds = 0, shards = 0, finished = 0 } = progress ?? {};
  const started = Date.parse(String(body["startTime"]));
  const elapsed = (until - started) / 1000;
  return {
    outputPath: input.outputPath,
    predictionCount: String(predictions),
    errorCount: String(errors),
    nodeHours: Math.round((seconds / hourSeconds) * 10_000) / 10_000,
    shardCount: String(shards),
    finishedShardCount: String(finished),
    ...(elapsed > 0 ? { recordsPerSecond: Math.round((predictions + errors) / elapsed) } : {}),
  };
}

/**
 * Gives a job its last state once none of its tasks is left to be done; the job's row has to be locked.
 *
 * SUCCEEDED where every shard is done, CANCELLED where that was asked for, else FAILED with the errors of the shards. Returns the state, or
 * undefined while there is something left.
 */
export async function settleJob(transaction: Queryable, job: JobRow): Promise<string | undefined> {
  const { project, id } = job;
  const [left] = await transaction.query(
    "SELECT shard FROM tureen_tasks WHERE project = $1 AND job = $2 AND state IN ('WAITING', 'RUNNING') LIMIT 1",
    [project, id],
  );
  if (left !== undefined) return undefined;
  const failed = await transaction.query<{ shard: number; error: string }>(
    "SELECT shard, error FROM tureen_tasks WHERE project = $1 AND job = $2 AND state = 'FAILED' ORDER BY shard",
    [project, id],
  );
  const state = job.state === "CANCELLING" ? "CANCELLED" : failed.length > 0 ? "FAILED" : "SUCCEEDED";
  const [progress] = await jobProgress(transaction, project, id);
  const now = Date.now();
  const change = {
    endTime: new Date(now).toISOString(),
    predictionOutput: predictionOutput(job, progress, now),
    ...(failed.length > 0 ? { errorMessage: errorText(failed) } : {}),
  };
  await transaction.query(
    "UPDATE tureen_jobs SET state = $3, body = body || $4::jsonb, etag = $5 WHERE project = $1 AND id = $2",
    [project, id, state, JSON.stringify(change), newEtag()],
  );
  return state;
}

function errorText(failed: readonly { readonly shard: number; readonly error: string }[]): string {
  const lines = failed
    .slice(0, shownErrors)
    .map(({ shard, error }) => (shard < 0 ? error : `Shard ${shard}: ${error}`));
  const more = failed.length - lines.length;
  return lines.concat(more > 0 ? [`and ${more} more shards failed.`] : []).join("\n");
}
