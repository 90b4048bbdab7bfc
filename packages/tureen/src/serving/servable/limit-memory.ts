import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { StatusError } from "../../core/status-error.js";
import type { LoadServable } from "./servable.js";

/** How much more memory than its files a loaded model takes: TensorFlow Serving's factor (servables/tensorflow/bundle_factory_util.h). */
const residentPerFileByte = 1.2;

/** Bytes of memory that the SavedModel in a folder is expected to take: 1.2 times the size of its files. */
export function memoryEstimate(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) bytes += statSync(join(entry.parentPath, entry.name)).size;
  }
  return Math.ceil(bytes * residentPerFileByte);
}

/**
 * A loader that keeps the estimates of all that is loaded, or being loaded, under `limitBytes`.
 *
 * What would exceed it is refused before anything is read: RESOURCE_EXHAUSTED `Insufficient resources to load servable …` with the three
 * numbers. While a version is swapped both count, as both are in memory.
 */
export function limitMemory(load: LoadServable, limitBytes: number): LoadServable {
  let used = 0;
  return async (name, version, path) => {
    const estimate = memoryEstimate(path);
    if (used + estimate > limitBytes) {
      throw new StatusError(
        "RESOURCE_EXHAUSTED",
        `Insufficient resources to load servable {name: ${name} version: ${version}}: it is estimated to take ${estimate} bytes; ` +
          `${used} of ${limitBytes} bytes are in use`,
      );
    }
    used += estimate;
    try {
      const servable = await load(name, version, path);
      let isCounted = true;
      return {
        ...servable,
        close: () => {
          if (isCounted) used -= estimate;
          isCounted = false;
          servable.close();
        },
      };
    } catch (error) {
      used -= estimate;
      throw error;
    }
  };
}
