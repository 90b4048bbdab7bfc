import type { ModelSpecMessage } from "@tureen/protos/serving-messages";
import { failedPrecondition, invalidArgument } from "../../core/status-error.js";
import type { TensorValue } from "../../core/tensor-value.js";
import { acquireServable } from "../api/acquire-servable.js";
import { defaultSignatureName } from "../api/model-spec.js";
import { type PredictRequest, predictWith } from "../api/predict.js";
import type { ApiContext, CallContext } from "../api/request-context.js";
import { notePredict } from "../request-log/note-messages.js";
import type { CompiledSignature, Servable } from "../servable/servable.js";
import { parseVersion } from "../source/scan-versions.js";

/** An inference request, whatever transport brought it. */
export interface InferRequest {
  readonly modelName: string;
  /** A version's number, one of the model's version labels, or "" for the latest version. */
  readonly modelVersion: string;
  /** Comes back with the answer. */
  readonly id: string;
  /** The parameter `signature_name`, "" where it is not given. */
  readonly signatureName: string;
  readonly inputs: ReadonlyMap<string, TensorValue>;
  /** Names of the outputs wanted, none for all. */
  readonly outputs: readonly string[];
}

/** The answer. */
export interface InferResponse {
  readonly modelName: string;
  readonly modelVersion: string;
  readonly id: string;
  readonly outputs: ReadonlyMap<string, TensorValue>;
}

/** The model spec that the protocol's name and version stand for. */
export function inferSpec(name: string, version: string, signatureName = ""): ModelSpecMessage {
  if (version === "") return { name, signatureName };
  const number = parseVersion(version);
  return number === undefined
    ? { name, signatureName, versionLabel: version }
    : { name, signatureName, version: number };
}

/**
 * The signature that is asked for: `serving_default` unless one is named, or the only one there is. FAILED_PRECONDITION, with Predict's
 * text, where there is none such.
 */
export function inferSignature(servable: Servable, name: string): CompiledSignature {
  const { signatures } = servable;
  const wanted = name === "" ? defaultSignatureName : name;
  const found =
    signatures.get(wanted) ?? (name === "" && signatures.size === 1 ? [...signatures.values()][0] : undefined);
  if (found === undefined) throw failedPrecondition(`Serving signature key "${wanted}" not found.`);
  return found;
}

/** ModelInfer: Predict by other names, with Predict's checks and texts. */
export async function infer(context: ApiContext, request: InferRequest, call: CallContext): Promise<InferResponse> {
  const spec = inferSpec(request.modelName, request.modelVersion, request.signatureName);
  const handle = await acquireServable(context, spec, call);
  try {
    const { servable } = handle;
    const { name } = inferSignature(servable, request.signatureName);
    const asPredict: PredictRequest = {
      modelSpec: { ...spec, signatureName: name },
      inputs: request.inputs,
      outputFilter: request.outputs,
    };
    const response = await predictWith(context, servable, asPredict, call);
    notePredict(context, asPredict, response);
    const { outputs } = response;
    return { modelName: servable.name, modelVersion: String(servable.version), id: request.id, outputs };
  } finally {
    handle.release();
  }
}

/** Adds an input under its name; INVALID_ARGUMENT for a second of that name. */
export function addInput(inputs: Map<string, TensorValue>, name: string, value: TensorValue): void {
  if (inputs.has(name)) throw invalidArgument(`input '${name}' is given twice`);
  inputs.set(name, value);
}

/** The shape that a message gives; INVALID_ARGUMENT for a dimension that no tensor has. */
export function checkedShape(name: string, shape: readonly (number | bigint)[]): number[] {
  let count = 1;
  return shape.map((size) => {
    const value = Number(size);
    count *= value;
    if (!Number.isInteger(value) || value < 0 || !Number.isSafeInteger(count)) {
      throw invalidArgument(`input '${name}' has a dimension of ${size}`);
    }
    return value;
  });
}
