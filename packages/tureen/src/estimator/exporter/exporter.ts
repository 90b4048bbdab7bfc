import type { Estimator, EvaluationResult } from "../estimator.js";
import type { FeatureStatisticsOptions } from "../export/feature-statistics.js";
import type { ServingInputReceiverFn } from "../export/serving-input.js";
import type { WarmupRequestsOptions } from "../export/warm-up-requests.js";

/** What an exporter is told after an evaluation. */
export interface ExporterRequest {
  readonly estimator: Estimator;
  /** The folder of this exporter: `<model folder>/export/<name>`. */
  readonly exportPath: string;
  readonly checkpointPath: string;
  readonly evalResult: EvaluationResult;
  /** Whether training has reached its last step. */
  readonly isTheFinalExport: boolean;
}

/** Exports a model after evaluations in `trainAndEvaluate` (`tf.estimator.Exporter`). */
export interface Exporter {
  /** The name of its folder: not empty, unlike that of any other exporter. */
  readonly name: string;
  /** The folder of the new export, or undefined where it makes none. */
  export(request: ExporterRequest): Promise<string | undefined>;
}

/** What every exporter exports with. */
export interface SavedModelExporterOptions {
  readonly servingInputReceiverFn: ServingInputReceiverFn;
  readonly assetsExtra?: Readonly<Record<string, string>> | undefined;
  readonly asText?: boolean | undefined;
  /** As `exportSavedModel` takes them; TensorFlow's exporters have no such options. */
  readonly warmupRequests?: WarmupRequestsOptions | undefined;
  readonly featureStatistics?: FeatureStatisticsOptions | undefined;
}

/** Exports the evaluated checkpoint. */
export function exportCheckpoint(options: SavedModelExporterOptions, request: ExporterRequest): Promise<string> {
  return request.estimator.exportSavedModel(request.exportPath, options.servingInputReceiverFn, {
    assetsExtra: options.assetsExtra,
    asText: options.asText,
    warmupRequests: options.warmupRequests,
    featureStatistics: options.featureStatistics,
    checkpointPath: request.checkpointPath,
  });
}

/** How many exports stay unless it is said. */
export const defaultExportsToKeep = 5;
