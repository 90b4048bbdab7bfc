import { dataLoss } from "../../../core/status-error.js";

/** One table of a FlatBuffer: fields by their number in the schema. Anything that points out of the buffer is DATA_LOSS. */
export class FlatTable {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #position: number;

  private constructor(bytes: Uint8Array, position: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#position = position;
  }

  /** The root table of a buffer. */
  static root(bytes: Uint8Array): FlatTable {
    const table = new FlatTable(bytes, 0);
    return new FlatTable(bytes, table.#unsigned(0));
  }

  #check(at: number, length: number): number {
    if (at < 0 || length < 0 || at + length > this.#bytes.length) throw dataLoss(`bad FlatBuffer: byte ${at}`);
    return at;
  }

  #unsigned(at: number): number {
    return this.#view.getUint32(this.#check(at, 4), true);
  }

  /** Where a field lies, or undefined for one that has its default. */
  #field(field: number): number | undefined {
    const table = this.#view.getInt32(this.#check(this.#position, 4), true);
    const vtable = this.#check(this.#position - table, 4);
    const entry = 4 + 2 * field;
    if (entry + 2 > this.#view.getUint16(vtable, true)) return undefined;
    const offset = this.#view.getUint16(this.#check(vtable + entry, 2), true);
    return offset === 0 ? undefined : this.#position + offset;
  }

  /** A bool. */
  bool(field: number): boolean {
    const at = this.#field(field);
    return at !== undefined && this.#bytes[this.#check(at, 1)] !== 0;
  }

  /** A byte. */
  byte(field: number): number {
    const at = this.#field(field);
    return at === undefined ? 0 : this.#bytes[this.#check(at, 1)]!;
  }

  /** An int32, `otherwise` where there is none. */
  int(field: number, otherwise = 0): number {
    return this.#field(field) === undefined ? otherwise : this.uint(field) | 0;
  }

  /** A uint32. */
  uint(field: number): number {
    const at = this.#field(field);
    return at === undefined ? 0 : this.#unsigned(at);
  }

  /** A float, `otherwise` where there is none. */
  float(field: number, otherwise: number): number {
    const at = this.#field(field);
    return at === undefined ? otherwise : this.#view.getFloat32(this.#check(at, 4), true);
  }

  /** A table within the table; undefined where there is none. */
  table(field: number): FlatTable | undefined {
    const at = this.#field(field);
    return at === undefined ? undefined : new FlatTable(this.#bytes, at + this.#unsigned(at));
  }

  /** A vector's elements as bytes, `size` each; undefined where there is none. */
  vector(field: number, size: number): Uint8Array | undefined {
    const at = this.#field(field);
    return at === undefined ? undefined : this.#elements(at, size);
  }

  #elements(at: number, size: number): Uint8Array {
    const start = at + this.#unsigned(at);
    const count = this.#unsigned(start);
    this.#check(start + 4, count * size);
    return this.#bytes.subarray(start + 4, start + 4 + count * size);
  }

  /** A vector of 32-bit unsigned numbers, copied so that they are aligned. */
  uints(field: number): Uint32Array | undefined {
    const bytes = this.vector(field, 4);
    return bytes === undefined ? undefined : new Uint32Array(new Uint8Array(bytes).buffer);
  }

  /** A string's bytes; empty where there is none. */
  text(field: number): Uint8Array {
    return this.vector(field, 1) ?? new Uint8Array(0);
  }

  /** A vector of strings. */
  texts(field: number): Uint8Array[] | undefined {
    const at = this.#field(field);
    if (at === undefined) return undefined;
    const offsets = this.#elements(at, 4);
    const first = offsets.byteOffset - this.#bytes.byteOffset;
    return Array.from({ length: offsets.length / 4 }, (_, i) => this.#elements(first + 4 * i, 1));
  }
}
