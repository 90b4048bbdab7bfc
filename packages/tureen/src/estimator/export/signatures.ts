import { invalidArgument, StatusError } from "../../core/status-error.js";
import type { Graph, Operation, Tensor } from "../../graph/graph.js";
import { componentNames } from "../../saved-model/composite-info.js";
import type { SignatureInfo } from "../../saved-model/signature.js";
import { methodNames } from "../../saved-model/signature-def.js";
import type { Logger } from "../log.js";
import { formatList, pythonType } from "../nn/python-format.js";
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
  if (typeof outputs !== "object") {
    throw invalidArgument(
      `\`export_outputs\` must be a dict. Received ${String(outputs)} with type ${pythonType(outputs).slice("<class '".length, -"'>".length)}.`,
    );
  }
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
        if (!(error instanceof StatusError)) throw error;
        excluded.set(`${receiver}:${key}`, error.message);
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
  const reason = insufficientInputs(graph, signature);
  if (reason === undefined) signatures.set(key, signature);
  else excluded.set(key, reason);
}

/** Why the inputs are not all that the outputs need, in TensorFlow's words (`_ensure_servable`), or undefined where they are. */
function insufficientInputs(graph: Graph, { inputs, outputs }: SignatureInfo): string | undefined {
  const names = (infos: SignatureInfo["inputs"]): string => formatList([...infos.values()].flatMap(componentNames));
  const path = pathToUnfed(graph, { inputs, outputs });
  if (path === undefined) return undefined;
  const shown = path.map((op) => `${op.name} (${op.type})`).join(" <- ");
  return `The signature's input tensors ${names(inputs)} are insufficient to compute its output keys ${formatList([...outputs.keys()])} (respectively, tensors ${names(outputs)}) because of the dependency on \`${path.at(-1)!.name}\` which is not given as a signature input, as illustrated by the following dependency path: ${shown}`;
}

/** The operations from an output to a placeholder that it needs and that no input feeds. */
function pathToUnfed(
  graph: Graph,
  { inputs, outputs }: Pick<SignatureInfo, "inputs" | "outputs">,
): readonly Operation[] | undefined {
  const fed = new Set([...inputs.values()].flatMap(componentNames).map((name) => graph.tensor(name)));
  const consumers = new Map<Operation, Operation | undefined>();
  const pending: Operation[] = [];
  const visit = (tensor: Tensor, consumer: Operation | undefined): void => {
    if (fed.has(tensor) || consumers.has(tensor.op)) return;
    consumers.set(tensor.op, consumer);
    pending.push(tensor.op);
  };
  for (const info of outputs.values()) visit(graph.tensor(info.name), undefined);
  for (let op = pending.pop(); op !== undefined; op = pending.pop()) {
    if (op.type === "Placeholder") {
      const path: Operation[] = [];
      for (let at: Operation | undefined = op; at !== undefined; at = consumers.get(at)) path.unshift(at);
      return path;
    }
    for (const input of op.inputs) visit(input, op);
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
