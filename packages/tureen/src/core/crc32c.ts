const castagnoli = 0x82f63b78;
/** Bytes a turn of the hot loop takes: slicing-by-16 is a tenth faster than by 8 in V8, and its tables (16 KiB) still fit the L1 cache. */
const sliceBytes = 16;
/** `tables[256 * k + b]`: the checksum's change that byte b makes when k bytes follow it. */
const tables = makeTables();

function makeTables(): Int32Array {
  const result = new Int32Array(256 * sliceBytes);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ castagnoli : crc >>> 1;
    result[byte] = crc;
  }
  for (let i = 256; i < result.length; i++) {
    const previous = result[i - 256]!;
    result[i] = (previous >>> 8) ^ result[previous & 255]!;
  }
  return result;
}

/** The CRC-32C of bytes, as an unsigned 32-bit number. */
export function crc32c(bytes: Uint8Array): number {
  return extendCrc32c(0, bytes);
}

/**
 * The CRC-32C of A + B, given that of A and the bytes of B (or the part of them from `start` to `end`).
 *
 * `extendCrc32c(0, b)` is `crc32c(b)`: TensorFlow's `crc32c::Extend`.
 */
export function extendCrc32c(crc: number, bytes: Uint8Array, start = 0, end: number = bytes.length): number {
  const t = tables;
  let c = ~crc;
  let i = start;
  // A view of 32-bit words costs about as much as a hundred bytes one by one.
  if (end - i >= 128) {
    while ((bytes.byteOffset + i) & 3) c = t[(c ^ bytes[i++]!) & 255]! ^ (c >>> 8);
    const turns = Math.floor((end - i) / sliceBytes);
    const words = new Int32Array(bytes.buffer, bytes.byteOffset + i, turns * 4);
    for (let w = 0; w < words.length; w += 4) {
      const a = words[w]! ^ c;
      const b = words[w + 1]!;
      const d = words[w + 2]!;
      const e = words[w + 3]!;
      c =
        t[3840 + (a & 255)]! ^
        t[3584 + ((a >>> 8) & 255)]! ^
        t[3328 + ((a >>> 16) & 255)]! ^
        t[3072 + (a >>> 24)]! ^
        t[2816 + (b & 255)]! ^
        t[2560 + ((b >>> 8) & 255)]! ^
        t[2304 + ((b >>> 16) & 255)]! ^
        t[2048 + (b >>> 24)]! ^
        t[1792 + (d & 255)]! ^
        t[1536 + ((d >>> 8) & 255)]! ^
        t[1280 + ((d >>> 16) & 255)]! ^
        t[1024 + (d >>> 24)]! ^
        t[768 + (e & 255)]! ^
        t[512 + ((e >>> 8) & 255)]! ^
        t[256 + ((e >>> 16) & 255)]! ^
        t[e >>> 24]!;
    }
    i += turns * sliceBytes;
  }
  for (; end - i >= 4; i += 4) {
    c ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    c = t[768 + (c & 255)]! ^ t[512 + ((c >>> 8) & 255)]! ^ t[256 + ((c >>> 16) & 255)]! ^ t[c >>> 24]!;
  }
  while (i < end) c = t[(c ^ bytes[i++]!) & 255]! ^ (c >>> 8);
  return ~c >>> 0;
}

const maskDelta = 0xa282ead8;

/**
 * The masked form in which files store a checksum, so that a checksum over bytes that hold checksums stays strong: rotated right by 15, plus a
 * constant (`crc32c::Mask`).
 */
export function maskCrc32c(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + maskDelta) >>> 0;
}

/** The checksum of its masked form (`crc32c::Unmask`). */
export function unmaskCrc32c(masked: number): number {
  const rotated = (masked - maskDelta) >>> 0;
  return ((rotated >>> 17) | (rotated << 15)) >>> 0;
}
