import type { SignatureInfo } from "../../saved-model/signature.js";
import { invalidInputs } from "./prediction-error.js";

const defaultKey = "serving_default";

/**
 * The signature of a request: the one it names, else the model's only one, else `serving_default`.
 *
 * INVALID_INPUTS `No signature found for signature key …` where there is none; without a name the text says None, as Python does.
 */
export function chooseSignature(
  signatures: ReadonlyMap<string, SignatureInfo>,
  name: string | undefined,
): SignatureInfo {
  if (!name && signatures.size === 1) return [...signatures.values()][0]!;
  const signature = signatures.get(name || defaultKey);
  if (signature === undefined) throw invalidInputs(`No signature found for signature key ${name || "None"}.`);
  return signature;
}
