import { existsSync } from "node:fs";
import { join } from "node:path";
import { withLocalFolder } from "../../core/object-store/local-folder.js";
import { isObjectUri } from "../../core/object-store/object-uri.js";
import { toStatusError } from "../../core/status-error.js";
import { loadSavedModel } from "../../saved-model/load.js";
import type { ServableModel } from "../../saved-model/signature.js";
import { blockingModelOf, modelOf, type PredictModel } from "./predict-online.js";
import { PredictionError } from "./prediction-error.js";

/** A model that whoever loaded it closes. */
export interface LoadedPredictModel extends PredictModel {
  close(): void;
}

/** How a model is loaded for prediction. */
export interface LoadPredictOptions {
  /** Runs may block the process: faster, and right where nothing else waits; false unless said. */
  readonly isBlocking?: boolean;
}

const modelFiles = ["saved_model.pb", "saved_model.pbtxt"];

/**
 * Loads the SavedModel in a folder, on a disk or in an object store, for prediction.
 *
 * FAILED_TO_LOAD_MODEL with the library's texts where that does not work; what the store says where it cannot be copied from there.
 */
export function loadPredictModel(directory: string, options: LoadPredictOptions = {}): Promise<LoadedPredictModel> {
  return withLocalFolder(directory, (folder) => loadLocal(folder, options));
}

/** FAILED_TO_LOAD_MODEL for a folder on a disk that holds no SavedModel; what lies in an object store shows when it is copied. */
export function checkModelFolder(directory: string): void {
  if (isObjectUri(directory) || modelFiles.some((file) => existsSync(join(directory, file)))) return;
  throw new PredictionError(
    "FAILED_TO_LOAD_MODEL",
    `Cloud ML only supports TF 1.0 or above and models saved in SavedModel format. (no SavedModel in ${directory})`,
  );
}

async function loadLocal(directory: string, { isBlocking = false }: LoadPredictOptions): Promise<LoadedPredictModel> {
  checkModelFolder(directory);
  let model: ServableModel;
  try {
    model = await loadSavedModel(directory);
  } catch (error) {
    throw new PredictionError(
      "FAILED_TO_LOAD_MODEL",
      `Failed to load the model due to bad model data. tags: ['serve']\n${toStatusError(error).message}`,
      { cause: error },
    );
  }
  if (model.signatures.size === 0) {
    throw new PredictionError("FAILED_TO_LOAD_MODEL", "MetaGraph must have at least one signature_def.");
  }
  return { ...(isBlocking ? blockingModelOf(model) : modelOf(model)), close: () => model.close() };
}
