import { randomUUID } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { listAll } from "../../core/object-store/list-all.js";
import { isObjectUri, joinPath, lastPart, parseObjectUri } from "../../core/object-store/object-uri.js";
import { openObjectStore } from "../../core/object-store/open-object-store.js";
import type { CloudLimits } from "../cloud-context.js";
import { copiedName, copyModel, deploymentFolder } from "./copy-model.js";
import { uploadModel } from "./upload-model.js";

/** Where deployed models are kept, each in a folder of its own that never changes: a folder that all servers reach, or an object store. */
export interface DeployStore {
  /** The folder or URI that holds the models' folders. */
  readonly root: string;
  /**
   * Copies a model in under a new path, after `check` found its copy on the disk to be good.
   *
   * Errors as `deploymentFolder` and `copyModel`, what the store says, and what `check` throws: nothing is kept then.
   */
  add(deploymentUri: string, limits: CloudLimits, check: CheckModel): Promise<AddedModel>;
  /** Removes the model under a path; where the store is away, at a later `sweep`. */
  remove(path: string): Promise<void>;
  /** Removes what `findWanted` does not know and no server is about to add. At a store that charges for looking, only now and then. */
  sweep(findWanted: () => Promise<Wanted>, isDue: boolean): Promise<void>;
}

/** Looks at a model's copy on the disk that is to be known by `path`. */
export type CheckModel = (folder: string, path: string) => Promise<void>;

/** A model that is in the store and that nobody knows of yet. */
export interface AddedModel {
  readonly path: string;
  /** Tells whether somebody knows of it by now; else it is removed. */
  settle(isKept: boolean): Promise<void>;
}

/** What must stay in a store. */
export interface Wanted {
  /** Names of the servers that live: what they are adding is their own to remove. */
  readonly owners: ReadonlySet<string>;
  /** Paths of the models that are deployed. */
  readonly paths: ReadonlySet<string>;
}

/** How a deployment store is set up. */
export interface DeployStoreOptions {
  /** `s3://bucket/prefix`, `gs://bucket/prefix`, or a folder; the data folder's own one without it. */
  readonly store?: string;
  /** This server's folder. */
  readonly dataDir: string;
  /** The database's own id: stores that several databases share hold a folder for each. */
  readonly databaseId: string;
  /** This server's name among those of the database. */
  readonly owner: string;
}

/** A listing costs money and is only for what crashes left behind. */
const sweepMs = 600_000;

/** Opens a deployment store. Errors as `deploymentFolder` for a path that is neither a folder nor in a store that is known. */
export function openDeployStore({ store, dataDir, databaseId, owner }: DeployStoreOptions): DeployStore {
  const root = store === undefined ? join(dataDir, "versions") : joinPath(storeFolder(store), databaseId);
  const isRemote = isObjectUri(root);
  /** Where a model lies on its way to an object store. */
  const staging = join(dataDir, "incoming");
  const underWay = new Set<string>();
  let isSweepDue = true;
  let swept = 0;

  const removeLocal = (path: string): Promise<void> => rm(path, { recursive: true, force: true });
  const remove = async (path: string): Promise<void> => {
    try {
      await (isObjectUri(path) ? removeObjects(path) : removeLocal(path));
    } catch (error) {
      isSweepDue = true;
      throw error;
    }
  };

  return {
    root,
    remove,
    async add(deploymentUri, limits, check) {
      const name = `${owner}.${randomUUID()}`;
      const path = joinPath(root, name);
      const folder = isRemote ? join(staging, name) : path;
      underWay.add(name);
      const drop = async (): Promise<void> => {
        await removeLocal(folder);
        if (isRemote) await remove(path);
      };
      try {
        await copyModel(deploymentFolder(deploymentUri), folder, limits);
        await check(folder, path);
        if (isRemote) {
          await uploadModel(folder, path);
          await removeLocal(folder);
        }
      } catch (error) {
        // What cannot be removed now is swept up; the first failure is the one to report.
        await drop().catch(() => {});
        underWay.delete(name);
        throw error;
      }
      return {
        path,
        async settle(isKept) {
          try {
            if (!isKept) await drop();
          } finally {
            underWay.delete(name);
          }
        },
      };
    },
    async sweep(findWanted, isDue) {
      if (isRemote && !isDue && !isSweepDue && Date.now() - swept < sweepMs) return;
      swept = Date.now();
      isSweepDue = false;
      try {
        const stored = isRemote ? await remoteNames(root) : await localNames(root);
        const staged = isRemote ? await localNames(staging) : [];
        if (stored.length + staged.length === 0) return;
        // In this order: what appears after a look is newer than the names, what is removed after it is nobody's.
        const busy = new Set(underWay);
        const { owners, paths } = await findWanted();
        const isOthers = (name: string): boolean => {
          const [whose] = name.split(".", 1);
          return busy.has(copiedName(name)) || (whose !== owner && owners.has(whose!));
        };
        for (const name of staged) if (!isOthers(name)) await removeLocal(join(staging, name));
        for (const name of stored) {
          const path = joinPath(root, name);
          if (!paths.has(path) && !isOthers(name)) await remove(path);
        }
      } catch (error) {
        isSweepDue = true;
        throw error;
      }
    },
  };
}

function storeFolder(store: string): string {
  return isObjectUri(store) || /^[a-z][a-z0-9+.-]*:\/\//i.test(store) ? deploymentFolder(store) : resolve(store);
}

function localNames(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

async function remoteNames(root: string): Promise<string[]> {
  const { scheme, bucket, key } = parseObjectUri(root);
  const store = await openObjectStore(scheme);
  const { prefixes } = await listAll(store, bucket, `${key}/`, "/");
  return prefixes.map(lastPart);
}

async function removeObjects(path: string): Promise<void> {
  const { scheme, bucket, key } = parseObjectUri(path);
  const store = await openObjectStore(scheme);
  const { objects } = await listAll(store, bucket, `${key}/`);
  for (const object of objects) await store.delete(bucket, object.key);
}
