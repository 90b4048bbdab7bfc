/** Powers of ten that a double holds exactly. */
const powersOfTen: Float64Array = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/**
 * A number as C's `printf("%.<precision>g")` prints it.
 *
 * Unlike `toPrecision`, halves go to the even digit, trailing zeros fall away, and an exponent has at least two digits.
 */
export function formatGeneral(value: number, precision: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value < 0 ? "-inf" : "inf";
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const [digits, exponent] = roundedDigits(Math.abs(value), precision);
  const significant = digits.replace(/0+$/, "");
  return `${value < 0 ? "-" : ""}${place(significant === "" ? "0" : significant, exponent, precision)}`;
}

/** Six significant digits: what absl::StrCat makes of a float or double. */
export function formatSixDigits(value: number): string {
  return formatGeneral(value, 6);
}

/**
 * A float32 in JSON as TensorFlow Serving prints it: six digits where they read back as the same float, else nine; always with a point or an
 * exponent.
 */
export function formatFloat(value: number): string {
  if (value === Math.trunc(value) && value > -1e6 && value < 1e6) {
    return Object.is(value, -0) ? "-0.0" : `${value}.0`;
  }
  if (!Number.isFinite(value)) return notFinite(value);
  const magnitude = Math.abs(value);
  // Below 1e-4 and from 1e6 on there is an exponent: rare enough for the plain way.
  if (magnitude >= 1e-4 && magnitude < 1e6) {
    const text = fastFloat(magnitude);
    if (text !== undefined) return value < 0 ? `-${text}` : text;
  }
  const short = formatGeneral(value, 6);
  return withPoint(Math.fround(Number(short)) === value ? short : formatGeneral(value, 9));
}

/** A double in JSON as TensorFlow Serving prints it: six digits where they read back as the same double, else seventeen. */
export function formatDouble(value: number): string {
  if (!Number.isFinite(value)) return notFinite(value);
  const short = formatGeneral(value, 6);
  return withPoint(Number(short) === value ? short : formatGeneral(value, 17));
}

function notFinite(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  return value < 0 ? "-Infinity" : "Infinity";
}

function withPoint(text: string): string {
  return text.includes(".") || text.includes("e") ? text : `${text}.0`;
}

/**
 * A positive float between 1e-4 and 1e6, by integer arithmetic; undefined where rounding might go wrong.
 *
 * A float times a power of ten is within 2^-53 of the truth, so the nine digits are right unless the rest is that close to a half.
 */
function fastFloat(value: number): string | undefined {
  const exponent = decimalExponent(value);
  const shortScale = powersOfTen[5 - exponent]!;
  const short = Math.round(value * shortScale);
  if (Math.fround(short / shortScale) === value) return fixed(short, 5 - exponent);
  const scaled = value * powersOfTen[8 - exponent]!;
  const floor = Math.floor(scaled);
  const rest = scaled - floor;
  if (Math.abs(rest - 0.5) < 1e-6) return undefined;
  return fixed(rest > 0.5 ? floor + 1 : floor, 8 - exponent);
}

/** Floor of the decimal logarithm of a number between 1e-4 and 1e6. */
function decimalExponent(value: number): number {
  if (value >= 1) return value < 1e3 ? (value < 10 ? 0 : value < 100 ? 1 : 2) : value < 1e4 ? 3 : value < 1e5 ? 4 : 5;
  return value >= 0.1 ? -1 : value >= 0.01 ? -2 : value >= 0.001 ? -3 : -4;
}

/** `integer / 10^places` in plain notation, without trailing zeros. */
function fixed(integer: number, places: number): string {
  let digits = integer;
  let scale = places;
  while (scale > 0 && digits % 10 === 0) {
    digits /= 10;
    scale -= 1;
  }
  const text = String(digits);
  if (scale === 0) return `${text}.0`;
  if (text.length > scale) return `${text.slice(0, text.length - scale)}.${text.slice(text.length - scale)}`;
  return `0.${"0".repeat(scale - text.length)}${text}`;
}

/** The `precision` leading digits of a positive number, rounded half to even, and the decimal exponent of the first. */
function roundedDigits(value: number, precision: number): [string, number] {
  // More digits than any tie can have within the exact range: what follows a rounded-up half is then seen to be zero.
  const [long, exponentText] = value.toExponential(Math.min(precision + 25, 100)).split("e") as [string, string];
  const digits = long.replace(".", "");
  const exponent = Number(exponentText);
  const head = digits.slice(0, precision);
  const tail = digits.slice(precision);
  const isTie = /^50*$/.test(tail);
  const roundUp = isTie ? Number(head[precision - 1]) % 2 === 1 : tail >= "5";
  if (!roundUp) return [head, exponent];
  const raised = String(BigInt(head) + 1n);
  return raised.length > precision ? [raised.slice(0, precision), exponent + 1] : [raised, exponent];
}

function place(digits: string, exponent: number, precision: number): string {
  if (exponent < -4 || exponent >= precision) {
    const sign = exponent < 0 ? "-" : "+";
    const power = String(Math.abs(exponent)).padStart(2, "0");
    return `${digits[0]}${digits.length > 1 ? `.${digits.slice(1)}` : ""}e${sign}${power}`;
  }
  if (exponent < 0) return `0.${"0".repeat(-exponent - 1)}${digits}`;
  if (digits.length <= exponent + 1) return digits.padEnd(exponent + 1, "0");
  return `${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}
