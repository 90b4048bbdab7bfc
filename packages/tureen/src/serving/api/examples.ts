import type { ExamplesInput } from "@tureen/protos/serving-messages";
import { invalidArgument } from "../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../core/tensor-value.js";

/**
 * The string tensor [N] of serialized Examples that a request's input stands for; INVALID_ARGUMENT `Input is empty.` for none.
 *
 * A shared context is put before each Example's bytes: two encodings in a row are the encoding of the merged message, in which the
 * Example's own features win.
 */
export function examplesTensor({ examples, context }: ExamplesInput): TensorValue<"string"> {
  if (examples.length === 0) throw invalidArgument("Input is empty.");
  if (context === undefined || context.length === 0) return tensorValue("string", [examples.length], examples);
  const merged = examples.map((example) => {
    const bytes = new Uint8Array(context.length + example.length);
    bytes.set(context);
    bytes.set(example, context.length);
    return bytes;
  });
  return tensorValue("string", [examples.length], merged);
}
