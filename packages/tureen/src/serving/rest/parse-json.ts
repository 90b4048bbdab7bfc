import { invalidArgument, type StatusError } from "../../core/status-error.js";
import { decodeText, encodeText } from "../../core/text.js";
import type { JsonArray, JsonNumber, JsonNumbers, JsonObject, JsonValue } from "./json-value.js";

/**
 * Parses a request body by the grammar of RapidJSON 1.1.0 as TensorFlow Serving sets it: NaN, Inf and Infinity are numbers, what follows the
 * first value is ignored, nesting has no limit.
 *
 * Lists of numbers go straight into typed arrays. INVALID_ARGUMENT `JSON Parse error: <text> at offset: <byte>` with RapidJSON's texts and
 * offsets.
 */
export function parseJson(body: Uint8Array): JsonValue {
  if (body.length === 0) throw invalidArgument("JSON Parse error: The document is empty");
  return new JsonReader(body).document();
}

const errorTexts = {
  empty: "The document is empty.",
  value: "Invalid value.",
  name: "Missing a name for object member.",
  colon: "Missing a colon after a name of object member.",
  member: "Missing a comma or '}' after an object member.",
  element: "Missing a comma or ']' after an array element.",
  hex: "Incorrect hex digit after \\u escape in string.",
  surrogate: "The surrogate pair in string is invalid.",
  escape: "Invalid escape character in string.",
  quote: "Missing a closing quotation mark in string.",
  big: "Number too big to be stored in double.",
  fraction: "Miss fraction part in number.",
  exponent: "Miss exponent in number.",
} as const;

const char = (text: string): number => text.charCodeAt(0);
const quote = char('"');
const backslash = char("\\");
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

const escapes: Readonly<Record<number, number>> = Object.fromEntries(
  [...'"\\/bfnrt'].map((from, i) => [char(from), char('"\\/\b\f\n\r\t'[i]!)] as const),
);

/** Powers of ten that a double holds exactly: up to here one division rounds right (Clinger's fast path). */
const powersOfTen: Float64Array = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));
/** Digits of which every number is exact in a double. */
const exactDigits = 15;
/** 1 for the bytes of which a list of plain numbers consists. */
const numberBytes: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) =>
  "0123456789+-.eE, \t\r\n".includes(String.fromCharCode(byte)) ? 1 : 0,
);
const uint64Max = 2n ** 64n - 1n;
const int64Min = -(2n ** 63n);

interface OpenArray {
  readonly kind: "array";
  readonly items: JsonValue[];
}

interface OpenObject {
  readonly kind: "object";
  readonly keys: string[];
  readonly values: JsonValue[];
}

class JsonReader {
  private readonly bytes: Uint8Array;
  /** The same memory: of all ways from bytes to a short text Buffer's is by far the fastest. */
  private readonly buffer: Buffer;
  private pos = 0;
  /** What the last `number()` read: its value, and whether it has neither fraction nor exponent. */
  private isInteger = false;
  /** The exact value of an integer of more than 15 digits that fits 64 bits. */
  private big: bigint | undefined;
  /** Whether the last `number()` was a fraction of more digits than the quick way takes. */
  private isLong = false;
  private scratch = new Float64Array(64);

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Without recursion: half a million brackets in a row are a valid request. */
  document(): JsonValue {
    for (const byte of [0xef, 0xbb, 0xbf]) if (this.peek() === byte) this.pos += 1;
    this.skipSpace();
    const first = this.peek();
    if (first === 0 || first === closeBracket || first === closeBrace || first === comma || first === colon) {
      throw this.error("empty");
    }
    const open: (OpenArray | OpenObject)[] = [];
    for (;;) {
      let value = this.value(open);
      // Closes every container that ends here; undefined means one was opened or wants another value.
      while (value !== undefined) {
        const parent = open[open.length - 1];
        if (parent === undefined) return value;
        if (parent.kind === "array") {
          parent.items.push(value);
          value = this.afterElement(open);
        } else {
          parent.values.push(value);
          value = this.afterMember(open);
        }
      }
    }
  }

