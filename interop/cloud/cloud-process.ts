/** What the checks need of `tureen`'s processes and of the REST API. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const root: string = join(import.meta.dirname, "../..");
const built = join(root, "packages/tureen/dist/cli/tureen.js");
const command = join(root, "packages/tureen/bin/tureen.js");
const source = join(root, "packages/tureen/src/cli/tureen.ts");
/** The built program starts in a third of the time; the sources do where it is not built, or TUREEN_INTEROP_SOURCES asks for them. */
export const program: readonly string[] =
  existsSync(built) && process.env["TUREEN_INTEROP_SOURCES"] === undefined
    ? [command]
    : ["--conditions=@tureen/source", "--import", "tsx", source];

/** Starts `tureen ARGS`; `run` goes before the command, `environment` on top of this process's own. */
export function tureen(
  args: readonly string[],
  run: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): ChildProcess {
  const [executable, ...rest] = [...run, process.execPath, ...program, ...args];
  return spawn(executable!, rest, {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "ignore", process.env["VERBOSE"] === undefined ? "ignore" : "inherit"],
  });
}

export function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once("exit", () => resolve()));
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export type Json = Readonly<Record<string, unknown>>;

/** A call of the API, made again while nobody listens or the server cannot reach its database. */
export async function call(url: string, method: string, path: string, body?: object): Promise<readonly [number, Json]> {
  const giveUp = Date.now() + 60_000;
  for (;;) {
    try {
      const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
      const response = await fetch(`${url}/${path}`, init);
      if (response.status !== 503) return [response.status, (await response.json()) as Json];
    } catch {
      // The server is down; it is started again by whoever ended it.
    }
    if (Date.now() > giveUp) throw new Error(`${url}/${path} does not answer`);
    await sleep(100);
  }
}

/** The lines of a batch prediction's results, file after file. */
export function* resultLines(folder: string): Generator<string, void> {
  for (const name of readdirSync(folder)) {
    if (!/^prediction\.results-\d+-of-\d+$/.test(name)) continue;
    const text = readFileSync(join(folder, name), "utf8").trimEnd();
    if (text !== "") yield* text.split("\n");
  }
}

/** Counts what holds. */
export function counter(): { check(name: string, holds: boolean, seen?: unknown): void; report(): void } {
  let passed = 0;
  let failed = 0;
  return {
    check(name, holds, seen) {
      if (holds) passed += 1;
      else {
        failed += 1;
        console.log(`${name}: ${JSON.stringify(seen)}`);
      }
    },
    report() {
      console.log(`${passed} passed, ${failed} failed`);
      if (failed > 0) process.exitCode = 1;
    },
  };
}
