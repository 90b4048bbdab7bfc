import { invalidArgument } from "../../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../../core/tensor-value.js";
import type { Kernel, KernelFactory, KernelTable } from "../../kernel.js";
import { int64Value, integerValue, numbersOf } from "../sparse/integers.js";
import { concatBytes } from "./characters.js";

const ngrams: KernelFactory = ({ attrs }) => {
  const width = attrs.int("width");
  const separator = attrs.bytes("string_separator");
  const dtype = attrs.type("Tsplits") as "int32" | "int64";
  return ([values, ...splits]) => {
    const tokens = values!.data as readonly Uint8Array[];
    const last = values!.shape[values!.shape.length - 1] ?? 0;
    const innermost = splits[splits.length - 1];
    const rows = last === 0 ? 0 : tokens.length / last;
    const bounds =
      innermost === undefined ? Float64Array.from({ length: rows + 1 }, (_, i) => i * last) : numbersOf(innermost);
    const found: Uint8Array[] = [];
    const starts: number[] = [];
    for (let row = 0; row + 1 < bounds.length; row++) {
      starts.push(found.length);
      for (let i = bounds[row]! + width; i <= Math.min(bounds[row + 1]!, tokens.length); i++) {
        found.push(
          concatBytes(...tokens.slice(i - width, i).flatMap((token, k) => (k === 0 ? [token] : [separator, token]))),
        );
      }
    }
    starts.push(found.length);
    if (innermost === undefined) {
      const shape = [...values!.shape.slice(0, -1), Math.max(0, last - width + 1)];
      return [tensorValue("string", shape, found)];
    }
    return [
      tensorValue("string", [found.length], found),
      ...splits.slice(0, -1),
      integerValue(dtype, [starts.length], starts),
    ];
  };
};

const byteSplit: Kernel = ([values]) => {
  const texts = values!.data as readonly Uint8Array[];
  const bytes = concatBytes(...texts);
  const splits = [0];
  const starts = new Int32Array(bytes.length);
  let at = 0;
  for (const text of texts) {
    for (let i = 0; i < text.length; i++) starts[at + i] = i;
    at += text.length;
    splits.push(at);
  }
  return [
    tensorValue("uint8", [bytes.length], bytes),
    int64Value([splits.length], splits),
    tensorValue("int32", [bytes.length], starts),
    tensorValue(
      "int32",
      [bytes.length],
      starts.map((start) => start + 1),
    ),
  ];
};

const byteSplitByOffsets: Kernel = ([values, starts, ends, splits]) => {
  const texts = values!.data as readonly Uint8Array[];
  const [from, to] = [starts!.data as Int32Array, ends!.data as Int32Array];
  const bounds = numbersOf(splits!);
  const found: Uint8Array[] = [];
  const rows = [0];
  texts.forEach((text, row) => {
    for (let i = bounds[row] ?? 0; i < Math.min(bounds[row + 1] ?? 0, from.length); i++) {
      const [start, end] = [from[i]!, to[i]!];
      if (start < 0 || start > text.length) throw invalidArgument("Start offsets out of range.");
      if (end < 0 || end > text.length) throw invalidArgument("End offsets out of range.");
      if (start > end) throw invalidArgument("Start offset after end offset.");
      found.push(text.subarray(start, end));
    }
    rows.push(found.length);
  });
  return [tensorValue("string", [found.length], found), int64Value([rows.length], rows)];
};

/** Length of the longest common subsequence of two runs of items. */
function commonLength(a: ArrayLike<unknown>, b: ArrayLike<unknown>, bounds: readonly number[]): number {
  const [aFrom, aTo, bFrom, bTo] = bounds as [number, number, number, number];
  let above = new Int32Array(bTo - bFrom + 1);
  for (let i = aFrom; i < aTo; i++) {
    const row = new Int32Array(above.length);
    for (let j = bFrom; j < bTo; j++) {
      const k = j - bFrom + 1;
      row[k] = a[i] === b[j] ? above[k - 1]! + 1 : Math.max(above[k]!, row[k - 1]!);
    }
    above = row;
  }
  return above[above.length - 1]!;
}

/** Items that can be compared by `===`. */
function comparable({ dtype, data }: TensorValue): ArrayLike<unknown> {
  if (dtype !== "string") return data as ArrayLike<number | bigint>;
  return (data as readonly Uint8Array[]).map((bytes) => Buffer.from(bytes).toString("latin1"));
}

/** What keeps the library from dividing by zero. */
const tiny = 1e-12;
const f = Math.fround;

function fMeasure(p: number, r: number, alpha: number): number {
  if (alpha < 0) {
    const beta = f(p / (r + tiny));
    const numerator = f(f(f(1 + f(beta * beta)) * r) * p);
    const denominator = f(r + f(f(beta * beta) * p));
    return denominator > 0 ? numerator / denominator : 0;
  }
  const denominator = f(f(alpha * r) + f(f(1 - alpha) * p));
  return denominator > 0 ? f(p * r) / denominator : denominator;
}

const rougeL: Kernel = ([hypotheses, hypothesisSplits, references, referenceSplits, alphaValue]) => {
  const alpha = (alphaValue!.data as Float32Array)[0]!;
  const [hyp, ref] = [numbersOf(hypothesisSplits!), numbersOf(referenceSplits!)];
  if (alpha > 1) throw invalidArgument(`alpha must be <1 but was=${Number(alpha.toPrecision(6))}`);
  if (ref.length !== hyp.length) {
    throw invalidArgument(`ref splits len=${ref.length}must equal hyp splits len=${hyp.length}`);
  }
  for (const [value, name] of [
    [hypotheses, "hypotheses values"],
    [references, "references values"],
    [hypothesisSplits, "hypotheses splits"],
    [referenceSplits, "references splits"],
  ] as const) {
    if (value!.shape.length !== 1) throw invalidArgument(`${name} must be a vector`);
  }
  if (ref.length === 0) throw invalidArgument("ref splits len=0; must have at least 1 split");
  const [a, b] = [comparable(hypotheses!), comparable(references!)];
  const rows = ref.length - 1;
  const [measure, precision, recall] = [new Float32Array(rows), new Float32Array(rows), new Float32Array(rows)];
  for (let row = 0; row < rows; row++) {
    const common = commonLength(a, b, [hyp[row]!, hyp[row + 1]!, ref[row]!, ref[row + 1]!]);
    precision[row] = common / (hyp[row + 1]! - hyp[row]! + tiny);
    recall[row] = common / (ref[row + 1]! - ref[row]! + tiny);
    measure[row] = fMeasure(precision[row]!, recall[row]!, alpha);
  }
  return [measure, precision, recall].map((data) => tensorValue("float32", [rows], data));
};

/** Ops on tokens and bytes that need no model. */
export const pieceKernels: KernelTable = {
  "TFText>NgramsStringJoin": ngrams,
  "TFText>ByteSplitWithOffsets": () => byteSplit,
  "TFText>ByteSplitByOffsets": () => byteSplitByOffsets,
  RougeL: () => rougeL,
};
