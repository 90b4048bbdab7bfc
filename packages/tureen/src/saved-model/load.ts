import { existsSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import { create, fromBinary } from "@bufbuild/protobuf";
import { GraphDefSchema } from "@tureen/protos/gen/tensorflow/core/framework/graph_pb";
import type { CollectionDef, MetaGraphDef } from "@tureen/protos/gen/tensorflow/core/protobuf/meta_graph_pb";
import { AssetFileDefSchema } from "@tureen/protos/gen/tensorflow/core/protobuf/meta_graph_pb";
import { checkOptions } from "../core/check-options.js";
import { failedPrecondition, invalidArgument, notFound, toStatusError } from "../core/status-error.js";
import { scalarValue, type TensorValue } from "../core/tensor-value.js";
import type { Graph, Operation } from "../graph/graph.js";
import { graphFromProto } from "../graph/graph-def.js";
import type { PlanReport } from "../runtime/compile/partition-report.js";
import { ortPartitioner } from "../runtime/ort/index.js";
import type { ResourceHandle } from "../runtime/resource-manager.js";
import type { RestoredTensors } from "../runtime/run-context.js";
import { Session, type SessionOptions, type SessionRunOptions } from "../runtime/session.js";
import { calledWhileRunning, checkKernels, isLeftover, reachableOperations } from "./check-kernels.js";
import { componentNames, componentTensors } from "./composite-info.js";
import { constantVariables } from "./constant-variables.js";
import { closeInWorkers, engineThread, engineThreadSoon, type PooledModel, WorkerGone } from "./engine-pool.js";
import { defaultEngineWorkers } from "./engine-workers.js";
import { type ExampleFeature, signatureFeatures } from "./example-features.js";
import { heldBytes } from "./held-bytes.js";
import { mutatesState } from "./mutable-state.js";
import { findMetaGraph, readSavedModel, savedModelFiles } from "./read.js";
import { requestPlanCheck } from "./request-plans.js";
import { RunPlacement, sizeOf } from "./run-placement.js";
import { selectImplementations } from "./select-implementations.js";
import type { LoadedSavedModel, LoadOptions, RunOptions, SignatureInfo, TensorInfo } from "./signature.js";
import { signatureFromProto } from "./signature-def.js";
import { type SignatureFunction, type SignatureValue, signatureFunction } from "./signature-function.js";
import { validateGraph } from "./validate-graph.js";
import { warmUp } from "./warm-up.js";
import { modelStamp } from "./worker-messages.js";

/** Signature keys that hold operations, not calls. */
const initOpKey = "__saved_model_init_op";
const trainOpKey = "__saved_model_train_op";
/** Collections of TF1 exports that name the operation to run once variables are restored. */
const mainOpCollections = ["saved_model_main_op", "legacy_init_op"];
const assetCollection = "saved_model_assets";

type LoadSettings = LoadOptions & {
  readonly session?: SessionOptions;
  /** Variables that another thread has read. */
  readonly weights?: RestoredTensors;
};

/**
 * Loads a SavedModel as TensorFlow's C++ loader does: finds the meta graph by its exact tags, restores the variables by running the saver's
 * restore op, then runs the initialization op, with the asset files' paths fed to both.
 *
 * NOT_FOUND for a missing file or tag set, INVALID_ARGUMENT for a graph that is not valid, UNIMPLEMENTED for ops without a kernel (named all
 * at once, for every signature, before the model counts as loaded).
 */
export async function loadSavedModel(directory: string, options: LoadSettings = {}): Promise<LoadedSavedModel> {
  checkOptions("loadSavedModel", options, {
    tags: "optional",
    loopLimit: "optional",
    loadTimeout: "optional",
    engineWorkers: "optional",
    warmUp: "optional",
    session: "optional",
    weights: "optional",
  });
  const stamp = modelStamp(directory);
  const model = await readSavedModel(directory);
  const meta = findMetaGraph(model, options.tags ?? ["serve"]);
  try {
    return restore(meta, directory, stamp, options);
  } catch (error) {
    // What a file makes of our own code must not look like another kind of failure.
    throw toStatusError(error, "INTERNAL");
  }
}

function restore(meta: MetaGraphDef, directory: string, stamp: string, options: LoadSettings): LoadedModel {
  const graphDef = meta.graphDef ?? create(GraphDefSchema);
  validateGraph(graphDef);
  selectImplementations(graphDef);
  const graph = graphFromProto(graphDef);
  const signatures = new Map<string, SignatureInfo>();
  for (const key of Object.keys(meta.signatureDef).sort()) {
    if (key === initOpKey || key === trainOpKey) continue;
    signatures.set(key, checkedTensors(graph, key, signatureFromProto(meta.signatureDef[key]!)));
  }
  // Builds the body of every function that something calls, as TensorFlow does before the first run.
  for (const _ of reachableOperations(graph, graph.operations));
  checkKernels(graph, signatures);
  // Until everything is restored and initialised no variable is a constant.
  let checkPlan: ReturnType<typeof requestPlanCheck> = () => {};
  let isConstant: (handle: ResourceHandle) => boolean = () => false;
  const session = new Session(graph, {
    partitioner: ortPartitioner(),
    loopLimit: options.loopLimit ?? defaultLoopLimit,
    ...options.session,
    isConstant: (handle) => isConstant(handle),
    onNewPlan: (feeds, fetches) => checkPlan(feeds, fetches),
  });
  const root = resolve(directory);
  const assets = assetFeeds(meta, graph, root);
  const run: SessionRunOptions = {
    fileRoot: root,
    filesReadOnly: true,
    deadline: performance.now() + (options.loadTimeout ?? defaultLoadTimeout),
  };
  const isMutable = mutatesState(graph, signatures);
  const isPooled = !isMutable && mayBePooled(signatures, options);
  const weights: RestoredTensors | undefined = options.weights ?? (isPooled ? new Map() : undefined);
  restoreVariables(meta, session, assets, root, weights === undefined ? run : { ...run, restored: weights });
  initialize(meta, session, assets, directory, run);
  isConstant = constantVariables(graph, signatures);
  compileSignatures(graph, session, signatures);
  checkPlan = requestPlanCheck(graph, signatures);
  const pooled = isPooled && weights !== undefined ? pooledModel(session, weights, root, stamp, options) : undefined;
  const model = new LoadedModel(session, signatures, meta.signatureDef, pooled);
  // A large model warms up in its worker.
  if (options.warmUp === true && !isMutable && !model.isHeavy) warmUp(session, signatures);
  return model;
}

/** Whether runs of the model may take place in other threads. */
function mayBePooled(signatures: ReadonlyMap<string, SignatureInfo>, options: LoadSettings): boolean {
  // A session of the caller's making cannot be made again elsewhere.
  if (options.engineWorkers === 0 || options.session !== undefined) return false;
  return [...signatures.values()].every(({ inputs, outputs }) =>
    [...inputs.values(), ...outputs.values()].every(({ dtype }) => dtype !== "resource" && dtype !== "variant"),
  );
}

/** What a worker needs to load the same model. */
function pooledModel(
  session: Session,
  restored: RestoredTensors,
  directory: string,
  stamp: string,
  { tags, loopLimit, warmUp, engineWorkers }: LoadSettings,
): PooledModel {
  // What no variable holds was for the restoring alone.
  const held = new Set<unknown>();
  for (const [, resource] of session.resources.entries())
    held.add((resource as { readonly value?: TensorValue }).value?.data);
  const weights = new Map([...restored].filter(([, { data }]) => held.has(data)));
  const workers = engineWorkers ?? defaultEngineWorkers(bytesOf(weights));
  return { directory, stamp, tags, loopLimit, warmUp, workers, weights };
}

function bytesOf(weights: RestoredTensors): number {
  let bytes = 0;
  for (const { data } of weights.values()) if (ArrayBuffer.isView(data)) bytes += data.byteLength;
  return bytes;
}

/** With so many bytes of weights a run is likely to take longer than a millisecond, and the first one makes an ONNX Runtime session of them. */
const surelyHeavyBytes = 4 * 2 ** 20;

function isHeavy({ weights }: PooledModel): boolean {
  let bytes = 0;
  for (const { data } of weights.values()) bytes += (data as Uint8Array).byteLength;
  return bytes >= surelyHeavyBytes;
}

/** At a microsecond an iteration at least, a loop that takes more keeps a request waiting for longer than anyone waits. */
const defaultLoopLimit = 10_000_000;
/** Restoring reads tens of gigabytes in this time. */
const defaultLoadTimeout = 600_000;

/** Compiles what requests will run: what cannot be compiled fails now, and the first request is not slower than the others. */
function compileSignatures(graph: Graph, session: Session, signatures: ReadonlyMap<string, SignatureInfo>): void {
  // Exports give the same tensors to several keys.
  const done = new Set<string>();
  for (const { inputs, outputs } of signatures.values()) {
    const feeds = new Set(componentTensors(graph, inputs));
    const fetches = componentTensors(graph, outputs);
    const key = [[...feeds], fetches].map((tensors) => tensors.map(({ name }) => name).join("\0")).join("\0\0");
    if (done.has(key)) continue;
    done.add(key);
    // TensorFlow refuses such a request when it comes; the model's other signatures are good.
    if (fetches.length === 0 || fetches.some((fetch) => feeds.has(fetch))) continue;
    const reached = [...reachableOperations(graph, fetches, feeds)];
    if (reached.some(isLeftover)) continue;
    session.callable({ feeds: [...feeds], fetches });
    for (const op of reached) for (const reference of calledWhileRunning(op)) session.precompile(reference);
  }
}

function assetFeeds(meta: MetaGraphDef, graph: Graph, root: string): Map<string, TensorValue> {
  const feeds = new Map<string, TensorValue>();
  const stored =
    meta.assetFileDef.length > 0 ? meta.assetFileDef : assetsInCollection(meta.collectionDef[assetCollection]);
  for (const asset of stored) {
    const { encoding } = asset.tensorInfo ?? { encoding: { case: undefined } };
    if (encoding.case !== "name") throw failedPrecondition("AssetFileDef has no tensor name");
    const path = assetPath(root, asset.filename);
    // As in TensorFlow, an asset whose tensor is not there matters to no one.
    const tensor = graph.findOperation(opName(encoding.value))?.outputs[0];
    if (tensor !== undefined) feeds.set(tensor.name, scalarValue("string", path));
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
  if (!path.startsWith(join(root, savedModelFiles.assets) + sep))
    throw invalidArgument(`Asset file name leaves the model's folder: ${filename}`);
  return path;
}

function restoreVariables(
  meta: MetaGraphDef,
  session: Session,
  assets: ReadonlyMap<string, TensorValue>,
  root: string,
  run: SessionRunOptions,
): void {
  const prefix = join(root, savedModelFiles.variables);
  const saver = meta.saverDef;
  // As the C++ loader: no index file means that there is nothing to restore.
  if (saver === undefined || !existsSync(`${prefix}.index`)) return;
  const feeds = new Map([...assets, [saver.filenameTensorName, scalarValue("string", prefix)]]);
  session.run([], feeds, [target(session, saver.restoreOpName)], run);
}

function initialize(
  meta: MetaGraphDef,
  session: Session,
  assets: ReadonlyMap<string, TensorValue>,
  directory: string,
  run: SessionRunOptions,
): void {
  const op = initOp(meta, directory);
  if (op !== undefined) session.run([], assets, [target(session, op)], run);
  session.forgetPlans();
}

function initOp(meta: MetaGraphDef, directory: string): string | undefined {
  const signature = meta.signatureDef[initOpKey];
  if (signature !== undefined) {
    const [output] = Object.values(signature.outputs);
    if (output?.encoding.case === "name") return output.encoding.value;
  }
  for (const key of mainOpCollections) {
    const collection = meta.collectionDef[key];
    if (collection === undefined) continue;
    if (collection.kind.case !== "nodeList" || collection.kind.value.value.length !== 1) {
      throw failedPrecondition(`Expected exactly one main op in : ${directory}`);
    }
    return collection.kind.value.value[0]!;
  }
  return undefined;
}

/** The operation that a file names to be run. */
function target(session: Session, name: string): Operation {
  const op = session.graph.findOperation(opName(name));
  if (op === undefined) throw notFound(`PruneForTargets: Some target nodes not found: ${opName(name)} `);
  return op;
}

function opName(name: string): string {
  const colon = name.indexOf(":");
  return colon < 0 ? name : name.slice(0, colon);
}

/**
 * The signature with what the graph knows better of its inputs.
 *
 * Every tensor of a signature must be there: a request must not be the one to find out.
 */
function checkedTensors(graph: Graph, key: string, signature: SignatureInfo): SignatureInfo {
  for (const [alias, info] of [...signature.inputs, ...signature.outputs]) {
    for (const name of componentNames(info)) {
      if (name === "") throw invalidArgument(`Signature '${key}' has no tensor name for '${alias}'`);
      graph.tensor(name);
    }
  }
  const inputs = [...signature.inputs].map(([alias, info]) => {
    if (info.composite !== undefined) return [alias, info] as const;
    const { dtype } = graph.tensor(info.name);
    return [alias, dtype === info.dtype ? info : { ...info, fedDtype: dtype }] as const;
  });
  return { ...signature, inputs: new Map(inputs) };
}

class LoadedModel implements LoadedSavedModel {
  readonly signatures: ReadonlyMap<string, SignatureInfo>;
  readonly signatureDefs: MetaGraphDef["signatureDef"];
  readonly session: Session;
  /** What workers need to know; undefined for a model that stays where it is. */
  readonly #pooled: PooledModel | undefined;
  readonly #placements = new Map<string, RunPlacement>();
  /** Whether the first runs go to a worker as well. */
  readonly isHeavy: boolean;

  constructor(
    session: Session,
    signatures: ReadonlyMap<string, SignatureInfo>,
    signatureDefs: MetaGraphDef["signatureDef"],
    pooled: PooledModel | undefined,
  ) {
    this.session = session;
    this.signatures = signatures;
    this.signatureDefs = signatureDefs;
    this.#pooled = pooled;
    this.isHeavy = pooled !== undefined && isHeavy(pooled);
    // Asking for the first time is what makes it load there.
    if (pooled !== undefined && this.isHeavy) engineThread(pooled);
  }

  run(
    feeds: ReadonlyMap<string, TensorValue>,
    fetches: readonly string[],
    options: RunOptions = {},
  ): readonly TensorValue[] {
    return this.session.run(fetches, feeds, [], options);
  }

  async runAsync(
    feeds: ReadonlyMap<string, TensorValue>,
    fetches: readonly string[],
    options: RunOptions = {},
  ): Promise<readonly TensorValue[]> {
    return this.runSoon(feeds, fetches, options);
  }

  runSoon(
    feeds: ReadonlyMap<string, TensorValue>,
    fetches: readonly string[],
    options: RunOptions = {},
  ): readonly TensorValue[] | Promise<readonly TensorValue[]> {
    const pooled = this.#pooled;
    if (pooled === undefined) return this.run(feeds, fetches, options);
    const placement = this.#placementOf(feeds, fetches);
    const size = sizeOf(feeds);
    if (placement.isLong(size)) return this.#runInWorker(pooled, placement, size, feeds, fetches, options);
    return this.#runHere(placement, size, feeds, fetches, options);
  }

  #runHere(
    placement: RunPlacement,
    size: number,
    feeds: ReadonlyMap<string, TensorValue>,
    fetches: readonly string[],
    options: RunOptions,
  ): readonly TensorValue[] {
    const began = performance.now();
    const values = this.run(feeds, fetches, options);
    placement.observe(size, performance.now() - began);
    return values;
  }

  async #runInWorker(
    pooled: PooledModel,
    placement: RunPlacement,
    size: number,
    feeds: ReadonlyMap<string, TensorValue>,
    fetches: readonly string[],
    options: RunOptions,
  ): Promise<readonly TensorValue[]> {
    // Before the first answer nothing is known of a large model but that it would hold up everything else.
    const thread = engineThread(pooled) ?? (this.isHeavy ? await engineThreadSoon(pooled) : undefined);
    if (thread !== undefined && !this.session.isClosed) {
      try {
        const { values, milliseconds } = await thread.run(pooled, feeds, fetches, options.deadline);
        placement.observe(size, milliseconds);
        return values;
      } catch (error) {
        if (!(error instanceof WorkerGone)) throw error;
      }
    }
    return this.#runHere(placement, size, feeds, fetches, options);
  }

  #placementOf(feeds: ReadonlyMap<string, TensorValue>, fetches: readonly string[]): RunPlacement {
    let key = "";
    for (const name of feeds.keys()) key += `${name}\0`;
    for (const name of fetches) key += `\0${name}`;
    let placement = this.#placements.get(key);
    if (placement === undefined) {
      placement = new RunPlacement(this.isHeavy);
      this.#placements.set(key, placement);
    }
    return placement;
  }

  signature<
    Inputs extends Readonly<Record<keyof Inputs, SignatureValue>> = Readonly<Record<string, SignatureValue>>,
    Outputs = Readonly<Record<string, unknown>>,
  >(key: string): SignatureFunction<Inputs, Outputs> {
    return signatureFunction<Inputs, Outputs>(this, key);
  }

  explain(key: string): PlanReport {
    const { inputs, outputs } = signatureFunction(this, key).info;
    const names = (infos: ReadonlyMap<string, TensorInfo>): string[] => [...infos.values()].map(({ name }) => name);
    return this.session.explain({ feeds: [...new Set(names(inputs))], fetches: names(outputs) });
  }

  exampleFeatures(key: string): readonly ExampleFeature[] | undefined {
    const info = this.signatures.get(key);
    return info === undefined ? undefined : signatureFeatures(this.session.graph, info);
  }

  get memoryBytes(): number {
    return heldBytes(this.session);
  }

  close(): void {
    this.session.close();
    if (this.#pooled !== undefined) closeInWorkers(this.#pooled);
  }
}
