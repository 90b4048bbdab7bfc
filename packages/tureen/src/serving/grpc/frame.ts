import { promisify } from "node:util";
import { gunzip, inflate } from "node:zlib";
import { invalidArgument, StatusError, unimplemented } from "../../core/status-error.js";

/** Bytes before a message: whether it is compressed, and its length. */
export const framePrefixBytes = 5;

type Transform = (bytes: Uint8Array, options?: { readonly maxOutputLength?: number }) => Promise<Uint8Array>;

const unpackers: ReadonlyMap<string, Transform> = new Map([
  ["gzip", promisify(gunzip) as Transform],
  ["deflate", promisify(inflate) as Transform],
]);

/** What a client may send and be sent: the `grpc-accept-encoding` of answers. */
export const acceptedEncodings = "identity,deflate,gzip";

/** The one message of a unary call's body, still packed, and whether it is. INTERNAL where the body is not one whole frame. */
export function frameContents(body: Buffer): { readonly message: Buffer; readonly isPacked: boolean } {
  if (body.length < framePrefixBytes || body.readUInt32BE(1) !== body.length - framePrefixBytes) {
    throw new StatusError("INTERNAL", "The call's body is not one whole message");
  }
  return { message: body.subarray(framePrefixBytes), isPacked: body[0] !== 0 };
}

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

/** A message in its frame. */
export function framed(message: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(framePrefixBytes + message.length);
  frame[0] = 0;
  frame.writeUInt32BE(message.length, 1);
  frame.set(message, framePrefixBytes);
  return frame;
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
