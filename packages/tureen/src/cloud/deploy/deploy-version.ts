import { randomUUID } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { StatusCode, toStatusError } from "../../core/status-error.js";
import { versionJson } from "../api/resource-json.js";
import { type CloudContext, inBackground } from "../cloud-context.js";
import { newEtag } from "../store/etag.js";
import { findVersion, finishOperation } from "../store/resources.js";
import { copyModel, deploymentFolder } from "./copy-model.js";

/** A version that is being created, and the operation that tells of it. */
export interface Deployment {
  readonly project: string;
  readonly model: string;
  readonly version: string;
  readonly deploymentUri: string;
  readonly operation: string;
}

function modelsFolder({ dataDir }: CloudContext): string {
  return join(dataDir, "versions");
}

/**
 * Deploys a version whose row says CREATING: copies the model, loads it, and only then lets the row say READY, together with the operation's
 * response.
 *
 * A model that does not load makes the version FAILED, with the reason in `errorMessage` and in the operation.
 */
export function deployVersion(context: CloudContext, deployment: Deployment): void {
  inBackground(context, async () => {
    const { project, model, version, operation } = deployment;
    const path = join(modelsFolder(context), randomUUID());
    try {
      await copyModel(deploymentFolder(deployment.deploymentUri), path, context.limits);
      await context.models.get(path);
    } catch (error) {
      const { code, message } = toStatusError(error);
      await rm(path, { recursive: true, force: true });
      await context.database.transaction(async (transaction) => {
        await transaction.query(
          `UPDATE tureen_versions SET state = 'FAILED', etag = $4, body = body || jsonb_build_object('errorMessage', $5::text)
           WHERE project = $1 AND model = $2 AND name = $3`,
          [project, model, version, newEtag(), message],
        );
        await finishOperation(transaction, project, operation, { error: { code: StatusCode[code], message } });
      });
      return;
    }
    await context.database.transaction(async (transaction) => {
      await transaction.query(
        "UPDATE tureen_versions SET state = 'READY', etag = $4, path = $5 WHERE project = $1 AND model = $2 AND name = $3",
        [project, model, version, newEtag(), path],
      );
      await transaction.query(
        "UPDATE tureen_models SET default_version = $3 WHERE project = $1 AND name = $2 AND default_version IS NULL",
        [project, model, version],
      );
      const row = await findVersion(transaction, project, model, version);
      const [parent] = await transaction.query<{ default_version: string | null }>(
        "SELECT default_version FROM tureen_models WHERE project = $1 AND name = $2",
        [project, model],
      );
      const response = {
        "@type": "type.googleapis.com/google.cloud.ml.v1.Version",
        ...versionJson(row!, parent?.default_version ?? null),
      };
      await finishOperation(transaction, project, operation, { response });
    });
    context.log.info("cloud", `Version ${version} of model ${model} in project ${project} is ready.`);
  });
}

/**
 * Clears up after a crash: versions that were being created are gone again, their operations end ABORTED, folders that no version has are removed.
 */
export async function clearUnfinished(context: CloudContext): Promise<void> {
  const { database, owner } = context;
  await database.transaction(async (transaction) => {
    await transaction.query("DELETE FROM tureen_versions WHERE state = 'CREATING' AND owner = $1", [owner]);
    const open = await transaction.query<{ project: string; id: string }>(
      "SELECT project, id FROM tureen_operations WHERE owner = $1 AND NOT done",
      [owner],
    );
    const error = { code: StatusCode.ABORTED, message: "The server was stopped before the operation was finished." };
    for (const { project, id } of open) await finishOperation(transaction, project, id, { error });
  });
  const used = await database.query<{ path: string }>("SELECT path FROM tureen_versions WHERE path IS NOT NULL");
  const paths = new Set(used.map(({ path }) => path));
  const folder = modelsFolder(context);
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    if (!paths.has(path)) await rm(path, { recursive: true, force: true });
  }
}
