import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { type Exporter, type ExporterRequest, exportCheckpoint, type SavedModelExporterOptions } from "./exporter.js";

const optionTable: OptionTable<SavedModelExporterOptions & { readonly name: string }> = {
  servingInputReceiverFn: "required",
  assetsExtra: "optional",
  asText: "optional",
  warmupRequests: "optional",
  featureStatistics: "optional",
  name: "required",
};

/** Exports once, when training has reached its last step (`tf.estimator.FinalExporter`). */
export class FinalExporter implements Exporter {
  readonly name: string;
  readonly #options: SavedModelExporterOptions;

  constructor(options: SavedModelExporterOptions & { readonly name: string }) {
    checkOptions("FinalExporter", options, optionTable);
    this.name = options.name;
    this.#options = options;
  }

  async export(request: ExporterRequest): Promise<string | undefined> {
    if (!request.isTheFinalExport) return undefined;
    request.estimator.config.logger.log("INFO", "Performing the final export in the end of training.");
    return exportCheckpoint(this.#options, request);
  }
}
