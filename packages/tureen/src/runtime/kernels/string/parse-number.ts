const spaces = /^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g;
const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const hexadecimal = /^([+-]?)0x([0-9a-f]+\.?[0-9a-f]*|\.[0-9a-f]+)(?:p([+-]?\d+))?$/i;
const special = /^([+-]?)(?:(inf|infinity)|(nan(?:\([0-9a-z_]*\))?))$/i;

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

/** A floating-point number in a text, as TensorFlow's `safe_strtod` reads it: decimal, hexadecimal, inf and nan in any case. */
export function parseReal(text: string): number | undefined {
  const body = trimmed(text);
  if (decimal.test(body)) return Number(body);
  const named = special.exec(body);
  if (named !== null) {
    if (named[2] === undefined) return Number.NaN;
    return named[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  const hex = hexadecimal.exec(body);
  if (hex === null) return undefined;
  const [whole = "", fraction = ""] = hex[2]!.split(".");
  const magnitude = Number(BigInt(`0x${whole}${fraction}`)) * 2 ** (Number(hex[3] ?? 0) - 4 * fraction.length);
  return hex[1] === "-" ? -magnitude : magnitude;
}
