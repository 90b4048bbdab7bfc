import { encodeText } from "../../core/text.js";
import type { Output, RowForm } from "./encode-rows.js";
import { pythonFloat } from "./python-text.js";
import { decodeStrictly } from "./strict-utf8.js";

/** Keys of rows, which go before their outputs: each a part of the bytes, a JSON text as it is to be written. */
export interface RowKeys {
  /** The key's name. */
  readonly name: string;
  readonly bytes: readonly Uint8Array[];
  readonly starts: ArrayLike<number>;
  readonly ends: ArrayLike<number>;
}

/** Writes rows of outputs as lines; the bytes are there until the next call. */
export type EncodeRowLines = (
  outputs: readonly Output[],
  rows: number,
  form: RowForm,
  keys?: RowKeys,
) => Uint8Array | undefined;

/**
 * What writes the JSON text of each row of the outputs, a line a row: the bytes of what `encodeRows` gives, without a text made for each.
 *
 * Undefined for outputs that it does not know, of other sizes than `rows`, or that cannot be written: `encodeRows` then says what they are or what
 * is wrong. With `keys` the form has to be `named`.
 */
export function rowLineEncoder(): EncodeRowLines {
  const writer = new LineWriter();
  return (outputs, rows, form, keys) => {
    const columns: Column[] = [];
    const isBare = form === "bare" && outputs.length === 1;
    for (const [i, { alias, value }] of outputs.entries()) {
      const { dtype, shape, data } = value;
      const kind = kinds[dtype];
      if (kind === undefined || shape.length > 2 || shape.length === 0 || shape[0] !== rows) return undefined;
      if (kind === "string" && alias.endsWith("_bytes")) return undefined;
      const isFirst = i === 0 && keys === undefined;
      const label = isBare ? "" : `${isFirst ? "{" : ", "}${JSON.stringify(alias)}: `;
      columns.push({ kind, label: encodeText(label), size: shape[1] ?? -1, data: data as unknown as ColumnData });
    }
    if (columns.length === 0) return undefined;
    try {
      return writer.lines(columns, rows, isBare, keys);
    } catch {
      // A text that is none: the thorough way says so.
      return undefined;
    }
  };
}

type Kind = "float" | "integer" | "bool" | "string";
type ColumnData = ArrayLike<number> & ArrayLike<Uint8Array>;

interface Column {
  readonly kind: Kind;
  /** What goes before a value: its name and what separates it. */
  readonly label: Uint8Array;
  /** Elements of a row that is a list, -1 for a row that is a single value. */
  readonly size: number;
  readonly data: ColumnData;
}

const kinds: Readonly<Record<string, Kind>> = {
  float32: "float",
  float64: "float",
  int8: "integer",
  int16: "integer",
  int32: "integer",
  int64: "integer",
  uint8: "integer",
  uint16: "integer",
  uint32: "integer",
  uint64: "integer",
  bool: "bool",
  string: "string",
};

/** The longest text of a number: a sign, 17 digits, a point and an exponent are 24, an integer has 20. */
const numberBytes = 32;
const char = (text: string): number => text.charCodeAt(0);
const zero = char("0");
const quote = char('"');
const backslash = char("\\");
const comma = char(",");
const space = char(" ");
const openBracket = char("[");
const closeBracket = char("]");
const closeBrace = char("}");
const lineFeed = char("\n");
const trueText = encodeText("true");
const falseText = encodeText("false");

class LineWriter {
  private bytes: Uint8Array = new Uint8Array(64 * 1024);
  private at = 0;

  lines(columns: readonly Column[], rows: number, isBare: boolean, keys: RowKeys | undefined): Uint8Array {
    this.at = 0;
    const keyLabel = keys === undefined ? undefined : encodeText(`{${JSON.stringify(keys.name)}: `);
    for (let row = 0; row < rows; row++) {
      if (keys !== undefined) {
        this.put(keyLabel!, 0, keyLabel!.length);
        this.put(keys.bytes[row]!, keys.starts[row]!, keys.ends[row]!);
      }
      for (let i = 0; i < columns.length; i++) this.value(columns[i]!, row);
      this.room(2);
      if (!isBare) this.bytes[this.at++] = closeBrace;
      this.bytes[this.at++] = lineFeed;
    }
    return this.bytes.subarray(0, this.at);
  }

  private value({ kind, label, size, data }: Column, row: number): void {
    this.put(label, 0, label.length);
    if (size < 0) {
      this.element(kind, data, row);
      return;
    }
    this.room(2);
    this.bytes[this.at++] = openBracket;
    const start = row * size;
    for (let i = start; i < start + size; i++) {
      if (i > start) {
        this.room(2);
        this.bytes[this.at++] = comma;
        this.bytes[this.at++] = space;
      }
      this.element(kind, data, i);
    }
    this.room(1);
    this.bytes[this.at++] = closeBracket;
  }

  private element(kind: Kind, data: ColumnData, index: number): void {
    if (kind === "float") this.float(data[index]! as unknown as number);
    else if (kind === "string") this.text(data[index]! as unknown as Uint8Array);
    else if (kind === "integer") this.integer(data[index]! as unknown as number | bigint);
    else this.flag(data[index]! as unknown as number);
  }

  private float(value: number): void {
    const size = value < 0 ? -value : value;
    // A fraction of the usual size: what nearly all outputs are.
    this.ascii(size >= 1e-4 && size < 1e15 && value % 1 !== 0 ? `${value}` : pythonFloat(value));
  }

  private integer(value: number | bigint): void {
    if (value >= 0 && value < 10) {
      this.room(1);
      this.bytes[this.at++] = zero + Number(value);
    } else {
      this.ascii(`${value}`);
    }
  }

  private flag(value: number): void {
    const text = value === 0 ? falseText : trueText;
    this.put(text, 0, text.length);
  }

  private text(text: Uint8Array): void {
    const { length } = text;
    for (let i = 0; i < length; i++) {
      const byte = text[i]!;
      if (byte >= 0x20 && byte < 0x7f && byte !== quote && byte !== backslash) continue;
      const escaped = encodeText(JSON.stringify(decodeStrictly(text)));
      this.put(escaped, 0, escaped.length);
      return;
    }
    this.room(length + 2);
    this.bytes[this.at++] = quote;
    this.put(text, 0, length);
    this.bytes[this.at++] = quote;
  }

  private ascii(text: string): void {
    this.room(numberBytes);
    const { bytes } = this;
    let { at } = this;
    for (let i = 0; i < text.length; i++) bytes[at++] = text.charCodeAt(i);
    this.at = at;
  }

  private put(source: Uint8Array, start: number, end: number): void {
    // One more, for the quote that may follow.
    this.room(end - start + 1);
    const { bytes } = this;
    let { at } = this;
    for (let i = start; i < end; i++) bytes[at++] = source[i]!;
    this.at = at;
  }

  private room(more: number): void {
    const { bytes, at } = this;
    if (at + more <= bytes.length) return;
    this.bytes = new Uint8Array(Math.max(bytes.length * 2, at + more));
    this.bytes.set(bytes.subarray(0, at));
  }
}
