import { Command } from "commander";
import { keepHeapRoom } from "../core/heap-room.js";
import { fail } from "./failure-text.js";
import { whole } from "./option-values.js";
import { stopOnSignal } from "./stop-on-signal.js";

interface CloudFlags {
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  readonly store?: string;
  readonly databaseUrl?: string;
  readonly jobWorkers: number;
  readonly grpcPort?: number;
  readonly restApiPort?: number;
}

/** `tureen cloud`: Cloud ML Engine's REST API on this machine. */
export function cloudCommand(): Command {
  return new Command("cloud")
    .description("Serve Cloud ML Engine's v1 API: models, versions, online prediction, batch prediction jobs.")
    .option("--port <port>", "TCP port, 0 for a free one", whole, 8080)
    .option("--host <address>", "address to bind; calls are not authenticated", "127.0.0.1")
    .requiredOption("--data-dir <dir>", "folder for deployed models, or copies of them, and the embedded database")
    .option(
      "--store <uri>",
      "s3://bucket/prefix, gs://bucket/prefix or a shared folder: keep deployed models there instead, each server with a --data-dir of its own",
    )
    .option("--database-url <url>", "postgres://…: keep the state in PostgreSQL")
    .option(
      "--job-workers <processes>",
      "shards of batch prediction jobs at a time, each in a process of its own; 0 leaves them to tureen batch-worker",
      whole,
      1,
    )
    .option(
      "--grpc-port <port>",
      "TensorFlow Serving's gRPC API of the same models, as PROJECT.MODEL; 0 for a free port",
      whole,
    )
    .option("--rest-api-port <port>", "TensorFlow Serving's REST API of the same models; 0 for a free port", whole)
    .action(async ({ port, host, dataDir, store, databaseUrl, jobWorkers, grpcPort, restApiPort }: CloudFlags) => {
      try {
        const [{ startCloudServer }, { stderrLog }] = await Promise.all([
          import("../cloud/cloud-server.js"),
          import("../serving/log.js"),
        ]);
        const server = await startCloudServer({
          port,
          host,
          dataDir,
          jobWorkers,
          log: stderrLog,
          ...(store === undefined ? {} : { store }),
          ...(databaseUrl === undefined ? {} : { databaseUrl }),
          ...(grpcPort === undefined && restApiPort === undefined
            ? {}
            : { serving: { host, port: grpcPort ?? false, restApiPort: restApiPort ?? false } }),
        });
        keepHeapRoom();
        stopOnSignal(() => server.close());
      } catch (error) {
        fail("cloud", error);
      }
    });
}
