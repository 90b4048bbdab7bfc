import { Command, InvalidArgumentError } from "commander";
import type { CloudServer } from "../cloud/cloud-server.js";
import { toStatusError } from "../core/status-error.js";
import { stderrLog } from "../serving/log.js";

interface CloudFlags {
  readonly port: number;
  readonly host: string;
  readonly data_dir: string;
  readonly database_url?: string;
  readonly job_workers: number;
}

function whole(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("It is no whole number.");
  return Number(text);
}

/** `tureen cloud`: Cloud ML Engine's REST API on this machine. */
export function cloudCommand(): Command {
  return new Command("cloud")
    .description("Serve Cloud ML Engine's v1 API: models, versions, online prediction, batch prediction jobs.")
    .option("--port <port>", "TCP port, 0 for a free one", whole, 8080)
    .option("--host <address>", "address to bind; calls are not authenticated", "127.0.0.1")
    .requiredOption("--data_dir <dir>", "folder for deployed models and the embedded database")
    .option("--database_url <url>", "postgres://…: keep the state in PostgreSQL")
    .option("--job_workers <processes>", "worker processes of a batch prediction job", whole, 1)
    .action(async ({ port, host, data_dir, database_url, job_workers }: CloudFlags) => {
      try {
        const { startCloudServer } = await import("../cloud/cloud-server.js");
        const server = await startCloudServer({
          port,
          host,
          dataDir: data_dir,
          jobWorkers: job_workers,
          log: stderrLog,
          ...(database_url === undefined ? {} : { databaseUrl: database_url }),
        });
        stopOnSignal(server);
      } catch (error) {
        process.stderr.write(`tureen cloud: ${toStatusError(error).message}\n`);
        process.exitCode = 1;
      }
    });
}

/** The first signal ends the server in order, the second at once. */
function stopOnSignal(server: CloudServer): void {
  let isStopping = false;
  const stop = (): void => {
    if (isStopping) process.exit(1);
    isStopping = true;
    void server.close().then(() => process.exit(0));
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
}
