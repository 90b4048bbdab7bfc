import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isServed } from "../core/served-folders.js";
import { invalidArgument } from "../core/status-error.js";

/** Which names are versions: the ten digits of a second, as the exporters write them, or any number, as servers read them. */
export type VersionNames = "seconds" | "any";

const patterns: Readonly<Record<VersionNames, RegExp>> = { seconds: /^\d{10}$/, any: /^\d+$/ };

/** The exports of a folder, the oldest first: sub-folders named by ten digits, or by any number; none where there is no folder. */
export function listExports(base: string, names: VersionNames = "seconds"): string[] {
  if (!existsSync(base)) return [];
  return readdirSync(base, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && patterns[names].test(entry.name))
    .map((entry) => entry.name)
    .sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
}

/** The exports beyond the newest, and which of them may go. */
export interface OldExports {
  readonly old: readonly string[];
  /** Loaded by a server of this user on this machine. */
  readonly served: readonly string[];
  /** Without a SavedModel in it: what copies it in may not be done. */
  readonly unfinished: readonly string[];
}

/** Sorts the exports of a folder beyond the `keep` newest; INVALID_ARGUMENT unless that is positive. */
export function oldExports(base: string, keep: number, names: VersionNames = "seconds"): OldExports {
  if (!(keep > 0)) throw invalidArgument(`\`exports_to_keep\`, if provided, must be a positive number. Got ${keep}`);
  const all = listExports(base, names).slice(0, -keep);
  const unfinished = all.filter((name) => !hasModel(join(base, name)));
  const served = all.filter((name) => !unfinished.includes(name) && isServed(join(base, name)));
  return { old: all.filter((name) => !unfinished.includes(name) && !served.includes(name)), served, unfinished };
}

function hasModel(folder: string): boolean {
  return ["saved_model.pb", "saved_model.pbtxt", "saved_model.cpb"].some((file) => existsSync(join(folder, file)));
}

/**
 * Deletes all but the `keep` newest exports of a folder; gives the names of the deleted.
 *
 * Only complete versions go: what an exporter writes has another name until it is done, and a version without a SavedModel is let be. So is one
 * that a server has loaded. A version is moved out of sight before its files are deleted, so that a server that polls never loads half of one.
 */
export function deleteOldExports(base: string, keep: number, names: VersionNames = "seconds"): string[] {
  const { old } = oldExports(base, keep, names);
  for (const name of old) {
    const hidden = join(base, `temp-deleted-${name}`);
    renameSync(join(base, name), hidden);
    rmSync(hidden, { recursive: true, force: true });
  }
  return [...old];
}
