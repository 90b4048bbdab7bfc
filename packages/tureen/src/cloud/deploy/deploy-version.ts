import { StatusCode, toStatusError } from "../../core/status-error.js";
import { versionJson } from "../api/resource-json.js";
import { type CloudContext, inBackground } from "../cloud-context.js";
import type { Queryable } from "../database/database.js";
import { untilAvailable } from "../database/until-available.js";
import { newEtag } from "../store/etag.js";
import { findVersion, finishOperation } from "../store/resources.js";
import { lifeSeconds } from "../store/servers.js";
import type { AddedModel } from "./deploy-store.js";

/** A version that is being created, and the operation that tells of it. */
export interface Deployment {
  readonly project: string;
  readonly model: string;
  readonly version: string;
  readonly deploymentUri: string;
  readonly operation: string;
}

/**
 * Deploys a version whose row says CREATING: copies the model, loads it, keeps it in the store, and only then lets the row say READY, together with the operation's
 * response.
 *
 * A model that does not load makes the version FAILED, with the reason in `errorMessage` and in the operation.
 */
export function deployVersion(context: CloudContext, deployment: Deployment): void {
  inBackground(context, async () => {
    const { project, model, version, operation } = deployment;
    let added: AddedModel;
    let checked: string | undefined;
    try {
      added = await context.store.add(deployment.deploymentUri, context.limits, async (folder, path) => {
        checked = path;
        await context.models.check(folder, path);
      });
    } catch (error) {
      const { code, message } = toStatusError(error);
      if (checked !== undefined) context.models.drop(checked);
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
    const { path } = added;
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
    if (!isReady) context.models.drop(path);
    await added.settle(isReady);
    if (!isReady) return;
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
 * Clears up after servers that are gone: versions that they were creating are no more, their operations end ABORTED, what no version has is
 * removed from the store.
 */
export async function clearUnfinished({ database, store, log }: Clearing): Promise<void> {
  const isCleared = await database.transaction(async (transaction) => {
    const gone = await transaction.query(
      `DELETE FROM tureen_versions WHERE state = 'CREATING' AND NOT ${isOwned} RETURNING name`,
    );
    const open = await transaction.query<{ project: string; id: string }>(
      `SELECT project, id FROM tureen_operations WHERE NOT done AND NOT ${isOwned}`,
    );
    const error = { code: StatusCode.ABORTED, message: "The server was stopped before the operation was finished." };
    for (const { project, id } of open) await finishOperation(transaction, project, id, { error });
    return gone.length + open.length > 0;
  });
  try {
    await store.sweep(async () => {
      const alive = await database.query<{ id: string }>(
        `SELECT id FROM tureen_servers WHERE seen > now() - interval '${lifeSeconds} seconds'`,
      );
      return { owners: new Set(alive.map(({ id }) => id)), paths: await deployedPaths(database) };
    }, isCleared);
  } catch (error) {
    log.warning("cloud", `What crashes left in the store is not cleared up yet: ${toStatusError(error).message}`);
  }
}

/** What `clearUnfinished` needs of the context. */
export type Clearing = Pick<CloudContext, "database" | "store" | "log">;

/** The paths of all deployed models. */
export async function deployedPaths(database: Queryable): Promise<ReadonlySet<string>> {
  const rows = await database.query<{ path: string }>("SELECT path FROM tureen_versions WHERE path IS NOT NULL");
  return new Set(rows.map(({ path }) => path));
}
