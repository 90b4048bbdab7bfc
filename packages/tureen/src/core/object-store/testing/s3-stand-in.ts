import { createHash, randomUUID } from "node:crypto";
import type { MemoryBucket, MemoryObject } from "./memory-bucket.js";
import {
  rangeOf,
  type StandIn,
  type StandInAnswer,
  type StandInRequest,
  type StandInTls,
  startStandIn,
} from "./stand-in-server.js";

/** Keys and prefixes on a page of a listing, as S3 has it. */
const pageSize = 1000;

/**
 * A store that speaks S3's protocol as far as it is used here: ListObjectsV2, Get with Range, Put, Head, Copy, Delete, uploads in parts.
 *
 * Path-style addresses; signatures are not checked. Give its URL in AWS_ENDPOINT_URL_S3 or S3_ENDPOINT.
 */
export async function startS3StandIn(
  options: { readonly pageSize?: number; readonly tls?: StandInTls } = {},
): Promise<StandIn> {
  const uploads = new Map<string, Map<number, Buffer>>();
  const vendor = {
    answer: (request: StandInRequest, bucket: (name: string) => MemoryBucket) =>
      answer(request, bucket, uploads, options.pageSize ?? pageSize),
    unavailable: failure(503, "SlowDown", "Please reduce your request rate."),
  };
  return startStandIn(vendor, options.tls);
}

function answer(
  request: StandInRequest,
  bucketOf: (name: string) => MemoryBucket,
  uploads: Map<string, Map<number, Buffer>>,
  limit: number,
): StandInAnswer {
  const { method, query, headers, body } = request;
  const [, name = "", ...rest] = request.path.split("/").map(decodeURIComponent);
  const bucket = bucketOf(name);
  const key = rest.join("/");
  if (key === "") return method === "GET" ? list(bucket, query, limit) : failure(405, "MethodNotAllowed", method);
  const md5 = createHash("md5").update(body).digest();
  const expected = headers["content-md5"];
  if (expected !== undefined && md5.toString("base64") !== expected) {
    return failure(400, "BadDigest", "The Content-MD5 you specified did not match what we received.");
  }
  const uploadId = query.get("uploadId");
  switch (method) {
    case "GET":
    case "HEAD":
      return read(bucket.objects.get(key), headers, method);
    case "PUT": {
      if (uploadId !== null) {
        const parts = uploads.get(uploadId);
        if (parts === undefined) return failure(404, "NoSuchUpload", "The specified upload does not exist.");
        parts.set(Number(query.get("partNumber")), body);
        return { operation: "UploadPart", status: 200, headers: { etag: `"${md5.toString("hex")}"` } };
      }
      const source = headers["x-amz-copy-source"];
      if (source !== undefined) return copy(bucketOf, String(source), bucket, key);
      return { operation: "PutObject", status: 200, headers: { etag: bucket.put(key, body).etag } };
    }
    case "POST": {
      if (uploadId !== null) return complete(uploads, uploadId, bucket, key, body.toString());
      const id = randomUUID();
      uploads.set(id, new Map());
      const text = `<InitiateMultipartUploadResult><Bucket>${name}</Bucket><Key>${xmlText(key)}</Key><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`;
      return xml("CreateMultipartUpload", text);
    }
    case "DELETE":
      if (uploadId !== null) {
        uploads.delete(uploadId);
        return { operation: "AbortMultipartUpload", status: 204 };
      }
      bucket.objects.delete(key);
      return { operation: "DeleteObject", status: 204 };
    default:
      return failure(405, "MethodNotAllowed", method);
  }
}

