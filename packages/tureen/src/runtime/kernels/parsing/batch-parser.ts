import type { StringCodes } from "../../../core/string-codes.js";
import { growTo } from "../simd/assembler.js";
import {
  type BatchModule,
  BatchResult,
  batchModule,
  columnBytes,
  columnWord,
  headWord,
  orderPlaces,
  slack,
} from "./batch-module.js";
import { type ExampleColumn, TypeCode } from "./example-column.js";
import { fieldOne, fieldThree, fieldTwo } from "./example-wire.js";
import { WordTable } from "./word-table.js";

/** Fewer Examples are parsed sooner where they lie. */
export const leastExamples = 4;
/** Examples that are longer hold texts or arrays, whose bytes are most of the work and would be copied once more. */
const mostMeanBytes = 4096;
const mostBytes = 1 << 26;
/** Batches in a row after which Examples are taken to be of a kind that the module leaves alone. */
const mostRefused = 8;

const tags = { [TypeCode.STRING]: fieldOne, [TypeCode.FLOAT]: fieldTwo, [TypeCode.INT64]: fieldThree } as const;
/** From here on numbers of words are those of defaults. */
const firstDefault = 0x40000000;

/** Bytes of a value in the module's memory. */
function sizeOf(column: ExampleColumn): number {
  return column.wordsPerElement === 0 ? 4 : column.wordsPerElement * 4;
}

/** Reads batches of Examples of usual form into columns, through `BatchModule`. */
export class BatchParser {
  readonly #columns: readonly ExampleColumn[];
  readonly #module: BatchModule;
  readonly #tables: readonly (WordTable | undefined)[];
  /** Values that there is room for, of columns of varying length. */
  readonly #room: Int32Array;
  /** Where a batch's content begins; tables of words lie before it. */
  #reserved: number;
  #refused = 0;
  bytes: Uint8Array;
  words: Int32Array;

  private constructor(columns: readonly ExampleColumn[], module: BatchModule) {
    this.#columns = columns;
    this.#module = module;
    this.#room = new Int32Array(columns.length);
    this.bytes = new Uint8Array(module.memory.buffer);
    this.words = new Int32Array(module.memory.buffer);
    this.#reserved = align(headWord.count * 4);
    const columnsAt = this.#place(columns.length * columnBytes);
    this.#setHead("columns", columnsAt);
    this.#setHead("columnsEnd", columnsAt + columns.length * columnBytes);
    this.#setHead("order", this.#place(orderPlaces * 4));
    let keySlots = 16;
    while (keySlots < columns.length * 2) keySlots *= 2;
    const slotsAt = this.#place(keySlots * 8);
    this.#setHead("keySlots", slotsAt);
    this.#setHead("keyMask", keySlots - 1);
    columns.forEach((column, c) => {
      const { key } = column.feature;
      const keyAt = this.#place(key.length + slack);
      this.bytes.set(key, keyAt);
      const fallback = this.#placeDefault(column);
      this.#set(c, "key", keyAt);
      this.#set(c, "keyLength", key.length);
      this.#set(c, "tag", tags[column.code as keyof typeof tags]);
      this.#set(c, "fixed", column.feature.kind === "dense" ? column.fixed : -1);
      this.#set(c, "fallback", fallback);
      const skipsEmpty = column.feature.kind === "dense" || column.feature.kind === "varLen";
      this.#set(c, "flags", column.fixed * sizeOf(column) * 2 + (skipsEmpty ? 1 : 0));
      const hash = module.hash(keyAt, key.length);
      let slot = hash & (keySlots - 1);
      while (this.words[(slotsAt >> 2) + slot * 2 + 1]! !== 0) slot = (slot + 1) & (keySlots - 1);
      this.words[(slotsAt >> 2) + slot * 2] = hash;
      this.words[(slotsAt >> 2) + slot * 2 + 1] = this.#columnAt(c) * 4;
    });
    this.#tables = columns.map(({ code }, c) =>
      code === TypeCode.STRING ? new WordTable(this, this.#columnAt(c)) : undefined,
    );
  }

  /** A parser of the columns; undefined where the engine has no WebAssembly, or a column is of a kind that the module does not read. */
  static of(columns: readonly ExampleColumn[]): BatchParser | undefined {
    if (columns.length === 0 || columns.some(({ feature }) => "stride" in feature && feature.stride === 0))
      return undefined;
    const module = batchModule();
    return module === undefined ? undefined : new BatchParser(columns, module);
  }