  /** Reads a whole value, or opens a container and gives undefined. */
  private value(open: (OpenArray | OpenObject)[]): JsonValue | undefined {
    switch (this.peek()) {
      case openBracket: {
        this.pos += 1;
        this.skipSpace();
        if (this.peek() === closeBracket) {
          this.pos += 1;
          return { kind: "array", items: [] };
        }
        const numbers = this.numbers();
        if (numbers !== undefined) return numbers;
        open.push({ kind: "array", items: [] });
        return undefined;
      }
      case openBrace: {
        this.pos += 1;
        this.skipSpace();
        if (this.peek() === closeBrace) {
          this.pos += 1;
          return { kind: "object", keys: [], values: [] };
        }
        const object: OpenObject = { kind: "object", keys: [], values: [] };
        open.push(object);
        this.key(object);
        return undefined;
      }
      case quote:
        return this.string();
      case char("n"):
        return this.literal("null", null);
      case char("t"):
        return this.literal("true", true);
      case char("f"):
        return this.literal("false", false);
      case closeBracket:
      case closeBrace:
      case comma:
      case colon:
      case 0:
        throw this.error("value");
      default:
        return this.spelledNumber();
    }
  }

  private afterElement(open: (OpenArray | OpenObject)[]): JsonArray | undefined {
    this.skipSpace();
    const next = this.peek();
    if (next === comma) {
      this.pos += 1;
      this.skipSpace();
      return undefined;
    }
    if (next !== closeBracket) throw this.error("element");
    this.pos += 1;
    return open.pop() as JsonArray;
  }

  private afterMember(open: (OpenArray | OpenObject)[]): JsonObject | undefined {
    this.skipSpace();
    const next = this.peek();
    if (next === comma) {
      this.pos += 1;
      this.skipSpace();
      this.key(open[open.length - 1] as OpenObject);
      return undefined;
    }
    if (next !== closeBrace) throw this.error("member");
    this.pos += 1;
    return open.pop() as JsonObject;
  }

  private key(object: OpenObject): void {
    if (this.peek() !== quote) throw this.error("name");
    object.keys.push(decodeText(this.string()));
    this.skipSpace();
    if (this.peek() !== colon) throw this.error("colon");
    this.pos += 1;
    this.skipSpace();
  }

  /** Reads a list that holds nothing but numbers; else goes back to its first element and gives undefined. */
  private numbers(): JsonNumbers | undefined {
    const start = this.pos;
    let integers = true;
    let count = 0;
    for (;;) {
      const first = this.peek();
      if (first !== minus && (first < zero || first > nine) && first !== char("N") && first !== char("I")) break;
      const before = this.pos;
      const value = this.number();
      if (this.big !== undefined) break;
      if (this.isLong) {
        const rest = this.longNumbers(before);
        if (rest !== undefined) {
          const values = new Float64Array(count + rest.length);
          values.set(this.scratch.subarray(0, count));
          values.set(rest, count);
          return this.numberList(start, values, false);
        }
      }
      if (!this.isInteger) integers = false;
      if (count === this.scratch.length) this.growScratch();
      this.scratch[count++] = value;
      this.skipSpace();
      const next = this.peek();
      if (next === closeBracket) {
        this.pos += 1;
        return this.numberList(start, this.scratch.slice(0, count), integers);
      }
      if (next !== comma) throw this.error("element");
      this.pos += 1;
      this.skipSpace();
    }
    this.pos = start;
    return undefined;
  }

  private numberList(start: number, values: Float64Array, integers: boolean): JsonNumbers {
    const { bytes } = this;
    const spelled = (): JsonNumber[] => new JsonReader(bytes).spelledNumbers(start, values.length);
    return { kind: "numbers", values, integers, spelled };
  }

