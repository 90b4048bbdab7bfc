import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";

/** As much as TensorFlow Serving unpacks. */
const maxUnpackedBytes = 100 * 1024 * 1024;
const unpack = promisify(gunzip);

/**
 * Reads a request's body, unpacked where its Content-Encoding says gzip.
 *
 * A body that cannot be unpacked, or would be larger than 100 MiB, counts as empty, as in TensorFlow Serving: what the caller sees is
 * that its document is empty.
 */
export async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
  if (body.length === 0 || !(request.headers["content-encoding"] ?? "").includes("gzip")) return body;
  try {
    return await unpack(body, { maxOutputLength: maxUnpackedBytes });
  } catch {
    return new Uint8Array(0);
  }
}
