import { type TensorValue, tensorValue } from "../../../core/tensor-value.js";
import type { Kernel, KernelFactory, KernelTable } from "../../kernel.js";
import { int64Value, integerValue, numbersOf } from "../sparse/integers.js";
import { scriptOf } from "../string/unicode-script.js";
import { isWhitespace, utf8Characters } from "./characters.js";
import { TokenRows } from "./token-rows.js";

/** Code points of several texts cut into tokens: what the first generation of tokenizers gives. */
class CodeRows {
  readonly codes: number[] = [];
  readonly inner: number[] = [];
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  readonly outer: number[] = [];

  outputs(splitsDType: "int32" | "int64"): TensorValue[] {
    this.inner.push(this.codes.length);
    return [
      tensorValue("int32", [this.codes.length], Int32Array.from(this.codes)),
      integerValue(splitsDType, [this.inner.length], this.inner),
      int64Value([this.starts.length], this.starts),
      int64Value([this.ends.length], this.ends),
      integerValue(splitsDType, [this.outer.length], this.outer),
    ];
  }
}

/** Cuts one text, `codes` from `from` to `to`, and adds its tokens. */
type CutText = (codes: Int32Array, from: number, to: number, rows: CodeRows) => void;

function codeTokenizer(splitsDType: "int32" | "int64", cut: CutText): Kernel {
  return ([values, splits]) => {
    const codes = values!.data as Int32Array;
    const bounds = numbersOf(splits!);
    const rows = new CodeRows();
    for (let i = 0; i + 1 < bounds.length; i++) {
      rows.outer.push(rows.starts.length);
      cut(codes, Math.max(0, bounds[i]!), Math.min(codes.length, bounds[i + 1]!), rows);
    }
    if (bounds.length > 0) rows.outer.push(rows.starts.length);
    return rows.outputs(splitsDType);
  };
}

const cutAtWhitespace: CutText = (codes, from, to, rows) => {
  let isOpen = false;
  let skipped = 0;
  for (let i = from; i < to; i++) {
    const code = codes[i]!;
    if (isWhitespace(code)) {
      if (isOpen) rows.ends.push(i - from - skipped);
      isOpen = false;
      skipped += 1;
      continue;
    }
    if (!isOpen) {
      rows.starts.push(i - from);
      rows.inner.push(rows.codes.length);
      isOpen = true;
    }
    rows.codes.push(code);
    skipped = 0;
  }
  if (isOpen) rows.ends.push(to - from - skipped);
};

function cutAtScripts(keepWhitespace: boolean): CutText {
  return (codes, from, to, rows) => {
    let script: number | undefined;
    let isOpen = false;
    let skipped = 0;
    let wasSpace = false;
    for (let i = from; i < to; i++) {
      const code = codes[i]!;
      const isSpace = isWhitespace(code);
      const own = scriptOf(code);
      if (own !== script || (keepWhitespace && isSpace !== wasSpace)) {
        if (isOpen) rows.ends.push(i - from - skipped);
        script = own;
        isOpen = false;
      }
      if (!isSpace || keepWhitespace) {
        if (!isOpen) {
          rows.starts.push(i - from);
          rows.inner.push(rows.codes.length);
          isOpen = true;
        }
        rows.codes.push(code);
      }
      if (!keepWhitespace) skipped = isSpace ? skipped + 1 : 0;
      wasSpace = isSpace;
    }
    if (isOpen) rows.ends.push(to - from - skipped);
  };
}

const splitsOf = (attrs: Parameters<KernelFactory>[0]["attrs"]): "int32" | "int64" =>
  attrs.type("Tsplits") as "int32" | "int64";

/** Words between code points that are white: `config` has a bit for each of those. Calls back with the bytes where each starts and ends. */
function cutWords(text: Uint8Array, config: Uint8Array, add: (start: number, end: number) => void): void {
  const isWhite = (code: number): boolean =>
    code >= 0 && code < config.length * 8 && (config[code >> 3]! & (1 << (code & 7))) !== 0;
  let start = -1;
  for (const character of utf8Characters(text)) {
    if (!isWhite(character.code)) {
      if (start < 0) start = character.start;
    } else if (start >= 0) {
      // The library takes the end as one byte before the next position, however long the white character is.
      add(start, character.end - 1);
      start = -1;
    }
  }
  if (start >= 0) add(start, text.length);
}

/** The words of a text, by the bit set of what is white that the second generation of tokenizers takes. */
export function whiteWords(text: Uint8Array, config: Uint8Array): Uint8Array[] {
  const words: Uint8Array[] = [];
  cutWords(text, config, (start, end) => words.push(text.subarray(start, end)));
  return words;
}

const whitespaceV2: Kernel = ([values, config]) => {
  const bits = (config!.data as readonly Uint8Array[])[0]!;
  const rows = new TokenRows();
  for (const text of values!.data as readonly Uint8Array[]) {
    cutWords(text, bits, (start, end) => rows.add(text.subarray(start, end), start, end));
    rows.endRow();
  }
  return [rows.tokenValue(), rows.splitValue(), ...rows.offsetValues("int32")];
};

/** Tokenizers that cut at white space or where the script changes. */
export const whitespaceKernels: KernelTable = {
  WhitespaceTokenizeWithOffsets: ({ attrs }) => codeTokenizer(splitsOf(attrs), cutAtWhitespace),
  UnicodeScriptTokenizeWithOffsets: ({ attrs }) =>
    codeTokenizer(splitsOf(attrs), cutAtScripts(attrs.bool("keep_whitespace"))),
  "TFText>WhitespaceTokenizeWithOffsetsV2": () => whitespaceV2,
};
