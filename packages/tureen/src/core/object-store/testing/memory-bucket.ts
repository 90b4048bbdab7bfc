import { createHash } from "node:crypto";
import { crc32c } from "../../crc32c.js";

/** An object of a stand-in. */
export interface MemoryObject {
  readonly bytes: Buffer;
  /** In hexadecimal digits. */
  readonly md5: string;
  readonly crc32c: number;
  /** S3's, with quotes; the content's MD5, or one with a dash for what came in parts. */
  readonly etag: string;
  /** GCS's: grows with every upload. */
  readonly generation: number;
  readonly modified: Date;
  /** Whether it came in parts, so that no MD5 of the whole is known. */
  readonly isComposite: boolean;
}

/** What a listing finds. */
export interface MemoryListing {
  readonly objects: readonly (readonly [key: string, object: MemoryObject])[];
  readonly prefixes: readonly string[];
  /** Where the next page begins; undefined on the last. */
  readonly next: string | undefined;
}

/** Objects by key, listed as S3 and GCS list them. */
export class MemoryBucket {
  readonly objects: Map<string, MemoryObject> = new Map();
  private generations = 0;

  /** Puts an object in its place; `parts` is how many it came in. */
  put(key: string, content: Uint8Array | string, parts?: number): MemoryObject {
    const bytes = Buffer.from(content as Uint8Array);
    const md5 = createHash("md5").update(bytes).digest("hex");
    this.generations += 1;
    const object: MemoryObject = {
      bytes,
      md5,
      crc32c: crc32c(bytes),
      etag: parts === undefined ? `"${md5}"` : `"${md5}-${parts}"`,
      generation: Date.now() * 1000 + this.generations,
      modified: new Date(Math.floor(Date.now() / 1000) * 1000),
      isComposite: parts !== undefined,
    };
    this.objects.set(key, object);
    return object;
  }

  /** At most `limit` keys and common prefixes after `after`, in the order of their bytes. */
  list(prefix: string, delimiter: string, after: string, limit: number): MemoryListing {
    const keys = [...this.objects.keys()]
      .filter((key) => key.startsWith(prefix))
      .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    const objects: [string, MemoryObject][] = [];
    const prefixes: string[] = [];
    let last = "";
    for (const key of keys) {
      const cut = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
      const entry = cut < 0 ? key : key.slice(0, cut + delimiter.length);
      if (entry <= after || entry === prefixes.at(-1)) continue;
      if (objects.length + prefixes.length === limit) return { objects, prefixes, next: last };
      last = entry;
      if (cut < 0) objects.push([key, this.objects.get(key)!]);
      else prefixes.push(entry);
    }
    return { objects, prefixes, next: undefined };
  }
}
