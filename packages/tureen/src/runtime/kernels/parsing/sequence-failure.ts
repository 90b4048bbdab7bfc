import { fromBinary } from "@bufbuild/protobuf";
import { type SequenceExample, SequenceExampleSchema } from "@tureen/protos/gen/tensorflow/core/example/example_pb";
import type { Feature } from "@tureen/protos/gen/tensorflow/core/example/feature_pb";
import { dtypeLabel } from "../../../core/dtype.js";
import { elementCount, shapeText } from "../../../core/shape.js";
import { invalidArgument, type StatusError } from "../../../core/status-error.js";
import { decodeText } from "../../../core/text.js";
import { escapeText, floatText } from "../check/summarize-value.js";
import type { SequenceFeature } from "./sequence-example.js";

const kindCases = { string: "bytesList", float32: "floatList", int64: "int64List" } as const;
const labels = { string: "bytes", float32: "float", int64: "int64" } as const;

function decode(bytes: Uint8Array): SequenceExample | undefined {
  try {
    return fromBinary(SequenceExampleSchema, bytes);
  } catch {
    return undefined;
  }
}

/** A feature as protobuf's text format prints it. */
function featureText({ kind }: Feature): string {
  switch (kind.case) {
    case "bytesList":
      return listText(
        "bytes_list",
        Array.from(kind.value.value, (bytes) => `"${escapeText(bytes)}"`),
      );
    case "floatList":
      return listText(
        "float_list",
        Array.from(kind.value.value, (x) => floatText(x, false)),
      );
    case "int64List":
      return listText("int64_list", kind.value.value.map(String));
    default:
      return "";
  }
}

function listText(name: string, values: readonly string[]): string {
  return `${name} {\n${values.map((value) => `  value: ${value}\n`).join("")}}\n`;
}

/** What TensorFlow's ParseSingleSequenceExample says of an example that does not fit; undefined where it fits after all. */
export function explainSingleSequenceFailure(
  bytes: Uint8Array,
  name: string,
  context: readonly SequenceFeature[],
  lists: readonly SequenceFeature[],
): StatusError | undefined {
  const example = decode(bytes);
  if (example === undefined) return invalidArgument(`Could not parse example input, value: '${decodeText(bytes)}'`);
  const features = example.context?.feature ?? {};
  const found = example.featureLists?.featureList ?? {};
  const fail = (text: string): StatusError => invalidArgument(`Name: ${name}, ${text}`);
  for (const { kind, key, defaultValue } of context) {
    if (kind === "dense" && defaultValue!.shape.includes(0) && features[decodeText(key)] === undefined) {
      return fail(`Context feature '${decodeText(key)}' is required but could not be found.`);
    }
  }
  for (const { kind, key, missingIsEmpty } of lists) {
    if (kind === "dense" && missingIsEmpty !== true && found[decodeText(key)] === undefined) {
      return fail(
        `Feature list '${decodeText(key)}' is required but could not be found.  Did you mean to include it in feature_list_dense_missing_assumed_empty or feature_list_dense_defaults?`,
      );
    }
  }
  const check = (wanted: SequenceFeature, feature: Feature, place: string, index: number): StatusError | undefined => {
    const { dtype, shape, kind, key } = wanted;
    if (feature.kind.case === undefined && kind === "sparse") return undefined;
    if (feature.kind.case !== kindCases[dtype]) {
      const expected = dtypeLabel(dtype);
      return fail(`${place}.  Data types don't match. Expected type: ${expected}  Feature is: ${featureText(feature)}`);
    }
    const count = feature.kind.value.value.length;
    if (kind !== "dense" || shape === undefined || count === elementCount(shape)) return undefined;
    return fail(
      `Key: ${decodeText(key)}, Index: ${index}.  Number of ${labels[dtype]} values != expected.  values size: ${count} but output shape: ${shapeText(shape)}`,
    );
  };
  const denseFirst = (a: SequenceFeature, b: SequenceFeature): number =>
    Number(b.kind === "dense") - Number(a.kind === "dense");
  for (const wanted of context.toSorted(denseFirst)) {
    const feature = features[decodeText(wanted.key)];
    const error = feature && check(wanted, feature, `Context feature: ${decodeText(wanted.key)}`, 0);
    if (error !== undefined) return error;
  }
  for (const wanted of lists.toSorted(denseFirst)) {
    const rows = found[decodeText(wanted.key)]?.feature ?? [];
    for (const [i, feature] of rows.entries()) {
      // TensorFlow writes the words differently for the two kinds.
      const title = wanted.kind === "dense" ? "Feature list" : "Feature List";
      const error = check(wanted, feature, `${title}: ${decodeText(wanted.key)}, Index: ${i}`, i);
      if (error !== undefined) return error;
    }
  }
  return undefined;
}
