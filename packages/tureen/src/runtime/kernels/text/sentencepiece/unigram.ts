import { PieceType, type SentencePieceModel } from "./model.js";

/** What an unknown character costs beyond the worst piece. */
const unknownPenalty = 10;
/** A user-defined symbol scores as its bytes at their best, less this: so it is always taken. */
const userDefinedMalus = 0.1;
const noNode = -1;

/** Pieces as a trie in flat arrays: children of a node are found by hash of node and byte. */
export interface PieceTrie {
  readonly keys: Int32Array;
  readonly nodes: Int32Array;
  readonly mask: number;
  /** The piece that ends at a node; -1 for none. */
  readonly ids: Int32Array;
}

/** Builds the trie of the pieces that text may be cut into. */
export function pieceTrie({ pieces, normal }: SentencePieceModel): PieceTrie {
  let bytes = 1;
  for (const id of normal.values()) bytes += pieces[id]!.length;
  let capacity = 16;
  while (capacity < 2 * bytes) capacity *= 2;
  const mask = capacity - 1;
  const keys = new Int32Array(capacity).fill(noNode);
  const nodes = new Int32Array(capacity);
  const ids = new Int32Array(bytes).fill(noNode);
  let used = 1;
  for (const id of normal.values()) {
    let node = 0;
    for (const byte of pieces[id]!) {
      const key = node * 256 + byte;
      let slot = hash(key) & mask;
      while (keys[slot] !== noNode && keys[slot] !== key) slot = (slot + 1) & mask;
      if (keys[slot] === noNode) {
        keys[slot] = key;
        nodes[slot] = used;
        used += 1;
      }
      node = nodes[slot]!;
    }
    ids[node] = id;
  }
  return { keys, nodes, mask, ids };
}

function hash(key: number): number {
  const mixed = Math.imul(key ^ (key >>> 15), 0x2c1b3c6d);
  return mixed ^ (mixed >>> 12);
}

function child({ keys, nodes, mask }: PieceTrie, node: number, byte: number): number {
  const key = node * 256 + byte;
  let slot = hash(key) & mask;
  while (keys[slot] !== key) {
    if (keys[slot] === noNode) return noNode;
    slot = (slot + 1) & mask;
  }
  return nodes[slot]!;
}

/** Bytes that a character takes by its first byte, valid or not. */
export function leadLength(byte: number): number {
  if (byte < 0xc0) return 1;
  return byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

/** Lengths and numbers of the pieces that a text is cut into, alternating. */
export type Segmentation = number[];

/** Whether the first of two scores is better is told apart by these, computed once a model. */
export interface UnigramScores {
  readonly unknown: number;
  readonly best: number;
}

/** The scores that do not depend on the text: of an unknown character, and the best one. */
export function unigramScores({ scores, types }: SentencePieceModel): UnigramScores {
  let worst = Number.MAX_VALUE;
  // As the library: the smallest positive float, so a model of negative scores has it as its best.
  let best = 1.1754943508222875e-38;
  scores.forEach((score, id) => {
    if (types[id] !== PieceType.NORMAL) return;
    worst = Math.min(worst, score);
    best = Math.max(best, score);
  });
  return { unknown: Math.fround(worst - unknownPenalty), best };
}

/** The segmentation of the best total score (Viterbi), in float32 as the library sums. */
export function unigramSegments(
  text: Uint8Array,
  model: SentencePieceModel,
  trie: PieceTrie,
  { unknown, best }: UnigramScores,
): Segmentation {
  const size = text.length;
  const scores = new Float32Array(size + 1);
  const starts = new Int32Array(size + 1).fill(noNode);
  const ids = new Int32Array(size + 1).fill(noNode);
  const offer = (end: number, start: number, id: number, score: number): void => {
    const total = Math.fround(score + scores[start]!);
    if (starts[end] !== noNode && total <= scores[end]!) return;
    scores[end] = total;
    starts[end] = start;
    ids[end] = id;
  };
  for (let start = 0; start < size; ) {
    const characterEnd = Math.min(size, start + leadLength(text[start]!));
    let hasCharacter = false;
    let node = 0;
    for (let end = start; end < size; ) {
      node = child(trie, node, text[end]!);
      if (node === noNode) break;
      end += 1;
      const id = trie.ids[node]!;
      if (id === noNode || model.types[id] === PieceType.UNUSED) continue;
      const isUserDefined = model.types[id] === PieceType.USER_DEFINED;
      offer(end, start, id, isUserDefined ? Math.fround((end - start) * best - userDefinedMalus) : model.scores[id]!);
      if (end === characterEnd) hasCharacter = true;
    }
    if (!hasCharacter) offer(characterEnd, start, model.unknownId, unknown);
    start = characterEnd;
  }
  const result: Segmentation = [];
  for (let end = size; end > 0; end = starts[end]!) result.push(end - starts[end]!, ids[end]!);
  // Collected from the end, pair by pair.
  const ordered: Segmentation = [];
  for (let i = result.length - 2; i >= 0; i -= 2) ordered.push(result[i]!, result[i + 1]!);
  return ordered;
}
