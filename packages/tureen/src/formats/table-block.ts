import { emptyBytes } from "../core/dtype.js";
import { dataLoss } from "../core/status-error.js";
import { compareBytes } from "../core/text.js";
import { WireReader, WireWriter } from "./wire-format.js";

/** A key and its value; both are views that stay valid as long as the table's bytes. */
export type TableEntry = readonly [key: Uint8Array, value: Uint8Array];

function badEntry(): Error {
  return dataLoss("bad entry in block");
}

/** Bytes of one entry of the restart array, and of the count that follows it. */
const restartBytes = 4;

/** The sorted keys and values of one block, prefix-compressed from restart point to restart point. */
export class TableBlock {
  private readonly bytes: Uint8Array;
  private readonly restarts: number;
  private readonly restartCount: number;

  /** DATA_LOSS where the restart array does not fit the contents. */
  constructor(contents: Uint8Array) {
    this.bytes = contents;
    if (contents.length < restartBytes) throw dataLoss("bad block contents");
    this.restartCount = new WireReader(contents, contents.length - restartBytes).fixed32();
    if (this.restartCount > (contents.length - restartBytes) / restartBytes) throw dataLoss("bad block contents");
    this.restarts = contents.length - (1 + this.restartCount) * restartBytes;
  }

  /** The entries from the first whose key is `from` or above, in order. */
  *entries(from: Uint8Array = emptyBytes): Generator<TableEntry, void> {
    if (this.restartCount === 0) return;
    const reader = new WireReader(this.bytes, this.restartPoint(this.lastRestartBelow(from)), this.restarts);
    let key = emptyBytes;
    let reached = false;
    while (!reader.done) {
      const shared = header(reader);
      const unshared = header(reader);
      const valueLength = header(reader);
      const start = reader.position;
      if (shared > key.length || unshared + valueLength > this.restarts - start) throw badEntry();
      const value = start + unshared;
      key = extendKey(key, shared, this.bytes.subarray(start, value));
      reader.position = value + valueLength;
      reached ||= compareBytes(key, from) >= 0;
      if (reached) yield [key, this.bytes.subarray(value, value + valueLength)];
    }
  }

  private restartPoint(index: number): number {
    const point = new WireReader(this.bytes, this.restarts + index * restartBytes).fixed32();
    if (point > this.restarts) throw badEntry();
    return point;
  }

  /** The last restart point whose key is below the target, or the first one. */
  private lastRestartBelow(target: Uint8Array): number {
    let left = 0;
    let right = this.restartCount - 1;
    while (left < right) {
      const middle = Math.ceil((left + right) / 2);
      const reader = new WireReader(this.bytes, this.restartPoint(middle), this.restarts);
      const shared = header(reader);
      const unshared = header(reader);
      header(reader);
      if (shared !== 0 || unshared > this.restarts - reader.position) throw badEntry();
      const key = this.bytes.subarray(reader.position, reader.position + unshared);
      if (compareBytes(key, target) < 0) left = middle;
      else right = middle - 1;
    }
    return left;
  }
}

function header(reader: WireReader): number {
  // Most lengths are one byte; the rest may throw DATA_LOSS, with another text.
  const byte = reader.position < reader.end ? reader.bytes[reader.position]! : 128;
  if (byte < 128) {
    reader.position += 1;
    return byte;
  }
  try {
    return reader.varint();
  } catch {
    throw badEntry();
  }
}

function extendKey(previous: Uint8Array, shared: number, suffix: Uint8Array): Uint8Array {
  if (shared === 0) return suffix;
  const key = new Uint8Array(shared + suffix.length);
  key.set(previous.subarray(0, shared));
  key.set(suffix, shared);
  return key;
}

/** Builds a block's contents from keys in ascending order. */
export class TableBlockBuilder {
  private readonly restartInterval: number;
  private readonly writer = new WireWriter();
  private restarts: number[] = [0];
  private sinceRestart = 0;
  private lastKey: Uint8Array = emptyBytes;

  /** Every `restartInterval`-th key is stored whole. */
  constructor(restartInterval: number) {
    this.restartInterval = restartInterval;
  }

  /** Whether nothing was added since the last `finish`. */
  get empty(): boolean {
    return this.writer.length === 0;
  }

  /** The contents' size if it were finished now. */
  get size(): number {
    return this.writer.length + (this.restarts.length + 1) * restartBytes;
  }

  /** Adds a key above all before it; the caller no longer writes to it. */
  add(key: Uint8Array, value: Uint8Array): void {
    let shared = 0;
    if (this.sinceRestart < this.restartInterval) {
      const limit = Math.min(key.length, this.lastKey.length);
      while (shared < limit && key[shared] === this.lastKey[shared]) shared += 1;
    } else {
      this.restarts.push(this.writer.length);
      this.sinceRestart = 0;
    }
    this.writer
      .varint(shared)
      .varint(key.length - shared)
      .varint(value.length);
    this.writer.raw(key.subarray(shared)).raw(value);
    this.lastKey = key;
    this.sinceRestart += 1;
  }

  /** The contents, valid until the next `add`; the builder starts over. */
  finish(): Uint8Array {
    for (const restart of this.restarts) this.writer.fixed32(restart);
    const contents = this.writer.fixed32(this.restarts.length).finish();
    this.writer.reset();
    this.restarts = [0];
    this.sinceRestart = 0;
    this.lastKey = emptyBytes;
    return contents;
  }
}
