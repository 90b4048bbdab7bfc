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
