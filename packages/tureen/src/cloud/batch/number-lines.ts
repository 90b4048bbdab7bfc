import { allocate, type DType } from "../../core/dtype.js";
import { isCompatible, type Shape } from "../../core/shape.js";
import { type TensorValue, tensorValue } from "../../core/tensor-value.js";
import type { SignatureInfo } from "../../saved-model/signature.js";
import type { RowKeys } from "../predict/encode-row-lines.js";

/**
 * Reads lines of JSON straight into one tensor for each input: no object, list or text is made on the way.
 *
 * Takes what nearly all lines are: an object with every input once (or, for a signature with one input, the bare value), numbers or equally
 * nested lists of them. Undefined for anything else, down to one unusual line: what reads JSON in general then says what it is or what is wrong
 * with it. What this gives is what that gives (see the test).
 */
export type ReadNumberLines = (lines: readonly Uint8Array[]) => NumberLines | undefined;

/** What lines of numbers hold. */
export interface NumberLines {
  readonly feeds: ReadonlyMap<string, TensorValue>;
  /** The lines' keys, where there is a field for them; until the next call. */
  readonly keys?: RowKeys;
}

const dtypes: ReadonlySet<DType> = new Set(["float32", "float64", "int32", "int64"]);

/**
 * What reads lines for these inputs; undefined where they are not all plain numbers.
 *
 * With a `keyField`, every line has to have it beside the inputs: a number without a fraction, or a text without escapes, which are written as they
 * are read.
 */
export function numberLineReader(inputs: SignatureInfo["inputs"], keyField?: string): ReadNumberLines | undefined {
  if (keyField !== undefined && inputs.has(keyField)) return undefined;
  const columns = [...inputs].map(([alias, info]) => ({ info, column: new Column(alias, info.dtype) }));
  if (columns.length === 0 || columns.some(({ info }) => !dtypes.has(info.dtype))) return undefined;
  const key = keyField === undefined ? undefined : new KeyColumn(keyField);
  const reader = new LineReader(
    columns.map(({ column }) => column),
    key,
  );
  return (lines) => {
    for (const { column } of columns) column.begin(lines.length);
    key?.begin(lines.length);
    for (const line of lines) if (!reader.read(line)) return undefined;
    const feeds = new Map<string, TensorValue>();
    for (const { info, column } of columns) {
      const value = column.end(lines.length);
      if (!isCompatible(info.shape, value.shape)) return undefined;
      feeds.set(info.name, value);
    }
    if (key === undefined) return { feeds };
    return { feeds, keys: { name: keyField!, bytes: lines, starts: key.starts, ends: key.ends } };
  };
}

const char = (text: string): number => text.charCodeAt(0);
const quote = char('"');
const comma = char(",");
const colon = char(":");
const openBracket = char("[");
const closeBracket = char("]");
const openBrace = char("{");
const closeBrace = char("}");
const minus = char("-");
const zero = char("0");
const nine = char("9");
const dot = char(".");
const backslash = char("\\");

/** Powers of ten that a double holds exactly, so that one division rounds right. */
const powersOfTen: Float64Array = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));
/** Digits of which every number is exact in a double. */
const exactDigits = 15;
const int32Limit = 2 ** 31;
/** The size of a list whose end has not been seen. */
const unknownSize = -1;

/** One input's values, line after line. */
class Column {
  readonly name: Uint8Array;
  readonly isInteger: boolean;
  private readonly dtype: DType;
  private readonly isBig: boolean;
  private data: Float64Array = new Float64Array(64);
  private used = 0;
  /** How deep the numbers lie in lists, negative before the first. */
  rank = -1;
  /** Sizes of the nested lists, outermost first, as the first line has them. */
  inner: number[] = [];

  constructor(name: string, dtype: DType) {
    this.name = Buffer.from(name);
    this.dtype = dtype;
    this.isInteger = dtype.startsWith("int");
    this.isBig = dtype === "int64";
  }

  begin(lines: number): void {
    this.used = 0;
    this.inner = [];
    this.rank = -1;
    if (this.data.length < lines) this.data = new Float64Array(lines);
  }

