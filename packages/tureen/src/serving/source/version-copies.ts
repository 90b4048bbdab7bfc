import type { CachedFolder, FolderCache } from "../../core/object-store/folder-cache.js";
import { folderOf, isObjectUri, lastPart } from "../../core/object-store/object-uri.js";
import { StatusError, toStatusError } from "../../core/status-error.js";
import type { Log } from "../log.js";
import type { LoadServable } from "../servable/servable.js";
import { isAway } from "./is-away.js";
import type { BasePathFolders } from "./object-folders.js";

/** A version that is served from a copy whose store could not be asked. */
interface Unconfirmed {
  readonly name: string;
  readonly version: bigint;
  readonly uri: string;
  readonly digest: string;
}

/** What takes over from the store when it is back. */
export interface CopiesTakeOver {
  /** The version's copy is what the store has. */
  confirmed(name: string, version: bigint): void;
  /** The store has other content under the version's name: it has to be loaded again. */
  replaced(name: string, version: bigint): Promise<void>;
}

/** Copies on the disk of the versions that are served from object stores: there while they are wanted or in use, and no longer. */
export class VersionCopies {
  private readonly cache: FolderCache;
  private readonly log: Log;
  private readonly takeOver: CopiesTakeOver;
  /** The names of the wanted versions, by base path; base paths that nobody wants any more keep an empty entry. */
  private readonly wanted = new Map<string, Set<string>>();
  /** Base paths whose store could not be asked, and why. */
  private readonly notAsked = new Map<string, StatusError>();
  private readonly unconfirmed = new Set<Unconfirmed>();
  /** Base paths that are being compared with their stores. */
  private readonly comparing = new Set<string>();
  private readonly warned = new Map<string, string>();

  constructor(cache: FolderCache, log: Log, takeOver: CopiesTakeOver) {
    this.cache = cache;
    this.log = log;
    this.takeOver = takeOver;
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

  /** What a base path is known to have held, by the copies that are kept of it; undefined where there is none. */
  foldersOf(basePath: string): BasePathFolders | undefined {
    const children = this.cache.kept(basePath).map(lastPart);
    const bare = this.cache.kept(folderOf(basePath)).includes(withoutSlash(basePath)) ? ["saved_model.pb"] : [];
    return children.length + bare.length === 0 ? undefined : { children: [...children, ...bare], incomplete: [] };
  }

  /** The base paths within a folder of models that copies are kept of. */
  basePathsIn(folder: string): string[] {
    const start = withoutSlash(folder);
    const paths = this.cache.kept(folder, "all").map(folderOf);
    return [...new Set(paths.filter((path) => folderOf(path) === start))];
  }

  /** Notes that a base path's store cannot be asked: until it is back, versions are loaded from copies without trying it first. */
  away(basePath: string, error: StatusError): void {
    this.notAsked.set(withoutSlash(basePath), error);
  }

  /** Notes that a base path's store answers, and compares what was loaded from copies with what the store has. */
  back(basePath: string): void {
    const path = withoutSlash(basePath);
    this.notAsked.delete(path);
    if (this.comparing.has(path)) return;
    const entries = [...this.unconfirmed].filter(({ uri }) => folderOf(uri) === path || uri === path);
    if (entries.length === 0) return;
    this.comparing.add(path);
    void this.compare(entries).then(() => this.comparing.delete(path));
  }

  private async compare(entries: readonly Unconfirmed[]): Promise<void> {
    for (const entry of entries) {
      const { name, version, uri, digest } = entry;
      try {
        const isSame = (await this.cache.digestOf(uri)) === digest;
        if (!this.unconfirmed.has(entry)) continue;
        if (isSame) {
          this.unconfirmed.delete(entry);
          this.takeOver.confirmed(name, version);
          this.log.info("source", `Version ${version} of servable ${name}: ${uri} is what the copy in the cache is.`);
        } else {
          // The old copy's servable is closed by it, and the entry goes with it.
          await this.takeOver.replaced(name, version);
        }
        this.warned.delete(uri);
      } catch (error) {
        const { message } = toStatusError(error);
        if (this.warned.get(uri) === message) continue;
        this.warned.set(uri, message);
        this.log.warning("source", `${uri} could not be taken over from its store: ${message}`);
      }
    }
  }

  /**
   * A loader that copies what lies in an object store before it loads it.
   *
   * Where the store cannot be asked, a copy that is kept and whole is loaded instead, and the servable's `caveat` says so.
   */
  loader(load: LoadServable): LoadServable {
    return async (name, version, path) => {
      if (!isObjectUri(path)) return load(name, version, path);
      const { copy, caveat } = await this.copyOf(name, version, path);
      const entry = { name, version, uri: withoutSlash(path), digest: copy.digest };
      const release = (): void => {
        this.unconfirmed.delete(entry);
        copy.release();
        const basePath = folderOf(path);
        this.cache.prune(basePath, this.wanted.get(basePath) ?? new Set());
      };
      try {
        const servable = await load(name, version, copy.path);
        if (caveat !== undefined) this.unconfirmed.add(entry);
        return {
          ...servable,
          ...(caveat === undefined ? {} : { caveat }),
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

  private async copyOf(
    name: string,
    version: bigint,
    uri: string,
  ): Promise<{ readonly copy: CachedFolder; readonly caveat?: StatusError }> {
    let why = this.notAsked.get(folderOf(uri)) ?? this.notAsked.get(withoutSlash(uri));
    if (why === undefined) {
      try {
        return { copy: await this.cache.fetch(uri) };
      } catch (error) {
        why = toStatusError(error);
        if (!isAway(why)) throw why;
      }
    }
    const copy = await this.cache.fetchKept(uri);
    if (copy === undefined) throw why;
    const text = `the store of ${uri} cannot be asked (${why.message}); the verified copy in the cache is served`;
    this.log.warning("source", `Version ${version} of servable ${name}: ${text}.`);
    return { copy, caveat: new StatusError("UNAVAILABLE", text) };
  }
}

function withoutSlash(uri: string): string {
  return uri.replace(/\/+$/, "");
}
