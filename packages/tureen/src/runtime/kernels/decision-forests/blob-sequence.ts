import { gunzipSync } from "node:zlib";
import { currentTensorLimit } from "../../../core/dtype.js";
import { dataLoss, invalidArgument } from "../../../core/status-error.js";

/** `BS`, a 16-bit version, a byte that names the compression, three that are reserved. */
const headerBytes = 8;
const newestVersion = 1;
const gzip = 1;

/**
 * The records of an Yggdrasil blob sequence, as views.
 *
 * The format (utils/blob_sequence.h of Yggdrasil Decision Forests): a header, then records of a 32-bit little-endian length and that many bytes,
 * all compressed as one gzip stream where version 1 says so. INVALID_ARGUMENT with Yggdrasil's text for what is no such file.
 */
export function readBlobSequence(file: Uint8Array): Uint8Array[] {
  if (file.length < headerBytes) throw invalidArgument("Empty stream");
  if (file[0] !== 0x42 || file[1] !== 0x53) throw invalidArgument("Invalid header");
  const version = file[2]! | (file[3]! << 8);
  if (version > newestVersion) {
    throw invalidArgument(
      `The blob sequence file's version (${version}) is greater than the blob sequence library (${newestVersion}). Update your code.`,
    );
  }
  const stored = file.subarray(headerBytes);
  return records(version >= 1 && file[4] === gzip ? inflate(stored) : stored);
}

function inflate(bytes: Uint8Array): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: currentTensorLimit() });
  } catch (error) {
    throw dataLoss(`bad gzip stream: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function records(bytes: Uint8Array): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (bytes.length - at < 4) throw invalidArgument("Truncated blob");
    const length = view.getUint32(at, true);
    at += 4;
    if (length > bytes.length - at) throw invalidArgument("Truncated blob");
    found.push(bytes.subarray(at, at + length));
    at += length;
  }
  return found;
}
