import { consolePages, consolePath } from "tureen/console";
import { startModelServer, stderrLog } from "tureen/serving";
import type { ExampleOptions } from "./options.js";

/** A served export and how to reach it. */
export interface Served {
  readonly address: string;
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the exports below a folder as one model. */
export async function serve(name: string, basePath: string, options: ExampleOptions): Promise<Served> {
  const server = await startModelServer({
    port: options.port,
    restApiPort: options.restApiPort,
    models: [{ name, basePath }],
    pages: consolePages(),
    ...(options.verbose ? { log: stderrLog } : {}),
  });
  console.log(`serving ${name}: gRPC on port ${server.grpcPort}, REST on port ${server.restPort}`);
  console.log(`a page to look at: http://localhost:${server.restPort}${consolePath}`);
  return {
    address: `localhost:${server.grpcPort}`,
    url: `http://localhost:${server.restPort}`,
    close: () => server.close(),
  };
}

/** Keeps serving until Ctrl-C or SIGTERM; with `--once` stops now. */
export async function finish(served: Served, options: ExampleOptions): Promise<void> {
  if (!options.once) {
    console.log("\nserving until Ctrl-C …");
    await new Promise<void>((resolve) => {
      process.once("SIGINT", resolve);
      process.once("SIGTERM", resolve);
    });
  }
  await served.close();
}
