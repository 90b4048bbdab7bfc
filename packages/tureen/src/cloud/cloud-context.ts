import type { Log } from "../serving/log.js";
import type { Database } from "./database/database.js";
import type { DeployStore } from "./deploy/deploy-store.js";
import type { ModelCache } from "./deploy/model-cache.js";
import type { JobQueue } from "./jobs/job-queue.js";
import type { QueueWorker } from "./jobs/queue-worker.js";

/** What the service allows; Cloud ML Engine's documented quotas unless said. */
export interface CloudLimits {
  /** Bytes of a request's body. */
  readonly maxRequestBytes: number;
  /** Bytes of a deployed model. */
  readonly maxModelBytes: number;
  /** Files of a deployed model. */
  readonly maxModelFiles: number;
}

/** Cloud ML Engine's documented quotas. */
export const defaultLimits: CloudLimits = Object.freeze({
  maxRequestBytes: 1_572_864,
  maxModelBytes: 500 * 1024 * 1024,
  maxModelFiles: 1000,
});

/** What the handlers share. */
export interface CloudContext {
  readonly database: Database;
  /** Where deployed models are kept. */
  readonly store: DeployStore;
  /** This process's name among the servers of the database: whose unfinished work is whose. */
  readonly owner: string;
  readonly models: ModelCache;
  /** When each model was last noted as used, by its path, in milliseconds since 1970. */
  readonly uses: Map<string, number>;
  readonly limits: CloudLimits;
  readonly log: Log;
  /** Batch prediction's shards, for the workers of all hosts. */
  readonly queue: JobQueue;
  /** This server's own worker; undefined where other hosts do all of that work. */
  readonly worker: QueueWorker | undefined;
  /** Work that goes on after its request was answered; a server that stops waits for it or cuts it off. */
  readonly background: Set<Promise<void>>;
  /** Aborted when the server stops. */
  readonly stopping: AbortSignal;
}

/** Lets work go on after the request; what goes wrong there is the work's own to report, else it is logged. */
export function inBackground(context: CloudContext, work: () => Promise<void>): void {
  const running: Promise<void> = work()
    .catch((error: unknown) => context.log.error("cloud", `Background work failed: ${String(error)}`))
    .finally(() => context.background.delete(running));
  context.background.add(running);
}