  /** Has the columns hold what is in the Examples, and gives the words of the dense ones; undefined where that is left to others. */
  parse(serialized: readonly Uint8Array[]): Int32Array | undefined {
    if (this.#refused >= mostRefused) return undefined;
    let size = 0;
    for (let row = 0; row < serialized.length; row++) size += serialized[row]!.length;
    if (size > mostBytes || size > serialized.length * mostMeanBytes) return undefined;
    for (;;) {
      const dense = this.#layOut(serialized, size);
      if (dense === undefined) return undefined;
      const result = this.#module.parse(0, serialized.length);
      if (result === BatchResult.OK && this.#areRows(serialized.length)) {
        this.#refused = 0;
        return this.#give(serialized, dense);
      }
      if (result !== BatchResult.FULL || !this.#grow()) {
        this.#refused++;
        return undefined;
      }
    }
  }

  /** For `WordTable`: memory that batches leave alone. */
  reserve(bytes: number): number | undefined {
    if (!this.#ensure(this.#reserved + bytes)) return undefined;
    const at = this.#reserved;
    this.#reserved = align(at + bytes);
    // A batch's content was there before.
    this.bytes.fill(0, at, at + bytes);
    return at;
  }

  #place(bytes: number): number {
    const at = this.reserve(bytes);
    if (at === undefined) throw new RangeError("no memory for the keys of Examples");
    return at;
  }

  #ensure(bytes: number): boolean {
    const { memory } = this.#module;
    if (bytes <= this.bytes.length) return true;
    if (!growTo(memory, bytes)) return false;
    this.bytes = new Uint8Array(memory.buffer);
    this.words = new Int32Array(memory.buffer);
    return true;
  }

