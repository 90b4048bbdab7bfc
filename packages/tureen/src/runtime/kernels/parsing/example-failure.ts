import { dtypeLabel } from "../../../core/dtype.js";
import { shapeText } from "../../../core/shape.js";
import { internal, invalidArgument, type StatusError } from "../../../core/status-error.js";
import { byteKey, decodeText } from "../../../core/text.js";
import { ExampleColumn, TypeCode } from "./example-column.js";
import { ExampleScanner, ScanResult } from "./example-scanner.js";
import type { FeatureSpec, VarLenFeature } from "./example-spec.js";
import { fieldOne, WirePosition } from "./example-wire.js";

interface Entry {
  readonly key: Uint8Array;
  readonly start: number;
  readonly end: number;
}

const codeLabels: Readonly<Record<number, string>> = {
  [TypeCode.STRING]: "string",
  [TypeCode.FLOAT]: "float",
  [TypeCode.INT64]: "int64",
};

/**
 * Which error TensorFlow reports for the Example at `row`, the first of the batch that fails.
 *
 * Texts and order of FastParseSerializedExample: entries from the last to the first, then the missing dense features in the spec's order.
 */
export function explainBatchFailure(
  features: readonly FeatureSpec[],
  serialized: readonly Uint8Array[],
  row: number,
  names: readonly Uint8Array[],
): StatusError {
  const bytes = serialized[row]!;
  const name = names.length > 0 ? decodeText(names[row]!) : "<unknown>";
  const entries = entriesOf(bytes);
  if (entries === undefined) return unparseable(bytes);
  const byKey = new Map(features.map((feature) => [byteKey(feature.key), feature] as const));
  const seen = new Set<FeatureSpec>();
  for (const entry of entries.reverse()) {
    const feature = byKey.get(byteKey(entry.key));
    if (feature === undefined) continue;
    const fail = (text: string): StatusError =>
      invalidArgument(`Name: ${name}, Key: ${decodeText(entry.key)}, Index: ${row}.  ${text}`);
    const isDense = feature.kind === "dense" || feature.kind === "varLen";
    const empty = entry.start === entry.end;
    const code = empty ? 0 : kindAt(bytes, entry.start);
    if (code < 0) return invalidArgument("Unsupported datatype.");
    if ((isDense && empty) || seen.has(feature)) continue;
    seen.add(feature);
    const column = new ExampleColumn(feature);
    if (!empty && code !== column.code) {
      const expected = dtypeLabel(feature.dtype);
      return fail(
        isDense
          ? `Data types don't match. Data type: ${codeLabels[code]} but expected type: ${expected}`
          : `Data types don't match. Expected type: ${expected}, Actual type: ${codeLabels[code]}`,
      );
    }
    if (empty) continue;
    const count = readAlone(column, bytes, entry);
    if (count < 0) return fail("Can't parse serialized Example.");
    const label = feature.dtype === "string" ? "bytes" : dtypeLabel(feature.dtype);
    if (feature.kind === "dense" && count !== feature.stride) {
      return fail(
        `Number of ${label} values != expected.  Values size: ${count} but output shape: ${shapeText(feature.shape)}`,
      );
    }
    if (feature.kind === "varLen" && count % feature.stride !== 0) {
      const before = valuesBefore(feature, serialized, row);
      return fail(
        `Number of ${label} values is not a multiple of stride length. Saw ${before + count} values but output shape is: ${shapeText(feature.shape)}`,
      );
    }
  }
  for (const feature of features) {
    if (feature.kind === "dense" && !seen.has(feature) && feature.defaultValue.shape.includes(0)) {
      return invalidArgument(
        `Name: ${name}, Feature: ${decodeText(feature.key)} (data type: ${dtypeLabel(feature.dtype)}) is required but could not be found.`,
      );
    }
  }
  return internal("an Example failed to parse for no reason that TensorFlow has a text for");
}

