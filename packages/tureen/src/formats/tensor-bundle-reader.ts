import { closeSync, fstatSync, openSync } from "node:fs";
import {
  allocate,
  checkAllocation,
  type DataOf,
  dtypeLabel,
  dtypeSize,
  dtypeWidth,
  isNumericDType,
  viewBytes,
} from "../core/dtype.js";
import { fileError, readAt, readWholeFile } from "../core/file-system.js";
import { elementCount, sameShape, shapeText } from "../core/shape.js";
import { dataLoss, invalidArgument, notFound, StatusError, unimplemented } from "../core/status-error.js";
import { type TensorValue, tensorValue } from "../core/tensor-value.js";
import { byteKey, decodeText, encodeText } from "../core/text.js";
import { crc32c, unmaskCrc32c } from "./crc32c.js";
import { TableReader } from "./table.js";
import { crcText, decodeStrings, numericBytes, swapByteOrder } from "./tensor-bundle-data.js";
import {
  type BundleEntry,
  type BundleHeader,
  bundleVersion,
  decodeBundleEntry,
  decodeBundleHeader,
} from "./tensor-bundle-proto.js";
import {
  copySlice,
  coveringSlices,
  fullSlice,
  parseShapeAndSlice,
  slicedShape,
  sliceKey,
  sliceText,
  type TensorSlice,
} from "./tensor-slice.js";

/** The path of a bundle's index. */
export function bundleIndexPath(prefix: string): string {
  return `${prefix}.index`;
}

/** The path of one of a bundle's data files. */
export function bundleDataPath(prefix: string, shard: number, shards: number): string {
  const digits = (value: number): string => String(value).padStart(5, "0");
  return `${prefix}.data-${digits(shard)}-of-${digits(shards)}`;
}

/**
 * Reads a tensor bundle, the format of checkpoints and of a SavedModel's variables.
 *
 * The index is read when it is opened; a tensor's bytes are read when it is asked for, straight into a buffer of its own (aligned, shared with
 * nothing), and its checksum is verified. Data files stay open until `close`.
 */
export class BundleReader {
  readonly prefix: string;
  readonly header: BundleHeader;
  /** Encoded entries by `byteKey`, in the order of the keys: decoded when asked for, most are asked for once. */
  private readonly entries = new Map<string, Uint8Array>();
  private readonly shards = new Map<number, Shard>();
  private readonly shared: boolean;

  /** With `shared` numbers are read into memory that threads can share. */
  constructor(prefix: string, { shared = false }: { readonly shared?: boolean } = {}) {
    this.prefix = prefix;
    this.shared = shared;
    const path = bundleIndexPath(prefix);
    let bytes: Uint8Array;
    try {
      bytes = readWholeFile(path);
    } catch (error) {
      if (!(error instanceof StatusError && error.code === "NOT_FOUND")) throw error;
      throw new StatusError(
        "NOT_FOUND",
        `Unsuccessful TensorSliceReader constructor: Failed to find any matching files for ${prefix}`,
        { cause: error },
      );
    }
    const table = new TableReader(bytes);
    try {
      for (const [key, value] of table.entries()) this.entries.set(byteKey(key), value);
    } catch (error) {
      throw corruptFile(error, path, "failed to seek to header entry");
    }
    const header = this.entries.get("");
    if (header === undefined) throw corruptFile(undefined, path, "failed to seek to header entry");
    this.entries.delete("");
    try {
      this.header = decodeBundleHeader(header);
    } catch (error) {
      throw corruptFile(error, path, "unable to parse header");
    }
    checkVersion(this.header);
  }

  /** The tensor names, in the order of their bytes; a partitioned tensor once. */
  keys(): string[] {
    const names: string[] = [];
    for (const key of this.entries.keys()) {
      if (key.charCodeAt(0) !== 0) names.push(decodeText(Buffer.from(key, "latin1")));
    }
    return names;
  }

  /** Whether there is a tensor of that name. */
  has(name: string): boolean {
    return this.entries.has(byteKey(encodeText(name)));
  }

  /** What the index says of a tensor; NOT_FOUND for a name that it does not hold. */
  entry(name: string): BundleEntry {
    return this.entryOf(encodeText(name), name);
  }

