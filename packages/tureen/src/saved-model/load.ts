import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { CollectionDef, MetaGraphDef } from "@tureen/protos/gen/tensorflow/core/protobuf/meta_graph_pb";
import { fromBinary } from "@bufbuild/protobuf";
import { AssetFileDefSchema } from "@tureen/protos/gen/tensorflow/core/protobuf/meta_graph_pb";
import { failedPrecondition, invalidArgument } from "../core/status-error.js";
import { scalarValue, type TensorValue } from "../core/tensor-value.js";
import type { Graph } from "../graph/graph.js";
import { graphFromProto } from "../graph/graph-def.js";
import type { ResourceHandle } from "../runtime/resource-manager.js";
import { ortPartitioner } from "../runtime/ort/index.js";
import { Session, type SessionOptions } from "../runtime/session.js";
import { constantVariables } from "./constant-variables.js";
import { findMetaGraph, readSavedModel, savedModelFiles } from "./read.js";
import type { LoadOptions, RunOptions, ServableModel, SignatureInfo } from "./signature.js";
import { signatureFromProto } from "./signature-def.js";

/** Signature keys that hold operations, not calls. */
const initOpKey = "__saved_model_init_op";
const trainOpKey = "__saved_model_train_op";
/** Collections of TF1 exports that name the operation to run once variables are restored. */
const mainOpCollections = ["saved_model_main_op", "legacy_init_op"];
const assetCollection = "saved_model_assets";

/**
 * Loads a SavedModel as TensorFlow's C++ loader does: finds the meta graph by its exact tags, restores the variables by running the saver's
 * restore op, then runs the initialization op, with the asset files' paths fed to both.
 *
 * NOT_FOUND for a missing file or tag set, INVALID_ARGUMENT for a graph that is not valid, UNIMPLEMENTED for ops without a kernel (named all
 * at once, for every signature, before the model counts as loaded).
 */
export async function loadSavedModel(directory: string, options: LoadOptions & { readonly session?: SessionOptions } = {}): Promise<ServableModel> {
  const model = await readSavedModel(directory);
  const meta = findMetaGraph(model, options.tags ?? ["serve"]);
  const graph = graphFromProto(meta.graphDef ?? failNoGraph(directory));
  const signatures = new Map<string, SignatureInfo>();
  for (const key of Object.keys(meta.signatureDef).sort()) {
    if (key !== initOpKey && key !== trainOpKey) signatures.set(key, signatureFromProto(meta.signatureDef[key]!));
  }
  // Until everything is restored and initialised no variable is a constant.
  let isConstant: (handle: ResourceHandle) => boolean = () => false;
  const session = new Session(graph, { partitioner: ortPartitioner(), ...options.session, isConstant: (handle) => isConstant(handle) });
  const root = resolve(directory);
  const assets = assetFeeds(meta, graph, root);
  restoreVariables(meta, session, assets, root);
  initialize(meta, session, assets, root);
  for (const [key, signature] of signatures) checkTensors(graph, key, signature);
  isConstant = constantVariables(graph, signatures);
  return new LoadedModel(session, signatures);
}

function failNoGraph(directory: string): never {
  throw invalidArgument(`SavedModel at ${directory} has a meta graph without a graph`);
}

function assetFeeds(meta: MetaGraphDef, graph: Graph, root: string): Map<string, TensorValue> {
  const feeds = new Map<string, TensorValue>();
  const stored = meta.assetFileDef.length > 0 ? meta.assetFileDef : assetsInCollection(meta.collectionDef[assetCollection]);
  for (const asset of stored) {
    const { encoding } = asset.tensorInfo ?? { encoding: { case: undefined } };
    if (encoding.case !== "name") throw failedPrecondition("AssetFileDef has no tensor name");
    const tensor = graph.tensor(encoding.value);
    feeds.set(tensor.name, scalarValue("string", assetPath(root, asset.filename)));
  }
  return feeds;
}

