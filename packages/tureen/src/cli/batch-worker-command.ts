import { availableParallelism } from "node:os";
import { Command } from "commander";
import { toStatusError } from "../core/status-error.js";
import { count } from "./option-values.js";
import { stopOnSignal } from "./stop-on-signal.js";

interface BatchWorkerFlags {
  readonly database_url: string;
  readonly workers: number;
  readonly lease_seconds?: number;
}

/** `tureen batch-worker`: a host that does shards of the batch prediction jobs of `tureen cloud`. */
export function batchWorkerCommand(): Command {
  return new Command("batch-worker")
    .description("Take shards of batch prediction jobs from the queue that tureen cloud and other hosts share.")
    .requiredOption("--database_url <url>", "postgres://…: the database of tureen cloud")
    .option("--workers <processes>", "shards at a time, each in a process of its own", count, availableParallelism())
    .option("--lease_seconds <seconds>", "a worker that is not heard of for so long is taken for dead (15)", count)
    .action(async ({ database_url, workers, lease_seconds }: BatchWorkerFlags) => {
      try {
        const [{ startWorkerHost }, { stderrLog }] = await Promise.all([
          import("../cloud/jobs/worker-host.js"),
          import("../serving/log.js"),
        ]);
        const close = await startWorkerHost({
          databaseUrl: database_url,
          processes: workers,
          log: stderrLog,
          ...(lease_seconds === undefined ? {} : { leaseMs: lease_seconds * 1000 }),
        });
        stopOnSignal(close);
      } catch (error) {
        process.stderr.write(`tureen batch-worker: ${toStatusError(error).message}\n`);
        process.exitCode = 1;
      }
    });
}
