import { isFloatingDType } from "../core/dtype.js";
import { widenHalf } from "../core/half-float.js";
import { type TensorValue, toFlatArray } from "../core/tensor-value.js";

/** As NumPy: larger arrays show so many items at each end of an axis. */
const summarizedAbove = 1000;
const edgeItems = 3;

/** A tensor as NumPy prints an array: `[[1. 2.]\n [3. 4.]]`, elements of one width, long axes shortened. */
export function arrayText(value: TensorValue): string {
  const cells = cellsOf(value);
  const { shape } = value;
  if (shape.length === 0) return cells[0]!.trim();
  const short = cells.length > summarizedAbove;
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const walk = (axis: number, offset: number): string => {
    const size = shape[axis]!;
    const items: string[] = [];
    for (let i = 0; i < size; i++) {
      if (short && size > 2 * edgeItems && i === edgeItems) {
        items.push("...");
        i = size - edgeItems;
      }
      const at = offset + i * strides[axis]!;
      items.push(axis === shape.length - 1 ? cells[at]! : walk(axis + 1, at));
    }
    const gap = axis === shape.length - 1 ? " " : `${"\n".repeat(shape.length - 1 - axis)}${" ".repeat(axis + 1)}`;
    return `[${items.join(gap)}]`;
  };
  return walk(0, 0);
}

function cellsOf(value: TensorValue): string[] {
  const { dtype } = value;
  if (dtype === "string") return (value.data as readonly Uint8Array[]).map((bytes) => `b'${pythonText(bytes)}'`);
  let texts: string[];
  if (isFloatingDType(dtype)) texts = floatTexts(value);
  else if (dtype === "complex64" || dtype === "complex128") {
    const data = value.data as Float32Array;
    texts = Array.from(
      { length: data.length / 2 },
      (_, i) => `${data[2 * i]}${data[2 * i + 1]! < 0 ? "" : "+"}${data[2 * i + 1]}j`,
    );
  } else
    texts = toFlatArray(value).map((element) =>
      element === true ? "True" : element === false ? "False" : String(element),
    );
  const width = Math.max(0, ...texts.map((text) => text.length));
  return texts.map((text) => text.padStart(width));
}

/** Printable ASCII as it is, all else as Python escapes it. */
function pythonText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => {
    if (byte === 0x5c || byte === 0x27) return `\\${String.fromCharCode(byte)}`;
    if (byte >= 0x20 && byte < 0x7f) return String.fromCharCode(byte);
    return byte === 0x0a ? "\\n" : `\\x${byte.toString(16).padStart(2, "0")}`;
  }).join("");
}

/** NumPy's default: eight digits after the point at most, columns of points, exponents where magnitudes are far apart. */
function floatTexts(value: TensorValue): string[] {
  const { dtype } = value;
  const data =
    dtype === "float16" || dtype === "bfloat16"
      ? widenHalf(dtype, value.data as Uint16Array)
      : (value.data as Float32Array | Float64Array);
  const numbers = Array.from(data);
  const finite = numbers.filter((x) => Number.isFinite(x) && x !== 0).map(Math.abs);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const single = !(data instanceof Float64Array);
  const special = (x: number): string | undefined =>
    Number.isNaN(x) ? "nan" : Number.isFinite(x) ? undefined : x > 0 ? "inf" : "-inf";
  if (finite.length > 0 && (high >= 1e8 || low < 1e-4 || high / low > 1000)) {
    const parts = numbers.map((x) => special(x) ?? exponentText(x, single));
    const digits = Math.max(
      ...parts.map((text) => (text.includes("e") ? text.indexOf("e") - text.indexOf(".") - 1 : 0)),
    );
    return parts.map((text) =>
      text.includes("e") ? text.replace(/\.(\d*)e/, (_, tail: string) => `.${tail.padEnd(digits, "0")}e`) : text,
    );
  }
  const parts = numbers.map((x) => special(x) ?? pointText(x, single));
  const digits = Math.max(0, ...parts.map((text) => (text.includes(".") ? text.length - text.indexOf(".") - 1 : 0)));
  return parts.map((text) => (text.includes(".") ? text.padEnd(text.indexOf(".") + 1 + digits) : text));
}

/** The shortest text that reads back as the same number. */
function shortest(x: number, single: boolean): string {
  if (!single) return String(x);
  for (let digits = 1; digits < 9; digits++)
    if (Math.fround(Number(x.toPrecision(digits))) === x) return x.toPrecision(digits);
  return x.toPrecision(9);
}

function pointText(x: number, single: boolean): string {
  const text = Number(Number(shortest(x, single)).toFixed(8))
    .toFixed(8)
    .replace(/0+$/, "");
  return Object.is(x, -0) ? `-${text}` : text;
}

function exponentText(x: number, single: boolean): string {
  const [mantissa = "0", exponent = "0"] = Number(Number(shortest(x, single)).toPrecision(9))
    .toExponential()
    .split("e");
  const sign = exponent.startsWith("-") ? "-" : "+";
  return `${mantissa.includes(".") ? mantissa : `${mantissa}.`}e${sign}${exponent.replace(/^[+-]/, "").padStart(2, "0")}`;
}
