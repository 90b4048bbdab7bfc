import { invalidArgument } from "../../../../core/status-error.js";

/** The frames of a GIF file, one after the other as RGB of the whole canvas. */
export interface GifFrames {
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  readonly data: Uint8Array;
}

/** The most samples that TensorFlow lets an image have. */
const maxSamples = 2 ** 29;
const maxCodes = 4096;

const invalid = (what: string): Error => invalidArgument(`Invalid GIF data (size ${what})`);

/** Undoes GIF's LZW coding: at most `count` colour indices of the code stream. */
function inflate(codes: Uint8Array, minimum: number, count: number): Uint8Array {
  const out = new Uint8Array(count);
  const clear = 1 << minimum;
  const prefix = new Uint16Array(maxCodes);
  const suffix = new Uint8Array(maxCodes);
  const stack = new Uint8Array(maxCodes + 1);
  for (let i = 0; i < clear; i++) suffix[i] = i;
  let [size, next, previous, first] = [minimum + 1, clear + 2, -1, 0];
  let [bits, held, at, filled] = [0, 0, 0, 0];
  while (filled < count) {
    while (held < size && at < codes.length) {
      bits |= codes[at++]! << held;
      held += 8;
    }
    if (held < size) break;
    const code = bits & ((1 << size) - 1);
    bits >>>= size;
    held -= size;
    if (code === clear) {
      [size, next, previous] = [minimum + 1, clear + 2, -1];
      continue;
    }
    if (code === clear + 1 || code > next) break;
    let depth = 0;
    let current = code;
    if (previous < 0) {
      if (code >= clear) break;
    } else if (code === next) {
      stack[depth++] = first;
      current = previous;
    }
    while (current >= clear + 2) {
      stack[depth++] = suffix[current]!;
      current = prefix[current]!;
    }
    first = suffix[current]!;
    stack[depth++] = first;
    while (depth > 0 && filled < count) out[filled++] = stack[--depth]!;
    if (previous >= 0 && next < maxCodes) {
      prefix[next] = previous;
      suffix[next] = first;
      next += 1;
      if (next === 1 << size && size < 12) size += 1;
    }
    previous = code;
  }
  return out;
}

/** The rows of an interlaced frame in the order they are stored. */
function interlacedRows(height: number): number[] {
  const passes = [
    [0, 8],
    [4, 8],
    [2, 4],
    [1, 2],
  ] as const;
  const rows: number[] = [];
  for (const [from, step] of passes) for (let y = from; y < height; y += step) rows.push(y);
  return rows;
}

/**
 * Decodes a GIF file, all frames or the first alone. Each frame is drawn over the one before it, whose canvas the first one must fill
 * to be kept: else it stands on black, as in TensorFlow.
 */
export function decodeGif(bytes: Uint8Array, firstOnly: boolean): GifFrames {
  const size = String(bytes.length);
  if (bytes.length < 13) throw invalid(`${size}): too short`);
  const [width, height] = [bytes[6]! | (bytes[7]! << 8), bytes[8]! | (bytes[9]! << 8)];
  if (width === 0 || height === 0) throw invalid(`${size}): no size`);
  let at = 13;
  const table = (flags: number): Uint8Array | undefined => {
    if ((flags & 0x80) === 0) return undefined;
    const start = at;
    at += 3 << ((flags & 7) + 1);
    return bytes.subarray(start, at);
  };
  const blocks = (): Uint8Array => {
    const parts: Uint8Array[] = [];
    for (let length = bytes[at++] ?? 0; length > 0; length = bytes[at++] ?? 0) {
      parts.push(bytes.subarray(at, at + length));
      at += length;
    }
    return new Uint8Array(Buffer.concat(parts));
  };
  const global = table(bytes[10]!);
  const canvases: Uint8Array[] = [];
  let transparent = -1;
  while (at < bytes.length && !(firstOnly && canvases.length === 1)) {
    const kind = bytes[at++];
    if (kind === 0x3b) break;
    if (kind === 0x21) {
      const label = bytes[at++];
      const extension = blocks();
      if (label === 0xf9) transparent = (extension[0]! & 1) === 1 ? extension[3]! : -1;
      continue;
    }
    if (kind !== 0x2c) break;
    const word = (offset: number): number => bytes[at + offset]! | (bytes[at + offset + 1]! << 8);
    const [left, top, wide, tall, flags] = [word(0), word(2), word(4), word(6), bytes[at + 8]!];
    at += 9;
    const colors = table(flags) ?? global;
    const minimum = bytes[at++] ?? 0;
    if (colors === undefined || minimum < 1 || minimum > 11) throw invalid(`${size}): bad frame`);
    if ((canvases.length + 1) * width * height * 3 > maxSamples) throw invalid(`${size}): too large`);
    const places = inflate(blocks(), minimum, wide * tall);
    const before = canvases.at(-1);
    const canvas = before === undefined ? new Uint8Array(width * height * 3) : before.slice();
    const rows = (flags & 0x40) !== 0 ? interlacedRows(tall) : undefined;
    for (let r = 0; r < tall; r++) {
      const y = top + (rows?.[r] ?? r);
      if (y >= height) continue;
      for (let x = 0; x < wide && left + x < width; x++) {
        const place = places[r * wide + x]!;
        if (place === transparent && before !== undefined) continue;
        const to = (y * width + left + x) * 3;
        for (let c = 0; c < 3; c++) canvas[to + c] = colors[place * 3 + c] ?? 0;
      }
    }
    canvases.push(canvas);
    transparent = -1;
  }
  if (canvases.length === 0) throw invalid(`${size}): no frames`);
  const data = new Uint8Array(Buffer.concat(canvases));
  return { width, height, frames: canvases.length, data };
}
