import { failedPrecondition, internal, StatusError } from "../../../core/status-error.js";
import { tensorValue } from "../../../core/tensor-value.js";
import type { Kernel, KernelTable } from "../../kernel.js";
import { int64Value, numbersOf } from "../sparse/integers.js";
import { concatBytes } from "./characters.js";
import { type FastWordpieceModel, fastWordpieceModel } from "./fast-wordpiece-model.js";
import { FastWordpieceWalk } from "./fast-wordpiece-walk.js";
import { TokenRows } from "./token-rows.js";

const tokenize: Kernel = ([values, config]) => {
  const model = fastWordpieceModel(config!.data as Uint8Array);
  const rows = new TokenRows();
  const ids: number[] = [];
  const walk = new FastWordpieceWalk(model, { rows, ids });
  for (const text of values!.data as readonly Uint8Array[]) {
    walk.tokenize(text);
    rows.endRow();
  }
  return [rows.tokenValue(), int64Value([ids.length], ids), rows.splitValue(), ...rows.offsetValues("int64")];
};

const space: Uint8Array = Uint8Array.of(0x20);

/** Words of token numbers: a suffix continues the word before it, and keeps its mark where there is none. */
function wordsOf(ids: readonly number[], model: FastWordpieceModel): Uint8Array {
  const { vocabulary, isSuffix, suffixIndicator } = model;
  if (vocabulary === undefined || isSuffix === undefined) {
    throw internal("Missing vocab_array or vocab_is_suffix_array in config.");
  }
  const parts: Uint8Array[] = [];
  for (const id of ids) {
    const piece = vocabulary[id];
    if (piece === undefined || id >= isSuffix.length)
      throw new StatusError("OUT_OF_RANGE", `Token ID out of bounds: ${id}`);
    const suffix = isSuffix[id] !== 0;
    if (parts.length > 0 && !suffix) parts.push(space);
    if (parts.length === 0 && suffix) parts.push(suffixIndicator);
    parts.push(piece);
  }
  return concatBytes(...parts);
}

const detokenize: Kernel = ([values, splits, config]) => {
  const model = fastWordpieceModel(config!.data as Uint8Array);
  const ids = Array.from(values!.data as Int32Array);
  const bounds = numbersOf(splits!);
  const texts: Uint8Array[] = [];
  for (let i = 0; i + 1 < bounds.length; i++) {
    if (!model.detokenizes) {
      throw failedPrecondition(
        "Detokenize function is only enabled when support_detokenization is true in the config flatbuffer. Please rebuild the model flatbuffer by setting support_detokenization=true.",
      );
    }
    texts.push(wordsOf(ids.slice(bounds[i]!, bounds[i + 1]!), model));
  }
  return [tensorValue("string", [texts.length], texts)];
};

/** FastWordpieceTokenizeWithOffsets and back. */
export const fastWordpieceKernels: KernelTable = {
  FastWordpieceTokenizeWithOffsets: () => tokenize,
  "TFText>FastWordpieceDetokenize": () => detokenize,
};
