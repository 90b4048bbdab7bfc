import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { fileError } from "../file-system.js";
import { StatusError } from "../status-error.js";
import { isIntactCopy, readManifest, writeManifest } from "./copy-manifest.js";
import type { ObjectStore } from "./object-store.js";
import { folderOf, lastPart, parseObjectUri } from "./object-uri.js";
import { openObjectStore } from "./open-object-store.js";
import { downloadFolder, listFolder, type RemoteFolder } from "./remote-folder.js";

/** A folder's copy on the disk; it stays until it is released. */
export interface CachedFolder {
  readonly path: string;
  /** What the folder held when it was copied, as `RemoteFolder.digest`. */
  readonly digest: string;
  release(): void;
}

/** A mark of another machine's process counts for so many milliseconds: nobody here can tell whether it still runs. */
const foreignMarkMs = 86_400_000;

/**
 * Copies of folders of object stores on the disk, each complete and verified, under names that change with their content.
 *
 * Several processes may share a cache. Whoever uses a copy leaves a mark beside it, so that nobody else removes it.
 */
export class FolderCache {
  readonly directory: string;
  private isChecked = false;

  /** `directory` is made, for this user alone, where it is missing. */
  constructor(directory: string) {
    this.directory = directory;
  }

  /** Copies a folder as it is now, unless the copy is there already. Errors as `listFolder` and `downloadFolder`. */
  async fetch(uri: string): Promise<CachedFolder> {
    const store = await openObjectStore(parseObjectUri(uri).scheme);
    return this.keep(store, await listFolder(store, uri));
  }

  /** The URIs of the folders directly below `parent`, or anywhere below it, that complete copies are kept of, without asking their store. */
  kept(parent: string, depth: "children" | "all" = "children"): string[] {
    const homes = depth === "children" ? [this.homeOf(parent)] : this.homes();
    const below = `${parent.replace(/\/+$/, "")}/`;
    const uris = homes.flatMap((home) =>
      entries(home).flatMap((entry) => {
        const manifest = manifestOf.exec(entry) === null ? undefined : readManifest(join(home, entry));
        return manifest?.uri.startsWith(below) === true ? manifest.uri : [];
      }),
    );
    return [...new Set(uris)].sort();
  }

  /**
   * The newest copy of a folder that is whole, by the sizes and checksums of when it was copied; undefined where there is none. Nothing is
   * asked of the store.
   */
  async fetchKept(uri: string): Promise<CachedFolder | undefined> {
    const home = this.homeOf(folderOf(uri));
    const name = safeName(lastPart(uri));
    const copies = entries(home).flatMap((entry) => {
      const [, folder, digest] = manifestOf.exec(entry) ?? [];
      const manifest = folder === name ? readManifest(join(home, entry)) : undefined;
      if (manifest?.uri !== uri.replace(/\/+$/, "") || digest === undefined) return [];
      return [{ path: join(home, `${name}.${digest}`), digest, manifest }];
    });
    copies.sort((a, b) => b.manifest.copied - a.manifest.copied);
    for (const { path, digest, manifest } of copies) {
      this.check();
      use(path);
      if (await isIntactCopy(path, manifest)) return heldCopy(path, digest);
      release(path);
    }
    return undefined;
  }

  /** What a folder holds now, as `CachedFolder.digest`. Errors as `listFolder`. */
  async digestOf(uri: string): Promise<string> {
    const store = await openObjectStore(parseObjectUri(uri).scheme);
    return (await listFolder(store, uri)).digest;
  }

  /** Removes the copies of folders within `parent` that have none of the names, and what is in nobody's use. */
  prune(parent: string, names: ReadonlySet<string>): void {
    const home = this.homeOf(parent);
    const kept = new Set([...names].map(safeName));
    for (const entry of entries(home)) {
      const [, name, digest] = /^(.+)\.([0-9a-f]{16})$/.exec(entry) ?? [];
      if (digest !== undefined && kept.has(name!)) continue;
      const isWanted = digest === undefined ? isAlive(home, entry) : isUsed(home, entry);
      if (!isWanted) rmSync(join(home, entry), { recursive: true, force: true });
    }
    for (const entry of entries(home)) {
      if (manifestOf.test(entry) && !existsSync(join(home, entry.slice(0, -manifestEnd.length))))
        rmSync(join(home, entry), { force: true });
    }
  }

