import { existsSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { MetaGraphDef } from "@tureen/protos/gen/tensorflow/core/protobuf/meta_graph_pb";
import type { Clock } from "../../core/clock.js";
import { makeFolders } from "../../core/file-system.js";
import { invalidArgument, StatusError } from "../../core/status-error.js";
import { scalarValue } from "../../core/tensor-value.js";
import { decodeText, encodeText } from "../../core/text.js";
import { collectionKeys } from "../../graph/collections.js";
import type { Graph, Operation, Tensor } from "../../graph/graph.js";
import { withGraph } from "../../graph/scope.js";
import type { Variable } from "../../graph/variable.js";
import { Session } from "../../runtime/session.js";
import { type AssetFile, metaGraphToProto } from "../../saved-model/meta-graph.js";
import { savedModelFiles } from "../../saved-model/read.js";
import {
  assetFileNames,
  checkExtraAssets,
  copyAssets,
  copyExtraAssets,
  createExportDirectory,
  writeSavedModelProto,
} from "../../saved-model/write.js";
import { restoreCheckpoint } from "../checkpoint/checkpoint-store.js";
import { addSaver, type Saver } from "../checkpoint/saver.js";
import type { EstimatorSpec } from "../estimator-spec.js";
import { pythonText } from "../feature-column/python-text.js";
import { deleteOldExports } from "../gc.js";
import { type Mode, ModeKeys } from "../mode-keys.js";
import type { Features, FeatureTensor, Labels } from "../model-fn.js";
import type { RunConfig } from "../run-config.js";
import { publishExport, temporaryDirectory, timestampedExportDirectory } from "./export-directory.js";
import type { ExportOutput } from "./export-output.js";
import { type FeatureStatisticsOptions, featureStatistics, featureStatisticsFile } from "./feature-statistics.js";
import type { FeatureBatch } from "./input-rows.js";
import { localInitOp } from "./main-op.js";
import type { ServingInputReceiverFn } from "./serving-input.js";
import { buildSignatures, logSignatures } from "./signatures.js";
import { evalOutput, trainOutput } from "./supervised-output.js";
import { readWarmupRows, type WarmupRequestsOptions, warmupRequests, warmupRequestsFile } from "./warm-up-requests.js";

/** How a model is exported in several modes. */
export interface ExportAllOptions {
  /** Files to add below `assets.extra`: relative destination → source path. */
  readonly assetsExtra?: Readonly<Record<string, string>> | undefined;
  /** Writes `saved_model.pbtxt` instead of `.pb`. */
  readonly asText?: boolean | undefined;
  /** Default the latest checkpoint. */
  readonly checkpointPath?: string | undefined;
}

/** How a model is exported. */
export interface ExportOptions extends ExportAllOptions {
  /** What the export is for; default serving (PREDICT). */
  readonly experimentalMode?: Mode | undefined;
  /** Leaves out attributes that equal the op's default, which older TensorFlow then accepts; default true, as `export_saved_model`. */
  readonly stripDefaultAttrs?: boolean | undefined;
  /** Writes `assets.extra/tf_serving_warmup_requests`: requests made of examples, which servers replay before the version is available. */
  readonly warmupRequests?: WarmupRequestsOptions | undefined;
  /** Writes `assets.extra/feature_statistics.json`: what the features of an input look like, to compare requests with. */
  readonly featureStatistics?: FeatureStatisticsOptions | undefined;
  /** Deletes all but this many of the newest exports below the base afterwards; default keeps all. */
  readonly exportsToKeep?: number | undefined;
}

/** A receiver function for each mode that an export has a graph for. */
export type InputReceiverFnMap = Readonly<Partial<Record<Mode, ServingInputReceiverFn>>>;

/** What one export works with. */
export interface ExportRun {
  readonly base: string;
  readonly receiverFns: InputReceiverFnMap;
  readonly checkpoint: string;
  readonly newGraph: () => Graph;
  readonly callModelFn: (features: Features | FeatureTensor, labels: Labels, mode: Mode) => EstimatorSpec;
  readonly config: RunConfig;
  readonly clock: Clock;
  readonly options: ExportOptions;
}

/** The tag of a mode's graph; its supervised signature has the same name. */
const tagOfMode: Readonly<Record<Mode, string>> = { train: "train", eval: "eval", infer: "serve" };

/** The first of them that is exported writes the variables. */
const orderOfModes = [ModeKeys.TRAIN, ModeKeys.EVAL, ModeKeys.PREDICT] as const;

/** Where exports of TRAIN graphs name the operation that trains. */
const trainOpKey = "saved_model_train_op";

/** Builds a graph for each mode, restores the checkpoint into it and writes it all as one SavedModel that appears complete. */
export async function exportModel(run: ExportRun): Promise<string> {
  const { options, config, receiverFns } = run;
  if (options.exportsToKeep !== undefined && !(options.exportsToKeep > 0)) {
    throw invalidArgument("`exports_to_keep`, if provided, must be positive number");
  }
  const modes = orderOfModes.filter((mode) => receiverFns[mode] !== undefined);
  if (modes.length === 0) {
    throw invalidArgument(
      `No valid modes for exporting found. Got dict_keys([${Object.keys(receiverFns)
        .map((key) => `'${key}'`)
        .join(", ")}]).`,
    );
  }
  checkExtraAssets(options.assetsExtra ?? {});
  const extra = await extraFiles(run);
  const directory = await timestampedExportDirectory(run.base, run.clock, config.logger);
  const temporary = temporaryDirectory(directory);
  createExportDirectory(temporary);
  try {
    const metaGraphs = modes.map((mode, i) => addMetaGraph(run, mode, receiverFns[mode]!, temporary, i === 0, extra));
    copyExtraAssets(temporary, options.assetsExtra ?? {});
    writeExtraFiles(temporary, extra.files);
    const file = await writeSavedModelProto(temporary, metaGraphs, options.asText ?? false);
    config.logger.log("INFO", `SavedModel written to: ${file}`);
    publishExport(temporary, directory);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw error;
  }
  if (options.exportsToKeep !== undefined) deleteOldExports(run.base, options.exportsToKeep);
  return directory;
}

/** What is written below `assets.extra` on request. */
interface ExtraFiles {
  /** Contents by name. */
  readonly files: Map<string, Uint8Array>;
  /** Rows to make warm-up requests of, once there are signatures. */
  readonly warmupRows: readonly FeatureBatch[] | undefined;
}

async function extraFiles({ options, receiverFns }: ExportRun): Promise<ExtraFiles> {
  const files = new Map<string, Uint8Array>();
  if (options.warmupRequests !== undefined && receiverFns[ModeKeys.PREDICT] === undefined) {
    throw invalidArgument("`warmupRequests` are for an export that is served");
  }
  if (options.featureStatistics !== undefined) {
    const statistics = await featureStatistics(options.featureStatistics);
    files.set(featureStatisticsFile, encodeText(`${JSON.stringify(statistics, undefined, 1)}\n`));
  }
  return { files, warmupRows: options.warmupRequests && (await readWarmupRows(options.warmupRequests)) };
}

function writeExtraFiles(directory: string, files: ReadonlyMap<string, Uint8Array>): void {
  for (const [name, bytes] of files) {
    const path = join(directory, savedModelFiles.assetsExtra, name);
    if (existsSync(path)) throw invalidArgument(`assetsExtra has a file '${name}', which the export is asked to make`);
    makeFolders(dirname(path));
    writeFileSync(path, bytes);
  }
}

function addMetaGraph(
  run: ExportRun,
  mode: Mode,
  receiverFn: ServingInputReceiverFn,
  directory: string,
  savesVariables: boolean,
  extra: ExtraFiles,
): MetaGraphDef {
  const { logger } = run.config;
  const graph = run.newGraph();
  const built = withGraph(graph, () => buildForMode(run, graph, mode, receiverFn));
  const { saver } = built;
  const session = new Session(graph);
  logger.log("INFO", `Restoring parameters from ${run.checkpoint}`);
  restoreForExport(session, saver, run.checkpoint, mode);
  if (savesVariables) {
    const prefix = join(directory, savedModelFiles.variables);
    session.run([saver.save], new Map([[saver.filename, scalarValue("string", prefix)]]), [], { fileRoot: directory });
  }
  const { assets, files } = collectAssets(graph, session);
  logger.log("INFO", "Assets added to graph.");
  copyAssets(directory, files);
  if (files.size === 0) logger.log("INFO", "No assets to write.");
  else logger.log("INFO", `Assets written to: ${join(directory, savedModelFiles.assets)}`);
  const { warmupRows } = extra;
  if (warmupRows !== undefined && mode === ModeKeys.PREDICT) {
    session.run([], new Map(), [built.mainOp]);
    const modelName = run.options.warmupRequests!.modelName ?? basename(run.base);
    const target = { graph, session, signatures: built.signatures, modelName, logger };
    extra.files.set(warmupRequestsFile, warmupRequests(warmupRows, run.options.warmupRequests!, target));
  }
  session.close();
  return metaGraphToProto({
    graph,
    tags: [tagOfMode[mode]],
    signatures: built.signatures,
    mainOp: built.mainOp,
    saver: { filename: saver.filename.name, save: saver.save.name, restore: saver.restore.name },
    assets,
    stripDefaultAttrs: run.options.stripDefaultAttrs ?? true,
  });
}

interface ModeGraph {
  readonly signatures: ReturnType<typeof buildSignatures>["signatures"];
  readonly mainOp: Operation;
  readonly saver: Saver;
}

function buildForMode(run: ExportRun, graph: Graph, mode: Mode, receiverFn: ServingInputReceiverFn): ModeGraph {
  const input = receiverFn();
  if (typeof input !== "object" || input === null || !("receiverTensors" in input)) {
    throw invalidArgument(
      `A serving_input_receiver_fn must return a receiver, as \`servingInputReceiver\` makes them, given: ${pythonText(input)}`,
    );
  }
  const spec = run.callModelFn(input.features, input.labels, mode);
  const signatures = buildSignatures(graph, input, exportOutputs(mode, spec));
  logSignatures(signatures, run.config.logger);
  const mainOp = spec.scaffold?.localInitOp ?? localInitOp();
  const saver = spec.scaffold?.saver ?? addSaver(graph.getCollection<Variable>(collectionKeys.globalVariables));
  if (spec.trainOp !== undefined) graph.addToCollection(trainOpKey, spec.trainOp);
  return { signatures: signatures.signatures, mainOp, saver };
}

function exportOutputs(mode: Mode, spec: EstimatorSpec): Readonly<Record<string, ExportOutput>> {
  if (mode === ModeKeys.PREDICT) return spec.exportOutputs;
  const outputs = { loss: spec.loss, predictions: spec.predictions, metrics: spec.evalMetricOps };
  return { [tagOfMode[mode]]: mode === ModeKeys.TRAIN ? trainOutput(outputs) : evalOutput(outputs) };
}

function restoreForExport(session: Session, saver: Saver, checkpoint: string, mode: Mode): void {
  try {
    restoreCheckpoint(session, saver, checkpoint);
  } catch (error) {
    if (!(error instanceof StatusError) || error.code !== "NOT_FOUND") throw error;
    throw invalidArgument(
      `Could not load all requested variables from checkpoint. Please make sure your model_fn does not expect variables that were not saved in the checkpoint.\n\nEncountered error with mode \`${mode}\` while restoring checkpoint from: \`${checkpoint}\`. Full Traceback:\n\n${error.message}`,
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
