import { existsSync } from "node:fs";
import { join } from "node:path";
import type { MetaGraphDef } from "@tureen/protos/gen/tensorflow/core/protobuf/meta_graph_pb";
import type { SavedModel } from "@tureen/protos/gen/tensorflow/core/protobuf/saved_model_pb";
import { checkOptions } from "../../core/check-options.js";
import { isCompatible } from "../../core/shape.js";
import { failedPrecondition, invalidArgument, StatusError } from "../../core/status-error.js";
import { Tensor } from "../../graph/graph.js";
import { currentGraph } from "../../graph/scope.js";
import { findMetaGraph, readSavedModel, savedModelFiles } from "../../saved-model/read.js";
import type { SignatureInfo, TensorInfo } from "../../saved-model/signature.js";
import { defaultSignatureKey, methodNames, signatureFromProto } from "../../saved-model/signature-def.js";
import { Estimator, type EstimatorOptions } from "../estimator.js";
import type { EstimatorSpec } from "../estimator-spec.js";
import { makeEstimatorSpec } from "../make-estimator-spec.js";
import type { Metric } from "../metric.js";
import { type Mode, ModeKeys } from "../mode-keys.js";
import type { Features, Labels, ModelFnArgs } from "../model-fn.js";
import { type RunConfig, runConfig } from "../run-config.js";
import { importMetaGraph } from "./import-meta-graph.js";

/** Options of SavedModelEstimator; there are no parameters, as the SavedModel says what the model is. */
export type SavedModelEstimatorOptions = Pick<EstimatorOptions, "modelDir" | "config" | "clock">;

/** One mode of a SavedModel. */
interface ModeGraph {
  readonly meta: MetaGraphDef;
  readonly signature: SignatureInfo;
}

/** The tag and the signature of each mode in an export of all modes. */
const modes: Readonly<Record<Mode, { readonly tag: string; readonly signature: string }>> = {
  [ModeKeys.TRAIN]: { tag: "train", signature: "train" },
  [ModeKeys.EVAL]: { tag: "eval", signature: "eval" },
  [ModeKeys.PREDICT]: { tag: "serve", signature: defaultSignatureKey },
};

/**
 * Goes on with a model from a SavedModel that an Estimator exported for all its modes (TensorFlow's `SavedModelEstimator`).
 *
 * Features and labels are fed by the keys of the signatures: for `predict` those of `serving_default`. Starts from the SavedModel's variables;
 * checkpoints go to its own folder.
 */
export class SavedModelEstimator extends Estimator {
  /** The folder of the SavedModel. */
  readonly savedModelDir: string;

  private constructor(savedModelDir: string, model: SavedModel, options: SavedModelEstimatorOptions) {
    const config = options.config ?? runConfig();
    const available = availableModes(model, config);
    super({
      ...options,
      config,
      createsGlobalStep: false,
      modelFn: (args) => modelFn(args, available.get(args.mode), savedModelDir),
    });
    this.savedModelDir = savedModelDir;
  }

  /** Reads the SavedModel; NOT_FOUND where there is none. */
  static async load(savedModelDir: string, options: SavedModelEstimatorOptions = {}): Promise<SavedModelEstimator> {
    checkOptions("SavedModelEstimator", options, { modelDir: "optional", config: "optional", clock: "optional" });
    return new SavedModelEstimator(savedModelDir, await readSavedModel(savedModelDir), options);
  }

  /** The latest checkpoint of the model's folder, or that of the SavedModel; INVALID_ARGUMENT where it has no variables. */
  override latestCheckpoint(): string {
    const own = super.latestCheckpoint();
    if (own !== undefined) return own;
    const variables = join(this.savedModelDir, savedModelFiles.variables!);
    if (existsSync(`${variables}.index`)) return variables;
    throw invalidArgument(`Directory provided has an invalid SavedModel format: ${this.savedModelDir}`);
  }
}

function availableModes(model: SavedModel, { logger }: RunConfig): Map<Mode, ModeGraph> {
  logger.log("INFO", "Checking available modes for SavedModelEstimator.");
  const found = new Map<Mode, ModeGraph>();
  for (const [mode, { tag, signature }] of Object.entries(modes) as [Mode, (typeof modes)[Mode]][]) {
    const meta = metaGraphOf(model, tag);
    if (meta === undefined) {
      logger.log("WARNING", `${mode} mode not found in SavedModel.`);
      continue;
    }
    const def = meta.signatureDef[signature];
    if (def === undefined) {
      logger.log(
        "WARNING",
        `Metagraph for mode ${mode} was found, but SignatureDef with key "${signature}" is missing.`,
      );
      continue;
    }
    found.set(mode, { meta, signature: signatureFromProto(def) });
  }
  logger.log("INFO", `Available modes for Estimator: [${[...found.keys()].map((mode) => `'${mode}'`).join(", ")}]`);
  return found;
}

