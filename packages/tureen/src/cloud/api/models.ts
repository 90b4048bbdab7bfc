import { failedPrecondition, StatusError } from "../../core/status-error.js";
import type { CloudContext } from "../cloud-context.js";
import type { Queryable } from "../database/database.js";
import { newEtag } from "../store/etag.js";
import { findModel, findVersion, listVersions, type ModelRow } from "../store/resources.js";
import { filterOf } from "./filter.js";
import { FieldError } from "./google-error.js";
import { completedOperation } from "./operations.js";
import { pageBody, pageOf } from "./page.js";
import { modelJson } from "./resource-json.js";
import { checkName, shortName } from "./resource-name.js";
import { applyMask, type Json } from "./update-mask.js";

const created = [
  "description",
  "regions",
  "onlinePredictionLogging",
  "onlinePredictionConsoleLogging",
  "labels",
] as const;
const updatable = [
  "description",
  "labels",
  "onlinePredictionLogging",
  "onlinePredictionConsoleLogging",
  "defaultVersion",
];

/** A model's row. NOT_FOUND with the service's text. */
export async function requireModel(database: Queryable, project: string, name: string): Promise<ModelRow> {
  const row = await findModel(database, project, name);
  if (row !== undefined) return row;
  throw new FieldError(
    "NOT_FOUND",
    "name",
    `The model resource: "${name}" was not found. Please create the Cloud ML model resource first by using 'gcloud ai-platform models create ${name}'.`,
  );
}

/** projects.models.create */
export async function createModel({ database }: CloudContext, project: string, body: Json): Promise<Json> {
  const { name } = body;
  checkName("model.name", name);
  const stored = Object.fromEntries(
    created.filter((key) => body[key] !== undefined).map((key) => [key, body[key]] as const),
  );
  const regions = stored["regions"] ?? ["us-central1"];
  if (!Array.isArray(regions) || regions.length !== 1) {
    throw new FieldError("INVALID_ARGUMENT", "model.regions", "Exactly one region has to be given.");
  }
  const rows = await database.query<ModelRow>(
    "INSERT INTO tureen_models (project, name, body, etag) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING *",
    [project, name, JSON.stringify({ ...stored, regions }), newEtag()],
  );
  if (rows[0] === undefined) {
    throw new FieldError("ALREADY_EXISTS", "model.name", "A model with the same name already exists.");
  }
  return modelJson(rows[0], undefined);
}

async function shown(
  database: Queryable,
  row: ModelRow,
): Promise<Json & { readonly name: string; readonly etag: string }> {
  const { project, name, default_version } = row;
  return modelJson(
    row,
    default_version === null ? undefined : await findVersion(database, project, name, default_version),
  );
}

/** projects.models.get */
export async function getModel({ database }: CloudContext, project: string, name: string): Promise<Json> {
  return shown(database, await requireModel(database, project, name));
}

/** projects.models.list */
export async function listModels({ database }: CloudContext, project: string, query: URLSearchParams): Promise<object> {
  const page = pageOf(query);
  const rows = await database.query<ModelRow>(
    'SELECT * FROM tureen_models WHERE project = $1 AND name > $2 COLLATE "C" ORDER BY name COLLATE "C"',
    [project, page.after],
  );
  const models = await Promise.all(rows.map((row) => shown(database, row)));
  return pageBody("models", models.filter(filterOf(query.get("filter") ?? "")), page, (model) => shortName(model.name));
}

/** projects.models.patch */
export function patchModel(
  context: CloudContext,
  project: string,
  name: string,
  patch: Json,
  query: URLSearchParams,
): Promise<Json> {
  return context.database.transaction(async (database) => {
    const row = await requireModel(database, project, name);
    const current = await shown(database, row);
    const {
      defaultVersion,
      name: _,
      etag: __,
      ...body
    } = applyMask(current, patch, query.get("updateMask"), updatable);
    const wanted = (defaultVersion as { readonly name?: string } | undefined)?.name;
    const version = wanted === undefined ? row.default_version : shortName(wanted);
    if (version !== row.default_version) await requireReady(database, project, name, version!);
    const [updated] = await database.query<ModelRow>(
      "UPDATE tureen_models SET body = $3, default_version = $4, etag = $5 WHERE project = $1 AND name = $2 AND etag = $6 RETURNING *",
      [project, name, JSON.stringify(body), version, newEtag(), row.etag],
    );
    if (updated === undefined) throw new StatusError("ABORTED", "The resource was changed at the same time.");
    const response = { "@type": "type.googleapis.com/google.cloud.ml.v1.Model", ...(await shown(database, updated)) };
    return completedOperation(database, context, "UPDATE_MODEL", project, name, response);
  });
}

/** Checks that a version can be the default. */
export async function requireReady(
  database: Queryable,
  project: string,
  model: string,
  version: string,
): Promise<void> {
  const row = await findVersion(database, project, model, version);
  if (row === undefined) {
    throw new FieldError("NOT_FOUND", "name", `The version resource: "${version}" was not found.`);
  }
  if (row.state !== "READY") throw failedPrecondition(`Version ${version} is ${row.state}, not READY.`);
}

/** projects.models.delete: only a model without versions. */
export function deleteModel(context: CloudContext, project: string, name: string): Promise<Json> {
  return context.database.transaction(async (database) => {
    await requireModel(database, project, name);
    if ((await listVersions(database, project, name)).length > 0) {
      throw new FieldError(
        "FAILED_PRECONDITION",
        "model.name",
        "Cannot delete a model that has versions: delete these first.",
      );
    }
    await database.query("DELETE FROM tureen_models WHERE project = $1 AND name = $2", [project, name]);
    return completedOperation(database, context, "DELETE_MODEL", project, name, emptyResponse);
  });
}

/** What an operation answers that has nothing to say. */
export const emptyResponse: Json = Object.freeze({ "@type": "type.googleapis.com/google.protobuf.Empty" });
