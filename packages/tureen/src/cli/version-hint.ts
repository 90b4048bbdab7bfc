import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { isObjectUri } from "../core/object-store/object-uri.js";
import { StatusError } from "../core/status-error.js";

const modelFiles = ["saved_model.pb", "saved_model.pbtxt"] as const;

/**
 * Adds to the failure of looking for a SavedModel what the folder rather is: a base folder of versions, a file, or nothing at all.
 *
 * Other failures come back as they are.
 */
export function withVersionHint(error: unknown, directory: string): unknown {
  if (!(error instanceof StatusError) || error.code !== "NOT_FOUND" || isObjectUri(directory)) return error;
  if (!error.message.startsWith("Could not find SavedModel")) return error;
  const hint = hintOf(directory);
  return hint === undefined ? error : new StatusError("NOT_FOUND", `${directory} ${hint}`, { cause: error });
}

function hintOf(directory: string): string | undefined {
  if (!existsSync(directory)) return "does not exist";
  let names: readonly string[];
  try {
    names = readdirSync(directory);
  } catch {
    return modelFiles.some((name) => directory.endsWith(name))
      ? "is the SavedModel's file: give its folder"
      : "is no folder that can be read";
  }
  const versions = names
    .filter((name) => /^\d+$/.test(name) && modelFiles.some((file) => existsSync(join(directory, name, file))))
    .sort((a, b) => (BigInt(a) < BigInt(b) ? 1 : -1));
  if (versions.length === 0) return undefined;
  return `holds versions, no model itself: did you mean ${join(directory, versions[0]!)}?`;
}
