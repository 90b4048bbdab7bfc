import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { MemoryBucket } from "./memory-bucket.js";

/** Puts the files of a folder on the disk under a prefix of a stand-in's bucket. */
export function uploadFolder(bucket: MemoryBucket, folder: string, prefix: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    bucket.put(`${prefix}/${relative(folder, path)}`, readFileSync(path));
  }
}