function assetsInCollection(collection: CollectionDef | undefined): MetaGraphDef["assetFileDef"] {
  if (collection?.kind.case !== "anyList") return [];
  return collection.kind.value.value.map((any) => fromBinary(AssetFileDefSchema, any.value));
}

/** The file of an asset, inside the model's folder; file ops check again, links resolved, when they open it. */
function assetPath(root: string, filename: string): string {
  const path = resolve(root, savedModelFiles.assets, filename);
  if (!path.startsWith(join(root, savedModelFiles.assets))) throw invalidArgument(`Asset file name leaves the model's folder: ${filename}`);
  return path;
}

function restoreVariables(meta: MetaGraphDef, session: Session, assets: ReadonlyMap<string, TensorValue>, root: string): void {
  const prefix = join(root, savedModelFiles.variables);
  const saver = meta.saverDef;
  // As the C++ loader: no index file means that there is nothing to restore.
  if (saver === undefined || !existsSync(`${prefix}.index`)) return;
  const feeds = new Map([...assets, [saver.filenameTensorName, scalarValue("string", prefix)]]);
  session.run([], feeds, [opName(saver.restoreOpName)], { fileRoot: root });
}

function initialize(meta: MetaGraphDef, session: Session, assets: ReadonlyMap<string, TensorValue>, root: string): void {
  const op = initOp(meta);
  if (op !== undefined) session.run([], assets, [op], { fileRoot: root });
  session.forgetPlans();
}

function initOp(meta: MetaGraphDef): string | undefined {
  const signature = meta.signatureDef[initOpKey];
  if (signature !== undefined) {
    const [output] = Object.values(signature.outputs);
    if (output?.encoding.case === "name") return opName(output.encoding.value);
  }
  for (const key of mainOpCollections) {
    const collection = meta.collectionDef[key];
    if (collection === undefined) continue;
    if (collection.kind.case !== "nodeList" || collection.kind.value.value.length !== 1) {
      throw failedPrecondition(`Expected exactly one main op in : ${key}`);
    }
    return opName(collection.kind.value.value[0]!);
  }
  return undefined;
}

function opName(name: string): string {
  const colon = name.indexOf(":");
  return colon < 0 ? name : name.slice(0, colon);
}

/** Every tensor of a signature must be there: a request must not be the one to find out. */
function checkTensors(graph: Graph, key: string, signature: SignatureInfo): void {
  for (const [alias, info] of [...signature.inputs, ...signature.outputs]) {
    if (info.name === "") throw invalidArgument(`Signature '${key}' has no tensor name for '${alias}'`);
    graph.tensor(info.name);
  }
}

class LoadedModel implements ServableModel {
  readonly signatures: ReadonlyMap<string, SignatureInfo>;
  readonly session: Session;

  constructor(session: Session, signatures: ReadonlyMap<string, SignatureInfo>) {
    this.session = session;
    this.signatures = signatures;
  }

  run(feeds: ReadonlyMap<string, TensorValue>, fetches: readonly string[], options: RunOptions = {}): readonly TensorValue[] {
    return this.session.run(fetches, feeds, [], options);
  }

  async runAsync(feeds: ReadonlyMap<string, TensorValue>, fetches: readonly string[], options: RunOptions = {}): Promise<readonly TensorValue[]> {
    return this.run(feeds, fetches, options);
  }

  get memoryBytes(): number {
    let bytes = 0;
    for (const [, resource] of this.session.resources.entries()) {
      const value = (resource as { readonly value?: TensorValue }).value;
      if (value === undefined) continue;
      const { data } = value;
      bytes += ArrayBuffer.isView(data) ? (data as Uint8Array).byteLength : (data as readonly Uint8Array[]).reduce((sum, text) => sum + text.length, 0);
    }
    return bytes;
  }

  close(): void {
    this.session.close();
  }
}