function metaGraphOf(model: SavedModel, tag: string): MetaGraphDef | undefined {
  try {
    return findMetaGraph(model, [tag]);
  } catch (error) {
    if (error instanceof StatusError && error.code === "NOT_FOUND") return undefined;
    throw error;
  }
}

function modelFn(
  { features, labels, mode }: ModelFnArgs,
  found: ModeGraph | undefined,
  directory: string,
): EstimatorSpec {
  if (found === undefined) {
    throw failedPrecondition(
      `${mode} mode is not available in the SavedModel. Use saved_model_cli to check that the Metagraph for this mode has been exported.`,
    );
  }
  const { meta, signature } = found;
  if (mode !== ModeKeys.PREDICT) checkMethod(mode, signature);
  const { trainOp, mainOp } = importMetaGraph(meta, directory, inputMap(signature, features, labels));
  const graph = currentGraph();
  const outputs = new Map([...signature.outputs].map(([key, { name }]) => [key, graph.tensor(name)]));
  const scaffold = mainOp === undefined ? {} : { scaffold: { localInitOp: mainOp } };
  if (mode === ModeKeys.PREDICT)
    return makeEstimatorSpec({ mode, predictions: Object.fromEntries(outputs), ...scaffold });
  const loss = outputs.get("loss");
  return makeEstimatorSpec({
    mode,
    predictions: Object.fromEntries([...outputs].filter(([key]) => key.split("/")[0] === "predictions")),
    evalMetricOps: metricsOf(outputs),
    ...scaffold,
    ...(loss === undefined ? {} : { loss }),
    ...(trainOp === undefined ? {} : { trainOp }),
  });
}

function checkMethod(mode: Mode, { methodName }: SignatureInfo): void {
  const expected = mode === ModeKeys.EVAL ? methodNames.eval : methodNames.train;
  if (methodName === expected) return;
  throw failedPrecondition(
    `Invalid SignatureDef method name for mode ${mode}.\n\tExpected: ${expected}\n\tGot: ${methodName}\nPlease ensure that the SavedModel was exported with \`tf.estimator.experimental_export_all_saved_models()\`.`,
  );
}

/** What stands in for each placeholder of the signature, by its node's name. */
function inputMap(signature: SignatureInfo, features: Features | Tensor, labels: Labels): Map<string, Tensor> {
  const given = new Map<string, unknown>([...named(labels, "label"), ...named(features, "feature")]);
  const map = new Map<string, Tensor>();
  for (const [key, info] of signature.inputs) {
    const tensor = given.get(key);
    if (!(tensor instanceof Tensor)) {
      throw invalidArgument(
        `Key "${key}" not found in features or labels passed in to the model function. All required keys: ${[...signature.inputs.keys()].join(", ")}`,
      );
    }
    checkType(key, tensor, info);
    map.set(info.name.replace(/:\d+$/, ""), tensor);
  }
  return map;
}

function named(value: Features | Tensor | Labels, name: string): [string, unknown][] {
  if (value === undefined) return [];
  return value instanceof Tensor ? [[name, value]] : Object.entries(value as Features);
}

function checkType(key: string, tensor: Tensor, { dtype, shape }: TensorInfo): void {
  const text = (dims: Tensor["shape"]): string =>
    dims === undefined ? "<unknown>" : `(${dims.map((size) => (size < 0 ? "None" : size)).join(", ")})`;
  const wrongType = tensor.dtype !== dtype;
  const wrongShape = !isCompatible(tensor.shape, shape);
  if (!wrongType && !wrongShape) return;
  throw invalidArgument(
    `Tensor shape and/or dtype validation failed for input ${key}:${wrongType ? `\n\tExpected dtype: <dtype: '${dtype}'>, Got: <dtype: '${tensor.dtype}'>` : ""}${wrongShape ? `\n\tExpected shape: ${text(shape)}, Got: ${text(tensor.shape)}` : ""}`,
  );
}

/** The metrics whose value and update op are both among the outputs. */
function metricsOf(outputs: ReadonlyMap<string, Tensor>): Record<string, Metric> {
  const metrics: Record<string, Metric> = {};
  for (const [key, value] of outputs) {
    if (!key.startsWith("metrics/") || !key.endsWith("/value")) continue;
    const name = key.slice(0, -"/value".length);
    const update = outputs.get(`${name}/update_op`);
    if (update !== undefined) metrics[name] = { value, update };
  }
  return metrics;
}
