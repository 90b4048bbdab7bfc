import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileError } from "../../core/file-system.js";
import { invalidArgument, notFound, unimplemented } from "../../core/status-error.js";

/** A file of records. */
export interface InputFile {
  readonly path: string;
  readonly bytes: number;
  /** Milliseconds since 1970 of the last change. */
  readonly modified: number;
}

/**
 * The files that paths and patterns name, in the order of their names, each once; `*` and `?` match within one part of a path.
 *
 * NOT_FOUND where a path or pattern names no file, INVALID_ARGUMENT for a folder, UNIMPLEMENTED for `gs://` and `s3://`.
 */
export function findInputs(paths: readonly string[]): InputFile[] {
  if (paths.length === 0) throw invalidArgument("There are no input paths.");
  const found = new Map<string, InputFile>();
  for (const path of paths) {
    checkLocal(path);
    const matches = /[*?]/.test(path) ? expand(path) : [path];
    if (matches.length === 0) throw notFound(`No file matches ${path}`);
    for (const match of matches) found.set(match, inputFile(match));
  }
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** UNIMPLEMENTED for a path that is not on this machine's file system. */
export function checkLocal(path: string): void {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(path)?.[1];
  if (scheme === undefined) return;
  throw unimplemented(
    `${path}: ${scheme}:// paths are not supported yet; mount or copy the files and give local paths.`,
  );
}

function inputFile(path: string): InputFile {
  try {
    const stat = statSync(path);
    if (stat.isDirectory()) throw invalidArgument(`${path} is a folder: give ${join(path, "*")}`);
    return { path, bytes: stat.size, modified: stat.mtimeMs };
  } catch (error) {
    throw fileError(error, path);
  }
}

function expand(pattern: string): string[] {
  const parts = pattern.split("/");
  let folders = [parts[0] === "" ? "/" : "."];
  for (const [i, part] of parts.entries()) {
    if (part === "") continue;
    const isLast = i === parts.length - 1;
    folders = folders.flatMap((folder) => matchesIn(folder, part, isLast));
  }
  return folders.map((path) => (parts[0] === "" || parts[0] === "." ? path : path.replace(/^\.\//, "")));
}

function matchesIn(folder: string, part: string, isLast: boolean): string[] {
  const under = (name: string): string => (folder === "/" ? `/${name}` : `${folder}/${name}`);
  if (!/[*?]/.test(part)) return [under(part)];
  const expression = new RegExp(
    `^${part
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".")}$`,
  );
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter(
        (entry) => !entry.name.startsWith(".") && expression.test(entry.name) && (isLast ? !entry.isDirectory() : true),
      )
      .map(({ name }) => under(name));
  } catch {
    // A folder that is not there, or is none, holds no match.
    return [];
  }
}
