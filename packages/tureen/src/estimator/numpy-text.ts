import { type DType, dtypeWidth, isFloatingDType } from "../core/dtype.js";
import { elementCount } from "../core/shape.js";
import type { TensorValue } from "../core/tensor-value.js";
import { pythonText } from "./feature-column/python-text.js";

/** numpy's print options: longer arrays are summarised to this many items at each edge, lines break before this width. */
const threshold = 1000;
const edgeItems = 3;
const lineWidth = 75;
/** Digits after the point in arrays. */
const precision = 8;

/** A number as numpy's `str` of a scalar of its dtype: the shortest text that reads back as the same value. */
export function numpyScalarText(value: number | bigint | boolean, dtype: DType): string {
  if (typeof value === "boolean" || dtype === "bool") return value ? "True" : "False";
  if (typeof value === "bigint" || !isFloatingDType(dtype)) return String(value);
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value < 0 ? "-inf" : "inf";
  const digits = shortest(value, dtype);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
    const [mantissa, power] = digits.toExponential().split("e") as [string, string];
    return `${mantissa}e${power[0]}${power.slice(1).padStart(2, "0")}`;
  }
  const text = Object.is(value, -0) ? "-0" : String(digits);
  return text.includes(".") || text.includes("e") ? text : `${text}.0`;
}

/** The double with the fewest decimal digits that a float of this dtype rounds to the value. */
function shortest(value: number, dtype: DType): number {
  if (dtype !== "float32") return value;
  for (let digits = 1; digits < 9; digits++) {
    const candidate = roundedToDigits(value, digits);
    if (Math.fround(candidate) === value) return candidate;
  }
  return Number(value.toPrecision(9));
}

/** The value with so many digits; one in the middle goes to the even digit, where `toPrecision` goes up. */
function roundedToDigits(value: number, digits: number): number {
  const [mantissa, power] = value.toExponential(Math.min(100, digits + 30)).split("e") as [string, string];
  const at = mantissa.indexOf(".") + digits;
  if (digits > 1 && /^50*$/.test(mantissa.slice(at)) && Number(mantissa[at - 1]) % 2 === 0) {
    return Number(`${mantissa.slice(0, at)}e${power}`);
  }
  return Number(value.toPrecision(digits));
}

/** A tensor as Python prints the numpy array or scalar, with `suppress=True`: what `LoggingTensorHook` writes. */
export function numpyText(value: TensorValue): string {
  const { dtype, shape } = value;
  const count = elementCount(shape);
  const items = shape.length === 0 ? [] : shownIndices(shape, count > threshold);
  const element = (i: number): number | bigint | boolean | Uint8Array => {
    const item = (value.data as ArrayLike<number | bigint | Uint8Array>)[i * dtypeWidth(dtype)]!;
    return dtype === "bool" ? Boolean(item) : item;
  };
  if (shape.length === 0) {
    const item = element(0);
    return item instanceof Uint8Array ? pythonText(item) : numpyScalarText(item, dtype);
  }
  if (count === 0) return "[]";
  const texts = alignedTexts(items.map(element), dtype);
  const byIndex = new Map(items.map((index, i) => [index, texts[i]!]));
  return arrayText(shape, 0, 0, byIndex, count > threshold);
}

function shownPositions(size: number, summarise: boolean): (number | undefined)[] {
  if (!summarise || size <= 2 * edgeItems) return Array.from({ length: size }, (_, i) => i);
  const tail = Array.from({ length: edgeItems }, (_, i) => size - edgeItems + i);
  return [...Array.from({ length: edgeItems }, (_, i) => i), undefined, ...tail];
}

function shownIndices(shape: readonly number[], summarise: boolean): number[] {
  let indices = [0];
  for (const size of shape) {
    const positions = shownPositions(size, summarise).filter((at) => at !== undefined);
    indices = indices.flatMap((index) => positions.map((at) => index * size + at));
  }
  return indices;
}

function alignedTexts(items: readonly (number | bigint | boolean | Uint8Array)[], dtype: DType): string[] {
  if (isFloatingDType(dtype)) return floatTexts(items as number[], dtype);
  const texts = items.map((item) => (item instanceof Uint8Array ? pythonText(item) : numpyScalarText(item, dtype)));
  if (items[0] instanceof Uint8Array) return texts;
  const width = Math.max(...texts.map((text) => text.length));
  return texts.map((text) => text.padStart(width));
}

/** Floats of an array share their places before and after the point; trailing zeros become blanks. */
function floatTexts(items: readonly number[], dtype: DType): string[] {
  const parts = items.map((item) => {
    if (!Number.isFinite(item)) return [numpyScalarText(item, dtype), ""] as const;
    const exact = plainDigits(shortest(item, dtype));
    const rounded = (exact.split(".")[1]?.length ?? 0) > precision ? item.toFixed(precision) : exact;
    const [whole = "0", fraction = ""] = rounded.split(".");
    return [whole, fraction.replace(/0+$/, "")] as const;
  });
  const finite = parts.filter((_, i) => Number.isFinite(items[i]));
  const fraction = Math.max(0, ...finite.map(([, right]) => right.length));
  // What is no number takes the places of point and fraction too.
  const special = parts.filter((_, i) => !Number.isFinite(items[i])).map(([text]) => text.length - fraction - 1);
  const whole = Math.max(0, ...finite.map(([left]) => left.length), ...special);
  return parts.map(([left, right], i) =>
    Number.isFinite(items[i])
      ? `${left.padStart(whole)}.${right.padEnd(fraction)}`
      : left.padStart(whole + 1 + fraction),
  );
}

function plainDigits(value: number): string {
  const text = String(value);
  return text.includes("e") ? value.toFixed(precision) : text;
}

function arrayText(
  shape: readonly number[],
  depth: number,
  offset: number,
  texts: ReadonlyMap<number, string>,
  summarise: boolean,
): string {
  const size = shape[depth]!;
  const positions = shownPositions(size, summarise);
  if (depth === shape.length - 1)
    return rowText(
      positions.map((at) => (at === undefined ? "..." : texts.get(offset + at)!)),
      depth,
      shape.length,
    );
  const inner = elementCount(shape.slice(depth + 1));
  const parts = positions.map((at) =>
    at === undefined ? "..." : arrayText(shape, depth + 1, offset + at * inner, texts, summarise),
  );
  return `[${parts.join(`${"\n".repeat(shape.length - depth - 1)}${" ".repeat(depth + 1)}`)}]`;
}

function rowText(texts: readonly string[], depth: number, rank: number): string {
  const indent = " ".repeat(depth + 1);
  // The last item needs room for the brackets that close behind it.
  const room = lineWidth - Math.max(rank - depth, 1);
  const lines: string[] = [];
  let line = indent;
  texts.forEach((text, i) => {
    const limit = i === texts.length - 1 ? room : lineWidth;
    if (line.length + text.length > limit && line.length > indent.length) {
      lines.push(line.trimEnd());
      line = indent;
    }
    line += `${text} `;
  });
  lines.push(line.slice(0, -1));
  return `[${lines.join("\n").slice(depth + 1)}]`;
}
