import { Command } from "commander";
import { processorCount } from "../core/processors.js";
import { fail } from "./failure-text.js";
import { count } from "./option-values.js";
import { stopOnSignal } from "./stop-on-signal.js";

interface BatchWorkerFlags {
  readonly databaseUrl: string;
  readonly workers: number;
  readonly leaseSeconds?: number;
}

/** `tureen batch-worker`: a host that does shards of the batch prediction jobs of `tureen cloud`. */
export function batchWorkerCommand(): Command {
  return new Command("batch-worker")
    .description("Take shards of batch prediction jobs from the queue that tureen cloud and other hosts share.")
    .requiredOption("--database-url <url>", "postgres://…: the database of tureen cloud")
    .option("--workers <processes>", "shards at a time, each in a process of its own", count, processorCount())
    .option("--lease-seconds <seconds>", "a worker that is not heard of for so long is taken for dead (15)", count)
    .action(async ({ databaseUrl, workers, leaseSeconds }: BatchWorkerFlags) => {
      try {
        const [{ startWorkerHost }, { stderrLog }] = await Promise.all([
          import("../cloud/jobs/worker-host.js"),
          import("../serving/log.js"),
        ]);
        const close = await startWorkerHost({
          databaseUrl,
          processes: workers,
          log: stderrLog,
          ...(leaseSeconds === undefined ? {} : { leaseMs: leaseSeconds * 1000 }),
        });
        stopOnSignal(close);
      } catch (error) {
        fail("batch-worker", error);
      }
    });
}
