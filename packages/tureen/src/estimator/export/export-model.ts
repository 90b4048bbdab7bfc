import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../core/clock.js";
import { invalidArgument, StatusError } from "../../core/status-error.js";
import { scalarValue } from "../../core/tensor-value.js";
import { decodeText } from "../../core/text.js";
import { collectionKeys } from "../../graph/collections.js";
import type { Graph, Tensor } from "../../graph/graph.js";
import { withGraph } from "../../graph/scope.js";
import type { Variable } from "../../graph/variable.js";
import { Session } from "../../runtime/session.js";
import { type AssetFile, metaGraphToProto } from "../../saved-model/meta-graph.js";
import { savedModelFiles } from "../../saved-model/read.js";
import { assetFileNames, copyAssets, copyExtraAssets, createExportDirectory, writeSavedModelProto } from "../../saved-model/write.js";
import { addSaver, type Saver } from "../checkpoint/saver.js";
import { restoreCheckpoint } from "../checkpoint/checkpoint-store.js";
import type { EstimatorSpec } from "../estimator-spec.js";
import { deleteOldExports } from "../gc.js";
import { type Mode, ModeKeys } from "../mode-keys.js";
import type { Features, Labels } from "../model-fn.js";
import type { RunConfig } from "../run-config.js";
import { publishExport, temporaryDirectory, timestampedExportDirectory } from "./export-directory.js";
import { localInitOp } from "./main-op.js";
import type { ServingInputReceiverFn } from "./serving-input.js";
import { buildSignatures, logSignatures } from "./signatures.js";

/** How a model is exported. */
export interface ExportOptions {
  /** Files to add below `assets.extra`: relative destination → source path. */
  readonly assetsExtra?: Readonly<Record<string, string>>;
  /** Writes `saved_model.pbtxt` instead of `.pb`. */
  readonly asText?: boolean;
  /** Default the latest checkpoint. */
  readonly checkpointPath?: string;
  /** Leaves out attributes that equal the op's default, which older TensorFlow then accepts; default true, as `export_saved_model`. */
  readonly stripDefaultAttrs?: boolean;
  /** Deletes all but this many of the newest exports below the base afterwards; default keeps all. */
  readonly exportsToKeep?: number;
}

/** What one export works with. */
export interface ExportRun {
  readonly base: string;
  readonly receiverFn: ServingInputReceiverFn;
  readonly checkpoint: string;
  readonly newGraph: () => Graph;
  readonly callModelFn: (features: Features | Tensor, labels: Labels, mode: Mode) => EstimatorSpec;
  readonly config: RunConfig;
  readonly clock: Clock;
  readonly options: ExportOptions;
}

/** Builds the serving graph, restores the checkpoint into it and writes it all as one SavedModel that appears complete. */
export async function exportModel(run: ExportRun): Promise<string> {
  const { options, config } = run;
  if (options.exportsToKeep !== undefined && !(options.exportsToKeep > 0)) {
    throw invalidArgument("`exports_to_keep`, if provided, must be positive number");
  }
  const graph = run.newGraph();
  const built = withGraph(graph, () => {
    const input = run.receiverFn();
    const spec = run.callModelFn(input.features, undefined, ModeKeys.PREDICT);
    const signatures = buildSignatures(graph, input, spec.exportOutputs);
    logSignatures(signatures, config.logger);
    const mainOp = spec.scaffold?.localInitOp ?? localInitOp();
    const saver = addSaver(graph.getCollection<Variable>(collectionKeys.globalVariables));
    return { signatures: signatures.signatures, mainOp, saver };
  });
  const directory = await timestampedExportDirectory(run.base, run.clock);
  const temporary = temporaryDirectory(directory);
  createExportDirectory(temporary);
  try {
    const session = new Session(graph);
    restoreForExport(session, built.saver, run.checkpoint);
    const prefix = join(temporary, savedModelFiles.variables);
    session.run([built.saver.save], new Map([[built.saver.filename, scalarValue("string", prefix)]]), [], { fileRoot: temporary });
    const { assets, files } = collectAssets(graph, session);
    copyAssets(temporary, files);
    copyExtraAssets(temporary, options.assetsExtra ?? {});
    const meta = metaGraphToProto({
      graph,
      tags: ["serve"],
      signatures: built.signatures,
      mainOp: built.mainOp,
      saver: { filename: built.saver.filename.name, save: built.saver.save.name, restore: built.saver.restore.name },
      assets,
      stripDefaultAttrs: options.stripDefaultAttrs ?? true,
    });
    const file = await writeSavedModelProto(temporary, [meta], options.asText ?? false);
    publishExport(temporary, directory);
    config.logger.log("INFO", `SavedModel written to: ${file.replace(temporary, directory)}`);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw error;
  }
  if (options.exportsToKeep !== undefined) deleteOldExports(run.base, options.exportsToKeep);
  return directory;
}

function restoreForExport(session: Session, saver: Saver, checkpoint: string): void {
  try {
    restoreCheckpoint(session, saver, checkpoint);
  } catch (error) {
    if (!(error instanceof StatusError) || error.code !== "NOT_FOUND") throw error;
    throw invalidArgument(
      `Could not load all requested variables from checkpoint. Please make sure your model_fn does not expect variables that were not saved in the checkpoint.\n\nEncountered error with mode \`${ModeKeys.PREDICT}\` while restoring checkpoint from: \`${checkpoint}\`. Full Traceback:\n\n${error.message}`,
    );
  }
}

/** The files that string constants in the `asset_filepaths` collection name. */
function collectAssets(graph: Graph, session: Session): { assets: AssetFile[]; files: Map<string, string> } {
  const tensors = graph.getCollection<Tensor>(collectionKeys.assetFilepaths);
  const paths = tensors.map((tensor) => decodeText((session.run([tensor])[0]!.data as readonly Uint8Array[])[0]!));
  const files = assetFileNames(paths);
  return { files, assets: tensors.map((tensor, i) => ({ tensor, filename: files.get(paths[i]!)! })) };
}
