import { defaultCacheDirectory, FolderCache } from "./folder-cache.js";
import { isObjectUri } from "./object-uri.js";

/**
 * Has something done with a folder on the disk: the folder itself, or the cached copy of one in an object store.
 *
 * The copy is sure to stay until what `use` gives is there. Errors as `FolderCache.fetch`.
 */
export async function withLocalFolder<T>(folder: string, use: (path: string) => T | Promise<T>): Promise<T> {
  if (!isObjectUri(folder)) return use(folder);
  const copy = await new FolderCache(defaultCacheDirectory()).fetch(folder);
  try {
    return await use(copy.path);
  } finally {
    copy.release();
  }
}
