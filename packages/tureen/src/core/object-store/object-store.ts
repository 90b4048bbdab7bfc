import type { ObjectScheme } from "./object-uri.js";

/** What a store says of an object. */
export interface ObjectInfo {
  readonly key: string;
  readonly bytes: number;
  /** Milliseconds since 1970 of the upload. */
  readonly modified: number;
  /** Changes with the content; only to be compared and handed back. */
  readonly etag: string;
  /** The content's MD5 in hexadecimal digits, where the store knows it: not of what came in parts. */
  readonly md5?: string;
  /** The content's CRC-32C, where the store knows it. */
  readonly crc32c?: number;
}

/** One page of a listing. */
export interface ObjectPage {
  readonly objects: readonly ObjectInfo[];
  /** With a delimiter: the beginnings, up to and with the delimiter, that keys share. */
  readonly prefixes: readonly string[];
  /** Asks for the next page; undefined on the last. */
  readonly next: string | undefined;
}

/** How a listing is asked for. */
export interface ListOptions {
  /** Groups keys that go on with this after the prefix. */
  readonly delimiter?: "/";
  /** The `next` of the page before. */
  readonly page?: string;
}

/** Which bytes of which object are read. */
export interface ReadOptions {
  /** First byte; 0 unless said. */
  readonly start?: number;
  /** After the last byte; the object's end unless said. A range that ends behind the object gives what there is. */
  readonly end?: number;
  /** FAILED_PRECONDITION unless the object still has this etag. */
  readonly etag?: string;
  /** Told of the object's etag before its bytes come. */
  readonly onEtag?: (etag: string) => void;
}

/** An upload in parts; the object appears, complete, with `complete`. */
export interface PartUpload {
  /** Sends the next part, counted from 1: all but the last one have `partBytes` bytes. */
  part(number: number, bytes: Uint8Array, isLast: boolean): Promise<void>;
  complete(): Promise<void>;
  abort(): Promise<void>;
}

/**
 * An object store: the few operations that models and batch prediction need, the same for each vendor.
 *
 * Everything rejects with a StatusError: NOT_FOUND, PERMISSION_DENIED, UNAUTHENTICATED, FAILED_PRECONDITION for an etag that no longer
 * holds, and UNAVAILABLE for what may well succeed the next time.
 */
export interface ObjectStore {
  readonly scheme: ObjectScheme;
  /** One page of the objects whose keys begin with `prefix`, in the order of their keys. */
  list(bucket: string, prefix: string, options?: ListOptions): Promise<ObjectPage>;
  /** What the store says of an object; undefined where there is none. */
  head(bucket: string, key: string): Promise<ObjectInfo | undefined>;
  /** The bytes of an object as they arrive. */
  read(bucket: string, key: string, options?: ReadOptions): AsyncIterable<Uint8Array>;
  /** Puts an object in its place in one go: readers see the old content or the new. */
  put(bucket: string, key: string, bytes: Uint8Array): Promise<void>;
  /** Begins to put an object in parts; for what does not fit in memory. */
  putParts(bucket: string, key: string): Promise<PartUpload>;
  /** Copies an object within the store, without its bytes passing through here. */
  copy(bucket: string, from: string, to: string): Promise<void>;
  /** Removes an object; nothing happens where there is none. */
  delete(bucket: string, key: string): Promise<void>;
}

/** Bytes of each part of an upload but the last: a multiple of the 256 KiB that GCS asks for and above the 5 MiB of S3. */
export const partBytes: number = 16 * 1024 * 1024;
