import type { SignatureDef } from "@tureen/protos/gen/tensorflow/core/protobuf/meta_graph_pb";
import type { TypeSpecProto } from "@tureen/protos/gen/tensorflow/core/protobuf/struct_pb";
import type { DType } from "../core/dtype.js";
import type { PartialShape } from "../core/shape.js";
import type { TensorValue } from "../core/tensor-value.js";
import type { PlanReport } from "../runtime/compile/partition-report.js";
import type { ExampleFeature } from "./example-features.js";
import type { SignatureFunction, SignatureValue } from "./signature-function.js";

/** One input or output of a signature, as `TensorInfo` stores it. */
export interface TensorInfo {
  /** `node:0`; for a sparse or composite tensor the name of its first component. */
  readonly name: string;
  readonly dtype: DType;
  /** The dtype that the graph takes, where the file says another: nothing in TensorFlow compares the two. */
  readonly fedDtype?: DType;
  readonly shape: PartialShape;
  /** Component tensor names of a `coo_sparse` TensorInfo. */
  readonly sparse?: { readonly values: string; readonly indices: string; readonly denseShape: string };
  /** What a `composite_tensor` TensorInfo holds; dtype and shape are then those of its type, where that is a ragged tensor. */
  readonly composite?: CompositeInfo;
}

/** A tensor of a signature that is made of several, in the order in which its type takes them: a ragged one of its flat values and its row splits. */
export interface CompositeInfo {
  readonly components: readonly TensorInfo[];
  readonly typeSpec: TypeSpecProto | undefined;
}

/** What a SavedModel says of one signature: keys in the order in which the file holds them. */
export interface SignatureInfo {
  readonly inputs: ReadonlyMap<string, TensorInfo>;
  readonly outputs: ReadonlyMap<string, TensorInfo>;
  /** `tensorflow/serving/predict`, `…/classify`, `…/regress`, or empty. */
  readonly methodName: string;
  /** Values for inputs that a request may leave out. */
  readonly defaults: ReadonlyMap<string, TensorValue>;
}

/** What a run may be told. */
export interface RunOptions {
  /** Milliseconds of `performance.now()` after which the run ends with DEADLINE_EXCEEDED. */
  readonly deadline?: number;
}

/** A loaded SavedModel: signatures that run. */
export interface ServableModel {
  readonly signatures: ReadonlyMap<string, SignatureInfo>;
  /** The SignatureDef messages as the file has them, with those that name operations (`__saved_model_init_op`): what GetModelMetadata returns. */
  readonly signatureDefs?: { readonly [key: string]: SignatureDef };
  /**
   * Runs tensors by name: feeds by tensor name (`x:0`), fetches by tensor name, results in the order of `fetches`.
   *
   * Synchronous; one compiled plan is kept for each pair of feed names and fetch names.
   */
  run(
    feeds: ReadonlyMap<string, TensorValue>,
    fetches: readonly string[],
    options?: RunOptions,
  ): readonly TensorValue[];
  /** The same off the event loop where the plan is long: for servers. */
  runAsync(
    feeds: ReadonlyMap<string, TensorValue>,
    fetches: readonly string[],
    options?: RunOptions,
  ): Promise<readonly TensorValue[]>;
  /** As `runAsync`, without a promise where the plan was run at once; may throw instead of rejecting. */
  runSoon?(
    feeds: ReadonlyMap<string, TensorValue>,
    fetches: readonly string[],
    options?: RunOptions,
  ): readonly TensorValue[] | Promise<readonly TensorValue[]>;
  /** The features that a signature parses from serialized Examples; undefined where it parses none or the model cannot tell. */
  exampleFeatures?(key: string): readonly ExampleFeature[] | undefined;
  /** Bytes of weights, constants, tables and what the engine keeps of them, as far as known; grows as plans are compiled. */
  readonly memoryBytes: number;
  /** Releases engine memory; runs after it are FAILED_PRECONDITION. */
  close(): void;
}

/** A SavedModel in this process: what `loadSavedModel` gives. */
export interface LoadedSavedModel extends ServableModel {
  /**
   * A signature as a function: `const predict = model.signature("serving_default"); await predict({ x: [1, 2] })`.
   *
   * NOT_FOUND for a key that the model has not.
   */
  signature<
    Inputs extends Readonly<Record<keyof Inputs, SignatureValue>> = Readonly<Record<string, SignatureValue>>,
    Outputs = Readonly<Record<string, unknown>>,
  >(key: string): SignatureFunction<Inputs, Outputs>;
  /** What the plan of a signature does, where each step runs and why; runs nothing. NOT_FOUND for a key that the model has not. */
  explain(key: string): PlanReport;
}

/** What to load. */
export interface LoadOptions {
  /** Must equal a meta graph's tag set exactly; default `["serve"]`. */
  readonly tags?: readonly string[];
  /** How many iterations a while loop of the model may take; default 10 million. */
  readonly loopLimit?: number;
  /** How long restoring and initialising may take, in milliseconds; default ten minutes. DEADLINE_EXCEEDED beyond. */
  readonly loadTimeout?: number;
  /**
   * In how many worker threads the model may be loaded besides, so that `runAsync` runs long plans there; 0 for none. Default: one for each
   * processor, fewer where they would fill an eighth of the memory.
   *
   * They share the variables' memory; ONNX Runtime has a copy of its own in each thread that runs the model. A model with large weights is loaded in
   * one right away. A model whose requests change its state stays on the main thread.
   */
  readonly engineWorkers?: number;
  /**
   * Whether each signature runs on zeros before the model counts as loaded, so that the first request takes no longer than the others; default no.
   *
   * Takes up to half a second. Not done with a model whose requests change its state.
   */
  readonly warmUp?: boolean;
}

/** Loads a SavedModel folder, restored and initialised: see `load.ts`. */
export type LoadSavedModel = (directory: string, options?: LoadOptions) => Promise<ServableModel>;
