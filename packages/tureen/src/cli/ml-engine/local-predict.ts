import { loadPredictModel } from "../../cloud/predict/load-predict-model.js";
import { predictOnline } from "../../cloud/predict/predict-online.js";
import { invalidArgument } from "../../core/status-error.js";
import { formatPredictions, type PredictionsFormat } from "./format-predictions.js";
import { type InstanceFlags, readInstances } from "./read-instances.js";

/** The flags of `gcloud ml-engine local predict`. */
export interface LocalPredictFlags extends InstanceFlags {
  readonly modelDir: string;
  readonly signatureName?: string;
  readonly framework?: string;
  readonly format?: PredictionsFormat;
}

/**
 * What `gcloud ml-engine local predict` prints for a model's folder and a file of instances.
 *
 * Rows name their outputs even where there is one, as the prediction library does when it runs locally. PredictionError, or INVALID_ARGUMENT
 * for wrong flags and instances files.
 */
export async function localPredict(flags: LocalPredictFlags): Promise<string> {
  const { framework = "tensorflow", modelDir, signatureName, format = "table" } = flags;
  if (framework.toLowerCase() !== "tensorflow") {
    throw invalidArgument(`--framework ${framework} is not supported: models are TensorFlow SavedModels.`);
  }
  const instances = readInstances(flags);
  const model = await loadPredictModel(modelDir, { isBlocking: true });
  try {
    return formatPredictions(await predictOnline(model, instances, { signatureName, form: "named" }), format);
  } finally {
    model.close();
  }
}