  private async keep(store: ObjectStore, folder: RemoteFolder): Promise<CachedFolder> {
    this.check();
    const home = this.homeOf(folderOf(folder.uri));
    const name = safeName(lastPart(folder.uri));
    const entry = `${name}.${folder.digest}`;
    const path = join(home, entry);
    try {
      mkdirSync(home, { recursive: true });
      use(path);
      if (!isComplete(path, folder)) await this.download(store, folder, path);
      if (!existsSync(`${path}${manifestEnd}`)) writeManifest(`${path}${manifestEnd}`, folder);
    } catch (error) {
      release(path);
      throw fileError(error, path);
    }
    // What the same folder held before, unless somebody still has it.
    for (const other of entries(home)) {
      if (other === entry || !/\.[0-9a-f]{16}$/.test(other) || !other.startsWith(`${name}.`)) continue;
      if (other.length === entry.length && !isUsed(home, other)) {
        rmSync(join(home, `${other}${manifestEnd}`), { force: true });
        await rm(join(home, other), { recursive: true, force: true });
      }
    }
    return heldCopy(path, folder.digest);
  }

  private async download(store: ObjectStore, folder: RemoteFolder, path: string): Promise<void> {
    partials += 1;
    const partial = `${path}.partial-${partials}.${ownMark}`;
    held.set(partial, 1);
    const damaged = `${path}.damaged-${partials}.${ownMark}`;
    try {
      await downloadFolder(store, folder, partial);
      // Another process may have been faster with the same content, and use it by now: what is whole stays. From here to the renaming
      // nothing waits, so that nobody's new copy is taken for the damaged one.
      if (!isComplete(path, folder)) {
        if (existsSync(path)) renameSync(path, damaged);
        renameSync(partial, path);
      }
    } catch (error) {
      if (!isComplete(path, folder)) throw error;
    } finally {
      await rm(partial, { recursive: true, force: true });
      await rm(damaged, { recursive: true, force: true });
      held.delete(partial);
    }
  }

  private homes(): string[] {
    return entries(this.directory).map((home) => join(this.directory, home));
  }

  private homeOf(parent: string): string {
    const { scheme, bucket } = parseObjectUri(parent);
    const hash = createHash("sha256").update(parent.replace(/\/+$/, "")).digest("hex").slice(0, 16);
    return join(this.directory, `${scheme}-${safeName(bucket)}-${hash}`);
  }

  /** Models from a folder that others may write to would be others' models. */
  private check(): void {
    if (this.isChecked) return;
    const { directory } = this;
    try {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      const own = process.getuid?.();
      if (directory === defaultCacheDirectory() && own !== undefined && statSync(directory).uid !== own) {
        throw new StatusError(
          "PERMISSION_DENIED",
          `${directory} belongs to another user: name another cache directory`,
        );
      }
    } catch (error) {
      throw fileError(error, directory);
    }
    this.isChecked = true;
  }
}

/** Where copies are kept unless somebody says otherwise: TUREEN_MODEL_CACHE_DIR, else a folder of the user's among temporary files. */
export function defaultCacheDirectory(): string {
  return process.env["TUREEN_MODEL_CACHE_DIR"] ?? join(tmpdir(), `tureen-models-${process.getuid?.() ?? "user"}`);
}

/** What follows a copy's name in that of its manifest. */
const manifestEnd = ".files.json";
const manifestOf = /^(.+)\.([0-9a-f]{16})\.files\.json$/;

function heldCopy(path: string, digest: string): CachedFolder {
  let isHeld = true;
  return {
    path,
    digest,
    release: () => {
      if (isHeld) release(path);
      isHeld = false;
    },
  };
}

/** Who uses a copy: machine and process. */
const ownMark = `${safeName(hostname())}.${process.pid}`;

/** What this process uses or makes, and how many times. */
const held = new Map<string, number>();
let partials = 0;

function use(path: string): void {
  const count = (held.get(path) ?? 0) + 1;
  held.set(path, count);
  if (count === 1) writeFileSync(`${path}.use.${ownMark}`, "");
}

function release(path: string): void {
  const count = (held.get(path) ?? 0) - 1;
  if (count > 0) {
    held.set(path, count);
    return;
  }
  held.delete(path);
  rmSync(`${path}.use.${ownMark}`, { force: true });
}

function isUsed(home: string, entry: string): boolean {
  return entries(home).some((other) => other.startsWith(`${entry}.use.`) && isAlive(home, other));
}

/** Whether the process whose mark ends a name still runs. */
function isAlive(home: string, entry: string): boolean {
  const [, host, pid] = /\.([^.]+)\.(\d+)$/.exec(entry) ?? [];
  if (pid === undefined) return true;
  if (host !== safeName(hostname())) {
    const modified = statSync(join(home, entry), { throwIfNoEntry: false })?.mtimeMs ?? 0;
    return Date.now() - modified < foreignMarkMs;
  }
  // A process of the same number may have run in this container before.
  if (Number(pid) === process.pid) return held.has(join(home, entry.replace(/\.use\.[^.]+\.\d+$/, "")));
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as another user.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function isComplete(path: string, { files }: RemoteFolder): boolean {
  return files.every(([name, { bytes }]) => statSync(join(path, name), { throwIfNoEntry: false })?.size === bytes);
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // Nothing was kept there yet.
    return [];
  }
}

function safeName(text: string): string {
  return text.replace(/[^A-Za-z0-9_-]/g, "_");
}
