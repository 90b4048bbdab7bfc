import { StatusError, toStatusError } from "../../core/status-error.js";
import type { CloudContext } from "../cloud-context.js";
import type { Queryable } from "../database/database.js";
import { deploymentFolder } from "../deploy/copy-model.js";
import { deployVersion } from "../deploy/deploy-version.js";
import { newEtag } from "../store/etag.js";
import { findVersion, type VersionRow, listVersions as versionsOf } from "../store/resources.js";
import { filterOf } from "./filter.js";
import { FieldError } from "./google-error.js";
import { emptyResponse, requireModel, requireReady } from "./models.js";
import { beginOperation, completedOperation, getOperationFrom } from "./operations.js";
import { pageBody, pageOf } from "./page.js";
import { versionJson } from "./resource-json.js";
import { checkName, shortName } from "./resource-name.js";
import { applyMask, type Json } from "./update-mask.js";

const created = [
  "description",
  "deploymentUri",
  "runtimeVersion",
  "pythonVersion",
  "framework",
  "machineType",
  "manualScaling",
  "autoScaling",
  "labels",
  "serviceAccount",
  "acceleratorConfig",
] as const;
/** What would run code of the user's or a container, explain, or send requests to BigQuery: silence would promise it. */
const refused = [
  "packageUris",
  "predictionClass",
  "container",
  "routes",
  "explanationConfig",
  "requestLoggingConfig",
] as const;
const updatable = ["description", "labels", "manualScaling", "autoScaling", "machineType"];

/** A version's row. NOT_FOUND with the service's text. */
export async function requireVersion(
  database: Queryable,
  project: string,
  model: string,
  name: string,
): Promise<VersionRow> {
  const row = await findVersion(database, project, model, name);
  if (row !== undefined) return row;
  throw new FieldError("NOT_FOUND", "name", `The version resource: "${name}" was not found.`);
}

/** projects.models.versions.create: an operation, done once the model is copied and loaded. */
export async function createVersion(context: CloudContext, project: string, model: string, body: Json): Promise<Json> {
  const { name, deploymentUri, framework = "TENSORFLOW" } = body;
  checkName("version.name", name);
  if (typeof deploymentUri !== "string" || deploymentUri === "") {
    throw new FieldError("INVALID_ARGUMENT", "version.deployment_uri", "The deployment URI is required.");
  }
  deploymentFolder(deploymentUri);
  if (framework !== "TENSORFLOW" && framework !== "FRAMEWORK_UNSPECIFIED") {
    throw new FieldError(
      "INVALID_ARGUMENT",
      "version.framework",
      `Framework ${framework} is not served: models are SavedModels.`,
    );
  }
  for (const key of refused) {
    if (body[key] !== undefined) throw new FieldError("INVALID_ARGUMENT", `version.${key}`, "This is not supported.");
  }
  if (body["manualScaling"] !== undefined && body["autoScaling"] !== undefined) {
    throw new FieldError(
      "INVALID_ARGUMENT",
      "version.auto_scaling",
      "Only one of manual and automatic scaling can be given.",
    );
  }
  const stored = {
    ...Object.fromEntries(created.filter((key) => body[key] !== undefined).map((key) => [key, body[key]] as const)),
    framework: "TENSORFLOW",
    machineType: body["machineType"] ?? "mls1-c1-m2",
    createTime: new Date().toISOString(),
  };
  const operation = await context.database.transaction(async (database) => {
    await requireModel(database, project, model);
    const rows = await database.query(
      `INSERT INTO tureen_versions (project, model, name, body, state, owner, etag) VALUES ($1, $2, $3, $4, 'CREATING', $5, $6)
       ON CONFLICT DO NOTHING RETURNING name`,
      [project, model, name, JSON.stringify(stored), context.owner, newEtag()],
    );
    if (rows.length === 0) {
      throw new FieldError("ALREADY_EXISTS", "version.name", "A version with the same name already exists.");
    }
    return beginOperation(database, context, "CREATE_VERSION", project, model, { name, json: stored });
  });
  const answer = await getOperationFrom(context.database, project, operation);
  deployVersion(context, { project, model, version: name, deploymentUri, operation });
  return answer;
}

