import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { invalidArgument } from "../core/status-error.js";

/** Versions are folders named after the ten digits of their second. */
const versionName = /^\d{10}$/;

/** The exports of a folder, the oldest first: sub-folders named by ten digits; none where there is no folder. */
export function listExports(base: string): string[] {
  if (!existsSync(base)) return [];
  return readdirSync(base, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && versionName.test(entry.name))
    .map((entry) => entry.name)
    .sort();
}

/**
 * Deletes all but the `keep` newest exports of a folder; gives the names of the deleted.
 *
 * Only complete versions count and go: what is being written has another name until it is done. A version is moved out of sight before its
 * files are deleted, so that a server that polls never loads half of one.
 */
export function deleteOldExports(base: string, keep: number): string[] {
  if (!(keep > 0)) throw invalidArgument(`\`exports_to_keep\`, if provided, must be a positive number. Got ${keep}`);
  const old = listExports(base).slice(0, -keep);
  for (const name of old) {
    const hidden = join(base, `temp-deleted-${name}`);
    renameSync(join(base, name), hidden);
    rmSync(hidden, { recursive: true, force: true });
  }
  return old;
}
