import { resolve } from "node:path";
import { consolePages, consolePath } from "../console/index.js";
import { keepHeapRoom } from "../core/heap-room.js";
import { packageVersion } from "../core/package-version.js";
import { StatusError } from "../core/status-error.js";
import { logLibrary, type ModelServer, startModelServer, stderrLog } from "../serving/index.js";
import type { FlagValue } from "./flags.js";
import { nearestFlag, parseFlags, usageText } from "./flags.js";
import { ineffectiveFlags, modelServerFlags, ownFlags, whyIneffective } from "./model-server-flags.js";
import { serverOptions } from "./server-options.js";

/** What C's `exit(-1)` is to the shell: TensorFlow Serving's exit code for all that goes wrong at start-up. */
const failureExit = 255;

const allFlags = [...modelServerFlags, ...ownFlags];

/**
 * `tensorflow_model_server`: flags, texts and exit codes as TensorFlow Serving's main.
 *
 * Resolves to an exit code where the program has to end at once; else the server runs until SIGTERM or SIGINT.
 */
export async function runModelServer(command: string, args: readonly string[]): Promise<number | undefined> {
  const usage = usageText(command, allFlags);
  const parsed = parseFlags(args, allFlags);
  for (const error of parsed.errors) stderrLog.error("flags", error);
  if (!parsed.ok) {
    process.stdout.write(usage);
    return failureExit;
  }
  if (parsed.values.get("version") === true) {
    const version = packageVersion();
    process.stdout.write(`TensorFlow ModelServer: Tureen ${version}\nTensorFlow Library: Tureen ${version}\n`);
    return 0;
  }
  const [unknown] = parsed.unknown;
  if (unknown !== undefined) {
    process.stdout.write(`unknown argument: ${unknown}\n${usage}`);
    for (const arg of parsed.unknown) hint(arg);
  }
  return serve(parsed.values, parsed.given);
}

/**
 * Starts the server that flag values describe and leaves it running (SIGHUP has it read its files again); an exit code where it cannot start.
 * `freePorts` as `serverOptions`.
 */
export async function serve(
  values: ReadonlyMap<string, FlagValue>,
  given: ReadonlySet<string>,
  freePorts: ReadonlySet<string> = new Set(),
): Promise<number | undefined> {
  for (const flag of modelServerFlags) {
    if (given.has(flag.name) && ineffectiveFlags.has(flag.name))
      stderrLog.warning("flags", `--${flag.name} has no effect here: ${whyIneffective(flag)}.`);
  }
  logLibrary(stderrLog);
  let server: ModelServer | undefined;
  stopOnSignal(() => server);
  process.on("SIGHUP", () => void server?.reload());
  try {
    server = await startModelServer({
      ...(await serverOptions(values, stderrLog, freePorts)),
      ...(values.get("enable_console") === true ? { pages: consolePages() } : {}),
    });
    keepHeapRoom();
    const port = server.restPort ?? server.managementPort;
    if (values.get("enable_console") === true && port !== undefined)
      stderrLog.info("rest", `The console is at http://localhost:${port}${consolePath}`);
  } catch (error) {
    const text = error instanceof StatusError ? error.toString() : `INTERNAL: ${String(error)}`;
    process.stdout.write(`Failed to start server. Error: ${text}\n`);
    const hint = startHint(text, values);
    if (hint !== undefined) process.stderr.write(`${hint}\n`);
    if (values.get("verbose") === true && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    return failureExit;
  }
  return undefined;
}

function hint(arg: string): void {
  const near = nearestFlag(arg, allFlags);
  if (near === undefined) return;
  const form = near.type === "bool" ? `--${near.name}` : `--${near.name}=<${near.type}>`;
  process.stderr.write(`${arg}: did you mean ${form}?\n`);
}

/** What to do about the failures that a first start meets, whose texts are TensorFlow Serving's. */
function startHint(text: string, values: ReadonlyMap<string, FlagValue>): string | undefined {
  if (text.includes("model_config_file are empty"))
    return "Name the folder of a model's versions with --model_base_path=/path, or several models with --model_config_file=FILE.";
  const basePath = String(values.get("model_base_path"));
  if (text.includes("to have an absolute path or URI") && basePath !== "")
    return `Did you mean --model_base_path=${resolve(basePath)}?`;
  if (text.includes("Request to assign label to version"))
    return "Labels of versions that are not loaded yet need --allow_version_labels_for_unavailable_models.";
  return undefined;
}

/** The first signal ends the server in order, the second at once; before the ports are open there is nothing to wait for. */
function stopOnSignal(running: () => ModelServer | undefined): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    // What shells report of a program that a signal ended.
    if (stopping) process.exit(signal === "SIGINT" ? 130 : 143);
    stopping = true;
    stderrLog.info("server", `${signal}: no more requests are taken; waiting for those under way.`);
    void (running()?.close() ?? Promise.resolve()).then(
      () => {
        stderrLog.info("server", "Stopped.");
        process.exit(0);
      },
      (error: unknown) => {
        stderrLog.error("server", `Stopping failed: ${String(error)}`);
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
}
