import { invalidArgument } from "../core/status-error.js";
import { type TensorValue, toNested } from "../core/tensor-value.js";
import { decodeText } from "../core/text.js";
import { defaultSignatureKey, loadSavedModel } from "../saved-model/index.js";
import { arrayText } from "./array-text.js";
import { type RunInputs, readRunInputs, withShapeHint } from "./run-inputs.js";

/** What `tureen run` is told. */
export interface RunModelOptions extends RunInputs {
  readonly signature?: string;
  readonly tags?: readonly string[];
  /** Results as one JSON object instead of NumPy's texts. */
  readonly json?: boolean;
}

/**
 * Runs a signature once and gives its results as text: as `saved_model_cli run` prints them, or as JSON.
 *
 * Without a signature's name it is `serving_default`, or the only one there is. Errors are those of loading and running.
 */
export async function runModel(directory: string, options: RunModelOptions): Promise<string> {
  const model = await loadSavedModel(directory, {
    engineWorkers: 0,
    ...(options.tags === undefined ? {} : { tags: options.tags }),
  });
  try {
    const keys = [...model.signatures.keys()];
    const key = options.signature ?? (keys.length === 1 ? keys[0]! : defaultSignatureKey);
    const run = model.signature(key);
    const feeds = readRunInputs(run.info, options);
    const results = await run.tensors(feeds).catch((error: unknown) => {
      throw withShapeHint(error, run.info, feeds);
    });
    if (options.json === true) {
      return `${JSON.stringify(Object.fromEntries(Object.entries(results).map(([alias, value]) => [alias, jsonValue(value)])))}\n`;
    }
    return Object.entries(results)
      .map(([alias, value]) => `Result for output key ${alias}:\n${arrayText(value)}\n`)
      .join("");
  } finally {
    model.close();
  }
}

/** JSON as TensorFlow Serving's REST API writes it: NaN and the infinities as texts that JavaScript reads, integers in full. */
function jsonValue(value: TensorValue): unknown {
  const convert = (element: unknown): unknown => {
    if (Array.isArray(element)) return element.map(convert);
    if (element instanceof Uint8Array) return textOrBase64(element);
    if (typeof element === "bigint") return Number.isSafeInteger(Number(element)) ? Number(element) : String(element);
    if (typeof element === "number" && !Number.isFinite(element)) return String(element);
    if (typeof element === "object" && element !== null)
      throw invalidArgument(`A result of type ${value.dtype} cannot be printed`);
    return element;
  };
  return convert(toNested(value));
}

function textOrBase64(bytes: Uint8Array): unknown {
  const text = decodeText(bytes);
  return Buffer.from(text, "utf8").equals(bytes) ? text : { b64: Buffer.from(bytes).toString("base64") };
}
