import { listAll } from "../../core/object-store/list-all.js";
import type { ObjectInfo, ObjectStore } from "../../core/object-store/object-store.js";
import { folderOf, joinPath, type ObjectScheme, parseObjectUri } from "../../core/object-store/object-uri.js";
import { openObjectStore } from "../../core/object-store/open-object-store.js";
import type { RetrySchedule } from "../../core/object-store/retrying.js";
import { type StatusError, toStatusError } from "../../core/status-error.js";
import { parseVersion, type Storage } from "./scan-versions.js";

/** What a base path in an object store holds. */
export interface BasePathFolders {
  /** Folders, but for versions without a SavedModel, and the file of a base path that is a SavedModel itself. */
  readonly children: readonly string[];
  /** Versions whose SavedModel is not there, or not yet. */
  readonly incomplete: readonly string[];
}

/** Told of a base path. */
export type TellFolders = (basePath: string, folders: BasePathFolders | StatusError) => void;

/** Folders whose sub-folders are base paths, whatever their names, and who is told which of them have a version. */
export interface WatchedFolders {
  /** URIs without a slash at the end. */
  readonly folders: readonly string[];
  readonly tell: (folder: string, basePaths: readonly string[] | StatusError) => void;
}

/** A look at a store fails soon: the next poll looks again, and a server's start must not wait long for one that is away. */
const pollRetries: RetrySchedule = { attempts: 4, waitMs: 100, maxWaitMs: 1000 };

/** The files that make a folder a SavedModel. */
const modelFile = /^saved_model\.(?:pb|pbtxt|cpb)$/;

/** After so many polls a prefix that held too much is listed as a whole again: it may hold less by then. */
const pollsApart = 300;

/**
 * Finds version folders in object stores with as few requests as possible.
 *
 * Base paths under one prefix are found in one listing of it, and so are those that a folder of models turns out to hold. Where that takes
 * more pages than there are base paths, because the prefix holds much else, each base path is listed by itself from then on, with a
 * delimiter.
 */
export class ObjectFolders {
  private readonly open: (scheme: ObjectScheme, retries: RetrySchedule) => Promise<ObjectStore>;
  private readonly apart = new Map<string, number>();
  /** Versions that have been seen to hold a SavedModel, by base path. */
  private readonly complete = new Map<string, Set<string>>();

  constructor(open: (scheme: ObjectScheme, retries: RetrySchedule) => Promise<ObjectStore> = openObjectStore) {
    this.open = open;
  }

  /** Looks at base paths and watched folders and tells of each as soon as it is known: what it holds, or why it could not be looked at. */
  async scan(basePaths: readonly string[], tell: TellFolders, watched?: WatchedFolders): Promise<void> {
    const groups = new Map<string, string[]>((watched?.folders ?? []).map((folder) => [folder, []]));
    for (const basePath of new Set(basePaths)) {
      const parent = parentOf(basePath);
      const group = groups.get(parent);
      if (group === undefined) groups.set(parent, [basePath]);
      else group.push(basePath);
    }
    const look = async (act: () => Promise<void>, fail: (error: StatusError) => void): Promise<void> => {
      try {
        await act();
      } catch (error) {
        fail(toStatusError(error));
      }
    };
    const scanGroup = async (parent: string, paths: readonly string[]): Promise<void> => {
      const isWatched = watched?.folders.includes(parent) === true;
      const together = await this.scanTogether(parent, paths, isWatched);
      const found = together ?? (isWatched ? await this.scanChildren(parent) : undefined);
      if (found === undefined) {
        const alone = async (path: string): Promise<void> => tell(path, await this.scanAlone(path));
        await Promise.all(
          paths.map((path) =>
            look(
              () => alone(path),
              (error) => tell(path, error),
            ),
          ),
        );
        return;
      }
      for (const path of paths) tell(path, found.get(parseObjectUri(path).key) ?? { children: [], incomplete: [] });
      if (isWatched) watched.tell(parent, basePathsWithVersions(parent, found));
    };
    await Promise.all(
      [...groups].map(([parent, paths]) =>
        look(
          () => scanGroup(parent, paths),
          (error) => {
            for (const path of paths) tell(path, error);
            if (watched?.folders.includes(parent) === true) watched.tell(parent, error);
          },
        ),
      ),
    );
  }

