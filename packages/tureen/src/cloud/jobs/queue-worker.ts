import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { StatusError, toStatusError } from "../../core/status-error.js";
import type { Log } from "../../serving/log.js";
import { isHopeless } from "../batch/hopeless.js";
import { finishedShard, removeLeftovers, type ShardResult } from "../batch/shard-files.js";
import { processRunner, type ShardRunner } from "../batch/worker-process.js";
import type { Database } from "../database/database.js";
import { untilAvailable } from "../database/until-available.js";
import { newEtag } from "../store/etag.js";
import type { JobQueue } from "./job-queue.js";
import { planJob } from "./plan-job.js";
import { queueTasks } from "./queue-tasks.js";
import { settleJob } from "./settle-job.js";
import {
  type ClaimedTask,
  claimTask,
  endClaim,
  extendLease,
  type JobPlan,
  lockJob,
  lostTasks,
  planningTask,
  type TaskEnd,
  takeBack,
} from "./task-rows.js";

/** How a worker host is set up. */
export interface QueueWorkerOptions {
  readonly database: Database;
  readonly queue: JobQueue;
  /** Shards at a time, each in a process of its own. */
  readonly processes: number;
  readonly log: Log;
  /** Milliseconds after which a worker that is not heard of is taken for dead; 15 s unless said. */
  readonly leaseMs?: number;
  /** Makes what runs a job's shards: a process unless said. */
  readonly startRunner?: (plan: JobPlan) => ShardRunner;
}

/** A worker host that takes shards from the queue. */
export interface QueueWorker {
  /** Looks at the queue now instead of at the next poll. */
  wake(): void;
  /** Takes no more shards and gives back those under way. */
  close(): Promise<void>;
}

/** Long enough that a host that swaps or a database that restarts costs no shard, short enough that a dead host's shards wait little. */
const usualLeaseMs = 15_000;
/** Heartbeats in a lease: some may fail. */
const beatsInLease = 6;
/** Between looks at an empty queue. */
const pollMs = 500;

/**
 * Starts a worker host: any number of them share the queue of one database.
 *
 * Each slot takes a shard, has it run by its process and reports how it ended; heartbeats extend the lease and carry the progress. Every host
 * also takes back the shards of hosts that are gone, and turns dead letters into the errors of their shards. While the database is away the
 * shards under way go on.
 */
export function startQueueWorker(options: QueueWorkerOptions): QueueWorker {
  const { database, queue, log, leaseMs = usualLeaseMs } = options;
  const name = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
  const stopping = new AbortController();
  const sleepers = new Set<() => void>();
  let isReachable = true;

  /** Waits for the next poll, or for a wake-up. */
  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        sleepers.delete(end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      sleepers.add(end);
    });
  const wake = (): void => {
    for (const end of sleepers) end();
  };
  stopping.signal.addEventListener("abort", wake);
  /** Work that is done again at the next turn where it fails; each outage is logged once. */
  const attempt = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      const result = await work();
      isReachable = true;
      return result;
    } catch (error) {
      if (isReachable && !stopping.signal.aborted)
        log.warning("cloud", `Worker ${name}: ${toStatusError(error).message}`);
      isReachable = false;
      return undefined;
    }
  };

  const slots = Array.from({ length: options.processes }, async () => {
    const slot = shardSlot(options.startRunner ?? inProcess);
    while (!stopping.signal.aborted) {
      const task = await attempt(() => claim(database, queue, name, leaseMs));
      if (task === undefined) {
        await pause(pollMs);
        continue;
      }
      await attempt(() => carryOut(task, slot));
    }
    slot.close();
  });

  async function carryOut(task: ClaimedTask, slot: ShardSlot): Promise<void> {
    const began = performance.now();
    let latest: ShardResult = { predictionCount: 0, errorCount: 0 };
    let isCancelled = false;
    let isLost = false;
    const interrupt = (): void => slot.close();
    const beat = async (): Promise<void> => {
      const state = await extendLease(database, task, latest, leaseMs);
      isLost = state === undefined;
      isCancelled = state === "CANCELLING";
      if (isLost || isCancelled) interrupt();
    };
    const timer = setInterval(() => void beat().catch(() => {}), leaseMs / beatsInLease);
    stopping.signal.addEventListener("abort", interrupt);
    let end: TaskEnd;
    try {
      if (task.row.state === "CANCELLING") throw new StatusError("CANCELLED", "The job was cancelled.");
      if (task.shard === planningTask) {
        await begin(database, task);
        await planJob(database, queue, task);
        wake();
        return;
      }
      const shard = { index: task.shard, ranges: task.ranges };
      const { options, fingerprint, count } = task.plan!;
      const earlier = await finishedShard(options, fingerprint, task.shard, count);
      const result =
        earlier ??
        (await slot.runner(task).run(shard, (progress) => {
          latest = progress;
        }));
      end = { state: "DONE", result };
    } catch (error) {
      const { code, message } = toStatusError(error);
      if (isLost) return;
      if (isCancelled || task.row.state === "CANCELLING") end = { state: "CANCELLED" };
      else if (stopping.signal.aborted) end = { state: "WAITING" };
      else if (isHopeless(code)) end = { state: "FAILED", error: message };
      else end = { state: "WAITING", error: message };
    } finally {
      clearInterval(timer);
      stopping.signal.removeEventListener("abort", interrupt);
    }
    const complete: TaskEnd = { ...end, seconds: (performance.now() - began) / 1000 };
    // A host that stops does not wait for its database: the lease runs out all the same.
    const state = await untilAvailable(() => finish(database, queue, task, complete, tidy), stopping.signal);
    if (state !== undefined) log.info("cloud", `Job ${task.job} of project ${task.project}: ${state}.`);
  }

  /** Removes what killed workers left of a job; results are complete without it. */
  async function tidy({ job, plan }: ClaimedTask): Promise<void> {
    if (plan === null) return;
    try {
      await removeLeftovers(plan.options);
    } catch (error) {
      log.warning("cloud", `Job ${job}: half written files may be left: ${toStatusError(error).message}`);
    }
  }

  const supervising = (async () => {
    while (!stopping.signal.aborted) {
      await attempt(async () => {
        for (const lost of await lostTasks(database)) await recover(database, queue, lost);
        while (await buryDead(database, queue));
      });
      await pause(leaseMs / beatsInLease);
    }
  })();

  return {
    wake,
    async close() {
      stopping.abort();
      await Promise.all([...slots, supervising]);
    },
  };
}

