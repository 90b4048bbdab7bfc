import { toStatusError } from "../../core/status-error.js";
import type { TensorValue } from "../../core/tensor-value.js";
import type { RunOptions, ServableModel, SignatureInfo } from "../../saved-model/signature.js";
import type { JsonValue } from "../../serving/rest/json-value.js";
import type { Servable } from "../../serving/servable/servable.js";
import { chooseSignature } from "./choose-signature.js";
import { columnarize } from "./columnarize.js";
import { encodeRows, type RowForm } from "./encode-rows.js";
import { feedColumn } from "./feed-column.js";
import { decodeBase64 } from "./parse-instances.js";
import { PredictionError, runFailure } from "./prediction-error.js";

/** What a prediction needs of a model, wherever it is loaded. */
export interface PredictModel {
  readonly signatures: ReadonlyMap<string, SignatureInfo>;
  run(
    feeds: ReadonlyMap<string, TensorValue>,
    fetches: readonly string[],
    options?: RunOptions,
  ): Promise<readonly TensorValue[]>;
}

/** What a caller may choose. */
export interface PredictOptions extends RunOptions {
  /** The only signature, else `serving_default`, unless said. */
  readonly signatureName?: string | undefined;
  /** `bare` unless said. */
  readonly form?: RowForm;
}

/** A model that is loaded here alone. */
export function modelOf(model: ServableModel): PredictModel {
  return { signatures: model.signatures, run: (feeds, fetches, options) => model.runAsync(feeds, fetches, options) };
}

/** A model in a process that does nothing else: its runs need not make room for anybody, and so go without an engine worker. */
export function blockingModelOf(model: ServableModel): PredictModel {
  return {
    signatures: model.signatures,
    run: async (feeds, fetches, options) => model.run(feeds, fetches, options),
  };
}

/** A model that the model server loaded: requests go through its batching queue where it has one. */
export function modelOfServable(servable: Servable): PredictModel {
  return {
    signatures: new Map([...servable.signatures].map(([key, { info }]) => [key, info] as const)),
    run: async (feeds, fetches, options = {}) => servable.run(feeds, fetches, options),
  };
}

/**
 * Predicts as Cloud ML Engine does (its prediction_utils.py and tf_prediction_lib.py): the JSON text of one prediction for each instance.
 *
 * Steps: decode base64, choose the signature, one tensor for each input, run, rows, encode. PredictionError with the library's texts and codes.
 */
export async function predictOnline(
  model: PredictModel,
  instances: JsonValue,
  options: PredictOptions = {},
): Promise<string[]> {
  const decoded = decodeBase64(instances);
  const { inputs, outputs } = chooseSignature(model.signatures, options.signatureName);
  const columns = columnarize(decoded, inputs);
  const feeds = new Map<string, TensorValue>();
  for (const [alias, values] of columns) {
    const info = inputs.get(alias)!;
    feeds.set(info.name, feedColumn(values, info));
  }
  const aliases = [...outputs.keys()];
  const fetches = aliases.map((alias) => outputs.get(alias)!.name);
  let results: readonly TensorValue[];
  try {
    results = await model.run(feeds, fetches, options.deadline === undefined ? {} : { deadline: options.deadline });
  } catch (error) {
    throw runFailure(toStatusError(error).message, error);
  }
  return encodeRows(
    results.map((value, i) => ({ alias: aliases[i]!, value })),
    options.form ?? "bare",
  );
}

/** The body of an answer: `{"predictions": [...]}`. */
export function predictionsJson(rows: readonly string[]): string {
  return `{"predictions": [${rows.join(", ")}]}`;
}

/** The body of an answer to a request that failed: the service gives it, too, with HTTP status 200. */
export function predictionErrorJson(error: unknown): string {
  const text = error instanceof PredictionError ? error.message : toStatusError(error).message;
  return JSON.stringify({ error: `Prediction failed: ${text}` });
}
