import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { invalidArgument } from "../../core/status-error.js";
import { deleteOldExports } from "../gc.js";
import {
  defaultExportsToKeep,
  type Exporter,
  type ExporterRequest,
  exportCheckpoint,
  type SavedModelExporterOptions,
} from "./exporter.js";

const optionTable: OptionTable<
  SavedModelExporterOptions & { readonly name: string; readonly exportsToKeep?: number | null }
> = {
  servingInputReceiverFn: "required",
  assetsExtra: "optional",
  asText: "optional",
  warmupRequests: "optional",
  featureStatistics: "optional",
  name: "required",
  exportsToKeep: "optional",
};

/** Exports after each evaluation and keeps the newest (`tf.estimator.LatestExporter`). */
export class LatestExporter implements Exporter {
  readonly name: string;
  readonly #options: SavedModelExporterOptions;
  readonly #keep: number | null;

  /** `exportsToKeep` is 5 unless said; null keeps all. */
  constructor(options: SavedModelExporterOptions & { readonly name: string; readonly exportsToKeep?: number | null }) {
    checkOptions("LatestExporter", options, optionTable);
    const { exportsToKeep = defaultExportsToKeep } = options;
    if (exportsToKeep !== null && !(exportsToKeep > 0))
      throw invalidArgument("`exports_to_keep`, if provided, must be positive number");
    this.name = options.name;
    this.#options = options;
    this.#keep = exportsToKeep;
  }

  async export(request: ExporterRequest): Promise<string> {
    const path = await exportCheckpoint(this.#options, request);
    if (this.#keep !== null) deleteOldExports(request.exportPath, this.#keep);
    return path;
  }
}
