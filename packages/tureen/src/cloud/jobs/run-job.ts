import { toStatusError } from "../../core/status-error.js";
import type { Json } from "../api/update-mask.js";
import type { BatchProgress } from "../batch/run-batch.js";
import { runBatch } from "../batch/run-batch.js";
import { type CloudContext, inBackground } from "../cloud-context.js";
import { newEtag } from "../store/etag.js";
import type { JobRow } from "../store/resources.js";
import { batchOptionsOf } from "./prediction-input.js";

/** Milliseconds between updates of a job's counts. */
const progressMs = 1000;
const hourMs = 3_600_000;

/** Changes a job's row: its state, and members of its body. */
async function update({ database }: CloudContext, { project, id }: JobRow, state: string, change: Json): Promise<void> {
  await database.query(
    "UPDATE tureen_jobs SET state = $3, body = body || $4::jsonb, etag = $5 WHERE project = $1 AND id = $2",
    [project, id, state, JSON.stringify(change), newEtag()],
  );
}

/**
 * Carries a job out and keeps its row up to date: RUNNING, then SUCCEEDED, FAILED or CANCELLED.
 *
 * A server that stops leaves the row RUNNING; started again, it goes on with the shards that are left.
 */
export function startJob(context: CloudContext, job: JobRow): void {
  const name = `projects/${job.project}/jobs/${job.id}`;
  const controller = new AbortController();
  context.runningJobs.set(name, controller);
  inBackground(context, async () => {
    const began = Date.now();
    const signal = AbortSignal.any([controller.signal, context.stopping]);
    const input = job.body["predictionInput"] as Json;
    const output = (progress: BatchProgress | undefined): Json => ({
      outputPath: input["outputPath"],
      predictionCount: String(progress?.predictionCount ?? 0),
      errorCount: String(progress?.errorCount ?? 0),
      nodeHours: Math.round(((Date.now() - began) / hourMs) * 100) / 100,
    });
    let latest: BatchProgress | undefined;
    let updating: Promise<void> = Promise.resolve();
    const timer = setInterval(() => {
      if (latest === undefined || signal.aborted) return;
      updating = update(context, job, "RUNNING", { predictionOutput: output(latest) }).catch(() => {});
    }, progressMs);
    const end = async (state: string, change: Json): Promise<void> => {
      clearInterval(timer);
      await updating;
      await update(context, job, state, { endTime: new Date().toISOString(), ...change });
    };
    try {
      await update(context, job, "RUNNING", { startTime: new Date().toISOString() });
      const result = await runBatch(batchOptionsOf(input, job.model_dir), {
        workers: context.jobWorkers,
        signal,
        onProgress: (progress) => {
          latest = progress;
        },
      });
      const [failure] = result.failures;
      const change = { predictionOutput: output(result) };
      if (failure === undefined) await end("SUCCEEDED", change);
      else await end("FAILED", { ...change, errorMessage: `Shard ${failure.shard}: ${failure.error.message}` });
    } catch (error) {
      if (context.stopping.aborted) return;
      if (controller.signal.aborted) await end("CANCELLED", { predictionOutput: output(latest) });
      else await end("FAILED", { errorMessage: toStatusError(error).message });
    } finally {
      clearInterval(timer);
      context.runningJobs.delete(name);
    }
  });
}

/** Goes on with the jobs that this data folder's server left when it stopped. */
export async function resumeJobs(context: CloudContext): Promise<void> {
  await context.database.query("UPDATE tureen_jobs SET state = 'CANCELLED' WHERE state = 'CANCELLING' AND owner = $1", [
    context.owner,
  ]);
  const left = await context.database.query<JobRow>(
    "SELECT * FROM tureen_jobs WHERE owner = $1 AND state IN ('QUEUED', 'PREPARING', 'RUNNING') ORDER BY created",
    [context.owner],
  );
  for (const job of left) startJob(context, job);
}