  /** Every entry with its key (`byteKey`), those of slices too, in the order of the keys. */
  *rawEntries(): Generator<readonly [key: string, entry: BundleEntry], void> {
    for (const key of this.entries.keys()) {
      const bytes = Buffer.from(key, "latin1");
      yield [key, this.entryOf(bytes, decodeText(bytes))];
    }
  }

  /** The whole tensor, a partitioned one put together from its slices. */
  read(name: string): TensorValue {
    const entry = this.entry(name);
    return entry.slices.length === 0
      ? this.value(entry, name)
      : this.assemble(name, entry, fullSlice(entry.shape.length));
  }

  /**
   * The part of a tensor that a `shape_and_slices` string of RestoreV2 names, such as `10 20 0,5:-`; the whole for "".
   *
   * INVALID_ARGUMENT where the string's shape is not the tensor's or the stored slices leave a gap.
   */
  readSlice(name: string, spec: string): TensorValue {
    if (spec === "") return this.read(name);
    const { shape, slice } = parseShapeAndSlice(spec);
    const entry = this.entry(name);
    if (!sameShape(shape, entry.shape)) {
      throw invalidArgument(
        `tensor_name = ${name}; shape in shape_and_slice spec ${shapeText(shape)} does not match the shape stored in checkpoint: ${shapeText(entry.shape)}`,
      );
    }
    return this.assemble(name, entry, slice);
  }

  /** Closes the data files; reading opens them again. */
  close(): void {
    for (const { fd } of this.shards.values()) closeSync(fd);
    this.shards.clear();
  }

  private entryOf(key: Uint8Array, name: string): BundleEntry {
    const bytes = this.entries.get(byteKey(key));
    if (bytes === undefined) throw notFound(`Key ${name} not found in checkpoint`);
    try {
      return decodeBundleEntry(bytes);
    } catch (error) {
      throw new StatusError("DATA_LOSS", `Entry for key ${name} not parseable.`, { cause: error });
    }
  }

  private assemble(name: string, entry: BundleEntry, wanted: TensorSlice): TensorValue {
    const { dtype, shape } = entry;
    const stored = entry.slices.length === 0 ? [fullSlice(shape.length)] : entry.slices;
    const covering = coveringSlices(stored, wanted, shape);
    if (covering === undefined) {
      throw invalidArgument(
        `Does not have sufficient slices for partitioned tensor ${name} to restore in slice_spec: ${sliceText(wanted)}`,
      );
    }
    const target = slicedShape(wanted, shape);
    const part = (slice: TensorSlice): TensorValue => {
      const own = slice.every(({ length }) => length < 0) ? entry : this.entryOf(sliceKey(name, slice), name);
      if (own.dtype !== dtype || !sameShape(own.shape, slicedShape(slice, shape))) {
        throw dataLoss(`Entry for key ${name} does not match its slices.`);
      }
      return this.value(own, name);
    };
    if (covering.length === 1) {
      const only = part(covering[0]!);
      if (sameShape(only.shape, target)) return only;
    }
    // As in TensorFlow: whole string tensors restore, parts of them do not.
    if (!isNumericDType(dtype)) throw invalidArgument(`Dtype ${dtypeLabel(dtype)} not supported.`);
    const elements = elementCount(target);
    if (this.shared) checkAllocation(dtype, elements);
    const data = this.shared
      ? (viewBytes(dtype, new SharedArrayBuffer(elements * dtypeSize(dtype)), 0, elements) as DataOf[typeof dtype])
      : allocate(dtype, elements);
    const result = tensorValue(dtype, target, data);
    for (const slice of covering) {
      copySlice(shape, slice, numericBytes(part(slice)), wanted, numericBytes(result), dtypeSize(dtype));
    }
    return result;
  }

