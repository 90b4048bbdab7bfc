/** A text as Python's `repr` prints it: single quotes unless only those occur inside. */
export function pythonRepr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const body = text
    .replaceAll("\\", "\\\\")
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replaceAll("\t", "\\t")
    .replaceAll(quote, `\\${quote}`);
  return `${quote}${body}${quote}`;
}

/** A shape as Python prints a tuple; unknown sizes as `?`. */
export function pythonTuple(shape: readonly number[]): string {
  const items = shape.map((size) => (size < 0 ? "?" : String(size)));
  return items.length === 1 ? `(${items[0]},)` : `(${items.join(", ")})`;
}

/** A list of names as Python prints it. */
export function pythonList(names: readonly string[]): string {
  return `[${names.map(pythonRepr).join(", ")}]`;
}

/** A number as Python's `json` writes a float: shortest digits, always a point or an exponent, `NaN` and `Infinity` in words. */
export function pythonFloat(value: number): string {
  const size = Math.abs(value);
  // A fraction of the usual size: what nearly all outputs are.
  if (size >= 1e-4 && size < 1e15 && value % 1 !== 0) return `${value}`;
  if (Number.isInteger(value)) {
    if (Math.abs(value) < 1e16) return Object.is(value, -0) ? "-0.0" : `${value}.0`;
  } else if (!Number.isFinite(value)) {
    return String(value);
  } else if (Math.abs(value) >= 1e-4) {
    return String(value);
  }
  const [digits, exponent] = value.toExponential().split("e") as [string, string];
  return `${digits}e${exponent[0]}${exponent.slice(1).padStart(2, "0")}`;
}
