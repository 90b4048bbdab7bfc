import { RE2JS, RE2JSException } from "re2js";
import { shapeText } from "../../../core/shape.js";
import { invalidArgument } from "../../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../../core/tensor-value.js";
import { decodeText, encodeText, equalBytes } from "../../../core/text.js";
import type { KernelTable } from "../../kernel.js";

interface Pattern {
  readonly compiled: RE2JS;
  /** Whether it looks at what is around a match, so that a text must not be cut into pieces. */
  readonly hasAnchors: boolean;
}

/** RE2's words for what its JavaScript port words differently. */
const errorTexts: readonly (readonly [string, string])[] = [
  ["missing closing ]", "missing ]"],
  ["missing closing )", "missing )"],
  ["missing argument to repetition operator", "no argument for repetition operator"],
  ["invalid or unsupported Perl syntax", "invalid perl operator"],
  ["invalid nested repetition operator", "bad repetition operator"],
  ["invalid repeat count", "invalid repetition size"],
  ["trailing backslash at end of expression", "trailing \\"],
];

function compile(pattern: Uint8Array): Pattern {
  const text = decodeText(pattern);
  try {
    return { compiled: RE2JS.compile(text), hasAnchors: /[\^$]|\\[AzbB]/.test(text) };
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    let reason = error.message.replace(/^error parsing regexp: /, "").replace(/`([^`]*)`$/, "$1");
    for (const [theirs, ours] of errorTexts) if (reason.startsWith(theirs)) reason = ours + reason.slice(theirs.length);
    throw invalidArgument(`Invalid pattern: ${text}, error: ${reason}`);
  }
}

/** A pattern in RE2's syntax; INVALID_ARGUMENT with RE2's text for one that is none. */
export function compilePattern(pattern: Uint8Array): RE2JS {
  return compile(pattern).compiled;
}

/** First of the lone surrogates that stand for bytes that are no UTF-8: no valid text holds one. */
const strayBase = 0xd800;
const stray = /[\ud800-\ud8ff](?![\udc00-\udfff])/;

/** The text of bytes; a byte that belongs to no UTF-8 character becomes a lone surrogate of its own. */
export function textOf(bytes: Uint8Array): string {
  const text = decodeText(bytes);
  if (!text.includes("\ufffd") || equalBytes(encodeText(text), bytes)) return text;
  let result = "";
  for (let at = 0; at < bytes.length; ) {
    const length = characterLength(bytes, at);
    result += length === 0 ? String.fromCharCode(strayBase + bytes[at]!) : decodeText(bytes.subarray(at, at + length));
    at += Math.max(1, length);
  }
  return result;
}

/** Bytes of the UTF-8 character at a place, 0 where there is none. */
function characterLength(bytes: Uint8Array, at: number): number {
  for (let length = 1; length <= 4 && at + length <= bytes.length; length++) {
    const text = decodeText(bytes.subarray(at, at + length));
    if (!text.includes("\ufffd") || equalBytes(encodeText(text), bytes.subarray(at, at + length))) return length;
  }
  return 0;
}

/** The bytes of a text that `textOf` made. */
export function bytesOf(text: string): Uint8Array {
  if (!stray.test(text)) return encodeText(text);
  const parts: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0)!;
    if (code >= strayBase && code < strayBase + 0x100) parts.push(code - strayBase);
    else parts.push(...encodeText(character));
  }
  return Uint8Array.from(parts);
}

/** One piece of a rewrite: literal text, or the number of a group. */
type RewritePart = string | number;

/** Parses RE2's rewrite syntax: `\1` is a group, `\\` a backslash; undefined for what RE2 rejects. */
function parseRewrite(rewrite: string, groups: number): readonly RewritePart[] | undefined {
  const parts: RewritePart[] = [];
  for (let i = 0; i < rewrite.length; i++) {
    const character = rewrite[i]!;
    if (character !== "\\") {
      parts.push(character);
      continue;
    }
    const next = rewrite[++i];
    if (next === "\\") parts.push("\\");
    else if (next !== undefined && next >= "0" && next <= "9") {
      if (Number(next) > groups) return undefined;
      parts.push(Number(next));
    } else return undefined;
  }
  return parts;
}

function replaceIn(pattern: RE2JS, text: string, rewrite: string, global: boolean): string {
  const matcher = pattern.matcher(text);
  const parts = parseRewrite(rewrite, pattern.groupCount()) ?? [];
  let result = "";
  let from = 0;
  let at = 0;
  let lastEnd = -1;
  while (at <= text.length && matcher.find(at)) {
    const start = matcher.start();
    const end = matcher.end();
    // An empty match right behind another is none; go on one character further.
    if (start === end && start === lastEnd) {
      at = start + step(text, start);
      continue;
    }
    result += text.slice(from, start);
    for (const part of parts) result += typeof part === "string" ? part : (matcher.group(part) ?? "");
    from = end;
    lastEnd = end;
    if (!global) break;
    at = start === end ? end + step(text, end) : end;
  }
  return result + text.slice(from);
}

/** How far the next character lies. */
function step(text: string, at: number): number {
  const code = text.codePointAt(at);
  return code !== undefined && code > 0xffff ? 2 : 1;
}

/** Replaces matches in a text with stray bytes, which no match may hold. */
function replaceAroundStrays(
  { compiled, hasAnchors }: Pattern,
  text: string,
  rewrite: string,
  global: boolean,
): string {
  if (hasAnchors) {
    // Cutting the text would move its ends: a match that would reach over a stray byte is given up instead.
    const matcher = compiled.matcher(text);
    return matcher.find() && !stray.test(matcher.group() ?? "") ? replaceIn(compiled, text, rewrite, global) : text;
  }
  let result = "";
  let done = false;
  for (const piece of text.split(/([\ud800-\ud8ff](?![\udc00-\udfff]))/)) {
    if (done || stray.test(piece)) result += piece;
    else {
      result += replaceIn(compiled, piece, rewrite, global);
      done = !global && compiled.matcher(piece).find();
    }
  }
  return result;
}

function replaceAll(input: TensorValue, pattern: Pattern, rewrite: Uint8Array, global: boolean): TensorValue {
  const { compiled } = pattern;
  const rewriteText = decodeText(rewrite);
  // RE2 leaves texts as they are where the rewrite names a group that the pattern lacks.
  if (parseRewrite(rewriteText, compiled.groupCount()) === undefined) return input;
  const result = (input.data as readonly Uint8Array[]).map((bytes) => {
    const text = textOf(bytes);
    const replaced = stray.test(text)
      ? replaceAroundStrays(pattern, text, rewriteText, global)
      : replaceIn(compiled, text, rewriteText, global);
    return replaced === text ? bytes : bytesOf(replaced);
  });
  return tensorValue("string", input.shape, result);
}

/** What tells whether a pattern matches all of a text. */
interface FullMatcher {
  readonly compiled: { matches(text: string): boolean };
}

/** Letters that stand for themselves before any rest of a line. */
const prefixPattern = /^\^?([\w:/-]*)\.\*$/;

/**
 * A pattern to match whole texts with.
 *
 * Every graph that saves asks for "^s3://.*" of its file's name, once: compiling it takes longer than writing a small checkpoint does.
 */
function compileFullMatch(source: Uint8Array): FullMatcher {
  const prefix = prefixPattern.exec(textOf(source))?.[1];
  if (prefix === undefined) return compile(source);
  return { compiled: { matches: (text) => text.startsWith(prefix) && !text.includes("\n", prefix.length) } };
}

function fullMatch(input: TensorValue, { compiled }: FullMatcher): TensorValue {
  const strings = input.data as readonly Uint8Array[];
  const result = new Uint8Array(strings.length);
  strings.forEach((bytes, i) => {
    const text = textOf(bytes);
    result[i] = !stray.test(text) && compiled.matches(text) ? 1 : 0;
  });
  return tensorValue("bool", input.shape, result);
}

/** The only string of a scalar input. */
function scalarOf(value: TensorValue, name: string): Uint8Array {
  if (value.shape.length !== 0) throw invalidArgument(`${name} must be scalar, but received ${shapeText(value.shape)}`);
  return (value.data as readonly Uint8Array[])[0]!;
}

/** Compiles a pattern again only where it has changed. */
function reusedPattern(): (pattern: Uint8Array) => Pattern {
  let last: { readonly source: Uint8Array; readonly compiled: Pattern } | undefined;
  return (source) => {
    if (last === undefined || !equalBytes(last.source, source)) last = { source, compiled: compile(source) };
    return last.compiled;
  };
}

/** RegexReplace, RegexFullMatch and their static forms. */
export const regexKernels: KernelTable = {
  RegexReplace: ({ attrs }) => {
    const global = attrs.bool("replace_global");
    const patternOf = reusedPattern();
    return ([input, pattern, rewrite]) => {
      const compiled = patternOf(scalarOf(pattern!, "Pattern"));
      return [replaceAll(input!, compiled, scalarOf(rewrite!, "Rewrite"), global)];
    };
  },
  StaticRegexReplace: ({ attrs }) => {
    const pattern = compile(attrs.bytes("pattern"));
    const rewrite = attrs.bytes("rewrite");
    const global = attrs.bool("replace_global");
    return ([input]) => [replaceAll(input!, pattern, rewrite, global)];
  },
  RegexFullMatch: () => {
    const patternOf = reusedPattern();
    return ([input, pattern]) => [fullMatch(input!, patternOf(scalarOf(pattern!, "Pattern")))];
  },
  StaticRegexFullMatch: ({ attrs }) => {
    const pattern = compileFullMatch(attrs.bytes("pattern"));
    return ([input]) => [fullMatch(input!, pattern)];
  },
};
