import type { ModelSpecMessage } from "@tureen/protos/serving-messages";
import { failedPrecondition, internal, invalidArgument } from "../../core/status-error.js";
import type { TensorValue } from "../../core/tensor-value.js";
import { noteRuntime } from "../monitoring/request-record.js";
import type { CompiledSignature, Servable } from "../servable/servable.js";
import { acquireServable } from "./acquire-servable.js";
import { answeredSpec, classifyMethod, predictMethod, regressMethod, signatureName } from "./model-spec.js";
import type { ApiContext, CallContext } from "./request-context.js";
import { type Feed, noteSignature, runServable } from "./run-servable.js";
import { always, type Soon, whenDone } from "./when-done.js";

/** A Predict request, whatever transport brought it. */
export interface PredictRequest {
  readonly modelSpec: ModelSpecMessage | undefined;
  /** Tensors by alias; undefined stands for one that could not be decoded. */
  readonly inputs: ReadonlyMap<string, TensorValue | undefined>;
  /** Aliases of the outputs wanted, none for all. */
  readonly outputFilter: readonly string[];
}

/** The answer: tensors by alias and who computed them. */
export interface PredictResponse {
  readonly modelSpec: ModelSpecMessage;
  readonly outputs: ReadonlyMap<string, TensorValue>;
}

/** PredictionService.Predict: checks, their order, codes and texts as in TensorFlow Serving (servables/tensorflow/predict_util.cc). */
export function predict(context: ApiContext, request: PredictRequest, call: CallContext): Soon<PredictResponse> {
  return whenDone(acquireServable(context, request.modelSpec, call), (handle) =>
    always(
      () => predictWith(context, handle.servable, request, call),
      () => handle.release(),
    ),
  );
}

/** Predict on a servable that is at hand: requests, and warm-up before the servable is available. */
export function predictWith(
  context: ApiContext,
  servable: Servable,
  request: PredictRequest,
  call: CallContext,
): Soon<PredictResponse> {
  const name = signatureName(request.modelSpec);
  const signature = servable.signatures.get(name);
  if (signature === undefined) throw failedPrecondition(`Serving signature key "${name}" not found.`);
  noteSignature(call, servable, signature);
  if (context.checkMethodName) checkMethod(signature);
  const feeds = feedsOf(signature, request.inputs);
  const { outputFilter } = request;
  const fetches = outputFilter.length === 0 ? signature.outputNames : filtered(signature, outputFilter);
  const start = performance.now();
  return whenDone(runServable(context, call, servable, feeds, fetches), (values) => {
    noteRuntime(context.metrics, servable, "Predict", start);
    const outputs = new Map<string, TensorValue>();
    if (outputFilter.length === 0) {
      for (let i = 0; i < values.length; i++) outputs.set(signature.outputs[i]!.alias, values[i]!);
    } else {
      for (let i = 0; i < values.length; i++) outputs.set(outputFilter[i]!, values[i]!);
    }
    return { modelSpec: answeredSpec(servable, name), outputs };
  });
}

function checkMethod(signature: CompiledSignature): void {
  const { methodName } = signature.info;
  if (methodName === predictMethod || methodName === classifyMethod || methodName === regressMethod) return;
  throw internal(
    `Expected prediction signature method_name to be one of {${predictMethod}, ${classifyMethod}, ${regressMethod}}. Was: ${methodName}`,
  );
}

function feedsOf(signature: CompiledSignature, inputs: PredictRequest["inputs"]): Feed[] {
  const { defaults } = signature.info;
  const wanted = signature.inputs.length;
  if (inputs.size > wanted || (inputs.size < wanted && defaults.size === 0)) throw sizeMismatch(signature, inputs);
  const feeds: Feed[] = [];
  let used = 0;
  for (const input of signature.inputs) {
    const { alias } = input;
    let value = inputs.get(alias);
    if (value !== undefined) {
      used += 1;
    } else if (inputs.has(alias)) {
      throw invalidArgument(`tensor parsing error: ${alias}`);
    } else {
      value = defaults.get(alias);
      if (value === undefined) throw missing(signature, alias, input.name, inputs);
    }
    feeds.push({ input, value });
  }
  if (used !== inputs.size) {
    const known = signature.inputs.filter(({ alias }) => inputs.has(alias)).map(({ alias }) => alias);
    throw invalidArgument(
      `Inputs contains invalid name. Used request inputs: ${sorted(known)}, request input: ${sorted(inputs.keys())}`,
    );
  }
  return feeds;
}

function sizeMismatch(signature: CompiledSignature, inputs: PredictRequest["inputs"]): Error {
  const wanted = signature.inputs.map(({ alias }) => alias);
  const extra = [...inputs.keys()].filter((alias) => !wanted.includes(alias));
  const absent = wanted.filter((alias) => !inputs.has(alias));
  return invalidArgument(
    `input size does not match signature: ${inputs.size}!=${wanted.length} len({${sorted(inputs.keys())}}) != len({${sorted(wanted)}}). ` +
      `Sent extra: {${sorted(extra)}}. Missing but required: {${sorted(absent)}}.`,
  );
}

function missing(signature: CompiledSignature, alias: string, name: string, inputs: PredictRequest["inputs"]): Error {
  return invalidArgument(
    `Signature input alias: ${alias}(feed name: ${name}) not found in request and no default value provided. ` +
      `Inputs expected to be in the request {${sorted(inputs.keys())}}, or default input alias set: ${sorted(signature.info.defaults.keys())}`,
  );
}

function filtered(signature: CompiledSignature, filter: readonly string[]): string[] {
  const seen = new Set<string>();
  return filter.map((alias) => {
    const output = signature.outputs.find((candidate) => candidate.alias === alias);
    if (output === undefined) {
      throw invalidArgument(
        `output tensor alias not found in signature: ${alias} Outputs expected to be in the set {${sorted(signature.outputs.map((o) => o.alias))}}.`,
      );
    }
    if (seen.has(alias)) throw invalidArgument(`duplicate output tensor alias: ${alias}`);
    seen.add(alias);
    return output.name;
  });
}

function sorted(names: Iterable<string>): string {
  return [...names].sort().join(",");
}