  /**
   * Lists what is under a prefix and sorts it by the base paths' keys: those given, or all that there are (`any`). Undefined where there are
   * better ways.
   */
  private async scanTogether(
    parent: string,
    paths: readonly string[],
    any: boolean,
  ): Promise<ReadonlyMap<string, BasePathFolders> | undefined> {
    if (paths.length < 2 && !any) return undefined;
    const wait = this.apart.get(parent) ?? 0;
    if (wait > 0) {
      this.apart.set(parent, wait - 1);
      return undefined;
    }
    const { scheme, bucket, key } = parseObjectUri(parent);
    const store = await this.open(scheme, pollRetries);
    const prefix = key === "" ? "" : `${key}/`;
    const versions = new Map(paths.map((path) => [`${parseObjectUri(path).key}/`, new Map<string, boolean>()]));
    let page: string | undefined;
    for (let pages = 1; ; pages++) {
      const answer = await store.list(bucket, prefix, page === undefined ? {} : { page });
      for (const object of answer.objects) note(object, prefix, versions, any);
      page = answer.next;
      if (page === undefined) break;
      // Apart takes a request for each base path, and for a watched folder one more.
      if (pages >= versions.size + (any ? 1 : 0)) {
        this.apart.set(parent, pollsApart);
        return undefined;
      }
    }
    return new Map([...versions].map(([path, children]) => [path.slice(0, -1), foldersOf(children)]));
  }

  /** Lists the sub-folders of a folder, then each by itself. */
  private async scanChildren(folder: string): Promise<ReadonlyMap<string, BasePathFolders>> {
    const { scheme, bucket, key } = parseObjectUri(folder);
    const store = await this.open(scheme, pollRetries);
    const prefix = key === "" ? "" : `${key}/`;
    const { prefixes } = await listAll(store, bucket, prefix, "/");
    return new Map(
      await Promise.all(
        prefixes.map(async (child) => {
          const basePath = child.slice(0, -1);
          return [basePath, await this.scanAlone(joinPath(folder, basePath.slice(prefix.length)))] as const;
        }),
      ),
    );
  }

  /** Lists a base path's children, and what those hold that have not been seen to be complete. */
  private async scanAlone(basePath: string): Promise<BasePathFolders> {
    const { scheme, bucket, key } = parseObjectUri(basePath);
    const store = await this.open(scheme, pollRetries);
    const prefix = key === "" ? "" : `${key}/`;
    const { objects: files, prefixes } = await listAll(store, bucket, prefix, "/");
    const known = this.complete.get(basePath) ?? new Set();
    const versions = new Map<string, boolean>();
    for (const file of files.map((object) => object.key.slice(prefix.length))) {
      if (modelFile.test(file)) versions.set(file, true);
    }
    for (const child of prefixes.map((name) => name.slice(prefix.length, -1))) {
      if (parseVersion(child) === undefined || known.has(child)) {
        versions.set(child, true);
        continue;
      }
      const { objects } = await listAll(store, bucket, `${prefix}${child}/`, "/");
      const isComplete = objects.some((object) => modelFile.test(object.key.slice(prefix.length + child.length + 1)));
      versions.set(child, isComplete);
    }
    const folders = foldersOf(versions);
    this.complete.set(basePath, new Set(folders.children));
    return folders;
  }
}

/** Notes the version folder that an object lies in, and whether it is the SavedModel of it; base paths that are new only with `any`. */
function note(object: ObjectInfo, prefix: string, versions: Map<string, Map<string, boolean>>, any: boolean): void {
  const { key } = object;
  const afterModel = key.indexOf("/", prefix.length) + 1;
  if (afterModel <= prefix.length + 1) return;
  let children = versions.get(key.slice(0, afterModel));
  if (children === undefined) {
    if (!any) return;
    children = new Map();
    versions.set(key.slice(0, afterModel), children);
  }
  const afterChild = key.indexOf("/", afterModel);
  if (afterChild < 0) {
    if (modelFile.test(key.slice(afterModel))) children.set(key.slice(afterModel), true);
    return;
  }
  const child = key.slice(afterModel, afterChild);
  const isModel = parseVersion(child) === undefined || modelFile.test(key.slice(afterChild + 1));
  children.set(child, children.get(child) === true || isModel);
}

function foldersOf(versions: ReadonlyMap<string, boolean>): BasePathFolders {
  const children: string[] = [];
  const incomplete: string[] = [];
  for (const [child, isComplete] of versions) (isComplete ? children : incomplete).push(child);
  return { children, incomplete };
}

/** The base paths within a folder, of those found by their keys, that have a version to serve. */
function basePathsWithVersions(folder: string, found: ReadonlyMap<string, BasePathFolders>): string[] {
  const models = [...found].filter(([, { children }]) => children.some((child) => parseVersion(child) !== undefined));
  return models.map(([key]) => joinPath(folder, key.slice(key.lastIndexOf("/") + 1))).sort();
}

/** The prefix that a base path shares with its neighbours; of a whole bucket, itself. */
function parentOf(basePath: string): string {
  return parseObjectUri(basePath).key === "" ? basePath : folderOf(basePath);
}

/** What a scan for versions asks of a storage, answered from what was found. Throws the error of a base path that was not looked at. */
export function storageOfFolders(basePath: string, folders: BasePathFolders | StatusError): Storage {
  if (!("children" in folders)) throw folders;
  const { children, incomplete } = folders;
  const exists = new Set([basePath, ...children.map((child) => joinPath(basePath, child))]);
  const isThere = children.length + incomplete.length > 0;
  return { exists: (path) => isThere && exists.has(path), children: () => children };
}
