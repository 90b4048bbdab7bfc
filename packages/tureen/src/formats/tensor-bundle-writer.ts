import { AtomicFile, writeFileAtomically } from "../core/file-system.js";
import { sameShape, shapeText } from "../core/shape.js";
import { invalidArgument, unimplemented } from "../core/status-error.js";
import type { TensorValue } from "../core/tensor-value.js";
import { byteKey, encodeText } from "../core/text.js";
import { crc32c, maskCrc32c } from "./crc32c.js";
import { writeTable } from "./table.js";
import { encodeStrings, numericBytes } from "./tensor-bundle-data.js";
import {
  type BundleEntry,
  type BundleHeader,
  bundleVersion,
  encodeBundleEntry,
  encodeBundleHeader,
} from "./tensor-bundle-proto.js";
import { bundleDataPath, bundleIndexPath } from "./tensor-bundle-reader.js";
import { isFullSlice, parseShapeAndSlice, sliceKey } from "./tensor-slice.js";

/** The header of a bundle that this machine writes. */
export function bundleHeader(numShards: number): BundleHeader {
  return { numShards, endianness: "LITTLE", producer: bundleVersion, minConsumer: 0, badConsumers: [] };
}

/** The bytes of a bundle's index; entries are keyed by `byteKey`. */
export function encodeBundleIndex(header: BundleHeader, entries: ReadonlyMap<string, BundleEntry>): Uint8Array {
  const keys = [...entries.keys()].sort();
  const table: [Uint8Array, Uint8Array][] = [[new Uint8Array(0), encodeBundleHeader(header)]];
  for (const key of keys) table.push([Buffer.from(key, "latin1"), encodeBundleEntry(entries.get(key)!)]);
  return writeTable(table);
}

/**
 * Writes a tensor bundle of one data file, byte for byte as TensorFlow does.
 *
 * Tensors lie in the data file in the order in which they are added. Neither file appears under its name before `finish`, which writes both to
 * disk first; `discard` leaves nothing behind.
 */
export class BundleWriter {
  readonly prefix: string;
  private readonly file: AtomicFile;
  private readonly entries = new Map<string, BundleEntry>();
  private offset = 0;

  constructor(prefix: string) {
    this.prefix = prefix;
    this.file = new AtomicFile(bundleDataPath(prefix, 0, 1));
  }

  /**
   * Adds a tensor, or with `spec` (a `shape_and_slices` string such as `10 20 0,5:-`) a slice of one.
   *
   * INVALID_ARGUMENT for a name that is there already and for a slice of another shape than its spec says; UNIMPLEMENTED for variants and
   * resources.
   */
  add(name: string, value: TensorValue, spec = ""): void {
    if (name === "") throw invalidArgument("A tensor of a checkpoint needs a name");
    if (spec === "") this.put(encodeText(name), name, value);
    else this.addSlice(name, value, spec);
  }

  /** Puts the data file and then the index under their names. */
  finish(): void {
    this.file.commit();
    writeFileAtomically(bundleIndexPath(this.prefix), encodeBundleIndex(bundleHeader(1), this.entries));
  }

  /** Drops everything; nothing happens after `finish`. */
  discard(): void {
    this.file.discard();
  }

  private addSlice(name: string, value: TensorValue, spec: string): void {
    const { shape, slice, sliceShape } = parseShapeAndSlice(spec);
    if (!sameShape(sliceShape, value.shape)) {
      // The two blanks are TensorFlow's.
      throw invalidArgument(
        `Slice in shape_and_slice specification does not match the shape of the tensor to  save: ${spec}, tensor: ${shapeText(value.shape)}`,
      );
    }
    if (isFullSlice(slice, shape)) {
      this.put(encodeText(name), name, value);
      return;
    }
    const key = byteKey(encodeText(name));
    const full = this.entries.get(key);
    if (
      full !== undefined &&
      (full.slices.length === 0 || full.dtype !== value.dtype || !sameShape(full.shape, shape))
    ) {
      throw invalidArgument(`Adding duplicate key: ${name}`);
    }
    this.put(sliceKey(name, slice), name, value);
    const slices = [...(full?.slices ?? []), slice];
    this.entries.set(key, { dtype: value.dtype, shape, shardId: 0, offset: 0, size: 0, crc32c: 0, slices });
  }

  private put(key: Uint8Array, name: string, { dtype, shape, data }: TensorValue): void {
    const id = byteKey(key);
    if (this.entries.has(id)) throw invalidArgument(`Adding duplicate key: ${name}`);
    if (dtype === "variant" || dtype === "resource") {
      throw unimplemented(`Saving ${name}: tensors of dtype ${dtype} cannot be written to a checkpoint`);
    }
    let size: number;
    let crc: number;
    if (dtype === "string") {
      const encoded = encodeStrings(data as readonly Uint8Array[]);
      for (const part of encoded.parts) this.file.write(part);
      ({ size, crc } = encoded);
    } else {
      const bytes = numericBytes({ dtype, shape, data });
      this.file.write(bytes);
      size = bytes.length;
      crc = crc32c(bytes);
    }
    this.entries.set(id, {
      dtype,
      shape,
      shardId: 0,
      offset: this.offset,
      size,
      crc32c: maskCrc32c(crc),
      slices: [],
    });
    this.offset += size;
  }
}

/** Writes a bundle of these tensors; it appears complete or not at all. */
export function writeBundle(prefix: string, tensors: Iterable<readonly [name: string, value: TensorValue]>): void {
  const writer = new BundleWriter(prefix);
  try {
    for (const [name, value] of tensors) writer.add(name, value);
    writer.finish();
  } catch (error) {
    writer.discard();
    throw error;
  }
}
