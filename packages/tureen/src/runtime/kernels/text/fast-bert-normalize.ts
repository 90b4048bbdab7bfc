import { invalidArgument } from "../../../core/status-error.js";
import { tensorValue } from "../../../core/tensor-value.js";
import type { KernelTable } from "../../kernel.js";
import { int64Value } from "../sparse/integers.js";
import { concatBytes, utf8Characters } from "./characters.js";
import { descend, rootNode, valueAt } from "./double-array-trie.js";
import { FlatTable } from "./flat-buffer.js";

/** Fields of `FastBertNormalizerModel` in the library's schema. */
const Field = { TRIE: 1, ZERO: 2, POOL: 3 } as const;

interface BertNormalizer {
  readonly trie: Uint32Array;
  /** What the character 0 maps to, which a trie cannot hold. */
  readonly zero: number;
  readonly pool: Uint8Array;
}

/** A mapping: bit 30 says that there is one, then the place in the pool, then 6 bits of length. */
const mappedBit = 0x40000000;
const lengthBits = 6;
const lengthMask = 0x3f;

const models = new WeakMap<Uint8Array, BertNormalizer>();

function normalizerOf(bytes: Uint8Array): BertNormalizer {
  const known = models.get(bytes);
  if (known !== undefined) return known;
  const table = FlatTable.root(bytes);
  const [trie, pool] = [table.uints(Field.TRIE), table.vector(Field.POOL, 1)];
  if (trie === undefined || pool === undefined) {
    throw invalidArgument("FastBertNormalizerModel or its required fields are null");
  }
  const model = { trie, pool, zero: table.int(Field.ZERO) };
  models.set(bytes, model);
  return model;
}

/** The normalised text; with `offsets`, where each of its bytes (and its end) comes from is added there. */
function normalizeText(text: Uint8Array, model: BertNormalizer, offsets: number[] | undefined): Uint8Array {
  const parts: Uint8Array[] = [];
  let copied = 0;
  const copyTo = (end: number): void => {
    if (copied >= end) return;
    parts.push(text.subarray(copied, end));
    for (let i = copied; offsets !== undefined && i < end; i++) offsets.push(i);
  };
  for (const { start, end } of utf8Characters(text)) {
    const node = text[start] === 0 ? -1 : descend(model.trie, rootNode, text, start, end);
    const mapped = text[start] === 0 ? model.zero : node < 0 ? 0 : valueAt(model.trie, node);
    if (mapped < 0 || (mapped & mappedBit) === 0) continue;
    copyTo(start);
    const from = (mapped & (mappedBit - 1)) >> lengthBits;
    const length = mapped & lengthMask;
    const piece = from + length > model.pool.length ? new Uint8Array(0) : model.pool.subarray(from, from + length);
    parts.push(piece);
    for (let i = 0; offsets !== undefined && i < piece.length; i++) offsets.push(start);
    copied = end;
  }
  copyTo(text.length);
  offsets?.push(text.length);
  return copied === 0 ? text : concatBytes(...parts);
}

/** FastBertNormalize. */
export const fastBertNormalizeKernels: KernelTable = {
  FastBertNormalize: ({ attrs }) => {
    const wantsOffsets = attrs.bool("get_offsets");
    return ([values, config]) => {
      const model = normalizerOf(config!.data as Uint8Array);
      const offsets: number[] = [];
      const splits = [0];
      const texts = (values!.data as readonly Uint8Array[]).map((text) => {
        const result = normalizeText(text, model, wantsOffsets ? offsets : undefined);
        splits.push(offsets.length);
        return result;
      });
      return [
        tensorValue("string", values!.shape, texts),
        int64Value([offsets.length], offsets),
        int64Value([splits.length], splits),
      ];
    };
  },
};
