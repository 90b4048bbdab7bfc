import type { RE2JS } from "re2js";
import { shapeText } from "../../../core/shape.js";
import { invalidArgument } from "../../../core/status-error.js";
import type { TensorValue } from "../../../core/tensor-value.js";
import { byteKey } from "../../../core/text.js";
import type { KernelFactory, KernelTable } from "../../kernel.js";
import { bytesOf, compilePattern, textOf } from "../string/regex.js";
import { TokenRows } from "./token-rows.js";

/** A kernel's pattern, compiled again only when another one comes. */
function cachedPattern(): (value: TensorValue) => RE2JS {
  let key: string | undefined;
  let compiled: RE2JS | undefined;
  return (value) => {
    if (value.shape.length > 0) throw invalidArgument(`Pattern must be scalar, but received ${shapeText(value.shape)}`);
    const pattern = (value.data as readonly Uint8Array[])[0]!;
    const own = byteKey(pattern);
    if (compiled === undefined || own !== key) {
      compiled = compilePattern(pattern);
      key = own;
    }
    return compiled;
  };
}

/** Up to the first NUL: the library takes texts for C strings. */
function untilNul(text: Uint8Array): Uint8Array {
  const end = text.indexOf(0);
  return end < 0 ? text : text.subarray(0, end);
}

const byteLength = (text: string): number => bytesOf(text).length;

function splitText(bytes: Uint8Array, delimiter: RE2JS, keep: RE2JS | undefined, rows: TokenRows): void {
  const text = textOf(bytes);
  let leftover = text;
  /** Bytes of the text that are behind. */
  let position = 0;
  const add = (token: string, start: number): void => {
    const encoded = bytesOf(token);
    rows.add(encoded, start, start + encoded.length);
  };
  // Without a group there is nothing for RE2 to extract, and it finds nothing.
  while (delimiter.groupCount() > 0) {
    const matcher = delimiter.matcher(leftover);
    if (!matcher.find()) break;
    const end = matcher.end();
    if (end === 0) throw invalidArgument("The delimiter matches an empty text");
    const from = Math.max(0, matcher.start(1));
    const found = matcher.group(1) ?? "";
    const before = leftover.slice(0, from);
    const start = position + byteLength(before);
    if (before.length > 0) add(before, position);
    if (keep?.matches(found) === true) add(found, start);
    position += byteLength(leftover.slice(0, end));
    leftover = leftover.slice(end);
  }
  if (leftover.length > 0) add(leftover, position);
}

const regexSplit: KernelFactory = () => {
  const delimiterOf = cachedPattern();
  const keepOf = cachedPattern();
  return ([input, delimiterPattern, keepPattern]) => {
    const delimiter = delimiterOf(delimiterPattern!);
    const keep = keepOf(keepPattern!);
    const keeps = (keepPattern!.data as readonly Uint8Array[])[0]!.length > 0;
    const rows = new TokenRows();
    for (const text of input!.data as readonly Uint8Array[]) {
      splitText(untilNul(text), delimiter, keeps ? keep : undefined, rows);
      rows.endRow();
    }
    return [rows.tokenValue(), ...rows.offsetValues("int64"), rows.splitValue()];
  };
};

/** RegexSplitWithOffsets. */
export const regexSplitKernels: KernelTable = { RegexSplitWithOffsets: regexSplit };
