import { notFound, StatusError, unimplemented } from "../../core/status-error.js";
import type { CloudContext } from "../cloud-context.js";
import type { Queryable } from "../database/database.js";
import { deploymentFolder } from "../deploy/copy-model.js";
import { batchOptionsOf } from "../jobs/prediction-input.js";
import { startJob } from "../jobs/run-job.js";
import { newEtag } from "../store/etag.js";
import type { JobRow } from "../store/resources.js";
import { filterOf } from "./filter.js";
import { FieldError } from "./google-error.js";
import { pageBody, pageOf } from "./page.js";
import { deployedPath } from "./predict.js";
import { jobJson } from "./resource-json.js";
import { checkName } from "./resource-name.js";
import { applyMask, type Json } from "./update-mask.js";

const inputDefaults = { region: "us-central1", maxWorkerCount: "10" };

/** projects.jobs.create: batch prediction jobs; they are carried out by this server. */
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
  const [row] = await context.database.query<JobRow>(
    `INSERT INTO tureen_jobs (project, id, body, state, owner, etag, model_dir) VALUES ($1, $2, $3, 'QUEUED', $4, $5, $6)
     ON CONFLICT DO NOTHING RETURNING *`,
    [project, jobId, JSON.stringify(stored), context.owner, newEtag(), modelDir],
  );
  if (row === undefined) throw new FieldError("ALREADY_EXISTS", "job.job_id", "A job with this id already exists.");
  startJob(context, row);
  return jobJson(row);
}

/** The folder of the model that an input names: by version, by model, or by the path of an export. */
function modelFolder(context: CloudContext, project: string, input: Json): Promise<string> | string {
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
  return deployedPath(context, project, match[2]!, match[3]);
}

async function requireJob(database: Queryable, project: string, id: string): Promise<JobRow> {
  const [row] = await database.query<JobRow>("SELECT * FROM tureen_jobs WHERE project = $1 AND id = $2", [project, id]);
  if (row === undefined) throw notFound(`Field: name Error: The job resource: "${id}" was not found.`);
  return row;
}

/** projects.jobs.get */
export async function getJob({ database }: CloudContext, project: string, id: string): Promise<Json> {
  return jobJson(await requireJob(database, project, id));
}

/** projects.jobs.list: the latest first. */
export async function listJobs({ database }: CloudContext, project: string, query: URLSearchParams): Promise<object> {
  const page = pageOf(query);
  const rows = await database.query<JobRow>("SELECT * FROM tureen_jobs WHERE project = $1 ORDER BY created DESC, id", [
    project,
  ]);
  const start = page.after === "" ? 0 : rows.findIndex(({ id }) => id === page.after) + 1;
  const jobs = rows
    .slice(start)
    .map(jobJson)
    .filter(filterOf(query.get("filter") ?? ""));
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

const ended = ["SUCCEEDED", "FAILED", "CANCELLED"];

/** projects.jobs.cancel */
export async function cancelJob(context: CloudContext, project: string, id: string): Promise<object> {
  const { state } = await requireJob(context.database, project, id);
  if (ended.includes(state)) {
    throw new StatusError("FAILED_PRECONDITION", `Cannot cancel job ${id}, its state is ${state}.`);
  }
  const controller = context.runningJobs.get(`projects/${project}/jobs/${id}`);
  if (controller === undefined) throw new StatusError("UNAVAILABLE", `Job ${id} is carried out by another server.`);
  await context.database.query(
    "UPDATE tureen_jobs SET state = 'CANCELLING' WHERE project = $1 AND id = $2 AND state <> ALL($3)",
    [project, id, ended],
  );
  controller.abort();
  return {};
}