  /**
   * Reads the rest of a list, from a fraction of many digits on, by JSON.parse: it converts a list of such numbers several times as fast
   * as one by one. Undefined, with nothing read, where the rest is anything but numbers that both grammars read alike.
   */
  private longNumbers(start: number): readonly number[] | undefined {
    const { bytes } = this;
    let end = start;
    while (numberBytes[bytes[end]!] === 1) end += 1;
    if (bytes[end] !== closeBracket) return undefined;
    const text = this.buffer.toString("latin1", start, end);
    // Three digits of exponent may be more than a double holds, where the grammars differ.
    if (/e[+-]?\d{3}/i.test(text)) return undefined;
    let values: readonly number[];
    try {
      values = JSON.parse(`[${text}]`) as readonly number[];
    } catch {
      return undefined;
    }
    this.pos = end + 1;
    return values;
  }

  /** Reads a list of numbers once more, each on its own. */
  spelledNumbers(start: number, count: number): JsonNumber[] {
    this.pos = start;
    const items: JsonNumber[] = [];
    while (items.length < count) {
      items.push(this.spelledNumber());
      this.skipSpace();
      this.pos += 1;
      this.skipSpace();
    }
    return items;
  }

  private spelledNumber(): JsonNumber {
    const value = this.number();
    const integer = this.isInteger ? (this.big ?? BigInt(value)) : undefined;
    return { kind: "number", value, integer };
  }

  private number(): number {
    const { bytes } = this;
    const start = this.pos;
    const negative = bytes[start] === minus;
    if (negative) this.pos += 1;
    this.big = undefined;
    this.isInteger = false;
    this.isLong = false;
    const first = this.peek();
    let mantissa = 0;
    let digits = 0;
    if (first === zero) {
      this.pos += 1;
      digits = 1;
    } else if (first > zero && first <= nine) {
      for (let byte = first; byte >= zero && byte <= nine; byte = this.peek()) {
        mantissa = mantissa * 10 + (byte - zero);
        digits += 1;
        this.pos += 1;
      }
    } else if (first === char("I") || first === char("N")) {
      const value = this.notFinite();
      return negative ? -value : value;
    } else {
      throw this.error("value");
    }
    let next = this.peek();
    if (next !== dot && (next | 0x20) !== char("e")) return this.integer(start, negative, mantissa, digits);
    let fraction = 0;
    if (next === dot) {
      this.pos += 1;
      const begin = this.pos;
      for (next = this.peek(); next >= zero && next <= nine; next = this.peek()) {
        mantissa = mantissa * 10 + (next - zero);
        this.pos += 1;
      }
      fraction = this.pos - begin;
      if (fraction === 0) throw this.error("fraction");
    }
    let exponent = 0;
    if ((next | 0x20) === char("e")) exponent = this.exponent(start, fraction);
    const scale = exponent - fraction;
    if (digits + fraction <= exactDigits && scale <= 22 && scale >= -22) {
      const value = scale < 0 ? mantissa / powersOfTen[-scale]! : mantissa * powersOfTen[scale]!;
      return negative ? -value : value;
    }
    this.isLong = true;
    return Number(this.text(start));
  }

  private integer(start: number, negative: boolean, mantissa: number, digits: number): number {
    if (digits <= exactDigits) {
      this.isInteger = true;
      return negative && mantissa !== 0 ? -mantissa : mantissa;
    }
    const exact = BigInt(this.text(start));
    const value = Number(exact);
    if (exact >= int64Min && exact <= uint64Max) {
      this.isInteger = true;
      this.big = exact;
    } else if (!Number.isFinite(value)) {
      throw this.error("big", start);
    }
    return value;
  }

  private exponent(start: number, fraction: number): number {
    this.pos += 1;
    const sign = this.peek();
    const negative = sign === minus;
    if (negative || sign === char("+")) this.pos += 1;
    let byte = this.peek();
    if (byte < zero || byte > nine) throw this.error("exponent");
    let value = 0;
    for (; byte >= zero && byte <= nine; byte = this.peek()) {
      value = Math.min(value * 10 + (byte - zero), 1e9);
      this.pos += 1;
      // RapidJSON looks at the exponent alone here: 0e400 is too big as well.
      if (!negative && value > 308 + fraction) throw this.error("big", start);
    }
    return negative ? -value : value;
  }

