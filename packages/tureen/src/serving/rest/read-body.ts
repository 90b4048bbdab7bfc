import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { StatusError } from "../../core/status-error.js";

/** As much as TensorFlow Serving unpacks. */
const maxUnpackedBytes = 100 * 1024 * 1024;
const unpack = promisify(gunzip);

/**
 * Reads a request's body, unpacked where its Content-Encoding says gzip.
 *
 * A body that cannot be unpacked, or would be larger than 100 MiB, counts as empty, as in TensorFlow Serving: what the caller sees is
 * that its document is empty. RESOURCE_EXHAUSTED as soon as more than `maxBytes` have come (0 for no limit).
 */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  if (maxBytes > 0 && Number(request.headers["content-length"] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const body = await wholeBody(request, maxBytes);
  if (body.length === 0 || !(request.headers["content-encoding"] ?? "").includes("gzip")) return body;
  try {
    return await unpack(body, {
      maxOutputLength: maxBytes > 0 ? Math.min(maxBytes, maxUnpackedBytes) : maxUnpackedBytes,
    });
  } catch {
    return new Uint8Array(0);
  }
}

/** By events: an async iterator over the stream costs several promises for what is nearly always one chunk. */
function wholeBody(request: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (maxBytes > 0 && size > maxBytes) {
        chunks.length = 0;
        reject(tooLarge(maxBytes));
        return;
      }
      chunks.push(chunk);
    });
    request.on("end", () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    request.on("error", reject);
    request.on("close", () => {
      if (!request.complete) reject(new StatusError("CANCELLED", "The client went away"));
    });
  });
}

function tooLarge(maxBytes: number): StatusError {
  return new StatusError("RESOURCE_EXHAUSTED", `The request is larger than ${maxBytes} bytes`);
}
