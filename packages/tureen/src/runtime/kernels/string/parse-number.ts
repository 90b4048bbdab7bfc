const spaces = /^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g;
const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const hexadecimal = /^([+-]?)0x([0-9a-f]+)$/i;
const special = /^([+-]?)(?:(inf)|nan)$/i;

/** Spaces around it off, as TensorFlow's number parsers take them. */
function trimmed(text: string): string {
  return text.replace(spaces, "");
}

/** An integer of 32 or 64 bits in a text, as TensorFlow's `safe_strto32` and `safe_strto64` read it; undefined for anything else. */
export function parseInteger(text: string, bits: 32 | 64): bigint | undefined {
  const digits = trimmed(text);
  if (!/^-?\d+$/.test(digits)) return undefined;
  const value = BigInt(digits);
  return BigInt.asIntN(bits, value) === value ? value : undefined;
}

/**
 * A floating-point number in a text, as TensorFlow's `safe_strtod` reads it; undefined for anything else.
 *
 * Decimal with or without exponent, hexadecimal integers, inf and nan in any case; blanks alone are 0, but the empty text is no number.
 */
export function parseReal(text: string): number | undefined {
  const body = trimmed(text);
  if (body === "") return text === "" ? undefined : 0;
  if (decimal.test(body)) return Number(body);
  const named = special.exec(body);
  if (named !== null) {
    if (named[2] === undefined) return Number.NaN;
    return named[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  const hex = hexadecimal.exec(body);
  if (hex === null) return undefined;
  const magnitude = Number(BigInt(`0x${hex[2]}`));
  return hex[1] === "-" ? -magnitude : magnitude;
}
