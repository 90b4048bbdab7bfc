import { dtypeWidth } from "../../../core/dtype.js";
import { elementCount } from "../../../core/shape.js";
import type { TensorValue } from "../../../core/tensor-value.js";
import { readHalf } from "../array/half.js";

/**
 * The first elements of a tensor as one line, as TensorFlow's `Tensor::SummarizeValue` writes it: `1 2 3...`, `[1 2][3...]...`.
 *
 * `limit` is how many elements are shown, negative for all.
 */
export function summarizeValue(value: TensorValue, limit: number): string {
  const count = elementCount(value.shape);
  const shown = limit < 0 ? count : Math.min(limit, count);
  // TensorFlow says of booleans that are not shown not even that there are more.
  if (value.dtype === "bool" && shown === 0) return "";
  const rank = value.shape.length;
  let text = "";
  let at = 0;
  const walk = (d: number): void => {
    if (at >= shown) return;
    const size = value.shape[d]!;
    if (d === rank - 1) {
      for (let i = 0; i < size; i++) {
        if (at >= shown) {
          if (d !== 0) text += "...";
          return;
        }
        if (i > 0) text += " ";
        text += elementText(value, at);
        at += 1;
      }
      return;
    }
    for (let i = 0; i < size; i++) {
      const open = at < shown;
      if (open) text += "[";
      walk(d + 1);
      if (at < shown || open) text += "]";
    }
  };
  if (rank === 0) text = shown > 0 ? elementText(value, 0) : "";
  else walk(0);
  return count > shown ? `${text}...` : text;
}

function elementText(value: TensorValue, index: number): string {
  const { dtype } = value;
  if (dtype === "string") return escapeText((value.data as readonly Uint8Array[])[index]!);
  if (dtype === "resource" || dtype === "variant") return `<${dtype}>`;
  const data = value.data as ArrayLike<number | bigint>;
  // TensorFlow has no text for complex numbers either.
  if (dtypeWidth(dtype) === 2) return "?";
  if (dtype === "float32" || dtype === "float64") return floatText(Number(data[index]), dtype === "float64");
  if (dtype === "float16" || dtype === "bfloat16") return floatText(readHalf(dtype, Number(data[index])), false);
  return String(data[index]);
}

/** Digits that always survive, and those that always tell one number from the next, in float32 and float64. */
const floatDigits = [6, 9] as const;
const doubleDigits = [15, 17] as const;

/** A number as C++ streams and StrCat print it: `%g` with as many digits as it takes to read it back. */
export function floatText(value: number, wide: boolean): string {
  const [few, many] = wide ? doubleDigits : floatDigits;
  const short = generalText(value, few);
  const back = Number(short);
  return (wide ? back : Math.fround(back)) === value || !Number.isFinite(value) ? short : generalText(value, many);
}

/** `%.<digits>g` of C's printf. */
export function generalText(value: number, digits: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value < 0 ? "-inf" : "inf";
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const [mantissa = "", exponentText = ""] = value.toExponential(digits - 1).split("e");
  const exponent = Number(exponentText);
  if (exponent >= -4 && exponent < digits) return trimZeros(value.toFixed(Math.max(0, digits - 1 - exponent)));
  const sign = exponent < 0 ? "-" : "+";
  return `${trimZeros(mantissa)}e${sign}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

function trimZeros(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

const escapes: ReadonlyMap<number, string> = new Map([
  [0x0a, "\\n"],
  [0x0d, "\\r"],
  [0x09, "\\t"],
  [0x22, '\\"'],
  [0x27, "\\'"],
  [0x5c, "\\\\"],
]);

/** A byte string with C escapes for quotes and control characters; UTF-8 stays as it is (`absl::Utf8SafeCEscape`). */
export function escapeText(bytes: Uint8Array): string {
  let text = "";
  let run: number[] = [];
  const flush = (): void => {
    if (run.length > 0) text += Buffer.from(run).toString("utf8");
    run = [];
  };
  for (const byte of bytes) {
    const escaped = escapes.get(byte) ?? (byte < 0x20 || byte === 0x7f ? octal(byte) : undefined);
    if (escaped === undefined) {
      run.push(byte);
    } else {
      flush();
      text += escaped;
    }
  }
  flush();
  return text;
}

function octal(byte: number): string {
  return `\\${byte.toString(8).padStart(3, "0")}`;
}
