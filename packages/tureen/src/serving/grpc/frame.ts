import { promisify } from "node:util";
import { gunzip, inflate } from "node:zlib";
import { invalidArgument, unimplemented } from "../../core/status-error.js";

/** Bytes before a message: whether it is compressed, and its length. */
export const framePrefixBytes = 5;

type Transform = (bytes: Uint8Array, options?: { readonly maxOutputLength?: number }) => Promise<Uint8Array>;

const unpackers: ReadonlyMap<string, Transform> = new Map([
  ["gzip", promisify(gunzip) as Transform],
  ["deflate", promisify(inflate) as Transform],
]);

/** What a client may send and be sent: the `grpc-accept-encoding` of answers. */
export const acceptedEncodings = "identity,deflate,gzip";

/** Unpacks a message. UNIMPLEMENTED for an unknown encoding, INVALID_ARGUMENT for bytes that are not in it, or larger than `maxBytes`. */
export async function unpackMessage(message: Uint8Array, encoding: string, maxBytes: number): Promise<Uint8Array> {
  const unpack = unpackers.get(encoding);
  if (unpack === undefined) throw unimplemented(`Received message compressed with unsupported encoding "${encoding}"`);
  try {
    return await unpack(message, maxBytes > 0 ? { maxOutputLength: maxBytes } : {});
  } catch (error) {
    throw invalidArgument(`The message cannot be unpacked: ${(error as Error).message}`);
  }
}

/** Messages from here on are not copied behind their prefix. */
const sentAlone = 64 * 1024;

/** A message in its frame; a large one stays where it is, behind a prefix of its own. */
export function framed(message: Uint8Array): { readonly prefix: Buffer; readonly rest: Uint8Array | undefined } {
  const isAlone = message.length >= sentAlone;
  const prefix = Buffer.allocUnsafe(isAlone ? framePrefixBytes : framePrefixBytes + message.length);
  prefix[0] = 0;
  prefix.writeUInt32BE(message.length, 1);
  if (isAlone) return { prefix, rest: message };
  prefix.set(message, framePrefixBytes);
  return { prefix, rest: undefined };
}

const units: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 };

/** The milliseconds of a `grpc-timeout` header; undefined for one that is none. */
export function timeoutMs(header: string): number | undefined {
  const [, digits, unit] = /^([0-9]{1,8})([HMSmun])$/.exec(header) ?? [];
  return digits === undefined ? undefined : Number(digits) * units[unit!]!;
}

/**
 * A status text for the `grpc-message` trailer: what is not printable ASCII is percent-encoded, byte by byte; so are blanks at its ends,
 * which HTTP/2 headers cannot have.
 */
export function encodeStatusText(text: string): string {
  if (/^(?:[!-$&-~](?:[ -$&-~]*[!-$&-~])?)?$/.test(text)) return text;
  const bytes = Buffer.from(text);
  let encoded = "";
  bytes.forEach((byte, i) => {
    const isEnd = i === 0 || i === bytes.length - 1;
    const isPlain = byte >= (isEnd ? 0x21 : 0x20) && byte <= 0x7e && byte !== 0x25;
    encoded += isPlain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  });
  return encoded;
}
