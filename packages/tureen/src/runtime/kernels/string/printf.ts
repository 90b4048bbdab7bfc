/** What stands between `%` and the letter of a C format. */
export interface PrintfFlags {
  /** One of " ", "+", "-", "0", "#", or "" for none. */
  readonly flag: string;
  /** Least width, or -1. */
  readonly width: number;
  /** Digits, or -1 for C's default. */
  readonly precision: number;
}

const bits = new DataView(new ArrayBuffer(8));

/** |value| = significand * 2^exponent. */
function binaryParts(value: number): { significand: bigint; exponent: number } {
  bits.setFloat64(0, Math.abs(value));
  const raw = bits.getBigUint64(0);
  const biased = Number(raw >> 52n);
  const fraction = raw & 0xfffffffffffffn;
  return biased === 0
    ? { significand: fraction, exponent: -1074 }
    : { significand: fraction | 0x10000000000000n, exponent: biased - 1075 };
}

/** |value| * 10^power rounded to an integer, ties to even: exact, as the C library does. */
function scaledInteger(value: number, power: number): bigint {
  const { significand, exponent } = binaryParts(value);
  let numerator = significand;
  let denominator = 1n;
  if (exponent >= 0) numerator <<= BigInt(exponent);
  else denominator <<= BigInt(-exponent);
  if (power >= 0) numerator *= 10n ** BigInt(power);
  else denominator *= 10n ** BigInt(-power);
  const quotient = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  const up = twice > denominator || (twice === denominator && (quotient & 1n) === 1n);
  return up ? quotient + 1n : quotient;
}

function fixedDigits(magnitude: number, precision: number): string {
  // toFixed is exact but rounds ties up; a tie needs a value with few binary places.
  if (
    magnitude < 1e21 &&
    precision <= 100 &&
    (Number.isInteger(magnitude) || !Number.isInteger(magnitude * 2 ** (precision + 1)))
  ) {
    return magnitude.toFixed(precision);
  }
  const digits = scaledInteger(magnitude, precision).toString();
  if (precision === 0) return digits;
  const padded = digits.padStart(precision + 1, "0");
  return `${padded.slice(0, -precision)}.${padded.slice(-precision)}`;
}

/** The first `count` digits of a magnitude, rounded, and the power of ten of the first. */
function leadingDigits(magnitude: number, count: number): { digits: string; exponent: number } {
  if (magnitude === 0) return { digits: "0".repeat(count), exponent: 0 };
  let exponent = Math.floor(Math.log10(magnitude));
  for (;;) {
    const digits = scaledInteger(magnitude, count - 1 - exponent).toString();
    // The logarithm may be one off, and rounding may carry into a new digit.
    if (digits.length > count) exponent++;
    else if (digits.length < count) exponent--;
    else return { digits, exponent };
  }
}

function exponentText(digits: string, exponent: number, keepPoint: boolean): string {
  const point = digits.length > 1 || keepPoint ? "." : "";
  const sign = exponent < 0 ? "-" : "+";
  return `${digits[0]}${point}${digits.slice(1)}e${sign}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

function generalText(magnitude: number, precision: number, keepZeros: boolean): string {
  const count = precision === 0 ? 1 : precision;
  const { digits, exponent } = leadingDigits(magnitude, count);
  if (exponent >= -4 && exponent < count) {
    const text = fixedDigits(magnitude, count - 1 - exponent);
    if (keepZeros) return text.includes(".") ? text : `${text}.`;
    return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
  }
  return exponentText(keepZeros ? digits : digits.replace(/(?<=.)0+$/, ""), exponent, keepZeros);
}

/** Puts sign and padding to a body of digits. */
function pad(sign: string, body: string, flags: PrintfFlags, zeros: boolean): string {
  const width = flags.width - sign.length;
  if (body.length >= width) return sign + body;
  if (flags.flag === "-") return (sign + body).padEnd(flags.width);
  if (flags.flag === "0" && zeros) return sign + body.padStart(width, "0");
  return (sign + body).padStart(flags.width);
}

/** A number as C's printf writes it with `%f`, `%e` or `%g`; `negative` tells the sign that a NaN or zero has. */
export function formatReal(value: number, letter: "f" | "e" | "g", flags: PrintfFlags, negative: boolean): string {
  const sign = negative ? "-" : flags.flag === "+" ? "+" : flags.flag === " " ? " " : "";
  if (!Number.isFinite(value)) return pad(sign, Number.isNaN(value) ? "nan" : "inf", flags, false);
  const magnitude = Math.abs(value);
  const precision = flags.precision < 0 ? 6 : flags.precision;
  const alternate = flags.flag === "#";
  let body: string;
  if (letter === "f") {
    body = fixedDigits(magnitude, precision);
    if (alternate && precision === 0) body += ".";
  } else if (letter === "e") {
    const { digits, exponent } = leadingDigits(magnitude, precision + 1);
    body = exponentText(digits, exponent, alternate);
  } else body = generalText(magnitude, precision, alternate);
  return pad(sign, body, flags, true);
}

/** An integer as C's printf writes it with `%d`, or with `%u` where `unsigned`. */
export function formatInteger(value: number | bigint, flags: PrintfFlags, unsigned: boolean): string {
  const text = String(value);
  const negative = text.startsWith("-");
  const plus = unsigned ? "" : flags.flag === "+" ? "+" : flags.flag === " " ? " " : "";
  return pad(negative ? "-" : plus, negative ? text.slice(1) : text, flags, true);
}