function list(bucket: MemoryBucket, query: URLSearchParams, limit: number): StandInAnswer {
  const prefix = query.get("prefix") ?? "";
  const after = query.get("continuation-token") ?? query.get("start-after") ?? "";
  const keys = Math.min(Number(query.get("max-keys") ?? limit), limit);
  const found = bucket.list(prefix, query.get("delimiter") ?? "", after, keys);
  const contents = found.objects.map(
    ([key, { bytes, etag, modified }]) =>
      `<Contents><Key>${xmlText(key)}</Key><LastModified>${modified.toISOString()}</LastModified><ETag>${xmlText(etag)}</ETag><Size>${bytes.length}</Size></Contents>`,
  );
  const prefixes = found.prefixes.map((text) => `<CommonPrefixes><Prefix>${xmlText(text)}</Prefix></CommonPrefixes>`);
  const next = found.next === undefined ? "" : `<NextContinuationToken>${xmlText(found.next)}</NextContinuationToken>`;
  return xml(
    "ListObjectsV2",
    `<ListBucketResult><Prefix>${xmlText(prefix)}</Prefix><IsTruncated>${found.next !== undefined}</IsTruncated>${next}${contents.join("")}${prefixes.join("")}</ListBucketResult>`,
  );
}

function read(object: MemoryObject | undefined, headers: StandInRequest["headers"], method: string): StandInAnswer {
  const operation = method === "HEAD" ? "HeadObject" : "GetObject";
  if (object === undefined) return { ...failure(404, "NoSuchKey", "The specified key does not exist."), operation };
  const { bytes, etag, modified } = object;
  if (headers["if-match"] !== undefined && headers["if-match"] !== etag) {
    return { ...failure(412, "PreconditionFailed", "At least one of the pre-conditions did not hold"), operation };
  }
  const shown = { etag, "last-modified": modified.toUTCString(), "accept-ranges": "bytes" };
  if (method === "HEAD") {
    return { operation, status: 200, headers: { ...shown, "content-length": String(bytes.length) } };
  }
  const range = rangeOf(headers.range, bytes.length);
  if (range === "none") return { ...failure(416, "InvalidRange", "The requested range is not satisfiable"), operation };
  if (range === undefined) return { operation, status: 200, headers: shown, body: bytes };
  const [start, end] = range;
  return {
    operation,
    status: 206,
    headers: { ...shown, "content-range": `bytes ${start}-${end - 1}/${bytes.length}` },
    body: bytes.subarray(start, end),
  };
}

function copy(
  bucketOf: (name: string) => MemoryBucket,
  source: string,
  bucket: MemoryBucket,
  key: string,
): StandInAnswer {
  const [from = "", ...parts] = source.replace(/^\//, "").split("/").map(decodeURIComponent);
  const object = bucketOf(from).objects.get(parts.join("/"));
  if (object === undefined) return failure(404, "NoSuchKey", "The specified key does not exist.");
  const { etag } = bucket.put(key, object.bytes);
  return xml("CopyObject", `<CopyObjectResult><ETag>${xmlText(etag)}</ETag></CopyObjectResult>`);
}

function complete(
  uploads: Map<string, Map<number, Buffer>>,
  id: string,
  bucket: MemoryBucket,
  key: string,
  body: string,
): StandInAnswer {
  const parts = uploads.get(id);
  if (parts === undefined) return failure(404, "NoSuchUpload", "The specified upload does not exist.");
  const numbers = [...body.matchAll(/<PartNumber>(\d+)<\/PartNumber>/g)].map(([, number]) => Number(number));
  const missing = numbers.find((number) => !parts.has(number));
  if (missing !== undefined) return failure(400, "InvalidPart", `Part ${missing} could not be found.`);
  uploads.delete(id);
  const { etag } = bucket.put(key, Buffer.concat(numbers.map((number) => parts.get(number)!)), numbers.length);
  return xml(
    "CompleteMultipartUpload",
    `<CompleteMultipartUploadResult><ETag>${xmlText(etag)}</ETag></CompleteMultipartUploadResult>`,
  );
}

function xml(operation: string, text: string): StandInAnswer {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n${text}`;
  return { operation, status: 200, headers: { "content-type": "application/xml" }, body };
}

function failure(status: number, code: string, message: string): StandInAnswer {
  const text = `<Error><Code>${code}</Code><Message>${xmlText(message)}</Message></Error>`;
  return { ...xml("error", text), status };
}

function xmlText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
