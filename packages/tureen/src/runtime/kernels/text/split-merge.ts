import { internal, invalidArgument } from "../../../core/status-error.js";
import type { TensorValue } from "../../../core/tensor-value.js";
import { decodeText } from "../../../core/text.js";
import type { KernelFactory, KernelTable } from "../../kernel.js";
import { int64Value, numbersOf } from "../sparse/integers.js";
import { isWhitespace, utf8Characters } from "./characters.js";
import { TokenRows } from "./token-rows.js";

/** Bytes of the character that begins with this byte, as the library counts them: whatever follows. */
function characterLength(byte: number): number {
  if (byte < 0xc0) return 1;
  return byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

/** Where the characters of a text begin, and the end. */
function characterStarts(text: Uint8Array): number[] {
  const starts: number[] = [];
  let at = 0;
  while (at < text.length) {
    starts.push(at);
    at += characterLength(text[at]!);
  }
  starts.push(Math.min(at, text.length));
  return starts;
}

/** Joins characters to tokens: each one splits or goes on, and white space is in none. */
function joinCharacters(
  text: Uint8Array,
  starts: readonly number[],
  splits: (character: number) => boolean,
  forceSplit: boolean,
  rows: TokenRows,
): void {
  let tokenStart = -1;
  let tokenEnd = 0;
  let parts: Uint8Array[] = [];
  const close = (): void => {
    if (tokenStart < 0) return;
    rows.add(parts.length === 1 ? parts[0]! : joined(parts), tokenStart, tokenEnd);
  };
  let wasBreak = false;
  for (let i = 0; i + 1 < starts.length; i++) {
    const [start, end] = [starts[i]!, starts[i + 1]!];
    const character = text.subarray(start, end);
    const code = utf8Characters(character)[0]?.code ?? -1;
    const isBreak = isWhitespace(code);
    if (!isBreak) {
      if (tokenStart < 0 || splits(i) || (wasBreak && forceSplit)) {
        close();
        tokenStart = start;
        parts = [];
      }
      parts.push(character);
      tokenEnd = end;
    }
    wasBreak = isBreak;
  }
  close();
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => Array.from(part)));
}

function outputs(rows: TokenRows): TensorValue[] {
  return [rows.tokenValue(), int64Value([rows.splits.length], rows.splits), ...rows.offsetValues("int64")];
}

const splitMerge: KernelFactory = ({ attrs }) => {
  const force = attrs.bool("force_split_at_break_character");
  return ([values, labels, rowSplits]) => {
    const texts = values!.data as readonly Uint8Array[];
    const bounds = numbersOf(rowSplits!);
    const marks = labels!.data as Int32Array;
    if (texts.length !== bounds.length - 1) {
      throw invalidArgument(`Expecting row_splits have ${texts.length + 1} elements, got ${bounds.length}`);
    }
    const rows = new TokenRows();
    texts.forEach((text, row) => {
      const starts = characterStarts(text);
      const first = bounds[row]!;
      const count = Math.min(bounds[row + 1]!, marks.length) - first;
      if (starts.length - 1 > count) {
        throw invalidArgument(`Number of labels ${count} is insufficient for text ${decodeText(text)}`);
      }
      joinCharacters(text, starts, (character) => marks[first + character] === 0, force, rows);
      rows.endRow();
    });
    return outputs(rows);
  };
};

const fromLogits: KernelFactory = () => {
  return ([strings, logits, force]) => {
    const texts = strings!.data as readonly Uint8Array[];
    const [batch = 0, length = 0, actions = 0] = logits!.shape;
    const scores = logits!.data as Float32Array;
    if (texts.length !== batch) throw invalidArgument(`Expecting logits to have ${texts.length} rows, got ${batch}`);
    if (logits!.shape.length !== 3) throw invalidArgument("logits must have three dimensions");
    if (actions !== 2) throw internal(`Bad logits dimension #2: ${actions} != 2`);
    const rows = new TokenRows();
    texts.forEach((text, row) => {
      const starts = characterStarts(text);
      if (starts.length - 1 > length) {
        throw invalidArgument(`Number of logits, ${length}, is insufficient for text "${decodeText(text)}"`);
      }
      const first = row * length * 2;
      const splits = (character: number): boolean =>
        scores[first + 2 * character]! > scores[first + 2 * character + 1]!;
      joinCharacters(text, starts, splits, (force!.data as Uint8Array)[0] !== 0, rows);
      rows.endRow();
    });
    return outputs(rows);
  };
};

/** Tokenizers whose model says of each character whether a token begins there. */
export const splitMergeKernels: KernelTable = {
  SplitMergeTokenizeWithOffsets: splitMerge,
  TokenizerFromLogits: fromLogits,
};
