import { join } from "node:path";
import { FolderCache } from "../../core/object-store/folder-cache.js";
import { isObjectUri, lastPart } from "../../core/object-store/object-uri.js";

/** A model's folder on the disk; a copy from an object store stays until it is released. */
export interface ModelFolder {
  readonly path: string;
  release(): void;
}

/** Deployed models as folders on this machine's disk, wherever they are kept. */
export interface ModelCopies {
  /** The folder of the model under a path. Errors as `FolderCache.fetch`. */
  take(path: string): Promise<ModelFolder>;
  /** Removes the copies of models that are not among the deployed ones. */
  prune(deployed: Iterable<string>): void;
}

/** The copies of a server with the given data folder, whose deployment store has its models in `root`. */
export function modelCopies(dataDir: string, root: string): ModelCopies {
  const cache = new FolderCache(join(dataDir, "cache"));
  return {
    take: async (path) => (isObjectUri(path) ? cache.fetch(path) : { path, release() {} }),
    prune(deployed) {
      if (isObjectUri(root)) cache.prune(root, new Set([...deployed].map(lastPart)));
    },
  };
}
