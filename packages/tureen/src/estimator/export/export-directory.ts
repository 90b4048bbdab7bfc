import { existsSync, renameSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Clock } from "../../core/clock.js";
import { makeFolders } from "../../core/file-system.js";
import { internal } from "../../core/status-error.js";
import type { Logger } from "../log.js";

const attempts = 10;

/**
 * `<base>/<seconds since the epoch>`, a second later where that exists already (`get_timestamped_export_dir`).
 *
 * INTERNAL after ten attempts.
 */
export async function timestampedExportDirectory(base: string, clock: Clock, logger: Logger): Promise<string> {
  makeFolders(base);
  for (let attempt = 0; attempt < attempts; attempt++) {
    const directory = join(base, String(Math.floor(clock.now() / 1000)));
    if (!existsSync(directory) && !existsSync(temporaryDirectory(directory))) return directory;
    await clock.sleep(1000);
    logger.log("WARNING", `Directory ${directory} already exists; retrying (attempt ${attempt + 1}/${attempts})`);
  }
  throw internal(`Failed to obtain a unique export directory name after ${attempts} attempts.`);
}

/** Where an export is written until it is complete: a sibling whose name is no version number, so that no server loads it. */
export function temporaryDirectory(directory: string): string {
  return join(dirname(directory), `temp-${basename(directory)}`);
}

/** Gives a finished export its name, atomically. */
export function publishExport(temporary: string, directory: string): void {
  renameSync(temporary, directory);
}
