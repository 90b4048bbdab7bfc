import { allocate, type DataOf, type DType, emptyBytes, type NumericArray } from "../../../core/dtype.js";
import { elementCount, type Shape } from "../../../core/shape.js";
import { type TensorValue, tensorValue } from "../../../core/tensor-value.js";

/** The values of a lookup table by entry number, each of one shape. */
export interface ValueStore {
  /** Elements in one value. */
  readonly width: number;
  /** Sets entry `entry` to value `i` of a tensor's data. */
  set(entry: number, values: TensorValue["data"], i: number): void;
  /** Whether entry `entry` is value `i` of a tensor's data. */
  equals(entry: number, values: TensorValue["data"], i: number): boolean;
  /** Moves an entry. */
  move(from: number, to: number): void;
  /** The first `count` values as one tensor. */
  export(count: number): TensorValue;
  /**
   * The values of entries as one tensor's data; where an entry is -1, the value of `fallback`: its only one, or with `perKey` the one
   * at the same place.
   */
  gather(entries: Int32Array, fallback: TensorValue["data"], perKey: boolean): TensorValue["data"];
}

/** A store for values of a dtype and shape. */
export function valueStore(dtype: DType, shape: Shape): ValueStore {
  const width = elementCount(shape);
  return dtype === "string" || dtype === "variant" || dtype === "resource"
    ? new ObjectStore(dtype, shape, width)
    : new NumberStore(dtype, shape, width);
}

/** Numbers as 32-bit words where their size is a multiple of those, else as bytes: copies are exact and make no BigInts. */
type Words = Int32Array | Uint8Array;

function wordsOf(data: TensorValue["data"]): Words {
  const array = data as NumericArray;
  return array.BYTES_PER_ELEMENT % 4 === 0
    ? new Int32Array(array.buffer, array.byteOffset, array.byteLength / 4)
    : new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

class NumberStore implements ValueStore {
  readonly width: number;
  readonly #dtype: DType;
  readonly #shape: Shape;
  /** Words in one value. */
  readonly #size: number;
  #words: Words;
  #lastData: TensorValue["data"] | undefined;
  #lastWords: Words = new Int32Array(0);
  #lastFallback: TensorValue["data"] | undefined;
  #fallbackWords: Words = new Int32Array(0);

  constructor(dtype: DType, shape: Shape, width: number) {
    this.width = width;
    this.#dtype = dtype;
    this.#shape = shape;
    const one = wordsOf(allocate(dtype, width));
    this.#size = one.length;
    this.#words = one;
  }

  #from(values: TensorValue["data"]): Words {
    if (values !== this.#lastData) {
      this.#lastData = values;
      this.#lastWords = wordsOf(values);
    }
    return this.#lastWords;
  }

  set(entry: number, values: TensorValue["data"], i: number): void {
    const size = this.#size;
    if ((entry + 1) * size > this.#words.length) {
      const grown = wordsOf(allocate(this.#dtype, this.width * Math.max(16, (entry + 1) * 2)));
      grown.set(this.#words);
      this.#words = grown;
    }
    const source = this.#from(values);
    for (let k = 0; k < size; k++) this.#words[entry * size + k] = source[i * size + k]!;
  }

  equals(entry: number, values: TensorValue["data"], i: number): boolean {
    const size = this.#size;
    const source = this.#from(values);
    for (let k = 0; k < size; k++) if (this.#words[entry * size + k] !== source[i * size + k]) return false;
    return true;
  }

  move(from: number, to: number): void {
    const size = this.#size;
    this.#words.copyWithin(to * size, from * size, (from + 1) * size);
  }

  export(count: number): TensorValue {
    const data = allocate(this.#dtype, count * this.width);
    wordsOf(data).set(this.#words.subarray(0, count * this.#size));
    return tensorValue(this.#dtype, [count, ...this.#shape], data);
  }

  gather(entries: Int32Array, fallback: TensorValue["data"], perKey: boolean): TensorValue["data"] {
    const data = allocate(this.#dtype, entries.length * this.width);
    const target = wordsOf(data);
    // Nearly always a constant of the graph.
    if (fallback !== this.#lastFallback) {
      this.#lastFallback = fallback;
      this.#fallbackWords = wordsOf(fallback);
    }
    const defaults = this.#fallbackWords;
    const words = this.#words;
    const size = this.#size;
    let at = 0;
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i]!;
      const source = entry < 0 ? defaults : words;
      let from = entry < 0 ? (perKey ? i * size : 0) : entry * size;
      for (let k = 0; k < size; k++) target[at++] = source[from++]!;
    }
    return data;
  }
}

class ObjectStore implements ValueStore {
  readonly width: number;
  readonly #dtype: DType;
  readonly #shape: Shape;
  readonly #items: object[] = [];

  constructor(dtype: DType, shape: Shape, width: number) {
    this.width = width;
    this.#dtype = dtype;
    this.#shape = shape;
  }

  set(entry: number, values: TensorValue["data"], i: number): void {
    const { width } = this;
    for (let k = 0; k < width; k++) {
      const item = (values as readonly object[])[i * width + k] ?? emptyBytes;
      this.#items[entry * width + k] = item instanceof Uint8Array ? item.slice() : item;
    }
  }

  equals(entry: number, values: TensorValue["data"], i: number): boolean {
    for (let k = 0; k < this.width; k++) {
      const a = this.#items[entry * this.width + k] as Uint8Array;
      const b = (values as DataOf["string"])[i * this.width + k]!;
      if (a.length !== b.length || a.some((byte, at) => byte !== b[at])) return false;
    }
    return true;
  }

  move(from: number, to: number): void {
    for (let k = 0; k < this.width; k++) this.#items[to * this.width + k] = this.#items[from * this.width + k]!;
  }

  export(count: number): TensorValue {
    return tensorValue(this.#dtype, [count, ...this.#shape], this.#items.slice(0, count * this.width) as Uint8Array[]);
  }

  gather(entries: Int32Array, fallback: TensorValue["data"], perKey: boolean): TensorValue["data"] {
    const { width } = this;
    const defaults = fallback as readonly object[];
    const target = new Array<object>(entries.length * width);
    let at = 0;
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i]!;
      const source = entry < 0 ? defaults : this.#items;
      let from = entry < 0 ? (perKey ? i * width : 0) : entry * width;
      for (let k = 0; k < width; k++) target[at++] = source[from++]!;
    }
    return target as Uint8Array[];
  }
}
