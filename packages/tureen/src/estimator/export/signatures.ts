import { StatusError } from "../../core/status-error.js";
import type { Graph, Operation } from "../../graph/graph.js";
import type { SignatureInfo } from "../../saved-model/signature.js";
import { methodNames } from "../../saved-model/signature-def.js";
import type { Logger } from "../log.js";
import type { ExportOutput } from "./export-output.js";
import type { ServingInput } from "./serving-input.js";

/** The signatures of an export, and why others were left out. */
export interface BuiltSignatures {
  readonly signatures: ReadonlyMap<string, SignatureInfo>;
  readonly excluded: ReadonlyMap<string, string>;
}

/**
 * A signature for each export output that its API can carry (`build_all_signature_defs`), and for each alternative receiver as
 * `<receiver>:<output>`.
 *
 * What cannot be carried is excluded, not an error: Classify and Regress take exactly one string tensor. So is a signature whose outputs
 * depend on a placeholder that is not among its inputs.
 */
export function buildSignatures(
  graph: Graph,
  input: ServingInput,
  outputs: Readonly<Record<string, ExportOutput>>,
): BuiltSignatures {
  const signatures = new Map<string, SignatureInfo>();
  const excluded = new Map<string, string>();
  for (const [key, output] of Object.entries(outputs)) {
    try {
      addServable(graph, signatures, excluded, key, output.asSignature(input.receiverTensors));
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      excluded.set(key, error.message);
    }
  }
  for (const [receiver, tensors] of Object.entries(input.receiverTensorsAlternatives ?? {})) {
    for (const [key, output] of Object.entries(outputs)) {
      try {
        addServable(graph, signatures, excluded, `${receiver}:${key}`, output.asSignature(tensors));
      } catch (error) {
        // As TensorFlow: an alternative that does not fit is not worth a word.
        if (!(error instanceof StatusError)) throw error;
      }
    }
  }
  return { signatures, excluded };
}

function addServable(
  graph: Graph,
  signatures: Map<string, SignatureInfo>,
  excluded: Map<string, string>,
  key: string,
  signature: SignatureInfo,
): void {
  const missing = unfedPlaceholder(graph, signature);
  if (missing === undefined) signatures.set(key, signature);
  else
    excluded.set(
      key,
      `Was requested to export signature '${key}' but it depends on placeholder '${missing}' which is not among its inputs`,
    );
}

/** A placeholder that the outputs need and the inputs do not feed. */
function unfedPlaceholder(graph: Graph, signature: SignatureInfo): string | undefined {
  const fed = new Set([...signature.inputs.values()].map((info) => graph.tensor(info.name)));
  const seen = new Set<Operation>();
  const pending = [...signature.outputs.values()].map((info) => graph.tensor(info.name));
  for (let tensor = pending.pop(); tensor !== undefined; tensor = pending.pop()) {
    if (fed.has(tensor) || seen.has(tensor.op)) continue;
    seen.add(tensor.op);
    if (tensor.op.type === "Placeholder") return tensor.name;
    pending.push(...tensor.op.inputs);
  }
  return undefined;
}

const apis: readonly (readonly [string, string])[] = [
  ["Classify", methodNames.classify],
  ["Regress", methodNames.regress],
  ["Predict", methodNames.predict],
  ["Train", methodNames.train],
  ["Eval", methodNames.eval],
];

/** Logs which signatures are in and which are out, in TensorFlow's words. */
export function logSignatures({ signatures, excluded }: BuiltSignatures, logger: Logger): void {
  for (const [api, methodName] of apis) {
    const keys = [...signatures]
      .filter(([, signature]) => signature.methodName === methodName)
      .map(([key]) => `'${key}'`);
    logger.log(
      "INFO",
      `Signatures INCLUDED in export for ${api}: ${keys.length === 0 ? "None" : `[${keys.join(", ")}]`}`,
    );
  }
  if (excluded.size > 0) {
    logger.log("INFO", "Signatures EXCLUDED from export because they cannot be be served via TensorFlow Serving APIs:");
    for (const [key, reason] of excluded) logger.log("INFO", `'${key}' : ${reason}`);
  }
  if (signatures.size === 0) logger.log("WARNING", "Export includes no signatures!");
  else if (!signatures.has("serving_default")) logger.log("WARNING", "Export includes no default signature!");
}
