import { existsSync } from "node:fs";
import { notFound } from "../core/status-error.js";
import { deleteOldExports, oldExports } from "../estimator/gc.js";

/** Deletes old exports and prints each, with why others stay. */
export function exportsGc(
  directory: string,
  { keep, dryRun }: { readonly keep: number; readonly dryRun?: true },
): void {
  if (!existsSync(directory)) throw notFound(`${directory}; No such file or directory`);
  const { old, served, unfinished } = oldExports(directory, keep, "any");
  const deleted = dryRun === true ? old : deleteOldExports(directory, keep, "any");
  const lines = [
    ...deleted.map((name) => `${dryRun === true ? "would delete" : "deleted"} ${name}`),
    ...served.map((name) => `kept ${name}: it is served`),
    ...unfinished.map((name) => `kept ${name}: it has no saved_model.pb, so it may be being written`),
  ];
  process.stdout.write(lines.length === 0 ? "nothing to delete\n" : `${lines.join("\n")}\n`);
}
