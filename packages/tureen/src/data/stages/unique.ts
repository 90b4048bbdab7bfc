import { invalidArgument } from "../../core/status-error.js";
import type { TensorValue } from "../../core/tensor-value.js";
import { byteKey } from "../../core/text.js";
import { type Cursor, nothingYet, type Stage, type Step, stepUntilGiven, whenHere } from "../stage.js";
import { isTensorValue, type Structure } from "../structure.js";

/** The elements that are equal to none before them. Semantics: `UniqueDataset`: single tensors of int32, int64 or strings. */
export function uniqueStage(source: Stage): Stage {
  const open = (): Cursor => {
    const cursor = source.open();
    const seen = new Set<string>();
    const judge = (element: Structure | undefined): Step => {
      if (element === undefined) return undefined;
      const key = keyOf(element);
      if (seen.has(key)) return nothingYet;
      seen.add(key);
      return element;
    };
    return { next: () => stepUntilGiven(() => whenHere(cursor.next(), judge)), close: () => cursor.close() };
  };
  return { open, spec: () => source.spec() };
}

/** What equal tensors have in common. */
function keyOf(element: Structure): string {
  if (!isTensorValue(element)) {
    throw invalidArgument("UniqueDataset only supports inputs with a single component.");
  }
  const { dtype, shape, data } = element as TensorValue;
  if (dtype === "string") {
    const texts = Array.from(data as readonly Uint8Array[], byteKey);
    return JSON.stringify([shape, texts]);
  }
  if (dtype !== "int32" && dtype !== "int64") {
    throw invalidArgument(
      `\`tf.data.Dataset.unique\` does not support type <dtype: '${dtype}'> -- only \`tf.int32\`, \`tf.int64\`, and \`tf.string\` are supported.`,
    );
  }
  return `${shape.join()}:${(data as Int32Array).join()}`;
}
