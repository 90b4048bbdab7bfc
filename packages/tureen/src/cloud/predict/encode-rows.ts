import { dtypeLabel } from "../../core/dtype.js";
import { fromBfloat16, fromFloat16 } from "../../core/half-float.js";
import type { TensorValue } from "../../core/tensor-value.js";
import { PredictionError } from "./prediction-error.js";
import { pythonFloat, pythonRepr } from "./python-text.js";
import { decodeStrictly } from "./strict-utf8.js";

/** An output tensor under its alias. */
export interface Output {
  readonly alias: string;
  readonly value: TensorValue;
}

/** How a row is laid out: `bare` gives the value alone where there is one output, as the service does; `named` an object always. */
export type RowForm = "bare" | "named";

/**
 * The JSON text of each row of the outputs, separators as Python's `json.dumps` writes them.
 *
 * A scalar output counts as one row. INVALID_OUTPUTS where outputs differ in their number of rows, and where text is not UTF-8; byte strings
 * of aliases that end in `_bytes` become `{"b64": …}`.
 */
export function encodeRows(outputs: readonly Output[], form: RowForm): string[] {
  const columns = outputs.map(({ alias, value }) => ({ alias, rows: value.shape[0] ?? 1, value }));
  const count = columns[0]?.rows ?? 0;
  if (columns.some(({ rows }) => rows !== count)) {
    const sizes = columns.map(({ alias, rows }) => `${pythonRepr(alias)}: ${rows}`).join(", ");
    throw new PredictionError(
      "INVALID_OUTPUTS",
      "Bad output from running tensorflow session: outputs had differing sizes in the batch (outer) dimension. " +
        `See the outputs and their size: {${sizes}}. Check your model for bugs that effect the size of the outputs.`,
    );
  }
  const printers = columns.map(({ alias, value }) => ({
    key: `${JSON.stringify(alias)}: `,
    print: rowPrinter(alias, value),
  }));
  const rows = new Array<string>(count);
  const [only] = printers;
  if (form === "bare" && printers.length === 1) {
    for (let row = 0; row < count; row++) rows[row] = only!.print(row);
    return rows;
  }
  for (let row = 0; row < count; row++) {
    let text = "{";
    for (let i = 0; i < printers.length; i++) {
      const { key, print } = printers[i]!;
      text += (i > 0 ? ", " : "") + key + print(row);
    }
    rows[row] = `${text}}`;
  }
  return rows;
}

/** Prints the rows of one tensor. */
function rowPrinter(alias: string, value: TensorValue): (row: number) => string {
  if ((value.dtype === "float32" || value.dtype === "float64") && value.shape.length <= 2) {
    return floatPrinter(value.data as Float64Array, value.shape);
  }
  const token = elementPrinter(alias, value);
  const inner = value.shape.slice(1);
  const size = inner.reduce((product, dimension) => product * dimension, 1);
  const print = (dimension: number, start: number, stride: number): string => {
    if (dimension === inner.length) return token(start);
    const length = inner[dimension]!;
    const step = length === 0 ? 0 : stride / length;
    let text = "[";
    for (let i = 0; i < length; i++) text += (i > 0 ? ", " : "") + print(dimension + 1, start + i * step, step);
    return `${text}]`;
  };
  return (row) => print(0, row * size, size);
}

/** Prints rows that are a float or a list of floats: what most models give. */
function floatPrinter(data: Float64Array, shape: readonly number[]): (row: number) => string {
  const [, size] = shape;
  if (size === undefined) return (row) => pythonFloat(data[row]!);
  if (size === 0) return () => "[]";
  return (row) => {
    let at = row * size;
    let text = `[${pythonFloat(data[at]!)}`;
    for (const end = at + size; ++at < end; ) text += `, ${pythonFloat(data[at]!)}`;
    return `${text}]`;
  };
}

function elementPrinter(alias: string, { dtype, data }: TensorValue): (index: number) => string {
  switch (dtype) {
    case "float32":
    case "float64": {
      const numbers = data as Float64Array;
      return (index) => pythonFloat(numbers[index]!);
    }
    case "float16":
    case "bfloat16": {
      const halves = data as Uint16Array;
      const widen = dtype === "float16" ? fromFloat16 : fromBfloat16;
      return (index) => pythonFloat(widen(halves[index]!));
    }
    case "bool": {
      const flags = data as Uint8Array;
      return (index) => (flags[index] === 0 ? "false" : "true");
    }
    case "string": {
      const texts = data as readonly Uint8Array[];
      if (alias.endsWith("_bytes")) {
        return (index) => `{"b64": "${Buffer.from(texts[index]!).toString("base64")}"}`;
      }
      return (index) => JSON.stringify(decodeStrictly(texts[index]!));
    }
    case "complex64":
    case "complex128":
    case "resource":
    case "variant":
      throw new PredictionError("INVALID_OUTPUTS", `Output ${alias} of type ${dtypeLabel(dtype)} has no form in JSON`);
    default: {
      const integers = data as Int32Array;
      return (index) => String(integers[index]);
    }
  }
}
