import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { dataLoss, StatusError } from "../../core/status-error.js";
import { silentLog } from "../../serving/log.js";
import type { ShardRunner } from "../batch/worker-process.js";
import type { Database } from "../database/database.js";
import { migrate } from "../database/migrate.js";
import type { JobRow } from "../store/resources.js";
import { testDatabase } from "../testing/test-database.js";
import { type JobQueue, openJobQueue } from "./job-queue.js";
import { type QueueWorker, startQueueWorker } from "./queue-worker.js";
import { jobProgress } from "./settle-job.js";
import { cancelQueuedJob, submitJob } from "./submit-job.js";
import { claimTask } from "./task-rows.js";

const folder = mkdtempSync(join(tmpdir(), "queue-worker-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Shards are of 1 MiB at least. */
const mebibyte = 1024 * 1024;
const shards = 3;
let outputs = 0;

async function submit(database: Database, queue: JobQueue, more: object = {}): Promise<void> {
  const input = join(folder, "input.txt");
  writeFileSync(input, `${"x".repeat(63)}\n`.repeat((shards * mebibyte) / 64));
  outputs += 1;
  const outputPath = join(folder, `output-${outputs}`);
  const predictionInput = { dataFormat: "TEXT", inputPaths: [input], outputPath, ...more };
  await submitJob(database, queue, { project: "p", id: "j", body: { predictionInput }, model_dir: folder });
}

async function jobOf(database: Database): Promise<JobRow> {
  const [row] = await database.query<JobRow>("SELECT * FROM tureen_jobs WHERE id = 'j'");
  return row!;
}

async function ended(database: Database): Promise<JobRow> {
  for (;;) {
    const row = await jobOf(database);
    if (["SUCCEEDED", "FAILED", "CANCELLED"].includes(row.state)) return row;
    await sleep(20);
  }
}

describe("startQueueWorker", () => {
  let database: Database;
  let queue: JobQueue;
  const workers: QueueWorker[] = [];

  beforeEach(async () => {
    database = await testDatabase();
    await migrate(database);
    queue = await openJobQueue(database);
    return async () => {
      await Promise.all(workers.splice(0).map((worker) => worker.close()));
      await queue.close();
      await database.close();
    };
  });

  function start(run: ShardRunner["run"], close: () => void = () => {}): void {
    const options = { database, queue, processes: 1, log: silentLog, leaseMs: 600 };
    workers.push(startQueueWorker({ ...options, startRunner: () => ({ run, close }) }));
  }

  it("shares the shards of a job among workers, each shard once", async () => {
    const done: number[][] = [[], []];
    for (const mine of done) {
      start(async ({ index }) => {
        mine.push(index);
        // Longer than it takes another worker to look at the queue.
        await sleep(700);
        return { predictionCount: 10, errorCount: index };
      });
    }
    await submit(database, queue);
    const job = await ended(database);
    expect(job).toMatchObject({ state: "SUCCEEDED", plan: { count: shards } });
    expect(job.body["predictionOutput"]).toMatchObject({
      predictionCount: "30",
      errorCount: "3",
      shardCount: "3",
      finishedShardCount: "3",
      recordsPerSecond: expect.any(Number),
    });
    expect(done.flat().sort()).toEqual([0, 1, 2]);
    expect(done.map(({ length }) => length > 0)).toEqual([true, true]);
  });

  it("removes half written files before anyone sees that the job has ended", async () => {
    let seen: boolean | undefined;
    const leftover = join(folder, `output-${outputs + 1}`, "prediction.results-00000-of-00003.tempstate12-3");
    const watched: Database = {
      ...database,
      query: (...args) => database.query(...args),
      async transaction(work) {
        const result = await database.transaction(work);
        const [row] = await database.query<{ state: string }>("SELECT state FROM tureen_jobs WHERE id = 'j'");
        if (row?.state === "SUCCEEDED") seen ??= existsSync(leftover);
        return result;
      },
    };
    const run: ShardRunner["run"] = () => {
      mkdirSync(dirname(leftover), { recursive: true });
      writeFileSync(leftover, "half");
      return Promise.resolve({ predictionCount: 1, errorCount: 0 });
    };
    const options = { database: watched, queue, processes: 1, log: silentLog, leaseMs: 600 };
    workers.push(startQueueWorker({ ...options, startRunner: () => ({ run, close: () => {} }) }));
    await submit(database, queue);
    expect((await ended(database)).state).toBe("SUCCEEDED");
    await expect.poll(() => seen).toBe(false);
  });

  it.each([1, 2])("never has more workers at a job than its maxWorkerCount, %i, says", async (maxWorkerCount) => {
    let atOnce = 0;
    let most = 0;
    const done: number[] = [];
    for (let worker = 0; worker < 3; worker++) {
      start(async ({ index }) => {
        atOnce += 1;
        most = Math.max(most, atOnce);
        // Longer than it takes another worker to look at the queue.
        await sleep(700);
        atOnce -= 1;
        done.push(index);
        if (index === 0) throw dataLoss("The file is broken.");
        return { predictionCount: 1, errorCount: 0 };
      });
    }
    await submit(database, queue, { maxWorkerCount: String(maxWorkerCount) });
    const { state, body } = await ended(database);
    // A shard that failed makes room, too.
    expect([state, body["errorMessage"]]).toEqual(["FAILED", "Shard 0: The file is broken."]);
    expect(done.sort()).toEqual([0, 1, 2]);
    expect(most).toBe(maxWorkerCount);
  });

  it("cancels shards that wait for a worker to become free", async () => {
    let interrupt: (() => void) | undefined;
    start(
      () =>
        new Promise((_resolve, reject) => {
          interrupt = () => reject(new StatusError("CANCELLED", "Interrupted."));
        }),
      () => interrupt?.(),
    );
    await submit(database, queue, { maxWorkerCount: "1" });
    while (interrupt === undefined) await sleep(20);
    const waiting = await database.query("SELECT shard FROM tureen_tasks WHERE state = 'WAITING' AND message IS NULL");
    expect(waiting).toHaveLength(shards - 1);
    await cancelQueuedJob(database, queue, "p", "j");
    expect((await ended(database)).state).toBe("CANCELLED");
  });

  it("tries again what may succeed, not what cannot", async () => {
    const tries = new Map<number, number>();
    start(async ({ index }) => {
      const count = (tries.get(index) ?? 0) + 1;
      tries.set(index, count);
      if (index === 0 && count === 1) throw new StatusError("UNAVAILABLE", "The store is away.");
      if (index === 2) throw dataLoss("The file is broken.");
      return { predictionCount: 5, errorCount: 0 };
    });
    await submit(database, queue);
    const { state, body } = await ended(database);
    expect(state).toBe("FAILED");
    expect(body["errorMessage"]).toBe("Shard 2: The file is broken.");
    expect(body["predictionOutput"]).toMatchObject({ predictionCount: "10" });
    expect([...tries].sort()).toEqual([
      [0, 2],
      [1, 1],
      [2, 1],
    ]);
  });

  it("takes shards back from workers that are gone, and keeps them with workers that are slow", async () => {
    await submit(database, queue);
    // A worker that takes the planning and is never heard of again.
    await database.transaction(async (transaction) => {
      const message = await queue.fetch(transaction);
      await claimTask(transaction, message!.task, message!.id, "gone", 1);
    });
    const runs: number[] = [];
    start(async ({ index }) => {
      runs.push(index);
      // Longer than the lease, which heartbeats extend.
      if (index === 1) await sleep(1500);
      return { predictionCount: 1, errorCount: 0 };
    });
    expect((await ended(database)).state).toBe("SUCCEEDED");
    expect(runs.sort()).toEqual([0, 1, 2]);
  });

  it("makes a shard's error of the dead letter that its last try leaves", async () => {
    start(async ({ index }) => {
      if (index === 0) throw new StatusError("UNAVAILABLE", "The store is away.");
      return { predictionCount: 1, errorCount: 0 };
    });
    await submit(database, queue);
    // Without the pauses, which double from a second on.
    const hurry = setInterval(() => {
      void database.query("UPDATE tureen_queue.job SET start_after = now() WHERE state = 'retry'").catch(() => {});
    }, 50);
    try {
      const { state, body } = await ended(database);
      expect([state, body["errorMessage"]]).toEqual(["FAILED", "Shard 0: The store is away."]);
    } finally {
      clearInterval(hurry);
    }
  });

  it("cancels: what waits at once, what runs at the next heartbeat", async () => {
    let interrupt: (() => void) | undefined;
    start(
      (_, onProgress) =>
        new Promise((_resolve, reject) => {
          onProgress({ predictionCount: 7, errorCount: 1 });
          interrupt = () => reject(new StatusError("CANCELLED", "Interrupted."));
        }),
      () => interrupt?.(),
    );
    await submit(database, queue);
    while ((await jobProgress(database, "p", "j"))[0]?.predictions !== 7) await sleep(20);
    await cancelQueuedJob(database, queue, "p", "j");
    const states = await database.query("SELECT shard FROM tureen_tasks WHERE state = 'CANCELLED'");
    expect(states).toHaveLength(shards - 1);
    expect((await ended(database)).state).toBe("CANCELLED");
    await expect(cancelQueuedJob(database, queue, "p", "j")).rejects.toMatchObject({ code: "FAILED_PRECONDITION" });
    await expect(cancelQueuedJob(database, queue, "p", "none")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("gives back what it has when it stops", async () => {
    let interrupt: (() => void) | undefined;
    start(
      () =>
        new Promise((_resolve, reject) => {
          interrupt = () => reject(new StatusError("CANCELLED", "Interrupted."));
        }),
      () => interrupt?.(),
    );
    await submit(database, queue);
    while (interrupt === undefined) await sleep(20);
    await workers.pop()!.close();
    const left = await database.query("SELECT shard FROM tureen_tasks WHERE state = 'WAITING'");
    expect(left).toHaveLength(shards);
    start(async () => ({ predictionCount: 1, errorCount: 0 }));
    expect((await ended(database)).state).toBe("SUCCEEDED");
  });
});
