import { randomUUID } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { StatusCode, toStatusError } from "../../core/status-error.js";
import { versionJson } from "../api/resource-json.js";
import { type CloudContext, inBackground } from "../cloud-context.js";
import type { Queryable } from "../database/database.js";
import { untilAvailable } from "../database/until-available.js";
import { newEtag } from "../store/etag.js";
import { findVersion, finishOperation } from "../store/resources.js";
import { lifeSeconds } from "../store/servers.js";
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
    // The name says whose it is until the row does.
    const path = join(modelsFolder(context), `${context.owner}.${randomUUID()}`);
    try {
      await copyModel(deploymentFolder(deployment.deploymentUri), path, context.limits);
      await context.models.check(path);
    } catch (error) {
      const { code, message } = toStatusError(error);
      await rm(path, { recursive: true, force: true });
      await inTransaction(context, async (transaction) => {
        await transaction.query(
          `UPDATE tureen_versions SET state = 'FAILED', etag = $4, body = body || jsonb_build_object('errorMessage', $5::text)
           WHERE project = $1 AND model = $2 AND name = $3 AND state = 'CREATING' AND owner = $6`,
          [project, model, version, newEtag(), message, context.owner],
        );
        await finishOperation(transaction, project, operation, { error: { code: StatusCode[code], message } });
      });
      return;
    }
    const isReady = await inTransaction(context, async (transaction) => {
      const updated = await transaction.query(
        `UPDATE tureen_versions SET state = 'READY', etag = $4, path = $5
         WHERE project = $1 AND model = $2 AND name = $3 AND state = 'CREATING' AND owner = $6 RETURNING name`,
        [project, model, version, newEtag(), path, context.owner],
      );
      // Done by a try whose answer was lost, or cleared up by a server that took this one for dead.
      if (updated.length === 0) return (await findVersion(transaction, project, model, version))?.path === path;
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
      return true;
    });
    if (!isReady) {
      await rm(path, { recursive: true, force: true });
      return;
    }
    await context.models.refresh();
    context.log.info("cloud", `Version ${version} of model ${model} in project ${project} is ready.`);
  });
}

/** A transaction that waits for a database that is away, unless the server stops. */
function inTransaction<T>(context: CloudContext, work: (transaction: Queryable) => Promise<T>): Promise<T> {
  return untilAvailable(() => context.database.transaction(work), context.stopping);
}

/** Whether a row's `owner` is among the servers that live. */
const isOwned = `EXISTS (SELECT 1 FROM tureen_servers s WHERE s.id = owner AND s.seen > now() - interval '${lifeSeconds} seconds')`;

/**
 * Clears up after servers that are gone: versions that they were creating are no more, their operations end ABORTED, folders that no version has
 * are removed.
 */
export async function clearUnfinished(context: CloudContext): Promise<void> {
  const { database } = context;
  await database.transaction(async (transaction) => {
    await transaction.query(`DELETE FROM tureen_versions WHERE state = 'CREATING' AND NOT ${isOwned}`);
    const open = await transaction.query<{ project: string; id: string }>(
      `SELECT project, id FROM tureen_operations WHERE NOT done AND NOT ${isOwned}`,
    );
    const error = { code: StatusCode.ABORTED, message: "The server was stopped before the operation was finished." };
    for (const { project, id } of open) await finishOperation(transaction, project, id, { error });
  });
  const folder = modelsFolder(context);
  const names = await readdir(folder).catch(() => []);
  if (names.length === 0) return;
  // In this order: what appears after a look is newer than the names, what is removed after it is nobody's.
  const alive = await database.query<{ id: string }>(
    `SELECT id FROM tureen_servers WHERE seen > now() - interval '${lifeSeconds} seconds'`,
  );
  const owners = new Set(alive.map(({ id }) => id));
  const used = await database.query<{ path: string }>("SELECT path FROM tureen_versions WHERE path IS NOT NULL");
  const paths = new Set(used.map(({ path }) => path));
  for (const name of names) {
    const path = join(folder, name);
    if (paths.has(path) || owners.has(name.split(".")[0]!)) continue;
    await rm(path, { recursive: true, force: true });
  }
}
