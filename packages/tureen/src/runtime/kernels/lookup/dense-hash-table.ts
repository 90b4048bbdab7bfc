import { allocate, type DataOf, type DType, dtypeSize, type NumericArray } from "../../../core/dtype.js";
import { elementCount, type Shape, sameShape, shapeText } from "../../../core/shape.js";
import { internal, invalidArgument } from "../../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../../core/tensor-value.js";
import { equalBytes } from "../../../core/text.js";
import { bucketHash, combineHashes } from "./bucket-hash.js";
import { type LookupTable, tableKind } from "./lookup-table.js";
import { valueStore } from "./value-store.js";

/** What a dense hash table is made with. */
export interface DenseTableOptions {
  readonly emptyKey: TensorValue;
  readonly deletedKey: TensorValue;
  readonly valueDType: DType;
  readonly valueShape: Shape;
  readonly initialNumBuckets: number;
  readonly maxLoadFactor: number;
}

/**
 * MutableDenseHashTable: open addressing over tensors of buckets.
 *
 * Keeps TensorFlow's bucket of each key, because a checkpoint holds the buckets as they lie and TensorFlow restores them unchecked.
 */
export class DenseHashTable implements LookupTable {
  readonly kind: string = tableKind;
  readonly isInitializable = false;
  readonly keyDType: DType;
  readonly valueDType: DType;
  readonly keyShape: Shape;
  readonly valueShape: Shape;
  readonly #empty: TensorValue["data"];
  readonly #deleted: TensorValue["data"];
  readonly #keySize: number;
  readonly #maxLoadFactor: number;
  #buckets = 0;
  #entries = 0;
  #keys: TensorValue["data"];
  #values: ReturnType<typeof valueStore>;

