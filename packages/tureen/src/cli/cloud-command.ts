import { Command } from "commander";
import { toStatusError } from "../core/status-error.js";
import { whole } from "./option-values.js";
import { stopOnSignal } from "./stop-on-signal.js";

interface CloudFlags {
  readonly port: number;
  readonly host: string;
  readonly data_dir: string;
  readonly store?: string;
  readonly database_url?: string;
  readonly job_workers: number;
  readonly grpc_port?: number;
  readonly rest_api_port?: number;
}

/** `tureen cloud`: Cloud ML Engine's REST API on this machine. */
export function cloudCommand(): Command {
  return new Command("cloud")
    .description("Serve Cloud ML Engine's v1 API: models, versions, online prediction, batch prediction jobs.")
    .option("--port <port>", "TCP port, 0 for a free one", whole, 8080)
    .option("--host <address>", "address to bind; calls are not authenticated", "127.0.0.1")
    .requiredOption("--data_dir <dir>", "folder for deployed models, or copies of them, and the embedded database")
    .option(
      "--store <uri>",
      "s3://bucket/prefix, gs://bucket/prefix or a shared folder: keep deployed models there instead, each server with a data_dir of its own",
    )
    .option("--database_url <url>", "postgres://…: keep the state in PostgreSQL")
    .option(
      "--job_workers <processes>",
      "shards of batch prediction jobs at a time, each in a process of its own; 0 leaves them to tureen batch-worker",
      whole,
      1,
    )
    .option(
      "--grpc_port <port>",
      "TensorFlow Serving's gRPC API of the same models, as PROJECT.MODEL; 0 for a free port",
      whole,
    )
    .option("--rest_api_port <port>", "TensorFlow Serving's REST API of the same models; 0 for a free port", whole)
    .action(
      async ({ port, host, data_dir, store, database_url, job_workers, grpc_port, rest_api_port }: CloudFlags) => {
        try {
          const [{ startCloudServer }, { stderrLog }] = await Promise.all([
            import("../cloud/cloud-server.js"),
            import("../serving/log.js"),
          ]);
          const server = await startCloudServer({
            port,
            host,
            dataDir: data_dir,
            jobWorkers: job_workers,
            log: stderrLog,
            ...(store === undefined ? {} : { store }),
            ...(database_url === undefined ? {} : { databaseUrl: database_url }),
            ...(grpc_port === undefined && rest_api_port === undefined
              ? {}
              : { serving: { host, port: grpc_port ?? false, restApiPort: rest_api_port ?? false } }),
          });
          stopOnSignal(() => server.close());
        } catch (error) {
          process.stderr.write(`tureen cloud: ${toStatusError(error).message}\n`);
          process.exitCode = 1;
        }
      },
    );
}