  put(value: number): boolean {
    if (this.isInteger && !this.isBig && !(value >= -int32Limit && value < int32Limit)) return false;
    if (this.used === this.data.length) {
      const larger = new Float64Array(this.data.length * 2);
      larger.set(this.data);
      this.data = larger;
    }
    this.data[this.used++] = value;
    return true;
  }

  end(lines: number): TensorValue {
    const { dtype, used } = this;
    const target = allocate(dtype, used);
    if (this.isBig) {
      const big = target as unknown as BigInt64Array;
      for (let i = 0; i < used; i++) big[i] = BigInt(this.data[i]!);
    } else {
      (target as unknown as Float64Array).set(this.data.subarray(0, used));
    }
    return tensorValue(dtype, [lines, ...this.inner] as Shape, target);
  }
}

/** Where the lines' keys lie in them. */
class KeyColumn {
  readonly name: Uint8Array;
  starts: Uint32Array = new Uint32Array(0);
  ends: Uint32Array = new Uint32Array(0);
  private used = 0;

  constructor(name: string) {
    this.name = Buffer.from(name);
  }

  begin(lines: number): void {
    this.used = 0;
    if (this.starts.length >= lines) return;
    this.starts = new Uint32Array(lines);
    this.ends = new Uint32Array(lines);
  }

  put(start: number, end: number): void {
    this.starts[this.used] = start;
    this.ends[this.used++] = end;
  }
}

class LineReader {
  private readonly columns: readonly Column[];
  private readonly key: KeyColumn | undefined;
  private readonly seen: Uint8Array;
  private bytes: Uint8Array = new Uint8Array(0);
  private pos = 0;

  constructor(columns: readonly Column[], key: KeyColumn | undefined) {
    this.columns = columns;
    this.key = key;
    this.seen = new Uint8Array(columns.length);
  }

  /** Reads a line into the columns; whether it was a usual one. */
  read(line: Uint8Array): boolean {
    this.bytes = line;
    this.pos = 0;
    this.skipSpace();
    const { columns } = this;
    const isBare = columns.length === 1 && this.key === undefined;
    const done = this.bytes[this.pos] === openBrace ? this.object() : isBare && this.value(columns[0]!, 0);
    this.skipSpace();
    return done && this.pos === line.length;
  }

  private object(): boolean {
    const { bytes, columns, seen, key } = this;
    seen.fill(0);
    this.pos += 1;
    let hasKey = key === undefined;
    const members = columns.length + (key === undefined ? 0 : 1);
    for (let member = 0; member < members; member++) {
      this.skipSpace();
      if (bytes[this.pos] !== quote) return false;
      const isKey = !hasKey && this.isName(key!.name);
      // Lines tend to have their members in one order.
      const index = isKey ? 0 : this.column(key !== undefined && hasKey ? member - 1 : member);
      if (index < 0 || (!isKey && seen[index] === 1)) return false;
      if (isKey) hasKey = true;
      else seen[index] = 1;
      this.skipSpace();
      if (bytes[this.pos++] !== colon) return false;
      this.skipSpace();
      if (!(isKey ? this.keyValue(key!) : this.value(columns[index]!, 0))) return false;
      this.skipSpace();
      if (bytes[this.pos++] !== (member === members - 1 ? closeBrace : comma)) return false;
    }
    return true;
  }

  /** A number without a fraction, or a text that means what it says. */
  private keyValue(key: KeyColumn): boolean {
    const { bytes } = this;
    const start = this.pos;
    let pos = start;
    if (bytes[pos] === quote) {
      for (pos += 1; bytes[pos] !== quote; pos++) {
        const byte = bytes[pos];
        if (byte === undefined || byte < 0x20 || byte >= 0x7f || byte === backslash) return false;
      }
      pos += 1;
    } else {
      if (bytes[pos] === minus) pos += 1;
      const first = pos;
      for (let byte = bytes[pos]!; byte >= zero && byte <= nine; byte = bytes[++pos]!);
      // What follows the digits, such as a fraction, is found by whoever looks for the end of the member.
      const isUsual = pos > first && pos - first <= exactDigits && (bytes[first] !== zero || pos - start === 1);
      if (!isUsual) return false;
    }
    this.pos = pos;
    key.put(start, pos);
    return true;
  }

