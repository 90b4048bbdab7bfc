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

/** A file's bytes for a walk that leaps forward and reads a little at each stop. */
export class LeapingReader {
  private readonly file: Pick<InputRange, "path" | "etag">;
  private readonly windowBytes: number;
  private window: Uint8Array = new Uint8Array();
  private start = 0;

  constructor(file: Pick<InputRange, "path" | "etag">, windowBytes: number) {
    this.file = file;
    this.windowBytes = windowBytes;
  }

  /** `length` bytes at `position`; fewer only where the file ends. A promise only where the store has to be asked. */
  at(position: number, length: number): Uint8Array | Promise<Uint8Array> {
    const from = position - this.start;
    if (from >= 0 && from + length <= this.window.length) return this.window.subarray(from, from + length);
    return this.load(position, length);
  }

  private async load(position: number, length: number): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    const end = position + Math.max(this.windowBytes, length);
    for await (const chunk of storageOf(this.file.path).read(this.file, position, end)) chunks.push(chunk);
    this.window = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
    this.start = position;
    return this.window.subarray(0, length);
  }
}
