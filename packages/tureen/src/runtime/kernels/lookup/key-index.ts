import { type DataOf, type DType, dtypeSize, type NumericArray } from "../../../core/dtype.js";
import { type TensorValue, tensorValue } from "../../../core/tensor-value.js";

/** A set of keys, each with a number from 0 to `size - 1`; removing a key gives its number to the last one. */
export interface KeyIndex {
  readonly size: number;
  /** The number of element `i` of a key tensor's data, or -1. */
  find(keys: TensorValue["data"], i: number): number;
  /** The number of element `i`, taken up where it is new: then it is the size before. */
  add(keys: TensorValue["data"], i: number): number;
  /** The number that element `i` had, or -1; the last key takes it over. */
  remove(keys: TensorValue["data"], i: number): number;
  clear(): void;
  /** All keys in the order of their numbers, as a vector. */
  export(): TensorValue;
}

/** An index for keys of one dtype: byte strings, or numbers of any size up to eight bytes. */
export function keyIndex(dtype: DType): KeyIndex {
  return dtype === "string" ? new BytesIndex() : new NumberIndex(dtype);
}

const firstSlots = 16;
const empty = -1;
const removed = -2;

/** Open addressing over numbers of keys; the subclasses know the keys. */
abstract class HashSlots {
  size = 0;
  protected slots: Int32Array = new Int32Array(firstSlots).fill(empty);
  /** Slots that are not empty, removed ones included. */
  #used = 0;

  protected abstract hashOfEntry(entry: number): number;

  protected reset(): void {
    this.size = 0;
    this.#used = 0;
    this.slots = new Int32Array(firstSlots).fill(empty);
  }

  /** Puts an entry into the slots; the caller knows that it is not there. */
  protected place(entry: number, hash: number): void {
    // At most half full, so that a search for a key that is not there ends soon.
    if ((this.#used + 1) * 2 > this.slots.length) this.#rebuild();
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    while (this.slots[slot]! >= 0) slot = (slot + 1) & mask;
    if (this.slots[slot] === empty) this.#used++;
    this.slots[slot] = entry;
  }

  /** Frees the slot that holds an entry, or gives it to another one. */
  protected replace(entry: number, hash: number, by: number = removed): void {
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    while (this.slots[slot] !== entry) slot = (slot + 1) & mask;
    this.slots[slot] = by;
  }

  #rebuild(): void {
    let length = this.slots.length;
    while ((this.size + 1) * 4 > length) length *= 2;
    this.slots = new Int32Array(length).fill(empty);
    this.#used = 0;
    const mask = length - 1;
    for (let entry = 0; entry < this.size; entry++) {
      let slot = this.hashOfEntry(entry) & mask;
      while (this.slots[slot]! >= 0) slot = (slot + 1) & mask;
      this.slots[slot] = entry;
      this.#used++;
    }
  }
}

function hashBytes(bytes: Uint8Array): number {
  let hash = bytes.length;
  const { length } = bytes;
  let i = 0;
  // Four bytes a step; what only differs in high bits is mixed down at the end.
  for (; i + 4 <= length; i += 4) {
    const word = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    hash = Math.imul(hash ^ (hash >>> 15), 0x01000193) ^ word;
  }
  for (; i < length; i++) hash = Math.imul(hash, 0x01000193) ^ bytes[i]!;
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return hash ^ (hash >>> 13);
}

class BytesIndex extends HashSlots implements KeyIndex {
  #keys: Uint8Array[] = [];
  #hashes: number[] = [];

  protected override hashOfEntry(entry: number): number {
    return this.#hashes[entry]!;
  }

  find(keys: TensorValue["data"], i: number): number {
    const key = (keys as DataOf["string"])[i]!;
    return this.#search(key, hashBytes(key));
  }