/** Which error TensorFlow reports for an Example parsed alone: FastParseSingleExample's texts. */
export function explainSingleFailure(features: readonly FeatureSpec[], bytes: Uint8Array): StatusError {
  const entries = entriesOf(bytes);
  if (entries === undefined) return unparseable(bytes);
  const byKey = new Map(features.map((feature) => [byteKey(feature.key), feature] as const));
  const seen = new Set<FeatureSpec>();
  for (const entry of entries.reverse()) {
    const feature = byKey.get(byteKey(entry.key));
    if (feature === undefined) continue;
    const key = decodeText(entry.key);
    if (entry.start === entry.end) continue;
    const code = kindAt(bytes, entry.start);
    if (code < 0) return invalidArgument("Unsupported datatype.");
    if (seen.has(feature)) continue;
    seen.add(feature);
    const isDense = feature.kind === "dense" || feature.kind === "varLen";
    const column = new ExampleColumn(feature);
    if (code !== column.code) {
      const expected = dtypeLabel(feature.dtype);
      return invalidArgument(
        isDense
          ? `Key: ${key}.  Data types don't match. Data type: ${codeLabels[code]} but expected type: ${expected}`
          : `Key: ${key}.  Data types don't match. Expected type: ${expected}, Actual type: ${codeLabels[code]}`,
      );
    }
    const count = readAlone(column, bytes, entry);
    const fits =
      feature.kind === "dense" ? count === feature.stride : feature.kind !== "varLen" || count % feature.stride === 0;
    if (count < 0 || !fits) return invalidArgument(`Key: ${key}.  Can't parse serialized Example.`);
  }
  for (const feature of features) {
    if (feature.kind === "dense" && !seen.has(feature) && feature.defaultValue.shape.includes(0)) {
      return invalidArgument(
        `Feature: ${decodeText(feature.key)} (data type: ${dtypeLabel(feature.dtype)}) is required but could not be found.`,
      );
    }
  }
  return internal("an Example failed to parse for no reason that TensorFlow has a text for");
}

function unparseable(bytes: Uint8Array): StatusError {
  return invalidArgument(`Could not parse example input, value: '${decodeText(bytes)}'`);
}

/** The field number of a Feature's kind, or -1 for what is none. */
function kindAt(bytes: Uint8Array, at: number): number {
  const tag = bytes[at]!;
  const code = tag >> 3;
  return (tag & 7) === 2 && code >= 1 && code <= 3 ? code : -1;
}

function readAlone(column: ExampleColumn, bytes: Uint8Array, entry: Entry): number {
  const numbers = new Int32Array(column.fixed * column.wordsPerElement);
  column.begin(1, numbers, 0);
  return column.feature.kind === "dense"
    ? column.readFixed(bytes, entry.start + 1, entry.end, 0)
    : column.append(bytes, entry.start + 1, entry.end);
}

/** The entries of an Example's feature map in their order, or undefined where it is malformed. */
function entriesOf(bytes: Uint8Array): Entry[] | undefined {
  if (new ExampleScanner([], []).scan(bytes) === ScanResult.MALFORMED) return undefined;
  const wire = new WirePosition();
  const entries: Entry[] = [];
  let p = 0;
  const open = (limit: number): number => {
    const length = wire.varint32(bytes, p + 1, limit);
    p = wire.next;
    return Math.min(limit, p + length);
  };
  while (p < bytes.length) {
    if (bytes[p] !== fieldOne) {
      wire.skipField(bytes, p, bytes.length);
      p = wire.next;
      continue;
    }
    const featuresEnd = open(bytes.length);
    while (p < featuresEnd) {
      const entryEnd = open(featuresEnd);
      let key = bytes.subarray(0, 0);
      let start = 0;
      let end = 0;
      while (p < entryEnd) {
        const isKey = bytes[p] === fieldOne;
        const fieldEnd = open(entryEnd);
        if (isKey) key = bytes.subarray(p, fieldEnd);
        else [start, end] = [p, fieldEnd];
        p = fieldEnd;
      }
      entries.push({ key, start, end });
    }
  }
  return entries;
}

/** Numbers in one mini-batch of TensorFlow's parallel parsing; the text about strides counts from its mini-batch's start. */
const miniBatch = { bytes: 50_000, fewest: 8, most: 64 };

function valuesBefore(feature: VarLenFeature, serialized: readonly Uint8Array[], row: number): number {
  let batches = 0;
  let size = 0;
  for (const bytes of serialized) {
    if (size === 0) batches++;
    size += bytes.length + 1;
    if (size > miniBatch.bytes) size = 0;
  }
  const count = Math.max(Math.min(miniBatch.fewest, serialized.length), Math.min(miniBatch.most, batches));
  let first = 0;
  for (let i = 0; i < count; i++) {
    const start = Math.floor((serialized.length * i) / count);
    if (start <= row) first = start;
  }
  const scanner = new ExampleScanner([feature.key], [true]);
  const column = new ExampleColumn(feature);
  column.begin(serialized.length, new Int32Array(0), 0);
  for (let i = first; i < row; i++) {
    const bytes = serialized[i]!;
    scanner.scan(bytes);
    if (scanner.found[0] === scanner.stamp) column.append(bytes, scanner.starts[0]! + 1, scanner.ends[0]!);
  }
  return column.count;
}
