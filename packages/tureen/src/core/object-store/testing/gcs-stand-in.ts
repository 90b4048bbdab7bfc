import { createHash, randomUUID } from "node:crypto";
import type { MemoryBucket, MemoryObject } from "./memory-bucket.js";
import { rangeOf, type StandIn, type StandInAnswer, type StandInRequest, startStandIn } from "./stand-in-server.js";

/** Keys and prefixes on a page of a listing, as GCS has it. */
const pageSize = 1000;

/** An upload in parts that is under way. */
interface Session {
  readonly bucket: string;
  readonly key: string;
  bytes: Buffer;
}

/**
 * A store that speaks Google Cloud Storage's JSON API as far as it is used here: list, get, media with Range, delete, rewrite, and uploads in
 * all three forms.
 *
 * Credentials are not checked. Give its URL in STORAGE_EMULATOR_HOST.
 */
export async function startGcsStandIn(options: { readonly pageSize?: number } = {}): Promise<StandIn> {
  const sessions = new Map<string, Session>();
  return startStandIn({
    answer: (request, bucket) => answer(request, bucket, sessions, options.pageSize ?? pageSize),
    unavailable: failure(503, "Backend Error"),
  });
}

function answer(
  request: StandInRequest,
  bucketOf: (name: string) => MemoryBucket,
  sessions: Map<string, Session>,
  limit: number,
): StandInAnswer {
  const { method, query } = request;
  // With an emulator's address the SDK leaves out the prefix of the API.
  const path = request.path.replace(/^\/(?:download\/)?storage\/v1/, "");
  const upload = /^\/upload(?:\/storage\/v1)?\/b\/([^/]+)\/o$/.exec(request.path);
  if (upload !== null) return uploaded(request, decodeURIComponent(upload[1]!), bucketOf, sessions);
  const rewrite = /^\/b\/([^/]+)\/o\/([^/]+)\/rewriteTo\/b\/([^/]+)\/o\/([^/]+)$/.exec(path);
  if (rewrite !== null) {
    const [fromBucket, from, toBucket, to] = rewrite.slice(1).map(decodeURIComponent) as [
      string,
      string,
      string,
      string,
    ];
    const object = bucketOf(fromBucket).objects.get(from);
    if (object === undefined) return failure(404, `No such object: ${fromBucket}/${from}`);
    const copied = bucketOf(toBucket).put(to, object.bytes);
    return json("rewrite", { kind: "storage#rewriteResponse", done: true, resource: resource(toBucket, to, copied) });
  }
  const match = /^\/b\/([^/]+)\/o(?:\/(.+))?$/.exec(path);
  if (match === null) return failure(404, `${method} ${request.path}`);
  const name = decodeURIComponent(match[1]!);
  const bucket = bucketOf(name);
  if (match[2] === undefined) return list(name, bucket, query, limit);
  const key = decodeURIComponent(match[2]);
  const object = bucket.objects.get(key);
  const generation = query.get("generation");
  if (object === undefined || (generation !== null && generation !== String(object.generation))) {
    return failure(404, `No such object: ${name}/${key}`);
  }
  if (method === "DELETE") {
    bucket.objects.delete(key);
    return { operation: "delete", status: 204 };
  }
  return query.get("alt") === "media" ? media(object, request) : json("get", resource(name, key, object));
}

function list(name: string, bucket: MemoryBucket, query: URLSearchParams, limit: number): StandInAnswer {
  const keys = Math.min(Number(query.get("maxResults") ?? limit), limit);
  const { objects, prefixes, next } = bucket.list(
    query.get("prefix") ?? "",
    query.get("delimiter") ?? "",
    query.get("pageToken") ?? "",
    keys,
  );
  return json("list", {
    kind: "storage#objects",
    ...(objects.length === 0 ? {} : { items: objects.map(([key, object]) => resource(name, key, object)) }),
    ...(prefixes.length === 0 ? {} : { prefixes }),
    ...(next === undefined ? {} : { nextPageToken: next }),
  });
}

function media({ bytes, generation }: MemoryObject, { headers }: StandInRequest): StandInAnswer {
  const shown = { "content-type": "application/octet-stream", "x-goog-generation": String(generation) };
  const range = rangeOf(headers.range, bytes.length);
  if (range === "none") return { ...failure(416, "Requested range not satisfiable"), operation: "media" };
  if (range === undefined) return { operation: "media", status: 200, headers: shown, body: bytes };
  const [start, end] = range;
  return {
    operation: "media",
    status: 206,
    headers: { ...shown, "content-range": `bytes ${start}-${end - 1}/${bytes.length}` },
    body: bytes.subarray(start, end),
  };
}

