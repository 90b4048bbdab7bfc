import { emptyBytes, type NumericArray } from "../core/dtype.js";
import { dataLoss, outOfRange } from "../core/status-error.js";
import type { TensorValue } from "../core/tensor-value.js";
import { crc32c, extendCrc32c, maskCrc32c, unmaskCrc32c } from "./crc32c.js";
import { WireReader, WireWriter } from "./wire-format.js";

/** A string length beyond this is checksummed as a uint64. */
const maxUint32 = 0xffffffff;

/** The bytes of a numeric tensor as they lie in memory, which is how they lie in the file; a view. */
export function numericBytes(value: TensorValue): Uint8Array {
  const data = value.data as NumericArray;
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** The lengths as they go into the checksum: uint32 each (uint64 for the rare huge one), in the byte order of the machine that wrote them. */
function lengthWords(lengths: readonly number[], bigEndian: boolean): Uint8Array {
  const writer = new WireWriter();
  for (const length of lengths) {
    const low = length % 2 ** 32;
    const high = Math.floor(length / 2 ** 32);
    if (length <= maxUint32) writer.fixed32(bigEndian ? swap32(length) : length);
    else if (bigEndian) writer.fixed32(swap32(high)).fixed32(swap32(low));
    else writer.fixed32(low).fixed32(high);
  }
  return writer.finish();
}

function swap32(value: number): number {
  return ((value << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24)) >>> 0;
}

/** A string tensor in a data file: its parts in order, and their checksum. */
export interface EncodedStrings {
  readonly parts: readonly Uint8Array[];
  readonly size: number;
  /** Not masked. */
  readonly crc: number;
}

/** Lays out byte strings as a data file holds them: varint lengths, the masked checksum of the lengths, then all the bytes. */
export function encodeStrings(strings: readonly Uint8Array[]): EncodedStrings {
  const head = new WireWriter();
  const lengths = strings.map((text) => text.length);
  for (const length of lengths) head.varint(length);
  const lengthCrc = crc32c(lengthWords(lengths, false));
  const checksumAt = head.length;
  const headBytes = head.fixed32(maskCrc32c(lengthCrc)).finish();
  let crc = extendCrc32c(lengthCrc, headBytes, checksumAt);
  let size = headBytes.length;
  for (const text of strings) {
    crc = extendCrc32c(crc, text);
    size += text.length;
  }
  return { parts: [headBytes, ...strings], size, crc };
}

/** The text of a checksum in TensorFlow's messages: `%08u`. */
export function crcText(crc: number): string {
  return String(crc).padStart(8, "0");
}

/**
 * The byte strings of `bytes`, views on it, and the checksum over them; the opposite of `encodeStrings`.
 *
 * DATA_LOSS where the lengths do not hold; the caller compares the checksum.
 */
export function decodeStrings(
  bytes: Uint8Array,
  count: number,
  bigEndian: boolean,
): { readonly strings: Uint8Array[]; readonly crc: number } {
  if (bytes.length === 0) return { strings: new Array<Uint8Array>(count).fill(emptyBytes), crc: 0 };
  const reader = new WireReader(bytes);
  const lengths: number[] = [];
  for (let i = 0; i < count; i++) lengths.push(reader.varint());
  const lengthCrc = crc32c(lengthWords(lengths, bigEndian));
  const checksumAt = reader.position;
  const stored = reader.fixed32();
  const checksum = unmaskCrc32c(bigEndian ? swap32(stored) : stored);
  if (checksum !== lengthCrc) {
    throw dataLoss(
      `The length checksum does not match: expected ${crcText(checksum)} but actual is ${crcText(lengthCrc)}`,
    );
  }
  let at = reader.position;
  const strings = lengths.map((length) => {
    if (length > bytes.length - at) throw outOfRange("Read less bytes than requested");
    at += length;
    return bytes.subarray(at - length, at);
  });
  return { strings, crc: extendCrc32c(lengthCrc, bytes, checksumAt, at) };
}

/** Reverses the bytes of each number, in place; `width` is the bytes of a number. */
export function swapByteOrder(bytes: Uint8Array, width: number): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (width === 2) buffer.swap16();
  else if (width === 4) buffer.swap32();
  else if (width === 8) buffer.swap64();
}
