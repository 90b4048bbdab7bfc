import { spawnSync } from "node:child_process";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { fileError } from "../core/file-system.js";
import { StatusError } from "../core/status-error.js";

/** This package, whose own places in a stack say nothing to its users; sources and compiled chunks lie equally deep in it. */
const ownPackage = fileURLToPath(new URL("../../", import.meta.url));

/**
 * A failure as a command tells of it: `tureen run: NOT_FOUND: model.json; No such file or directory`.
 *
 * Errors of the operating system get canonical codes and the C library's words. Where code of the user's is on the stack, its place comes last:
 * `… (model.ts:12:5)`.
 */
export function failureText(command: string, error: unknown): string {
  const status = error instanceof StatusError ? error : fileFailure(error);
  const text = status === undefined ? messageOf(error) : status.toString();
  const place = userPlace(error);
  return `tureen ${command}: ${text.replace(/^UNKNOWN: /, "").trimEnd()}${place === undefined ? "" : ` (${place})`}\n`;
}

/** Writes the failure to stderr and sets the exit code. */
export function fail(command: string, error: unknown, exitCode = 1): void {
  process.stderr.write(failureText(command, error));
  process.exitCode = exitCode;
}

function fileFailure(error: unknown): StatusError | undefined {
  const { syscall, path } = (error ?? {}) as Partial<NodeJS.ErrnoException>;
  return syscall === undefined || path === undefined ? undefined : fileError(error, path);
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.name === "Error" || error.message === ""
    ? error.message || error.name
    : `${error.name}: ${error.message}`;
}

/** `file:line:column` of the innermost place on the stack that is neither Node's nor an installed package's nor ours. */
function userPlace(error: unknown): string | undefined {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  for (const line of stack.split("\n")) {
    const [, file, at] =
      /^ +at (?:.*\()?((?:file:\/\/)?\/.*?|(?:file:\/\/\/)?[A-Za-z]:[\\/].*?):(\d+:\d+)\)?$/.exec(line) ?? [];
    if (file === undefined) continue;
    // tsx marks what it has loaded by a query.
    const path = (file.startsWith("file:") ? fileURLToPath(file) : file).replace(/\?.*$/, "");
    if (!/[\\/]node_modules[\\/]/.test(path) && !path.startsWith(ownPackage)) return `${shortPath(path)}:${at}`;
  }
  return undefined;
}

function shortPath(path: string): string {
  const below = relative(process.cwd(), path);
  return below.startsWith("..") ? path : below;
}

/**
 * A module's syntax error with its place, which Node tells only where nothing catches it: `model.mjs:3: Unexpected identifier 'x'`.
 *
 * Other errors, and syntax errors of other modules that this one imports, come back as they are.
 */
export function withSyntaxPlace(error: unknown, file: string): unknown {
  if (!(error instanceof SyntaxError)) return error;
  // The stack of a name that a module does not export begins with its place.
  const known = /^(file:.*):(\d+)\n/.exec(error.stack ?? "");
  if (known !== null) return new SyntaxError(`${shortPath(fileURLToPath(known[1]!))}:${known[2]}: ${error.message}`);
  if (!/\.[cm]?js$/.test(file)) return new SyntaxError(`${file}: ${error.message}`);
  const { stderr } = spawnSync(process.execPath, ["--check", file], { encoding: "utf8" });
  const line = /^.*:(\d+)$/m.exec(stderr)?.[1];
  return line === undefined ? error : new SyntaxError(`${file}:${line}: ${error.message}`);
}