function uploaded(
  { method, query, headers, body, url }: StandInRequest,
  name: string,
  bucketOf: (name: string) => MemoryBucket,
  sessions: Map<string, Session>,
): StandInAnswer {
  const bucket = bucketOf(name);
  const id = query.get("upload_id");
  if (id !== null) {
    const session = sessions.get(id);
    if (session === undefined) return failure(404, "No such upload");
    if (method === "DELETE") {
      sessions.delete(id);
      return { operation: "abort", status: 499 };
    }
    return piece(session, bucketOf(session.bucket), headers["content-range"] ?? "", body);
  }
  switch (query.get("uploadType")) {
    case "media":
      return json("media upload", resource(name, query.get("name")!, bucket.put(query.get("name")!, body)));
    case "multipart": {
      const boundary = /boundary="?([^";]+)"?/.exec(headers["content-type"] ?? "")?.[1] ?? "";
      const [metadata, content] = partsOf(body, boundary);
      const { name: given, md5Hash } = JSON.parse(metadata!.toString() || "{}") as { name?: string; md5Hash?: string };
      if (md5Hash !== undefined && createHash("md5").update(content!).digest("base64") !== md5Hash) {
        return failure(400, "Provided MD5 hash does not match the calculated one.");
      }
      const key = query.get("name") ?? given!;
      return json("multipart upload", resource(name, key, bucket.put(key, content!)));
    }
    case "resumable": {
      const session = randomUUID();
      const given = body.length === 0 ? {} : (JSON.parse(body.toString()) as { name?: string });
      sessions.set(session, { bucket: name, key: query.get("name") ?? given.name!, bytes: Buffer.alloc(0) });
      const location = `${url}/upload/storage/v1/b/${encodeURIComponent(name)}/o?uploadType=resumable&upload_id=${session}`;
      return { operation: "resumable upload", status: 200, headers: { location } };
    }
    default:
      return failure(400, "uploadType");
  }
}

/** A part of a resumable upload; bytes that have come before are passed over. */
function piece(session: Session, bucket: MemoryBucket, range: string, body: Buffer): StandInAnswer {
  const match = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(range);
  if (match === null) return failure(400, `Content-Range: ${range}`);
  const start = Number(match[1]);
  if (start > session.bytes.length) return failure(503, "A part is missing");
  const fresh = body.subarray(session.bytes.length - start);
  session.bytes = Buffer.concat([session.bytes, fresh]);
  if (match[3] === "*") {
    return { operation: "part", status: 308, headers: { range: `bytes=0-${session.bytes.length - 1}` } };
  }
  if (session.bytes.length !== Number(match[3])) return failure(400, "The size does not match");
  const there = bucket.objects.get(session.key);
  const object = there?.bytes.equals(session.bytes) === true ? there : bucket.put(session.key, session.bytes, 1);
  return json("part", resource(session.bucket, session.key, object));
}

/** The bodies of a multipart/related message. */
function partsOf(body: Buffer, boundary: string): Buffer[] {
  const mark = Buffer.from(`--${boundary}`);
  const parts: Buffer[] = [];
  for (let at = body.indexOf(mark); at >= 0; ) {
    const next = body.indexOf(mark, at + mark.length);
    if (next < 0) break;
    const part = body.subarray(at + mark.length, next);
    const start = part.indexOf("\r\n\r\n") + 4;
    // A line break goes with the boundary that follows it.
    parts.push(part.subarray(start, part.length - 2));
    at = next;
  }
  return parts;
}

function resource(bucket: string, name: string, object: MemoryObject): Readonly<Record<string, unknown>> {
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(object.crc32c);
  return {
    kind: "storage#object",
    bucket,
    name,
    size: String(object.bytes.length),
    generation: String(object.generation),
    metageneration: "1",
    updated: object.modified.toISOString(),
    etag: Buffer.from(String(object.generation)).toString("base64"),
    crc32c: checksum.toString("base64"),
    ...(object.isComposite ? {} : { md5Hash: Buffer.from(object.md5, "hex").toString("base64") }),
  };
}

function json(operation: string, value: unknown): StandInAnswer {
  return { operation, status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
}

function failure(status: number, message: string): StandInAnswer {
  return {
    ...json("error", { error: { code: status, message, errors: [{ reason: "backendError", message }] } }),
    status,
  };
}