/** The process of a slot, kept from shard to shard of the same job: loading the model is what takes long. */
interface ShardSlot {
  runner(task: ClaimedTask): ShardRunner;
  close(): void;
}

function inProcess({ options, fingerprint, count }: JobPlan): ShardRunner {
  return processRunner(options, fingerprint, count);
}

function shardSlot(start: (plan: JobPlan) => ShardRunner): ShardSlot {
  let key = "";
  let runner: ShardRunner | undefined;
  const close = (): void => {
    runner?.close();
    runner = undefined;
  };
  return {
    runner({ project, job, plan }) {
      const own = `${project}/${job}`;
      if (own !== key) close();
      key = own;
      runner ??= start(plan!);
      return runner;
    },
    close,
  };
}

function claim(database: Database, queue: JobQueue, worker: string, leaseMs: number): Promise<ClaimedTask | undefined> {
  return database.transaction(async (transaction) => {
    const message = await queue.fetch(transaction);
    if (message === undefined) return undefined;
    const task = await claimTask(transaction, message.task, message.id, worker, leaseMs);
    if (task === undefined) await queue.complete(transaction, message.id);
    return task;
  });
}

/** Marks a job as one that a worker has begun with. */
async function begin(database: Database, { project, job }: ClaimedTask): Promise<void> {
  await database.query(
    `UPDATE tureen_jobs SET state = 'PREPARING', body = body || jsonb_build_object('startTime', $3::text), etag = $4
     WHERE project = $1 AND id = $2 AND state = 'QUEUED'`,
    [project, job, new Date().toISOString(), newEtag()],
  );
}

/**
 * Ends a claim together with its message. Returns the job's last state where this was what was left of it, after `tidy`: whoever sees that a job
 * has ended finds no half written files any more, whose names begin like those of results.
 */
function finish(
  database: Database,
  queue: JobQueue,
  task: ClaimedTask,
  end: TaskEnd,
  tidy: (task: ClaimedTask) => Promise<void>,
): Promise<string | undefined> {
  return database.transaction(async (transaction) => {
    const job = await lockJob(transaction, task);
    if (job === undefined) return undefined;
    const isOver = end.state !== "WAITING" || job.state === "CANCELLING";
    const last: TaskEnd = isOver && end.state === "WAITING" ? { ...end, state: "CANCELLED" } : end;
    // Whoever has the task by now has its message, too.
    if (!(await endClaim(transaction, task, last))) return undefined;
    if (isOver) await queue.complete(transaction, task.message);
    else if (end.error === undefined) await queue.putBack(transaction, task.message);
    else await queue.fail(transaction, task.message, end.error);
    if (isOver && job.state === "RUNNING") await queueTasks(transaction, queue, job);
    const state = await settleJob(transaction, job);
    if (state !== undefined) await tidy(task);
    return state;
  });
}

/** Sends a lost shard round again. */
function recover(
  database: Database,
  queue: JobQueue,
  lost: Awaited<ReturnType<typeof lostTasks>>[number],
): Promise<void> {
  return database.transaction(async (transaction) => {
    const job = await lockJob(transaction, lost);
    if (job === undefined) return;
    const isCancelled = job.state === "CANCELLING";
    if (!(await takeBack(transaction, lost, isCancelled ? "CANCELLED" : "WAITING"))) return;
    if (isCancelled) {
      await queue.cancel(transaction, [lost.message]);
      await settleJob(transaction, job);
    } else {
      await queue.fail(transaction, lost.message, "The worker was lost: its lease ran out.");
    }
  });
}

/** Makes a dead letter its shard's error. Whether there was one. */
function buryDead(database: Database, queue: JobQueue): Promise<boolean> {
  return database.transaction(async (transaction) => {
    const message = await queue.fetchDead(transaction);
    if (message === undefined) return false;
    const job = await lockJob(transaction, message.task);
    await queue.completeDead(transaction, message.id);
    const { project, job: id, shard } = message.task;
    await transaction.query(
      `UPDATE tureen_tasks SET state = 'FAILED', error = COALESCE(error, 'Its workers were lost, time after time.')
       WHERE project = $1 AND job = $2 AND shard = $3 AND state = 'WAITING'`,
      [project, id, shard],
    );
    if (job?.state === "RUNNING") await queueTasks(transaction, queue, job);
    if (job !== undefined) await settleJob(transaction, job);
    return true;
  });
}
