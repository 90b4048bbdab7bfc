import { widenHalf } from "../../core/half-float.js";
import { shapeText } from "../../core/shape.js";
import { invalidArgument, StatusError } from "../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../core/tensor-value.js";
import { decodeText } from "../../core/text.js";
import { histogramOf } from "../../formats/histogram.js";
import { decodeSummary, encodeSummary, encodeSummaryTensor, type SummaryValue } from "../../formats/summary.js";
import { WireReader } from "../../formats/wire-format.js";
import type { Kernel, KernelFactory, KernelTable } from "../kernel.js";

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
      `tags and values are not the same shape: ${shapeText(tags!.shape)} != ${shapeText(values!.shape)}${tags!.data.length === 1 ? ` (tag '${text(tags!)}')` : ""}`,
    );
  }
  const list = numbers(values!);
  return summary(Array.from(list, (simpleValue, i) => ({ tag: text(tags!, i), simpleValue })));
};

const histogramSummary: KernelFactory =
  ({ name }) =>
  ([tag, values]) => {
    if (tag!.shape.length !== 0) throw invalidArgument("tags must be scalar");
    const list = numbers(values!);
    for (let i = 0; i < list.length; i++) {
      const number = list[i]!;
      // Zero only for what is finite.
      if (number - number === 0) continue;
      throw invalidArgument(
        Number.isNaN(number) ? `Nan in summary histogram for: ${name}` : `Infinity in Histogram for: ${name}`,
      );
    }
    return summary([{ tag: text(tag!), histogram: histogramOf(list) }]);
  };

function summaryOf(bytes: Uint8Array): readonly SummaryValue[] {
  try {
    return decodeSummary(bytes);
  } catch (cause) {
    throw new StatusError("INVALID_ARGUMENT", "Could not parse one of the summary inputs", { cause });
  }
}

const mergeSummary: Kernel = (inputs) => {
  const seen = new Set<string>();
  const merged: SummaryValue[] = [];
  for (const input of inputs) {
    for (const bytes of input.data as readonly Uint8Array[]) {
      for (const value of summaryOf(bytes)) {
        if (seen.has(value.tag)) throw invalidArgument(`Duplicate tag ${value.tag} found in summary inputs `);
        seen.add(value.tag);
        merged.push(value);
      }
    }
  }
  return summary(merged);
};

const tensorSummaryV2: Kernel = ([tag, tensor, metadata]) => {
  for (const [name, { shape }] of [
    ["tag", tag!],
    ["serialized_summary_metadata", metadata!],
  ] as const) {
    if (shape.length !== 0) throw invalidArgument(`${name} must be scalar`);
  }
  return summary([
    {
      tag: text(tag!),
      tensor: encodeSummaryTensor(tensor!),
      serializedMetadata: readableMetadata((metadata!.data as readonly Uint8Array[])[0]!),
    },
  ]);
};

/** TensorFlow keeps nothing of metadata that it cannot parse, and says nothing. */
function readableMetadata(bytes: Uint8Array): Uint8Array {
  const reader = new WireReader(bytes);
  try {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) reader.skip(tag);
    return bytes;
  } catch {
    return new Uint8Array(0);
  }
}

/** Host kernels of the summary ops: serialized `tensorflow.Summary` messages as TensorFlow writes them. */
export const summaryKernels: KernelTable = {
  ScalarSummary: () => scalarSummary,
  HistogramSummary: histogramSummary,
  MergeSummary: () => mergeSummary,
  TensorSummaryV2: () => tensorSummaryV2,
};