  constructor(options: DenseTableOptions) {
    const { emptyKey, deletedKey } = options;
    if (!(options.maxLoadFactor > 0 && options.maxLoadFactor < 1)) {
      throw invalidArgument(`max_load_factor must be between 0 and 1, got: ${options.maxLoadFactor}`);
    }
    if (options.valueShape.length > 1) {
      throw invalidArgument(`Empty value must be a scalar or a vector, got shape ${shapeText(options.valueShape)}`);
    }
    if (emptyKey.shape.length > 1) {
      throw invalidArgument(`Empty key must be a scalar or a vector, got shape ${shapeText(emptyKey.shape)}`);
    }
    if (!sameShape(emptyKey.shape, deletedKey.shape)) {
      throw invalidArgument(
        `Empty and deleted keys must have same shape, got shapes: ${shapeText(emptyKey.shape)} and ${shapeText(deletedKey.shape)}`,
      );
    }
    this.keyDType = emptyKey.dtype;
    this.keyShape = emptyKey.shape;
    this.valueDType = options.valueDType;
    this.valueShape = options.valueShape;
    this.#keySize = elementCount(emptyKey.shape);
    this.#empty = emptyKey.data;
    this.#deleted = deletedKey.data;
    this.#maxLoadFactor = options.maxLoadFactor;
    if (this.#equal(this.#empty, 0, this.#deleted, 0)) throw invalidArgument("Empty and deleted keys cannot be equal");
    const buckets = options.initialNumBuckets;
    if (buckets < 4 || !Number.isInteger(Math.log2(buckets))) {
      throw invalidArgument(`Number of buckets must be at least 4 and a power of 2, got: ${buckets}`);
    }
    this.#keys = [];
    this.#values = valueStore(this.valueDType, this.valueShape);
    this.#allocate(buckets);
  }

  get size(): number {
    return this.#entries;
  }

  find(keys: TensorValue, fallback: TensorValue): TensorValue["data"] {
    const count = this.#countOf(keys);
    const entries = new Int32Array(count);
    for (let i = 0; i < count; i++) {
      this.#refuseReserved(keys.data, i);
      entries[i] = this.#search(keys.data, i);
    }
    return this.#values.gather(entries, fallback.data, fallback.shape.length > this.valueShape.length);
  }

  insert(keys: TensorValue, values: TensorValue): void {
    const count = this.#countOf(keys);
    const pending = this.#entries + count;
    if (pending > this.#buckets * this.#maxLoadFactor) {
      let buckets = this.#buckets;
      do buckets *= 2;
      while (pending > buckets * this.#maxLoadFactor);
      this.#rebucket(buckets);
    }
    for (let i = 0; i < count; i++) {
      this.#refuseReserved(keys.data, i);
      this.#put(keys.data, i, values.data, i);
    }
  }

  remove(keys: TensorValue): void {
    const count = this.#countOf(keys);
    for (let i = 0; i < count; i++) {
      this.#refuseReserved(keys.data, i);
      const bucket = this.#search(keys.data, i);
      if (bucket < 0) continue;
      this.#entries--;
      this.#copyKey(this.#deleted, 0, bucket);
    }
  }

  checkImport(keys: TensorValue, values: TensorValue): void {
    // Buckets are stored as rows, so that scalars count as vectors of one.
    const outer = Math.max(0, keys.shape.length - Math.max(1, this.keyShape.length));
    const expected = [...keys.shape.slice(0, outer), ...(this.valueShape.length === 0 ? [1] : this.valueShape)];
    if (!sameShape(expected, values.shape)) {
      throw invalidArgument(`Expected shape ${shapeText(expected)} for value, got ${shapeText(values.shape)}`);
    }
  }

  import(keys: TensorValue, values: TensorValue): void {
    this.#allocate(keys.shape[0]!);
    for (let bucket = 0; bucket < this.#buckets; bucket++) {
      this.#copyKey(keys.data, bucket, bucket);
      this.#values.set(bucket, values.data, bucket);
      if (!this.#isReserved(this.#keys, bucket)) this.#entries++;
    }
  }

  export(): readonly [TensorValue, TensorValue] {
    const shape = [this.#buckets, this.#keySize];
    const keys = this.#keys.slice(0) as TensorValue["data"];
    const values = this.#values.export(this.#buckets);
    const valueShape = [this.#buckets, elementCount(this.valueShape)];
    return [tensorValue(this.keyDType, shape, keys as never), tensorValue(this.valueDType, valueShape, values.data)];
  }

  #allocate(buckets: number): void {
    this.#buckets = buckets;
    this.#entries = 0;
    this.#keys = allocate(this.keyDType, buckets * this.#keySize);
    const one = allocate(this.valueDType, elementCount(this.valueShape));
    this.#values = valueStore(this.valueDType, this.valueShape);
    for (let bucket = buckets - 1; bucket >= 0; bucket--) {
      this.#copyKey(this.#empty, 0, bucket);
      this.#values.set(bucket, one, 0);
    }
  }

  #rebucket(buckets: number): void {
    const keys = this.#keys;
    const values = this.#values.export(this.#buckets).data;
    const count = this.#buckets;
    this.#allocate(buckets);
    for (let i = 0; i < count; i++) if (!this.#isReserved(keys, i)) this.#put(keys, i, values, i);
  }

  #put(keys: TensorValue["data"], i: number, values: TensorValue["data"], valueAt: number): void {
    const mask = this.#buckets - 1;
    let bucket = this.#hash(keys, i) & mask;
    for (let probes = 1; ; probes++) {
      if (this.#equal(this.#keys, bucket, keys, i)) break;
      if (this.#isReserved(this.#keys, bucket)) {
        this.#entries++;
        this.#copyKey(keys, i, bucket);
        break;
      }
      bucket = (bucket + probes) & mask;
      if (probes >= this.#buckets) throw internal("Internal error in MutableDenseHashTable insert");
    }
    this.#values.set(bucket, values, valueAt);
  }

  #search(keys: TensorValue["data"], i: number): number {
    const mask = this.#buckets - 1;
    let bucket = this.#hash(keys, i) & mask;
    for (let probes = 1; ; probes++) {
      if (this.#equal(this.#keys, bucket, keys, i)) return bucket;
      if (this.#equal(this.#keys, bucket, this.#empty, 0)) return -1;
      bucket = (bucket + probes) & mask;
      if (probes >= this.#buckets) throw internal("Internal error in MutableDenseHashTable lookup");
    }
  }

  #countOf(keys: TensorValue): number {
    const count = keys.shape[0] ?? 1;
    if (elementCount(keys.shape) !== count * this.#keySize) {
      throw invalidArgument(`Expected key shape ${shapeText([count, ...this.keyShape])} got ${shapeText(keys.shape)}`);
    }
    return count;
  }

  #isReserved(keys: TensorValue["data"], i: number): boolean {
    return this.#equal(keys, i, this.#empty, 0) || this.#equal(keys, i, this.#deleted, 0);
  }

  #refuseReserved(keys: TensorValue["data"], i: number): void {
    if (this.#equal(keys, i, this.#empty, 0)) {
      throw invalidArgument("Using the empty_key as a table key is not allowed");
    }
    if (this.#equal(keys, i, this.#deleted, 0)) {
      throw invalidArgument("Using the deleted_key as a table key is not allowed");
    }
  }

  #equal(a: TensorValue["data"], i: number, b: TensorValue["data"], j: number): boolean {
    const size = this.#keySize;
    for (let k = 0; k < size; k++) {
      const x = (a as readonly unknown[])[i * size + k];
      const y = (b as readonly unknown[])[j * size + k];
      if (x === y) continue;
      if (!(x instanceof Uint8Array) || !equalBytes(x, y as Uint8Array)) return false;
    }
    return true;
  }

  #copyKey(source: TensorValue["data"], i: number, bucket: number): void {
    const size = this.#keySize;
    for (let k = 0; k < size; k++) {
      (this.#keys as unknown[])[bucket * size + k] = (source as readonly unknown[])[i * size + k];
    }
  }

  #hash(keys: TensorValue["data"], i: number): number {
    const size = this.#keySize;
    if (this.keyDType === "string") return bucketHash((keys as DataOf["string"])[i * size]!);
    const numbers = keys as NumericArray;
    if (size === 1) return Number(BigInt.asIntN(32, BigInt(numbers[i]!)));
    const parts = Array.from({ length: size }, (_, k) => BigInt.asUintN(64, BigInt(numbers[i * size + k]!)));
    const half = (part: bigint, shift: bigint): number => Number((part >> shift) & 0xffffffffn);
    return combineHashes(
      parts.map((part) => half(part, 0n)),
      parts.map((part) => (dtypeSize(this.keyDType) > 0 ? half(part, 32n) : 0)),
    );
  }
}