  private value(entry: BundleEntry, name: string): TensorValue {
    const { dtype, shape, size } = entry;
    const elements = elementCount(shape);
    if (dtype === "variant" || dtype === "resource") {
      throw unimplemented(`Restoring ${name}: tensors of dtype ${dtype} cannot be read from a checkpoint`);
    }
    const expected = dtype === "string" ? elements : elements * dtypeSize(dtype);
    if (dtype === "string" ? size < expected : size !== expected) {
      throw dataLoss(
        `Invalid size in bundle entry: key ${name}; stored size ${size}; expected size ${dtype === "string" ? "is at least " : ""}${expected}`,
      );
    }
    const bytes = this.bytesOf(entry, this.shared && dtype !== "string");
    const bigEndian = this.header.endianness === "BIG";
    if (dtype === "string") {
      const { strings, crc } = decodeStrings(bytes, elements, bigEndian);
      this.checkCrc(entry, crc);
      return tensorValue(dtype, shape, strings);
    }
    this.checkCrc(entry, crc32c(bytes));
    if (bigEndian) swapByteOrder(bytes, dtypeSize(dtype) / dtypeWidth(dtype));
    return tensorValue(dtype, shape, viewBytes(dtype, bytes.buffer, 0, elements) as unknown as DataOf[typeof dtype]);
  }

  private checkCrc(entry: BundleEntry, actual: number): void {
    const stored = unmaskCrc32c(entry.crc32c);
    if (stored === actual) return;
    throw new StatusError(
      "DATA_LOSS",
      `TensorBundle at ${this.prefix} shard ${entry.shardId} (${entry.size} bytes): Checksum does not match: stored ${crcText(stored)} vs. calculated on the restored bytes ${actual}`,
      { cause: new Error(`at byte ${entry.offset} of ${this.dataPath(entry.shardId)}`) },
    );
  }

  private dataPath(shard: number): string {
    return bundleDataPath(this.prefix, shard, this.header.numShards);
  }

  private bytesOf({ shardId, offset, size }: BundleEntry, shared: boolean): Uint8Array {
    const path = this.dataPath(shardId);
    const shard = this.shards.get(shardId) ?? openShard(path);
    this.shards.set(shardId, shard);
    // Nothing is allocated for what the file cannot hold: the size is only the index's word.
    // Memory that is not zeroed first saves a pass over it; the read below fills it or throws.
    const memory =
      offset + size > shard.size
        ? undefined
        : shared
          ? new SharedArrayBuffer(size)
          : (Buffer.allocUnsafeSlow(size).buffer as ArrayBuffer);
    const bytes = memory === undefined ? undefined : new Uint8Array(memory);
    if (bytes === undefined || readAt(shard.fd, bytes, offset, path) < size) {
      const cause = new Error(`${size} bytes at byte ${offset} of ${path}`);
      throw new StatusError("OUT_OF_RANGE", "Read less bytes than requested", { cause });
    }
    return bytes;
  }
}

interface Shard {
  readonly fd: number;
  readonly size: number;
}

function openShard(path: string): Shard {
  try {
    const fd = openSync(path, "r");
    return { fd, size: fstatSync(fd).size };
  } catch (error) {
    throw fileError(error, path);
  }
}

function corruptFile(error: unknown, path: string, detail: string): StatusError {
  const text = `Unable to read file (${path}). Perhaps the file is corrupt or was produced by a newer version of TensorFlow with format changes (${detail})`;
  if (error === undefined) return new StatusError("INTERNAL", text);
  if (!(error instanceof StatusError)) throw error;
  return new StatusError(error.code, `${text}: ${error.message}`, { cause: error.cause ?? error });
}

function checkVersion({ minConsumer, badConsumers }: BundleHeader): void {
  if (minConsumer > bundleVersion) {
    throw invalidArgument(
      `Checkpoint min consumer version ${minConsumer} above current version ${bundleVersion}. Please upgrade.`,
    );
  }
  if (badConsumers.includes(bundleVersion)) {
    throw invalidArgument(
      `Checkpoint disallows consumer version ${bundleVersion}. Please upgrade: this version is likely buggy.`,
    );
  }
}

/** Opens the bundle of a prefix such as `model.ckpt-100` or `variables/variables`; NOT_FOUND where there is none. */
export function openBundle(prefix: string, options?: { readonly shared?: boolean }): BundleReader {
  return new BundleReader(prefix, options);
}

/** Every tensor of a bundle, by name, in the order of the names' bytes. */
export function readBundle(prefix: string): Map<string, TensorValue> {
  const reader = openBundle(prefix);
  try {
    return new Map(reader.keys().map((name) => [name, reader.read(name)] as const));
  } finally {
    reader.close();
  }
}
