import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { isIntact, type RemoteFolder } from "./remote-folder.js";

/** What lies beside a copy of a folder: where it is from and what it has to hold, for when the store cannot be asked. */
export interface CopyManifest {
  readonly uri: string;
  /** Milliseconds since 1970. */
  readonly copied: number;
  readonly files: readonly {
    readonly path: string;
    readonly bytes: number;
    readonly md5?: string | undefined;
    readonly crc32c?: number | undefined;
  }[];
}

const format = "tureen.copy/1";

/** Writes the manifest of a copy that was just made: whole or not at all. */
export function writeManifest(file: string, folder: RemoteFolder): void {
  const manifest: CopyManifest = {
    uri: folder.uri.replace(/\/+$/, ""),
    copied: Date.now(),
    files: folder.files.map(([path, { bytes, md5, crc32c }]) => ({ path, bytes, md5, crc32c })),
  };
  const partial = `${file}.${process.pid}`;
  try {
    writeFileSync(partial, JSON.stringify({ format, ...manifest }));
    renameSync(partial, file);
  } finally {
    rmSync(partial, { force: true });
  }
}

/** Reads a manifest; undefined for what is none, be it damaged. */
export function readManifest(file: string): CopyManifest | undefined {
  try {
    const manifest = JSON.parse(readFileSync(file, "utf8")) as CopyManifest & { readonly format?: unknown };
    return manifest.format === format ? manifest : undefined;
  } catch {
    // The copy it belongs to is then as good as none: it is made again when the store is there.
    return undefined;
  }
}

/** Whether a copy holds all its files, each with the size and, where the store knew it, the checksum of when it was copied. */
export async function isIntactCopy(directory: string, { files }: CopyManifest): Promise<boolean> {
  for (const { path, bytes, md5, crc32c } of files) {
    try {
      const file = await open(join(directory, path), "r");
      try {
        if ((await file.stat()).size !== bytes) return false;
        const sums = { ...(md5 === undefined ? {} : { md5 }), ...(crc32c === undefined ? {} : { crc32c }) };
        if (!(await isIntact(file, sums))) return false;
      } finally {
        await file.close();
      }
    } catch {
      // Missing, or not ours to read.
      return false;
    }
  }
  return true;
}
