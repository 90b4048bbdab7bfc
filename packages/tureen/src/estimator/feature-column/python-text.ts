import { type DType, isFloatingDType } from "../../core/dtype.js";
import { decodeText } from "../../core/text.js";

/** Text that is already as Python prints it. */
export interface PythonText {
  readonly text: string;
}

const functionNumbers = new WeakMap<object, number>();
let functionCount = 0;

/** `tf.float32`, as a dtype prints inside of a column. */
export function dtypeText(dtype: DType): PythonText {
  return { text: `tf.${dtype}` };
}

/** `<dtype: 'float32'>`, as a dtype prints by itself. */
export function dtypeString(dtype: DType): string {
  return `<dtype: '${dtype}'>`;
}

/** `(1, 2)`: a list as Python prints a tuple. */
export function tupleText(items: readonly unknown[]): PythonText {
  const texts = items.map((item) => (Array.isArray(item) ? tupleText(item).text : pythonText(item)));
  return { text: texts.length === 1 ? `(${texts[0]},)` : `(${texts.join(", ")})` };
}

/** A value as Python's `repr` prints its equivalent: error texts and the identity of columns are made of it. */
export function pythonText(value: unknown): string {
  if (value === undefined || value === null) return "None";
  if (typeof value === "string") return quoted(value);
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  if (value instanceof Uint8Array) return `b${quoted(decodeText(value))}`;
  if (Array.isArray(value)) return `[${value.map(pythonText).join(", ")}]`;
  if (typeof value === "function") return `<function ${value.name} #${functionNumber(value)}>`;
  if (typeof value === "object") {
    if ("text" in value && typeof value.text === "string") return value.text;
    if ("description" in value && typeof value.description === "string") return value.description;
    if (Object.getPrototypeOf(value) === Object.prototype) {
      return `{${Object.entries(value)
        .map(([key, item]) => `${quoted(key)}: ${pythonText(item)}`)
        .join(", ")}}`;
    }
  }
  return String(value);
}

/** `Name(key='x', shape=(1,))`: a namedtuple as Python prints it. */
export function attributeText(name: string, attributes: readonly (readonly [string, unknown])[]): string {
  return `${name}(${attributes.map(([key, value]) => `${key}=${pythonText(value)}`).join(", ")})`;
}

/** A number of Python's float type: whole ones print with `.0`. */
export function floatText(value: number): PythonText {
  return { text: Number.isInteger(value) ? `${value}.0` : String(value) };
}

/** Numbers, or nested lists of them as tuples, as Python prints them; those of a float dtype with their point. */
export function numbersText(value: unknown, dtype: DType): PythonText {
  if (Array.isArray(value)) return tupleText(value.map((item) => numbersText(item, dtype)));
  return typeof value === "number" && isFloatingDType(dtype) ? floatText(value) : { text: pythonText(value) };
}

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replace(/\\/g, "\\\\").replace(/\n/g, "\\n");
  return quote === "'" ? `'${escaped.replace(/'/g, "\\'")}'` : `"${escaped}"`;
}

function functionNumber(fn: object): number {
  let known = functionNumbers.get(fn);
  if (known === undefined) {
    functionCount += 1;
    known = functionCount;
    functionNumbers.set(fn, known);
  }
  return known;
}
