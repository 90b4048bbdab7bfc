import { widenHalf } from "../../core/half-float.js";
import { shapeText } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../core/tensor-value.js";
import { decodeText } from "../../core/text.js";
import { histogramOf } from "../../formats/histogram.js";
import { decodeSummary, encodeSummary, encodeSummaryTensor, type SummaryValue } from "../../formats/summary.js";
import type { Kernel, KernelTable } from "../kernel.js";

const text = (value: TensorValue, i = 0): string => decodeText((value.data as readonly Uint8Array[])[i]!);

const summary = (values: readonly SummaryValue[]): readonly TensorValue[] => [
  tensorValue("string", [], [encodeSummary(values)]),
];

function numbers(value: TensorValue): ArrayLike<number> {
  if (value.dtype === "float16" || value.dtype === "bfloat16") return widenHalf(value.dtype, value.data as Uint16Array);
  const data = value.data as ArrayLike<number | bigint>;
  return typeof data[0] === "bigint" ? Array.from(data, Number) : (data as ArrayLike<number>);
}

const scalarSummary: Kernel = ([tags, values]) => {
  if (shapeText(tags!.shape) !== shapeText(values!.shape) && !(tags!.data.length === 1 && values!.data.length === 1)) {
    throw invalidArgument(
      `tags and values are not the same shape: ${shapeText(tags!.shape)} != ${shapeText(values!.shape)}${tags!.data.length > 0 ? ` (tag '${text(tags!)}')` : ""}`,
    );
  }
  const list = numbers(values!);
  return summary(Array.from(list, (simpleValue, i) => ({ tag: text(tags!, i), simpleValue })));
};

const histogramSummary: Kernel = ([tag, values]) => {
  const list = numbers(values!);
  for (let i = 0; i < list.length; i++) {
    if (Number.isNaN(list[i])) throw invalidArgument(`Nan in summary histogram for: ${text(tag!)}`);
    if (!Number.isFinite(list[i])) throw invalidArgument(`Infinity in summary histogram for: ${text(tag!)}`);
  }
  return summary([{ tag: text(tag!), histogram: histogramOf(list) }]);
};

const mergeSummary: Kernel = (inputs) => {
  const seen = new Set<string>();
  const merged: SummaryValue[] = [];
  for (const input of inputs) {
    for (const bytes of input.data as readonly Uint8Array[]) {
      for (const value of decodeSummary(bytes)) {
        if (seen.has(value.tag)) throw invalidArgument(`Duplicate tag ${value.tag} found in summary inputs`);
        seen.add(value.tag);
        merged.push(value);
      }
    }
  }
  return summary(merged);
};

const tensorSummaryV2: Kernel = ([tag, tensor]) => summary([{ tag: text(tag!), tensor: encodeSummaryTensor(tensor!) }]);

/** Host kernels of the summary ops: serialized `tensorflow.Summary` messages as TensorFlow writes them. */
export const summaryKernels: KernelTable = {
  ScalarSummary: () => scalarSummary,
  HistogramSummary: () => histogramSummary,
  MergeSummary: () => mergeSummary,
  TensorSummaryV2: () => tensorSummaryV2,
};