  private notFinite(): number {
    if (this.take("N")) {
      if (this.take("a") && this.take("N")) return Number.NaN;
      throw this.error("value");
    }
    if (!(this.take("I") && this.take("n") && this.take("f"))) throw this.error("value");
    if (this.peek() === char("i")) {
      for (const letter of "inity") if (!this.take(letter)) throw this.error("value");
    }
    return Number.POSITIVE_INFINITY;
  }

  private literal<T extends JsonValue>(text: string, value: T): T {
    for (const letter of text) if (!this.take(letter)) throw this.error("value");
    return value;
  }

  /** The bytes of a string; a view of the body where nothing is escaped. */
  private string(): Uint8Array {
    const { bytes } = this;
    this.pos += 1;
    const start = this.pos;
    let pos = start;
    for (let byte = bytes[pos]; byte !== quote; byte = bytes[++pos]) {
      if (byte === backslash || byte === undefined || byte < 0x20) {
        this.pos = pos;
        return this.escapedString(start);
      }
    }
    this.pos = pos + 1;
    return bytes.subarray(start, pos);
  }

  private escapedString(start: number): Uint8Array {
    const { bytes } = this;
    let out = new Uint8Array(Math.max(64, 2 * (this.pos - start)));
    let length = 0;
    const put = (part: Uint8Array): void => {
      if (length + part.length > out.length) {
        const larger = new Uint8Array(2 * (length + part.length));
        larger.set(out.subarray(0, length));
        out = larger;
      }
      out.set(part, length);
      length += part.length;
    };
    let from = start;
    for (;;) {
      const byte = this.peek();
      if (byte === quote) {
        put(bytes.subarray(from, this.pos));
        this.pos += 1;
        return out.subarray(0, length);
      }
      if (byte === backslash) {
        put(bytes.subarray(from, this.pos));
        put(this.escape());
        from = this.pos;
      } else if (byte < 0x20) {
        throw this.error(byte === 0 ? "quote" : "escape");
      } else {
        this.pos += 1;
      }
    }
  }

  private escape(): Uint8Array {
    const start = this.pos;
    this.pos += 1;
    const plain = escapes[this.peek()];
    if (plain !== undefined) {
      this.pos += 1;
      return Uint8Array.of(plain);
    }
    if (!this.take("u")) throw this.error("escape", start);
    let point = this.hex4(start);
    // RapidJSON lets a low surrogate on its own pass, as the three bytes that UTF-8 would have for it.
    if (point >= 0xdc00 && point <= 0xdfff) return Uint8Array.of(0xed, 0x80 | ((point >> 6) & 63), 0x80 | (point & 63));
    if (point >= 0xd800 && point <= 0xdbff) {
      if (!this.take("\\") || !this.take("u")) throw this.error("surrogate", start);
      const low = this.hex4(start);
      if (low < 0xdc00 || low > 0xdfff) throw this.error("surrogate", start);
      point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
    }
    return encodeText(String.fromCodePoint(point));
  }

  private hex4(start: number): number {
    let point = 0;
    for (let i = 0; i < 4; i++) {
      const digit = Number.parseInt(String.fromCharCode(this.peek()), 16);
      if (Number.isNaN(digit)) throw this.error("hex", start);
      point = point * 16 + digit;
      this.pos += 1;
    }
    return point;
  }

  private take(letter: string): boolean {
    if (this.peek() !== char(letter)) return false;
    this.pos += 1;
    return true;
  }

  /** The next byte; 0 at the end, and a zero byte counts as the end. */
  private peek(): number {
    const { pos, bytes } = this;
    return pos < bytes.length ? bytes[pos]! : 0;
  }

  private skipSpace(): void {
    const { bytes } = this;
    let { pos } = this;
    for (let byte = bytes[pos]; byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09; byte = bytes[pos])
      pos += 1;
    this.pos = pos;
  }

  private text(start: number): string {
    return this.buffer.toString("latin1", start, this.pos);
  }

  private growScratch(): void {
    const larger = new Float64Array(this.scratch.length * 4);
    larger.set(this.scratch);
    this.scratch = larger;
  }

  private error(what: keyof typeof errorTexts, offset: number = this.pos): StatusError {
    return invalidArgument(`JSON Parse error: ${errorTexts[what]} at offset: ${offset}`);
  }
}
