import { notFound, unimplemented } from "../../core/status-error.js";
import type { CloudContext } from "../cloud-context.js";
import type { Queryable } from "../database/database.js";
import { deploymentFolder } from "../deploy/copy-model.js";
import { batchOptionsOf, defaultMaxWorkerCount } from "../jobs/prediction-input.js";
import { jobProgress, predictionOutput } from "../jobs/settle-job.js";
import { cancelQueuedJob, submitJob } from "../jobs/submit-job.js";
import { newEtag } from "../store/etag.js";
import type { JobRow } from "../store/resources.js";
import { filterOf } from "./filter.js";
import { FieldError } from "./google-error.js";
import { pageBody, pageOf } from "./page.js";
import { findDeployed } from "./predict.js";
import { jobJson } from "./resource-json.js";
import { checkName } from "./resource-name.js";
import { applyMask, type Json } from "./update-mask.js";

const inputDefaults = { region: "us-central1", maxWorkerCount: String(defaultMaxWorkerCount) };

/** projects.jobs.create: batch prediction jobs; they go to the queue, from which this server's workers and those of other hosts take shards. */
export async function createJob(context: CloudContext, project: string, body: Json): Promise<Json> {
  const { jobId, predictionInput, labels } = body;
  checkName("job.job_id", jobId);
  if (body["trainingInput"] !== undefined)
    throw unimplemented("Training jobs are not supported: train with tureen's Estimators.");
  if (typeof predictionInput !== "object" || predictionInput === null) {
    throw new FieldError("INVALID_ARGUMENT", "job.prediction_input", "The prediction input is required.");
  }
  const input: Json = { ...inputDefaults, ...predictionInput };
  const modelDir = await modelFolder(context, project, input);
  batchOptionsOf(input, modelDir);
  const stored = {
    createTime: new Date().toISOString(),
    predictionInput: input,
    ...(labels === undefined ? {} : { labels }),
  };
  const row = await submitJob(context.database, context.queue, {
    project,
    id: jobId,
    body: stored,
    model_dir: modelDir,
  });
  if (row === undefined) throw new FieldError("ALREADY_EXISTS", "job.job_id", "A job with this id already exists.");
  context.worker?.wake();
  return jobJson(row);
}

/** The folder of the model that an input names: by version, by model, or by the path of an export. */
async function modelFolder(context: CloudContext, project: string, input: Json): Promise<string> {
  const { versionName, modelName, uri } = input;
  const given = [versionName, modelName, uri].filter((name) => typeof name === "string" && name !== "");
  if (given.length !== 1) {
    throw new FieldError(
      "INVALID_ARGUMENT",
      "prediction_input.model_version",
      "Exactly one of modelName, versionName and uri has to be given.",
    );
  }
  if (typeof uri === "string" && uri !== "") return deploymentFolder(uri);
  const match = /^projects\/([^/]+)\/models\/([^/]+)(?:\/versions\/([^/]+))?$/.exec(String(given[0]));
  if (match === null || match[1] !== project || (versionName !== undefined) !== (match[3] !== undefined)) {
    throw new FieldError("INVALID_ARGUMENT", "prediction_input.model_version", `Invalid name: ${String(given[0])}`);
  }
  return (await findDeployed(context, project, match[2]!, match[3])).path;
}

async function requireJob(database: Queryable, project: string, id: string): Promise<JobRow> {
  const [row] = await database.query<JobRow>("SELECT * FROM tureen_jobs WHERE project = $1 AND id = $2", [project, id]);
  if (row === undefined) throw notFound(`Field: name Error: The job resource: "${id}" was not found.`);
  return row;
}

/** projects.jobs.get */
export async function getJob({ database }: CloudContext, project: string, id: string): Promise<Json> {
  const row = await requireJob(database, project, id);
  const [shown] = await withProgress(database, project, [row], id);
  return shown!;
}

/** Jobs as the API shows them: those under way with how far they have come. */
async function withProgress(
  database: Queryable,
  project: string,
  rows: readonly JobRow[],
  id?: string,
): Promise<ReturnType<typeof jobJson>[]> {
  const isUnderWay = ({ state }: JobRow): boolean => state === "RUNNING" || state === "CANCELLING";
  if (!rows.some(isUnderWay)) return rows.map(jobJson);
  const progress = new Map((await jobProgress(database, project, id)).map((entry) => [entry.job, entry] as const));
  const now = Date.now();
  return rows.map((row) =>
    isUnderWay(row)
      ? { ...jobJson(row), predictionOutput: predictionOutput(row, progress.get(row.id), now) }
      : jobJson(row),
  );
}

/** projects.jobs.list: the latest first. */
export async function listJobs({ database }: CloudContext, project: string, query: URLSearchParams): Promise<object> {
  const page = pageOf(query);
  const rows = await database.query<JobRow>("SELECT * FROM tureen_jobs WHERE project = $1 ORDER BY created DESC, id", [
    project,
  ]);
  const start = page.after === "" ? 0 : rows.findIndex(({ id }) => id === page.after) + 1;
  const shown = await withProgress(database, project, rows.slice(start));
  const jobs = shown.filter(filterOf(query.get("filter") ?? ""));
  return pageBody("jobs", jobs, page, ({ jobId }) => jobId);
}

/** projects.jobs.patch: its labels. */
export async function patchJob(
  { database }: CloudContext,
  project: string,
  id: string,
  patch: Json,
  query: URLSearchParams,
): Promise<Json> {
  const row = await requireJob(database, project, id);
  const { labels = {} } = applyMask(jobJson(row), patch, query.get("updateMask"), ["labels"]);
  const [updated] = await database.query<JobRow>(
    "UPDATE tureen_jobs SET body = body || $3::jsonb, etag = $4 WHERE project = $1 AND id = $2 RETURNING *",
    [project, id, JSON.stringify({ labels }), newEtag()],
  );
  return jobJson(updated!);
}

/** projects.jobs.cancel */
export async function cancelJob({ database, queue }: CloudContext, project: string, id: string): Promise<object> {
  await cancelQueuedJob(database, queue, project, id);
  return {};
}
