import type { FolderCache } from "../../core/object-store/folder-cache.js";
import { folderOf, isObjectUri, lastPart } from "../../core/object-store/object-uri.js";
import type { LoadServable } from "../servable/servable.js";

/** Copies on the disk of the versions that are served from object stores: there while they are wanted or in use, and no longer. */
export class VersionCopies {
  private readonly cache: FolderCache;
  /** The names of the wanted versions, by base path; base paths that nobody wants any more keep an empty entry. */
  private readonly wanted = new Map<string, Set<string>>();

  constructor(cache: FolderCache) {
    this.cache = cache;
  }

  /** From now on these versions are wanted, by their URIs: copies of others go as soon as nobody uses them. */
  keep(uris: readonly string[]): void {
    for (const names of this.wanted.values()) names.clear();
    for (const uri of uris) {
      const basePath = folderOf(uri);
      const names = this.wanted.get(basePath);
      if (names === undefined) this.wanted.set(basePath, new Set([lastPart(uri)]));
      else names.add(lastPart(uri));
    }
    for (const [basePath, names] of this.wanted) {
      this.cache.prune(basePath, names);
      if (names.size === 0) this.wanted.delete(basePath);
    }
  }

  /** A loader that copies what lies in an object store before it loads it. */
  loader(load: LoadServable): LoadServable {
    return async (name, version, path) => {
      if (!isObjectUri(path)) return load(name, version, path);
      const copy = await this.cache.fetch(path);
      const release = (): void => {
        copy.release();
        const basePath = folderOf(path);
        this.cache.prune(basePath, this.wanted.get(basePath) ?? new Set());
      };
      try {
        const servable = await load(name, version, copy.path);
        return {
          ...servable,
          close: () => {
            try {
              servable.close();
            } finally {
              release();
            }
          },
        };
      } catch (error) {
        copy.release();
        throw error;
      }
    };
  }
}