  /** The number of the column that the key here names, the likely one looked at first; -1 for none. */
  private column(likely: number): number {
    const { columns } = this;
    if (likely < columns.length && this.isName(columns[likely]!.name)) return likely;
    for (let i = 0; i < columns.length; i++) if (this.isName(columns[i]!.name)) return i;
    return -1;
  }

  private isName(name: Uint8Array): boolean {
    const { bytes, pos } = this;
    for (let i = 0; i < name.length; i++) if (bytes[pos + 1 + i] !== name[i]) return false;
    if (bytes[pos + 1 + name.length] !== quote) return false;
    this.pos = pos + name.length + 2;
    return true;
  }

  /** A number, or lists of lists of numbers; all of a column nest equally deep and are equally long. */
  private value(column: Column, depth: number): boolean {
    const { bytes } = this;
    const { inner } = column;
    if (bytes[this.pos] !== openBracket) {
      if (column.rank < 0) column.rank = depth;
      return column.rank === depth && this.number(column);
    }
    if (column.rank < 0) inner.push(unknownSize);
    else if (depth >= column.rank) return false;
    this.pos += 1;
    let size = 0;
    for (let next: number | undefined = comma; next === comma; next = bytes[this.pos++]) {
      this.skipSpace();
      if (!this.value(column, depth + 1)) return false;
      size += 1;
      this.skipSpace();
      if (bytes[this.pos] !== comma && bytes[this.pos] !== closeBracket) return false;
    }
    if (inner[depth] === unknownSize) inner[depth] = size;
    return inner[depth] === size;
  }

  private number(column: Column): boolean {
    const { bytes } = this;
    const start = this.pos;
    let pos = start;
    const isNegative = bytes[pos] === minus;
    if (isNegative) pos += 1;
    let byte = bytes[pos]!;
    if (!(byte >= zero && byte <= nine)) return false;
    let mantissa = 0;
    const first = pos;
    for (; byte >= zero && byte <= nine; byte = bytes[++pos]!) mantissa = mantissa * 10 + (byte - zero);
    let digits = pos - first;
    if (digits > 1 && bytes[first] === zero) return false;
    if (byte !== dot && (byte | 0x20) !== char("e")) {
      if (digits > exactDigits) return false;
      this.pos = pos;
      return column.put(isNegative && mantissa !== 0 ? -mantissa : mantissa);
    }
    if (column.isInteger) return false;
    let fraction = 0;
    if (byte === dot) {
      const begin = ++pos;
      for (byte = bytes[pos]!; byte >= zero && byte <= nine; byte = bytes[++pos]!)
        mantissa = mantissa * 10 + (byte - zero);
      fraction = pos - begin;
      if (fraction === 0) return false;
      digits += fraction;
    }
    if ((byte | 0x20) === char("e")) {
      byte = bytes[++pos]!;
      if (byte === minus || byte === char("+")) byte = bytes[++pos]!;
      const begin = pos;
      for (; byte >= zero && byte <= nine; byte = bytes[++pos]!);
      // Three digits of exponent may be more than a double holds, which is an error to be told.
      if (pos === begin || pos - begin > 2) return false;
      digits = exactDigits + 1;
    }
    this.pos = pos;
    if (digits > exactDigits || fraction > 22) {
      let text = "";
      for (let i = start; i < pos; i++) text += String.fromCharCode(bytes[i]!);
      return column.put(Number(text));
    }
    const value = mantissa / powersOfTen[fraction]!;
    return column.put(isNegative ? -value : value);
  }

  private skipSpace(): void {
    const { bytes } = this;
    let { pos } = this;
    for (let byte = bytes[pos]; byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09; byte = bytes[pos])
      pos += 1;
    this.pos = pos;
  }
}
