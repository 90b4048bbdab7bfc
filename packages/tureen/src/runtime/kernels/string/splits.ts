import { shapeText } from "../../../core/shape.js";
import { invalidArgument } from "../../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../../core/tensor-value.js";
import type { KernelTable } from "../../kernel.js";
import { isSpace } from "./text-kernels.js";

/** The parts of a batch of strings as a sparse matrix: indices, values, shape. */
function sparseParts(parts: readonly (readonly Uint8Array[])[]): TensorValue[] {
  let count = 0;
  let longest = 0;
  for (const list of parts) {
    count += list.length;
    longest = Math.max(longest, list.length);
  }
  const words = new Int32Array(count * 4);
  const values = new Array<Uint8Array>(count);
  let at = 0;
  for (let row = 0; row < parts.length; row++) {
    const list = parts[row]!;
    for (let column = 0; column < list.length; column++) {
      words[at * 4] = row;
      words[at * 4 + 2] = column;
      values[at++] = list[column]!;
    }
  }
  return [
    tensorValue("int64", [count, 2], new BigInt64Array(words.buffer)),
    tensorValue("string", [count], values),
    tensorValue("int64", [2], BigInt64Array.of(BigInt(parts.length), BigInt(longest))),
  ];
}

/** StringSplit and StringSplitV2. */
export const splitKernels: KernelTable = {
  StringSplit: ({ attrs }) => {
    const skipEmpty = attrs.bool("skip_empty");
    return ([input, delimiter]) => {
      if (input!.shape.length !== 1)
        throw invalidArgument(`input must be a vector, got shape: ${shapeText(input!.shape)}`);
      if (delimiter!.shape.length !== 0) {
        throw invalidArgument(`delimiter must be a scalar, got shape: ${shapeText(delimiter!.shape)}`);
      }
      const any = (delimiter!.data as readonly Uint8Array[])[0]!;
      const isDelimiter = new Uint8Array(256);
      for (const byte of any) isDelimiter[byte] = 1;
      return sparseParts(
        (input!.data as readonly Uint8Array[]).map((text) =>
          any.length === 0 ? characters(text) : splitOnAny(text, isDelimiter, skipEmpty),
        ),
      );
    };
  },

  StringSplitV2: ({ attrs }) => {
    const maxSplit = attrs.int("maxsplit");
    return ([input, separator]) => {
      if (input!.shape.length !== 1)
        throw invalidArgument(`input must be a vector, got shape: ${shapeText(input!.shape)}`);
      if (separator!.shape.length !== 0) {
        throw invalidArgument(`sep must be a scalar, got shape: ${shapeText(separator!.shape)}`);
      }
      const sep = (separator!.data as readonly Uint8Array[])[0]!;
      return sparseParts(
        (input!.data as readonly Uint8Array[]).map((text) =>
          sep.length === 0 ? splitOnSpaces(text, maxSplit) : splitOn(text, sep, maxSplit),
        ),
      );
    };
  },
};

/** Each byte by itself, what an empty delimiter asks for. */
function characters(text: Uint8Array): Uint8Array[] {
  return Array.from(text, (_, i) => text.subarray(i, i + 1));
}

function splitOnAny(text: Uint8Array, isDelimiter: Uint8Array, skipEmpty: boolean): Uint8Array[] {
  const parts: Uint8Array[] = [];
  if (text.length === 0) return parts;
  let start = 0;
  for (let i = 0; i <= text.length; i++) {
    if (i < text.length && isDelimiter[text[i]!] === 0) continue;
    if (i > start || !skipEmpty) parts.push(text.subarray(start, i));
    start = i + 1;
  }
  return parts;
}

/**
 * Python's `str.split()`: runs of spaces divide and none stand at the ends.
 *
 * Where `maxSplit` parts have been taken the rest follows, even an empty one; with none allowed it is the whole text as it is.
 */
function splitOnSpaces(text: Uint8Array, maxSplit: number): Uint8Array[] {
  if (maxSplit === 0) return [text];
  const parts: Uint8Array[] = [];
  let at = skipSpaces(text, 0);
  while (at < text.length && parts.length !== maxSplit) {
    let end = at;
    while (end < text.length && !isSpace(text[end]!)) end++;
    parts.push(text.subarray(at, end));
    at = skipSpaces(text, end);
  }
  if (parts.length === maxSplit) parts.push(text.subarray(at));
  return parts;
}

function skipSpaces(text: Uint8Array, from: number): number {
  let at = from;
  while (at < text.length && isSpace(text[at]!)) at++;
  return at;
}

/** Python's `str.split(sep)`: empty parts stay. */
function splitOn(text: Uint8Array, separator: Uint8Array, maxSplit: number): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let start = 0;
  for (let i = 0; i + separator.length <= text.length; ) {
    if (maxSplit >= 0 && parts.length >= maxSplit) break;
    let k = 0;
    while (k < separator.length && text[i + k] === separator[k]) k++;
    if (k < separator.length) {
      i++;
      continue;
    }
    parts.push(text.subarray(start, i));
    i += separator.length;
    start = i;
  }
  parts.push(text.subarray(start));
  return parts;
}
