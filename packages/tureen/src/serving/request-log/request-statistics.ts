import { fromBinary } from "@bufbuild/protobuf";
import { type Example, ExampleSchema } from "@tureen/protos/gen/tensorflow/core/example/example_pb";
import { PredictionLogSchema } from "@tureen/protos/gen/tensorflow_serving/apis/prediction_log_pb";
import { dataLoss, invalidArgument, toStatusError } from "../../core/status-error.js";
import type { TensorValue } from "../../core/tensor-value.js";
import type { FeatureStatistics } from "../../estimator/export/feature-statistic.js";
import { FeatureSummary } from "../../estimator/export/feature-summary.js";
import { readTfRecordFileSync } from "../../formats/tf-record-file.js";
import { tensorFromProto } from "../../graph/tensor-proto.js";

/** Frequent values that are kept: more than an export lists, as a value that was frequent then may be rare now. */
const topValues = 1000;

/**
 * Statistics of the features in logged requests, for the features that `known` has.
 *
 * Files are TFRecord files of PredictionLogs, as a server logs them. Examples of Classify and Regress, those in a string input of Predict that is no
 * feature itself, and inputs of Predict by the names of features count; a feature that an Example has not is missing. DATA_LOSS for another
 * file, INVALID_ARGUMENT where there is no request with features.
 */
export function requestStatistics(files: readonly string[], known: FeatureStatistics): FeatureStatistics {
  const summaries = new Map(
    Object.entries(known.features).map(([name, { dtype }]) => [name, new FeatureSummary(dtype)] as const),
  );
  let rows = 0;
  for (const file of files) {
    for (const record of readTfRecordFileSync(file)) rows += addRecord(file, record, summaries);
  }
  if (rows === 0) throw invalidArgument("The logs hold no request with features");
  const features = [...summaries].map(([name, summary]) => [name, summary.statistic(topValues)] as const);
  return { format: known.format, rows, features: Object.fromEntries(features) };
}

type Summaries = ReadonlyMap<string, FeatureSummary>;

function addRecord(file: string, record: Uint8Array, summaries: Summaries): number {
  try {
    const { logType } = fromBinary(PredictionLogSchema, record);
    switch (logType.case) {
      case "classifyLog":
      case "regressLog": {
        const kind = logType.value.request?.input?.kind;
        const context = kind?.case === "exampleListWithContext" ? kind.value.context : undefined;
        const examples = kind?.value?.examples ?? [];
        for (const example of examples) addExample(example, context, summaries);
        return examples.length;
      }
      case "predictLog":
        return addInputs(
          Object.entries(logType.value.request?.inputs ?? {}).map(([name, proto]) => [name, tensorFromProto(proto)]),
          summaries,
        );
      default:
        return 0;
    }
  } catch (error) {
    throw dataLoss(`${file} is no log of requests: ${toStatusError(error).message}`);
  }
}

function addInputs(inputs: readonly (readonly [string, TensorValue])[], summaries: Summaries): number {
  let rows = 0;
  for (const [name, { dtype, shape, data }] of inputs) {
    const summary = summaries.get(name);
    if (summary === undefined) {
      if (dtype !== "string" || inputs.length !== 1) continue;
      for (const bytes of data as readonly Uint8Array[])
        addExample(fromBinary(ExampleSchema, bytes), undefined, summaries);
      return data.length;
    }
    rows = shape[0] ?? 1;
    const width = rows === 0 ? 0 : data.length / rows;
    summary.add({
      dtype,
      rowShape: undefined,
      data,
      ends: Int32Array.from({ length: rows }, (_, row) => (row + 1) * width),
    });
  }
  return rows;
}

function addExample(example: Example, context: Example | undefined, summaries: Summaries): void {
  for (const [name, summary] of summaries) {
    const feature = example.features?.feature[name] ?? context?.features?.feature[name];
    const values = feature?.kind.value?.value ?? [];
    const dtype = feature?.kind.case === "bytesList" ? "string" : "float32";
    summary.add({ dtype, rowShape: undefined, data: values as never, ends: Int32Array.of(values.length) });
  }
}
