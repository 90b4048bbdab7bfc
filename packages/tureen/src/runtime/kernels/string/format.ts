import { invalidArgument } from "../../../core/status-error.js";
import type { TensorValue } from "../../../core/tensor-value.js";
import { scalarValue, toFlatArray } from "../../../core/tensor-value.js";
import { decodeText } from "../../../core/text.js";
import type { KernelFactory } from "../../kernel.js";
import { formatReal } from "./printf.js";

/** StringFormat: a template with tensors' summaries in the place of its placeholders. */
export const stringFormat: KernelFactory = ({ attrs, inputTypes }) => {
  const template = attrs.text("template");
  const placeholder = attrs.text("placeholder");
  const summarize = attrs.int("summarize");
  const parts = template.split(placeholder);
  if (parts.length - 1 !== inputTypes.length) {
    throw invalidArgument(
      `num placeholders in template and num inputs must match: ${parts.length - 1} vs. ${inputTypes.length}`,
    );
  }
  return (inputs) => {
    let text = parts[0]!;
    inputs.forEach((input, i) => {
      text += summary(input, summarize) + parts[i + 1]!;
    });
    return [scalarValue("string", text)];
  };
};

/** A tensor as `Tensor::SummarizeValue` of TensorFlow 2 prints it: the first and last `limit` entries of each dimension. */
function summary(value: TensorValue, limit: number): string {
  const elements = toFlatArray(value).map((element) => elementText(value, element));
  const { shape } = value;
  const edge = limit < 0 ? Number.POSITIVE_INFINITY : limit;
  const walk = (depth: number, from: number, size: number): string => {
    if (depth === shape.length) return elements[from]!;
    const count = shape[depth]!;
    const inner = count === 0 ? 0 : size / count;
    const last = depth === shape.length - 1;
    const separator = last ? " " : `${"\n".repeat(shape.length - 1 - depth)}${" ".repeat(depth + 1)}`;
    const entries: string[] = [];
    if (edge === 0) return "...";
    for (let i = 0; i < count; i++) {
      if (count > 2 * edge && i === edge) {
        entries.push("...");
        i = count - edge;
      }
      entries.push(walk(depth + 1, from + i * inner, inner));
    }
    return `[${entries.join(separator)}]`;
  };
  return walk(0, 0, elements.length);
}

function elementText(value: TensorValue, element: unknown): string {
  if (element instanceof Uint8Array) return `"${decodeText(element)}"`;
  if (typeof element === "boolean") return element ? "1" : "0";
  if (value.dtype === "float32" || value.dtype === "float64") return streamed(element as number, value.dtype);
  return String(element);
}

/** A number as TensorFlow's StrCat writes it: with 6 (float) or 15 (double) digits if those read back the same, else with 9 or 17. */
function streamed(value: number, dtype: "float32" | "float64"): string {
  const negative = Object.is(value, -0) || value < 0;
  const digits = dtype === "float32" ? [6, 9] : [15, 17];
  for (const precision of digits) {
    const text = formatReal(value, "g", { flag: "", width: -1, precision }, negative);
    const read = Number(text);
    if ((dtype === "float32" ? Math.fround(read) : read) === value || !Number.isFinite(value)) return text;
  }
  return formatReal(value, "g", { flag: "", width: -1, precision: 17 }, negative);
}