  #columnAt(column: number): number {
    return (this.words[headWord.columns]! + column * columnBytes) >> 2;
  }

  #setHead(name: keyof typeof headWord, value: number): void {
    this.words[headWord[name]] = value;
  }

  #set(column: number, name: keyof typeof columnWord, value: number): void {
    this.words[this.#columnAt(column) + columnWord[name]] = value;
  }

  #get(column: number, name: keyof typeof columnWord): number {
    return this.words[this.#columnAt(column) + columnWord[name]]!;
  }

  /** The address of a dense column's default; 0 where it has none. */
  #placeDefault(column: ExampleColumn): number {
    if (column.feature.kind !== "dense") return 0;
    const count = column.defaultStrings.length;
    const words =
      column.code === TypeCode.STRING
        ? Int32Array.from({ length: count }, (_, i) => firstDefault + i)
        : column.defaultWords;
    if (words.length === 0) return 0;
    const at = this.#place(words.length * 4);
    this.words.set(words, at >> 2);
    return at;
  }

  /** Copies the Examples, and says where each column goes; gives the address of the dense columns, undefined where there is no memory. */
  #layOut(serialized: readonly Uint8Array[], size: number): number | undefined {
    const columns = this.#columns;
    const batch = serialized.length;
    const starts = this.#reserved;
    const dense = align(starts + (batch + 1) * 4);
    let at = dense;
    // As in `ExampleParser`: integers before floats, so that all are aligned.
    for (let size = 2; size >= 0; size--) {
      for (let c = 0; c < columns.length; c++) {
        const column = columns[c]!;
        if (column.feature.kind !== "dense" || column.wordsPerElement !== size) continue;
        const end = at + batch * column.fixed * sizeOf(column);
        this.#begin(c, at, end);
        at = end;
      }
    }
    at = align(at);
    for (let c = 0; c < columns.length; c++) {
      const column = columns[c]!;
      if (column.feature.kind === "dense") continue;
      const room = Math.max(this.#room[c]!, batch * 2);
      this.#room[c] = room;
      this.#set(c, "ends", at);
      at = align(at + batch * 4);
      const end = at + room * sizeOf(column);
      this.#begin(c, at, end);
      at = align(end);
    }
    if (!this.#ensure(at + size + slack)) return undefined;
    const { bytes, words } = this;
    words[headWord.starts] = starts;
    for (let row = 0; row < batch; row++) {
      const example = serialized[row]!;
      words[(starts >> 2) + row] = at;
      bytes.set(example, at);
      at += example.length;
    }
    words[(starts >> 2) + batch] = at;
    return dense;
  }

  #begin(column: number, out: number, end: number): void {
    this.#set(column, "out", out);
    this.#set(column, "outEnd", end);
    this.#set(column, "count", 0);
    this.#set(column, "stamp", 0);
  }

  /** Makes room in the column that had none; false where it cannot be had. */
  #grow(): boolean {
    const c = (this.words[headWord.full]! - this.words[headWord.columns]!) / columnBytes;
    const table = this.#tables[c];
    if (table?.isFull === true) table.grow();
    else if (this.#columns[c]!.feature.kind === "dense") return false;
    else if (this.#room[c]! >= mostBytes) return false;
    else this.#room[c]! *= 2;
    return true;
  }

  /** Whether the values of padded features come in whole rows. */
  #areRows(batch: number): boolean {
    return this.#columns.every(({ feature }, c) => {
      if (feature.kind !== "varLen" || feature.stride === 1) return true;
      const ends = this.#get(c, "ends") >> 2;
      for (let row = 0; row < batch; row++) if (this.words[ends + row]! % feature.stride !== 0) return false;
      return true;
    });
  }

  #give(serialized: readonly Uint8Array[], denseAt: number): Int32Array {
    const columns = this.#columns;
    const batch = serialized.length;
    let denseWords = 0;
    for (const column of columns) denseWords += batch * column.fixed * column.wordsPerElement;
    const dense = this.words.slice(denseAt >> 2, (denseAt >> 2) + denseWords);
    let base = denseAt;
    for (let size = 2; size >= 0; size--) {
      for (let c = 0; c < columns.length; c++) {
        const column = columns[c]!;
        if (column.wordsPerElement !== size) continue;
        const isDense = column.feature.kind === "dense";
        const count = isDense ? batch * column.fixed : this.#get(c, "count");
        const out = this.#get(c, "out") - count * sizeOf(column);
        const ends = isDense
          ? noWords
          : this.words.subarray(this.#get(c, "ends") >> 2, (this.#get(c, "ends") >> 2) + batch);
        const table = this.#tables[c];
        let strings: Uint8Array[] | undefined;
        let codes: StringCodes | undefined;
        if (table !== undefined) {
          table.read(count);
          const numbers = this.words.slice(out >> 2, (out >> 2) + count);
          strings = new Array<Uint8Array>(count);
          const { dictionary } = table;
          if (this.#fill(strings, numbers, dictionary.words, column, ends, serialized))
            codes = { dictionary, codes: numbers };
        }
        column.take({
          count,
          ends,
          words: isDense ? dense : this.words.subarray(out >> 2, (out >> 2) + count * column.wordsPerElement),
          base: isDense && size > 0 ? (base - denseAt) / sizeOf(column) : 0,
          strings,
          codes,
        });
        if (isDense) base += count * sizeOf(column);
      }
    }
    return dense;
  }

  /** Fills in a column's strings by their numbers; true where all are words of the dictionary. */
  #fill(
    strings: Uint8Array[],
    numbers: Int32Array,
    known: readonly Uint8Array[],
    column: ExampleColumn,
    ends: Int32Array,
    serialized: readonly Uint8Array[],
  ): boolean {
    let areWords = true;
    let row = 0;
    for (let i = 0; i < numbers.length; i++) {
      const number = numbers[i]!;
      if (number >= 0 && number < firstDefault) {
        strings[i] = known[number]!;
        continue;
      }
      areWords = false;
      if (number >= firstDefault) {
        strings[i] = column.defaultStrings[number - firstDefault]!;
        continue;
      }
      if (column.feature.kind === "dense") row = Math.floor(i / column.fixed);
      else while (ends[row]! <= i) row++;
      strings[i] = this.#viewOf(~number, serialized[row]!, this.words[(this.words[headWord.starts]! >> 2) + row]!);
    }
    return areWords;
  }

  /** The string whose length lies at an address, as a view of the Example. */
  #viewOf(address: number, example: Uint8Array, exampleAt: number): Uint8Array {
    const { bytes } = this;
    let at = address;
    let byte = bytes[at++]!;
    let length = byte & 0x7f;
    for (let shift = 7; byte >= 0x80; shift += 7) {
      byte = bytes[at++]!;
      length |= (byte & 0x7f) << shift;
    }
    return example.subarray(at - exampleAt, at - exampleAt + length);
  }
}

const noWords = new Int32Array(0);

function align(address: number): number {
  return (address + 7) & ~7;
}
