import { toStatusError } from "../../core/status-error.js";
import type { Log } from "../../serving/log.js";
import { migrate } from "../database/migrate.js";
import { postgresDatabase } from "../database/postgres-database.js";
import { untilAvailable } from "../database/until-available.js";
import { openJobQueue } from "./job-queue.js";
import { startQueueWorker } from "./queue-worker.js";

/** How a worker host that is no server is set up. */
export interface WorkerHostOptions {
  /** `postgres://…`: the database of the servers that take the jobs. */
  readonly databaseUrl: string;
  /** Shards at a time, each in a process of its own. */
  readonly processes: number;
  readonly leaseMs?: number;
  readonly log: Log;
}

/**
 * Starts a worker host: a process that does shards of batch prediction jobs and serves nothing.
 *
 * Models, inputs and outputs have to be where it reaches them: on a shared file system or in an object store. Waits for a database that is not up
 * yet. The function that it resolves to ends it and gives back the shards under way.
 */
export async function startWorkerHost(options: WorkerHostOptions): Promise<() => Promise<void>> {
  const { processes, log, leaseMs } = options;
  const database = postgresDatabase(options.databaseUrl);
  let isWaiting = false;
  const queue = await untilAvailable(async () => {
    try {
      await migrate(database);
      return await openJobQueue(database);
    } catch (error) {
      const status = toStatusError(error);
      if (status.code === "UNAVAILABLE" && !isWaiting)
        log.warning("cloud", `The database does not answer; trying again until it does: ${status.message}`);
      isWaiting = true;
      throw error;
    }
  });
  const lease = leaseMs === undefined ? {} : { leaseMs };
  const worker = startQueueWorker({ database, queue, processes, log, ...lease });
  log.info("cloud", `Taking shards of batch prediction jobs, ${processes} at a time.`);
  return async () => {
    await worker.close();
    await queue.close();
    await database.close();
  };
}
