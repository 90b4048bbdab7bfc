import { RE2JS } from "re2js";
import { invalidArgument } from "../../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../../core/tensor-value.js";
import { decodeText } from "../../../core/text.js";
import type { KernelFactory, KernelTable } from "../../kernel.js";

/** A compiled pattern in RE2's syntax, over UTF-8 bytes; INVALID_ARGUMENT with TensorFlow's text for one that is not valid. */
function compile(pattern: Uint8Array): RE2JS {
  const text = decodeText(pattern);
  try {
    return RE2JS.compile(text);
  } catch (error) {
    throw invalidArgument(`Invalid pattern: ${text}, error: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const strings = (value: TensorValue): readonly Uint8Array[] => value.data as readonly Uint8Array[];

/** Compiling costs more than matching: a pattern that comes as a tensor is kept until another one comes. */
function keepLast(): (pattern: Uint8Array) => RE2JS {
  let last: { readonly key: string; readonly regex: RE2JS } | undefined;
  return (pattern) => {
    const key = Buffer.from(pattern).toString("latin1");
    if (last?.key !== key) last = { key, regex: compile(pattern) };
    return last.regex;
  };
}

function fullMatch(input: TensorValue, regex: RE2JS): TensorValue {
  const list = strings(input);
  const result = new Uint8Array(list.length);
  for (let i = 0; i < list.length; i++) result[i] = regex.matches(list[i]!) ? 1 : 0;
  return tensorValue("bool", input.shape, result);
}

/** One piece of a rewrite: bytes, or the number of a group. */
type RewritePart = Uint8Array | number;

const backslash = 0x5c;
const [zero, nine] = [0x30, 0x39];

/** RE2's rewrite syntax: `\0` to `\9` are groups, `\\` is a backslash; anything else after a backslash makes the rewrite invalid. */
function parseRewrite(rewrite: Uint8Array): readonly RewritePart[] | undefined {
  const parts: RewritePart[] = [];
  let from = 0;
  for (let i = 0; i < rewrite.length; i++) {
    if (rewrite[i] !== backslash) continue;
    parts.push(rewrite.subarray(from, i));
    const next = rewrite[i + 1];
    if (next !== undefined && next >= zero && next <= nine) parts.push(next - zero);
    else if (next === backslash) parts.push(rewrite.subarray(i + 1, i + 2));
    else return undefined;
    i += 1;
    from = i + 1;
  }
  parts.push(rewrite.subarray(from));
  return parts;
}

function replace(input: Uint8Array, regex: RE2JS, rewrite: readonly RewritePart[], global: boolean): Uint8Array {
  const matcher = regex.matcher(input);
  const out: Uint8Array[] = [];
  let [position, changed] = [0, false];
  while (matcher.find()) {
    const start = matcher.start();
    out.push(input.subarray(position, start));
    for (const part of rewrite) {
      if (typeof part !== "number") out.push(part);
      else if (part <= matcher.groupCount() && matcher.start(part) >= 0)
        out.push(input.subarray(matcher.start(part), matcher.end(part)));
    }
    position = matcher.end();
    changed = true;
    if (!global) break;
  }
  if (!changed) return input;
  out.push(input.subarray(position));
  return Buffer.concat(out);
}

function replaceAll(input: TensorValue, regex: RE2JS, rewrite: Uint8Array, global: boolean): TensorValue {
  const parts = parseRewrite(rewrite);
  // As RE2: a rewrite that is not valid replaces nothing.
  if (parts === undefined || parts.some((part) => typeof part === "number" && part > regex.groupCount())) return input;
  return tensorValue(
    "string",
    input.shape,
    strings(input).map((text) => replace(text, regex, parts, global)),
  );
}

const staticRegexFullMatch: KernelFactory = ({ attrs }) => {
  const regex = compile(attrs.bytes("pattern"));
  return ([input]) => [fullMatch(input!, regex)];
};

const regexFullMatch: KernelFactory = () => {
  const compiled = keepLast();
  return ([input, pattern]) => {
    if (pattern!.shape.length !== 0)
      throw invalidArgument(`Pattern must be scalar, but received ${JSON.stringify(pattern!.shape)}`);
    return [fullMatch(input!, compiled(strings(pattern!)[0]!))];
  };
};

const staticRegexReplace: KernelFactory = ({ attrs }) => {
  const regex = compile(attrs.bytes("pattern"));
  const rewrite = attrs.bytes("rewrite");
  const global = attrs.bool("replace_global");
  return ([input]) => [replaceAll(input!, regex, rewrite, global)];
};

const regexReplace: KernelFactory = ({ attrs }) => {
  const compiled = keepLast();
  const global = attrs.bool("replace_global");
  return ([input, pattern, rewrite]) => [
    replaceAll(input!, compiled(strings(pattern!)[0]!), strings(rewrite!)[0]!, global),
  ];
};

/** Kernels of the regular-expression ops: RE2's syntax and semantics over bytes. */
export const regexKernels: KernelTable = {
  RegexFullMatch: regexFullMatch,
  StaticRegexFullMatch: staticRegexFullMatch,
  RegexReplace: regexReplace,
  StaticRegexReplace: staticRegexReplace,
};
