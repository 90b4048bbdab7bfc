import { byteKey } from "../../../../core/text.js";
import { PieceType, type SentencePieceModel } from "./model.js";
import { spaceSymbol, symbolAt } from "./normalizer.js";
import { leadLength, type Segmentation } from "./unigram.js";

/** A queue of pairs to merge: the best score first, of equal ones the leftmost. */
class Agenda {
  readonly #scores: number[] = [];
  readonly #lefts: number[] = [];
  readonly #rights: number[] = [];
  readonly #sizes: number[] = [];
  /** A binary heap of entries. */
  readonly #heap: number[] = [];

  #isBefore(a: number, b: number): boolean {
    const [x, y] = [this.#scores[a]!, this.#scores[b]!];
    return x > y || (x === y && this.#lefts[a]! < this.#lefts[b]!);
  }

  push(score: number, left: number, right: number, size: number): void {
    const entry = this.#scores.push(score) - 1;
    this.#lefts.push(left);
    this.#rights.push(right);
    this.#sizes.push(size);
    const heap = this.#heap;
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(entry, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = entry;
  }

  pop(): readonly [left: number, right: number, size: number] | undefined {
    const heap = this.#heap;
    const top = heap[0];
    if (top === undefined) return undefined;
    const last = heap.pop()!;
    if (heap.length > 0) {
      let at = 0;
      for (;;) {
        let next = 2 * at + 1;
        if (next >= heap.length) break;
        if (next + 1 < heap.length && this.#isBefore(heap[next + 1]!, heap[next]!)) next += 1;
        if (!this.#isBefore(heap[next]!, last)) break;
        heap[at] = heap[next]!;
        at = next;
      }
      heap[at] = last;
    }
    return [this.#lefts[top]!, this.#rights[top]!, this.#sizes[top]!];
  }
}

/** Merges neighbouring pieces as long as the vocabulary has the merged one, the best score first; user-defined symbols stay whole. */
export function bpeSegments(text: Uint8Array, model: SentencePieceModel): Segmentation {
  const starts: number[] = [];
  const sizes: number[] = [];
  const frozen: boolean[] = [];
  for (let at = 0; at < text.length; ) {
    const symbol = symbolAt(text, at, model.userDefined);
    const size = symbol > 0 ? symbol : Math.min(leadLength(text[at]!), text.length - at);
    starts.push(at);
    sizes.push(size);
    frozen.push(symbol > 0);
    at += size;
  }
  const count = starts.length;
  const previous = Int32Array.from(starts, (_, i) => i - 1);
  const next = Int32Array.from(starts, (_, i) => (i + 1 < count ? i + 1 : -1));
  const agenda = new Agenda();
  /** Of merged pieces that are unused: where they are cut again. */
  const cuts = new Map<string, number>();
  const offer = (left: number, right: number): void => {
    if (left < 0 || right < 0 || frozen[left] || frozen[right]) return;
    const size = sizes[left]! + sizes[right]!;
    const key = byteKey(text.subarray(starts[left]!, starts[left]! + size));
    const id = model.normal.get(key);
    if (id === undefined) return;
    agenda.push(model.scores[id]!, left, right, size);
    if (model.types[id] === PieceType.UNUSED) cuts.set(key, sizes[left]!);
  };
  for (let i = 1; i < count; i++) offer(i - 1, i);
  for (let top = agenda.pop(); top !== undefined; top = agenda.pop()) {
    const [left, right, size] = top;
    if (sizes[left] === 0 || sizes[right] === 0 || sizes[left]! + sizes[right]! !== size) continue;
    sizes[left] = size;
    sizes[right] = 0;
    const after = next[right]!;
    next[left] = after;
    if (after >= 0) previous[after] = left;
    offer(previous[left]!, left);
    offer(left, after);
  }
  const result: Segmentation = [];
  for (let i = count > 0 ? 0 : -1; i >= 0; i = next[i]!) addPiece(text, starts[i]!, sizes[i]!, model, cuts, result);
  return result;
}

/** Adds a piece, an unused one as the two it was made of, and so on. */
function addPiece(
  text: Uint8Array,
  start: number,
  size: number,
  model: SentencePieceModel,
  cuts: ReadonlyMap<string, number>,
  result: Segmentation,
): void {
  const key = byteKey(text.subarray(start, start + size));
  const id = model.reserved.get(key) ?? model.normal.get(key) ?? model.unknownId;
  const cut = model.types[id] === PieceType.UNUSED ? cuts.get(key) : undefined;
  if (cut === undefined) {
    result.push(size, id);
    return;
  }
  addPiece(text, start, cut, model, cuts, result);
  addPiece(text, start + cut, size - cut, model, cuts, result);
}

/** One piece a character or user-defined symbol. */
export function characterSegments(text: Uint8Array, model: SentencePieceModel): Segmentation {
  const result: Segmentation = [];
  for (let at = 0; at < text.length; ) {
    const size = symbolAt(text, at, model.userDefined) || Math.min(leadLength(text[at]!), text.length - at);
    result.push(size, idOf(text.subarray(at, at + size), model));
    at += size;
  }
  return result;
}

/** One piece a word: each begins with the mark of a space. */
export function wordSegments(text: Uint8Array, model: SentencePieceModel): Segmentation {
  const result: Segmentation = [];
  let start = 0;
  const end = (to: number): void => {
    if (to > start) result.push(to - start, idOf(text.subarray(start, to), model));
    start = to;
  };
  for (let at = 0; at < text.length; at += leadLength(text[at]!)) if (symbolAt(text, at, [spaceSymbol]) > 0) end(at);
  end(text.length);
  return result;
}

function idOf(piece: Uint8Array, { reserved, normal, unknownId }: SentencePieceModel): number {
  const key = byteKey(piece);
  return reserved.get(key) ?? normal.get(key) ?? unknownId;
}
