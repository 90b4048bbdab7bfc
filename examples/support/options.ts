import { parseArgs } from "node:util";

/** What every example takes on its command line. */
export interface ExampleOptions {
  readonly once: boolean;
  readonly steps: number;
  readonly port: number;
  readonly restApiPort: number;
  readonly exportDir: string;
  readonly verbose: boolean;
}

/** A mistake of the caller: shown as one line, without a stack. */
export class UsageError extends Error {}

const flags = ["once", "steps", "port", "rest_api_port", "export_dir", "verbose", "help"] as const;

/** Reads the command line; UsageError for a flag that is none, with the nearest one that is. */
export function readOptions(
  defaults: { readonly steps: number; readonly exportDir: string },
  argv: readonly string[] = process.argv.slice(2),
): ExampleOptions {
  for (const arg of argv) {
    const name = arg.replace(/^--/, "").split("=")[0]!;
    if (!arg.startsWith("--")) continue;
    if (!(flags as readonly string[]).includes(name))
      throw new UsageError(`unknown flag --${name}: did you mean --${nearest(name)}?`);
  }
  const { values } = parseArgs({
    args: [...argv],
    options: {
      once: { type: "boolean", default: false },
      steps: { type: "string", default: String(defaults.steps) },
      port: { type: "string", default: "9000" },
      rest_api_port: { type: "string", default: "8501" },
      export_dir: { type: "string", default: defaults.exportDir },
      verbose: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(`flags: --once                 stop after the answers
       --steps=${defaults.steps}           training steps
       --port=9000            gRPC port, 0 for a free one
       --rest_api_port=8501   REST port, 0 for a free one
       --export_dir=${defaults.exportDir}
       --verbose              TensorFlow's log lines, and stack traces of errors`);
    process.exit(0);
  }
  return {
    once: values.once,
    steps: count("steps", values.steps, 1),
    port: count("port", values.port, 0),
    restApiPort: count("rest_api_port", values.rest_api_port, 0),
    exportDir: values.export_dir,
    verbose: values.verbose,
  };
}

function count(flag: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least)
    throw new UsageError(`--${flag} takes a whole number from ${least}, not ${JSON.stringify(text)}`);
  return value;
}

function nearest(name: string): string {
  return [...flags].sort((a, b) => distance(name, a) - distance(name, b))[0]!;
}

/** Levenshtein's distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}

/** Runs an example's main function; an error is one line and exit code 1, with its stack only where `--verbose` was given. */
export async function runExample(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    console.error(`error: ${message}`);
    if (process.argv.includes("--verbose") && error instanceof Error) console.error(error.stack);
    process.exitCode = 1;
  }
}