  #search(key: Uint8Array, hash: number): number {
    const slots = this.slots;
    const mask = slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[slot]!;
      if (entry === empty) return -1;
      if (entry >= 0 && this.#hashes[entry] === hash) {
        const candidate = this.#keys[entry]!;
        if (candidate.length !== key.length) continue;
        let at = 0;
        while (at < key.length && candidate[at] === key[at]) at++;
        if (at === key.length) return entry;
      }
    }
  }

  add(keys: TensorValue["data"], i: number): number {
    const key = (keys as DataOf["string"])[i]!;
    const hash = hashBytes(key);
    const found = this.#search(key, hash);
    if (found >= 0) return found;
    this.place(this.size, hash);
    // A copy: a key that is a view would keep the buffer alive that it came in.
    this.#keys.push(key.slice());
    this.#hashes.push(hash);
    return this.size++;
  }

  remove(keys: TensorValue["data"], i: number): number {
    const entry = this.find(keys, i);
    if (entry < 0) return -1;
    this.replace(entry, this.#hashes[entry]!);
    const last = --this.size;
    const key = this.#keys.pop()!;
    const hash = this.#hashes.pop()!;
    if (entry < last) {
      this.replace(last, hash, entry);
      this.#keys[entry] = key;
      this.#hashes[entry] = hash;
    }
    return entry;
  }

  clear(): void {
    this.reset();
    this.#keys = [];
    this.#hashes = [];
  }

  export(): TensorValue {
    return tensorValue("string", [this.size], this.#keys.slice());
  }
}

/** Numbers by their bits, an int64 by its two halves. */
class NumberIndex extends HashSlots implements KeyIndex {
  readonly #dtype: DType;
  readonly #halves: 1 | 2;
  #lows: Int32Array = new Int32Array(firstSlots);
  #highs: Int32Array = new Int32Array(firstSlots);
  #lastData: TensorValue["data"] | undefined;
  #lastWords: NumericArray = new Int32Array(0);

  constructor(dtype: DType) {
    super();
    this.#dtype = dtype;
    this.#halves = dtypeSize(dtype) === 8 ? 2 : 1;
  }

  protected override hashOfEntry(entry: number): number {
    return mix(this.#lows[entry]!, this.#highs[entry]!);
  }

  /** The words of a key tensor; remembered, as keys of one tensor come one after another. */
  #words(keys: TensorValue["data"]): NumericArray {
    if (keys !== this.#lastData) {
      const data = keys as NumericArray;
      this.#lastData = keys;
      this.#lastWords =
        data.BYTES_PER_ELEMENT < 4 ? data : new Int32Array(data.buffer, data.byteOffset, data.byteLength / 4);
    }
    return this.#lastWords;
  }

  find(keys: TensorValue["data"], i: number): number {
    const words = this.#words(keys) as Int32Array;
    return this.#halves === 2 ? this.#search(words[i * 2]!, words[i * 2 + 1]!) : this.#search(words[i]!, 0);
  }

  #search(low: number, high: number): number {
    const slots = this.slots;
    const mask = slots.length - 1;
    for (let slot = mix(low, high) & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[slot]!;
      if (entry === empty) return -1;
      if (entry >= 0 && this.#lows[entry] === low && this.#highs[entry] === high) return entry;
    }
  }

  add(keys: TensorValue["data"], i: number): number {
    const words = this.#words(keys) as Int32Array;
    const low = this.#halves === 2 ? words[i * 2]! : words[i]!;
    const high = this.#halves === 2 ? words[i * 2 + 1]! : 0;
    const found = this.#search(low, high);
    if (found >= 0) return found;
    this.place(this.size, mix(low, high));
    if (this.size === this.#lows.length) {
      this.#lows = doubled(this.#lows);
      this.#highs = doubled(this.#highs);
    }
    this.#lows[this.size] = low;
    this.#highs[this.size] = high;
    return this.size++;
  }

  remove(keys: TensorValue["data"], i: number): number {
    const entry = this.find(keys, i);
    if (entry < 0) return -1;
    this.replace(entry, this.hashOfEntry(entry));
    const last = --this.size;
    if (entry < last) {
      this.replace(last, this.hashOfEntry(last), entry);
      this.#lows[entry] = this.#lows[last]!;
      this.#highs[entry] = this.#highs[last]!;
    }
    return entry;
  }

  clear(): void {
    this.reset();
  }

  export(): TensorValue {
    const count = this.size;
    const words = new Int32Array(count * this.#halves);
    for (let i = 0; i < count; i++) {
      words[i * this.#halves] = this.#lows[i]!;
      if (this.#halves === 2) words[i * 2 + 1] = this.#highs[i]!;
    }
    switch (this.#dtype) {
      case "int64":
        return tensorValue("int64", [count], new BigInt64Array(words.buffer));
      case "uint64":
        return tensorValue("uint64", [count], new BigUint64Array(words.buffer));
      case "float64":
        return tensorValue("float64", [count], new Float64Array(words.buffer));
      case "float32":
        return tensorValue("float32", [count], new Float32Array(words.buffer));
      case "bool":
        return tensorValue("bool", [count], Uint8Array.from(words));
      default:
        return tensorValue("int32", [count], words);
    }
  }
}

function mix(low: number, high: number): number {
  const hash = Math.imul(low ^ Math.imul(high, 0x9e3779b1 | 0), 0x85ebca6b);
  return hash ^ (hash >>> 15);
}

function doubled(array: Int32Array): Int32Array {
  const grown = new Int32Array(array.length * 2);
  grown.set(array);
  return grown;
}
