import { FieldError } from "../api/google-error.js";
import type { Json } from "../api/update-mask.js";
import type { BatchOptions, DataFormat, OutputFormat } from "../batch/batch-options.js";
import { checkPath } from "../batch/find-inputs.js";

const dataFormats: Readonly<Record<string, DataFormat>> = {
  JSON: "json",
  TEXT: "text",
  CSV: "csv",
  TF_RECORD: "tf-record",
  TF_RECORD_GZIP: "tf-record-gzip",
};
const outputFormats: Readonly<Record<string, OutputFormat>> = { JSON: "json", CSV: "csv", TF_RECORD: "tf-record" };

/** Cloud ML Engine's default for `maxWorkerCount`. */
export const defaultMaxWorkerCount = 10;

/** How many workers may be at a job at once. INVALID_ARGUMENT unless it is a whole number from 1. */
export function maxWorkerCountOf({ maxWorkerCount = defaultMaxWorkerCount }: Json): number {
  const count = Number(maxWorkerCount);
  if (Number.isInteger(count) && count > 0) return count;
  throw fieldError("max_worker_count", "The number of workers has to be a whole number from 1.");
}

/** A job's `predictionInput` as batch prediction takes it. INVALID_ARGUMENT names the field that is wrong. */
export function batchOptionsOf(input: Json, modelDir: string): BatchOptions {
  const { inputPaths, outputPath, dataFormat, outputDataFormat = "JSON", batchSize, signatureName } = input;
  if (!Array.isArray(inputPaths) || inputPaths.length === 0 || !inputPaths.every((path) => typeof path === "string")) {
    throw fieldError("input_paths", "At least one input path has to be given.");
  }
  if (typeof outputPath !== "string" || outputPath === "")
    throw fieldError("output_path", "The output path is required.");
  const format = dataFormats[String(dataFormat)];
  if (format === undefined) throw fieldError("data_format", `Invalid data format: ${String(dataFormat)}`);
  const output = outputFormats[String(outputDataFormat)];
  if (output === undefined)
    throw fieldError("output_data_format", `Invalid output data format: ${String(outputDataFormat)}`);
  const size = batchSize === undefined ? undefined : Number(batchSize);
  if (size !== undefined && !(Number.isInteger(size) && size > 0)) {
    throw fieldError("batch_size", "The batch size has to be a whole number from 1.");
  }
  maxWorkerCountOf(input);
  for (const path of [...inputPaths, outputPath]) checkPath(path);
  return {
    modelDir,
    inputPaths,
    outputPath,
    dataFormat: format,
    outputFormat: output,
    ...(size === undefined ? {} : { batchSize: size }),
    ...(typeof signatureName === "string" && signatureName !== "" ? { signatureName } : {}),
  };
}

function fieldError(field: string, text: string): FieldError {
  return new FieldError("INVALID_ARGUMENT", `prediction_input.${field}`, text);
}
