/** A number as Python's `%g` writes it: six significant digits, no trailing zeros, exponents below 1e-4. */
export function formatG(value: number): string {
  if (value === 0) return "0";
  const exponent = Math.floor(Math.log10(Math.abs(Number(value.toPrecision(6)))));
  if (exponent >= -4 && exponent < 6) return String(Number(value.toPrecision(6)));
  const [digits, power] = value.toExponential(5).split("e") as [string, string];
  const sign = power.startsWith("-") ? "-" : "+";
  return `${Number(digits)}e${sign}${power.replace(/^[+-]/, "").padStart(2, "0")}`;
}

/** A list as Python prints a tuple: `(1, 2)`, `(1,)`. */
export function formatTuple(values: readonly (string | number)[]): string {
  const items = values.map((value) => (typeof value === "string" ? `'${value}'` : String(value)));
  return items.length === 1 ? `(${items[0]},)` : `(${items.join(", ")})`;
}

/** A list as Python prints it: `['a', 1]`. */
export function formatList(values: readonly (string | number)[]): string {
  return `[${values.map((value) => (typeof value === "string" ? `'${value}'` : String(value))).join(", ")}]`;
}

/** The type of a value as Python prints that of its equivalent: `<class 'int'>`. */
export function pythonType(value: unknown): string {
  if (value === undefined || value === null) return "<class 'NoneType'>";
  if (Array.isArray(value)) return "<class 'list'>";
  const names: Readonly<Record<string, string>> = {
    string: "str",
    boolean: "bool",
    bigint: "int",
    function: "function",
    object: "dict",
  };
  const name =
    typeof value === "number" ? (Number.isInteger(value) ? "int" : "float") : (names[typeof value] ?? typeof value);
  return `<class '${name}'>`;
}
