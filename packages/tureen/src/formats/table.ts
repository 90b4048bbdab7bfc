import { uncompress } from "snappyjs";
import { emptyBytes } from "../core/dtype.js";
import { invalidArgument, StatusError } from "../core/status-error.js";
import { compareBytes } from "../core/text.js";
import { crc32c, maskCrc32c } from "./crc32c.js";
import { TableBlock, TableBlockBuilder, type TableEntry } from "./table-block.js";
import { WireReader, WireWriter } from "./wire-format.js";

/** Bytes at the end of a table: two block handles of at most 20 bytes each, zero-padded, and the magic number. */
const footerBytes = 48;
/** 0xdb4775248b80fb57, little-endian. */
const magic = Uint8Array.of(0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb);
/** The compression type and the masked CRC-32C after each block. */
const trailerBytes = 5;
const Compression = { NONE: 0, SNAPPY: 1 } as const;
/** Snappy's densest element makes 64 bytes of three, so more than this factor is not Snappy but an attack on memory. */
const snappyExpansion = 22;

interface BlockHandle {
  readonly offset: number;
  readonly size: number;
}

/** TensorFlow's text as the message; where in the file it happened as the cause. */
function corrupt(message: string, offset: number): StatusError {
  return new StatusError("DATA_LOSS", message, { cause: new Error(`at byte ${offset} of the table`) });
}

function readHandle(reader: WireReader): BlockHandle {
  try {
    return { offset: reader.varint(), size: reader.varint() };
  } catch {
    throw corrupt("bad block handle", reader.position);
  }
}

/**
 * Reads a table in LevelDB's format, as in `variables.index`: sorted byte-string keys with values.
 *
 * Every block's checksum is verified when it is read. Bytes that are no table are DATA_LOSS with TensorFlow's text (`tsl/lib/io/format.cc`).
 */
export class TableReader {
  private readonly bytes: Uint8Array;
  private readonly index: TableBlock;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    if (bytes.length < footerBytes) throw corrupt("file is too short to be an sstable", bytes.length);
    const footer = bytes.length - footerBytes;
    if (compareBytes(bytes.subarray(bytes.length - magic.length), magic) !== 0) {
      throw corrupt("not an sstable (bad magic number)", bytes.length - magic.length);
    }
    const reader = new WireReader(bytes, footer, bytes.length - magic.length);
    readHandle(reader);
    this.index = this.readBlock(readHandle(reader));
  }

  /** The entries in the order of their keys, from the first whose key is `from` or above. */
  *entries(from: Uint8Array = emptyBytes): Generator<TableEntry, void> {
    let start = from;
    for (const [, handle] of this.index.entries(from)) {
      yield* this.readBlock(readHandle(new WireReader(handle))).entries(start);
      start = emptyBytes;
    }
  }

  /** The value of a key, undefined for a key that the table has not. */
  get(key: Uint8Array): Uint8Array | undefined {
    for (const [found, value] of this.entries(key)) return compareBytes(found, key) === 0 ? value : undefined;
    return undefined;
  }

  private readBlock({ offset, size }: BlockHandle): TableBlock {
    const end = offset + size;
    if (end + trailerBytes > this.bytes.length) throw corrupt("truncated block read", offset);
    const stored = new WireReader(this.bytes, end + 1).fixed32();
    if (stored !== maskCrc32c(crc32c(this.bytes.subarray(offset, end + 1)))) {
      throw corrupt("block checksum mismatch", offset);
    }
    const contents = this.bytes.subarray(offset, end);
    const compression = this.bytes[end];
    if (compression === Compression.NONE) return new TableBlock(contents);
    if (compression !== Compression.SNAPPY) throw corrupt("bad block type", end);
    try {
      return new TableBlock(uncompress(contents, contents.length * snappyExpansion));
    } catch (error) {
      if (error instanceof StatusError) throw error;
      throw corrupt("corrupted compressed block contents", offset);
    }
  }
}

/** A data block is closed once it reaches this size; the value of `table::Options`. */
const blockSize = 256 * 1024;
/** An entry this many times larger than a block gets a block of its own. */
const overlyLargeBlockRatio = 2;
const restartInterval = 16;

/** The shortest key in [start, limit), as far as one byte more can tell; `start` itself where there is none. */
export function shortestSeparator(start: Uint8Array, limit: Uint8Array): Uint8Array {
  const length = Math.min(start.length, limit.length);
  let i = 0;
  while (i < length && start[i] === limit[i]) i += 1;
  if (i === length || start[i] === 0xff || start[i]! + 1 >= limit[i]!) return start;
  return incremented(start, i);
}

/** A short key at or above `key`. */
export function shortSuccessor(key: Uint8Array): Uint8Array {
  const i = key.findIndex((byte) => byte !== 0xff);
  return i < 0 ? key : incremented(key, i);
}

function incremented(key: Uint8Array, at: number): Uint8Array {
  const result = key.slice(0, at + 1);
  result[at]! += 1;
  return result;
}

/**
 * The bytes of a table with these entries, uncompressed: byte for byte what TensorFlow's `TableBuilder` makes.
 *
 * Keys come in ascending order of their bytes, each once; else INVALID_ARGUMENT.
 */
export function writeTable(entries: Iterable<TableEntry>): Uint8Array {
  const file = new WireWriter();
  const handle = new WireWriter();
  const block = new TableBlockBuilder(restartInterval);
  const index = new TableBlockBuilder(1);
  let lastKey: Uint8Array | undefined;
  let pending: BlockHandle | undefined;

  const writeBlock = (builder: TableBlockBuilder): BlockHandle => {
    const offset = file.length;
    file.raw(builder.finish());
    const size = file.length - offset;
    file.raw(Uint8Array.of(Compression.NONE));
    file.fixed32(maskCrc32c(crc32c(file.finish().subarray(offset))));
    return { offset, size };
  };
  const encode = (...handles: BlockHandle[]): Uint8Array => {
    handle.reset();
    for (const { offset, size } of handles) handle.varint(offset).varint(size);
    return handle.finish();
  };

  for (const [key, value] of entries) {
    if (lastKey !== undefined) {
      if (compareBytes(lastKey, key) >= 0) throw invalidArgument("The keys of a table must ascend");
      if (key.length + value.length >= overlyLargeBlockRatio * blockSize && !block.empty) pending = writeBlock(block);
      if (pending !== undefined) index.add(shortestSeparator(lastKey, key), encode(pending));
      pending = undefined;
    }
    lastKey = key;
    block.add(key, value);
    if (block.size >= blockSize) pending = writeBlock(block);
  }
  if (!block.empty) pending = writeBlock(block);
  const metaIndex = writeBlock(new TableBlockBuilder(restartInterval));
  if (pending !== undefined) index.add(shortSuccessor(lastKey!), encode(pending));
  const indexHandle = writeBlock(index);
  const handles = encode(metaIndex, indexHandle);
  file
    .raw(handles)
    .raw(new Uint8Array(footerBytes - magic.length - handles.length))
    .raw(magic);
  return file.finish();
}
