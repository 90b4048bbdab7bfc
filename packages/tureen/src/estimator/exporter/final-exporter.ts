import { type Exporter, type ExporterRequest, exportCheckpoint, type SavedModelExporterOptions } from "./exporter.js";

/** Exports once, when training has reached its last step (`tf.estimator.FinalExporter`). */
export class FinalExporter implements Exporter {
  readonly name: string;
  readonly #options: SavedModelExporterOptions;

  constructor(options: SavedModelExporterOptions & { readonly name: string }) {
    this.name = options.name;
    this.#options = options;
  }

  async export(request: ExporterRequest): Promise<string | undefined> {
    if (!request.isTheFinalExport) return undefined;
    request.estimator.config.logger.log("INFO", "Performing the final export in the end of training.");
    return exportCheckpoint(this.#options, request);
  }
}
