import { byteKey, encodeText } from "../../core/text.js";
import { arrayItems, isArray, isNumber, isObject, isString, type JsonNumber, type JsonValue } from "./json-value.js";

/**
 * JSON under construction is a text of one character a byte: byte strings that are no UTF-8 pass through it unharmed, as they do through
 * RapidJSON. `Buffer.from(text, "latin1")` makes the bytes.
 */
export function jsonBytes(text: string): Buffer {
  return Buffer.from(text, "latin1");
}

/** A byte string in quotes. */
export function quoteBytes(bytes: Uint8Array): string {
  return `"${byteKey(bytes).replace(special, escaped)}"`;
}

/** A text in quotes. */
export function quoteText(text: string): string {
  return quoteBytes(encodeText(text));
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what JSON has to escape.
const special = /["\\\u0000-\u001f]/g;

const shortEscapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

function escaped(character: string): string {
  return shortEscapes[character] ?? `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/** Messages quote no more of a request than about this many bytes (kMaxJsonDebugStringBytes). */
const maxDebugBytes = 256;

/**
 * A value as messages quote it: RapidJSON's pretty writer with lists on one line, cut off after the token that reaches 256 bytes.
 */
export function debugText(value: JsonValue): string {
  const writer = new BoundedWriter();
  writer.value(value, 0);
  // The text becomes part of a message, which is a text of characters, not of bytes.
  return Buffer.from(writer.text, "latin1").toString("utf8");
}

class BoundedWriter {
  text = "";

  private get isFull(): boolean {
    return this.text.length >= maxDebugBytes;
  }

  /** Writes a value after the separator that its place calls for; false once the text is full. */
  value(value: JsonValue, depth: number, before = ""): boolean {
    if (this.isFull) return false;
    this.text += before;
    if (isArray(value)) return this.array(arrayItems(value), depth);
    if (isObject(value)) return this.object(value.keys, value.values, depth);
    if (isNumber(value)) return this.number(value);
    this.text += isString(value) ? quoteBytes(value) : String(value);
    return true;
  }

  private number(value: JsonNumber): boolean {
    if (value.integer !== undefined) this.text += String(value.integer);
    else if (Number.isFinite(value.value)) this.text += shortestDouble(value.value);
    else return false;
    return true;
  }

  private array(items: readonly JsonValue[], depth: number): boolean {
    this.text += "[";
    for (let i = 0; i < items.length; i++) if (!this.value(items[i]!, depth + 1, i > 0 ? ", " : "")) return false;
    return this.close("]");
  }

  private object(keys: readonly string[], values: readonly JsonValue[], depth: number): boolean {
    this.text += "{";
    const indent = " ".repeat(4 * (depth + 1));
    for (let i = 0; i < keys.length; i++) {
      if (this.isFull) return false;
      this.text += `${i > 0 ? "," : ""}\n${indent}${quoteText(keys[i]!)}`;
      if (!this.value(values[i]!, depth + 1, ": ")) return false;
    }
    return this.close(keys.length > 0 ? `\n${" ".repeat(4 * depth)}}` : "}");
  }

  private close(text: string): boolean {
    if (this.isFull) return false;
    this.text += text;
    return true;
  }
}

/** A double as RapidJSON's own writer prints it: shortest digits, a point always, no plus sign in the exponent. */
function shortestDouble(value: number): string {
  if (Object.is(value, -0)) return "-0.0";
  const text = String(value).replace("e+", "e");
  return text.includes(".") || text.includes("e") ? text : `${text}.0`;
}