/** projects.models.versions.get */
export async function getVersion(
  { database }: CloudContext,
  project: string,
  model: string,
  name: string,
): Promise<Json> {
  const { default_version } = await requireModel(database, project, model);
  return versionJson(await requireVersion(database, project, model, name), default_version);
}

/** projects.models.versions.list */
export async function listVersions(
  { database }: CloudContext,
  project: string,
  model: string,
  query: URLSearchParams,
): Promise<object> {
  const page = pageOf(query);
  const { default_version } = await requireModel(database, project, model);
  const rows = await versionsOf(database, project, model, page.after);
  const versions = rows.map((row) => versionJson(row, default_version));
  return pageBody("versions", versions.filter(filterOf(query.get("filter") ?? "")), page, (version) =>
    shortName(version.name),
  );
}

/** projects.models.versions.patch */
export function patchVersion(
  context: CloudContext,
  project: string,
  model: string,
  name: string,
  patch: Json,
  query: URLSearchParams,
): Promise<Json> {
  return context.database.transaction(async (database) => {
    const { default_version } = await requireModel(database, project, model);
    const row = await requireVersion(database, project, model, name);
    const current = versionJson(row, default_version);
    const {
      name: _,
      etag: __,
      state: ___,
      isDefault: ____,
      ...body
    } = applyMask(current, patch, query.get("updateMask"), updatable);
    const [updated] = await database.query<VersionRow>(
      "UPDATE tureen_versions SET body = $4, etag = $5 WHERE project = $1 AND model = $2 AND name = $3 AND etag = $6 RETURNING *",
      [project, model, name, JSON.stringify(body), newEtag(), row.etag],
    );
    if (updated === undefined) throw new StatusError("ABORTED", "The resource was changed at the same time.");
    const json = versionJson(updated, default_version);
    const response = { "@type": "type.googleapis.com/google.cloud.ml.v1.Version", ...json };
    return completedOperation(database, context, "UPDATE_VERSION", project, model, response, { name, json });
  });
}

/** projects.models.versions.setDefault */
export function setDefaultVersion(context: CloudContext, project: string, model: string, name: string): Promise<Json> {
  return context.database.transaction(async (database) => {
    await requireModel(database, project, model);
    await requireReady(database, project, model, name);
    await database.query("UPDATE tureen_models SET default_version = $3, etag = $4 WHERE project = $1 AND name = $2", [
      project,
      model,
      name,
      newEtag(),
    ]);
    return versionJson(await requireVersion(database, project, model, name), name);
  });
}

/** projects.models.versions.delete: not the default version, unless it is the last. */
export async function deleteVersion(
  context: CloudContext,
  project: string,
  model: string,
  name: string,
): Promise<Json> {
  let path: string | null = null;
  const operation = await context.database.transaction(async (database) => {
    const { default_version } = await requireModel(database, project, model);
    const row = await requireVersion(database, project, model, name);
    path = row.path;
    const isLast = (await versionsOf(database, project, model)).length === 1;
    if (name === default_version && !isLast) {
      throw new FieldError(
        "FAILED_PRECONDITION",
        "version.name",
        "Cannot delete the default version: set another one as the default first.",
      );
    }
    if (row.state === "CREATING") {
      throw new FieldError("FAILED_PRECONDITION", "version.name", "Cannot delete a version that is being created.");
    }
    if (name === default_version) {
      await database.query("UPDATE tureen_models SET default_version = NULL WHERE project = $1 AND name = $2", [
        project,
        model,
      ]);
    }
    await database.query("DELETE FROM tureen_versions WHERE project = $1 AND model = $2 AND name = $3", [
      project,
      model,
      name,
    ]);
    const json = versionJson(row, default_version);
    return completedOperation(database, context, "DELETE_VERSION", project, model, emptyResponse, { name, json });
  });
  if (path !== null) {
    context.models.drop(path);
    await context.store.remove(path).catch((error: unknown) => {
      context.log.warning("cloud", `Objects of a deleted version are still there: ${toStatusError(error).message}`);
    });
  }
  return operation;
}
