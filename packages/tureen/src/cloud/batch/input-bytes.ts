import { storageOf } from "../../core/storage/storage.js";
import type { InputRange } from "./plan-shards.js";

/** The bytes of a range's file from `from` on: up to the range's end in one go, and what follows it piece by piece. */
export async function* bytesFrom(range: InputRange, from: number): AsyncGenerator<Uint8Array, void> {
  const storage = storageOf(range.path);
  if (from < range.end) yield* storage.read(range, from, range.end);
  yield* storage.read(range, Math.max(from, range.end), Number.POSITIVE_INFINITY);
}

/** The first `bytes` bytes of a range's file, or as many as there are until `isEnough`. */
export async function firstBytes(
  range: InputRange,
  bytes: number,
  isEnough: (chunk: Uint8Array) => boolean,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of storageOf(range.path).read(range, 0, bytes)) {
    chunks.push(chunk);
    if (isEnough(chunk)) break;
  }
  return Buffer.concat(chunks);
}

const wordBytes = 8;

/** A file's lengths for a walk that leaps from one to the next; a promise only where the store has to be asked. */
export class LeapingReader {
  private readonly file: Pick<InputRange, "path" | "etag">;
  private readonly windowBytes: number;
  private window: Uint8Array = new Uint8Array();
  private start = 0;

  constructor(file: Pick<InputRange, "path" | "etag">, windowBytes: number) {
    this.file = file;
    this.windowBytes = windowBytes;
  }

  /** The unsigned integer of 64 bits, lowest byte first, at `position`; undefined where the file ends before it does. */
  uint64At(position: number): number | undefined | Promise<number | undefined> {
    const from = position - this.start;
    // Walks ask for many; a view for each would cost more than the reading.
    if (from >= 0 && from + wordBytes <= this.window.length) return uint64(this.window, from);
    return this.load(position);
  }

  private async load(position: number): Promise<number | undefined> {
    const chunks: Uint8Array[] = [];
    const end = position + this.windowBytes;
    for await (const chunk of storageOf(this.file.path).read(this.file, position, end)) chunks.push(chunk);
    this.window = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
    this.start = position;
    return this.window.length < wordBytes ? undefined : uint64(this.window, 0);
  }
}

function uint64(bytes: Uint8Array, at: number): number {
  const word = (from: number): number =>
    (bytes[from]! | (bytes[from + 1]! << 8) | (bytes[from + 2]! << 16) | (bytes[from + 3]! << 24)) >>> 0;
  return word(at) + word(at + 4) * 2 ** 32;
}
