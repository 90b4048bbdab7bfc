import type { ObjectInfo, ObjectStore } from "./object-store.js";

/** A whole listing. */
export interface Listing {
  readonly objects: readonly ObjectInfo[];
  readonly prefixes: readonly string[];
}

/** Every page of a listing, put together. */
export async function listAll(store: ObjectStore, bucket: string, prefix: string, delimiter?: "/"): Promise<Listing> {
  const objects: ObjectInfo[] = [];
  const prefixes: string[] = [];
  let page: string | undefined;
  do {
    const answer = await store.list(bucket, prefix, {
      ...(delimiter === undefined ? {} : { delimiter }),
      ...(page === undefined ? {} : { page }),
    });
    objects.push(...answer.objects);
    prefixes.push(...answer.prefixes);
    page = answer.next;
  } while (page !== undefined);
  return { objects, prefixes };
}
