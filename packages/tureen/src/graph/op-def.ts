import type { DType } from "../core/dtype.js";
import { customOpRegistryTable } from "./custom-op-registry.table.js";
import { opRegistryTable } from "./op-registry.table.js";

/** One input or output argument of an op: how many tensors of which dtype it stands for. */
export interface OpArg {
  readonly name: string;
  readonly isRef: boolean;
  /** A fixed dtype. */
  readonly type?: DType;
  /** The attribute that gives the dtype. */
  readonly typeAttr?: string;
  /** The attribute that gives how many tensors of one dtype there are. */
  readonly numberAttr?: string;
  /** The attribute that lists the dtype of each tensor. */
  readonly typeListAttr?: string;
}

/** The declared type of an attribute, as `OpDef.AttrDef.type` spells it. */
export type AttrTypeName =
  | "string"
  | "int"
  | "float"
  | "bool"
  | "type"
  | "shape"
  | "tensor"
  | "func"
  | "list(string)"
  | "list(int)"
  | "list(float)"
  | "list(bool)"
  | "list(type)"
  | "list(shape)"
  | "list(tensor)"
  | "list(func)";

/** One attribute of an op. `default` and `allowed` are plain values: numbers, texts, dtype names, lists of sizes; null is an unknown rank. */
export interface AttrDef {
  readonly name: string;
  readonly type: AttrTypeName;
  readonly default?: unknown;
  readonly allowed?: readonly unknown[];
  readonly minimum?: number;
}

/** The signature of an op as TensorFlow registers it. */
export interface OpDef {
  readonly name: string;
  readonly inputs: readonly OpArg[];
  readonly outputs: readonly OpArg[];
  readonly attrs: readonly AttrDef[];
  readonly isStateful: boolean;
  readonly isCommutative: boolean;
}

const parsed = new Map<string, OpDef>();

/** The definition of an op that TensorFlow or one of its libraries registers, or undefined. Entries are parsed when first asked for: start-up must not pay for 1,862 of them. */
export function findOpDef(name: string): OpDef | undefined {
  const known = parsed.get(name);
  if (known !== undefined) return known;
  const text = ownEntry(opRegistryTable, name) ?? ownEntry(customOpRegistryTable, name);
  if (text === undefined) return undefined;
  const def = parseOpDef(name, text);
  parsed.set(name, def);
  return def;
}

function ownEntry(table: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** The names of all registered ops, those of TensorFlow's libraries included. */
export function registeredOps(): readonly string[] {
  return [...Object.keys(opRegistryTable), ...Object.keys(customOpRegistryTable)];
}

interface StoredAttr {
  readonly n: string;
  readonly t: AttrTypeName;
  readonly d?: unknown;
  readonly a?: readonly unknown[];
  readonly m?: number;
}

function parseOpDef(name: string, text: string): OpDef {
  const [inputs = "", outputs = "", flags = "", ...rest] = text.split("|");
  const attrs = rest.join("|");
  return Object.freeze({
    name,
    inputs: parseArgs(inputs),
    outputs: parseArgs(outputs),
    attrs: attrs === "" ? [] : (JSON.parse(attrs) as StoredAttr[]).map(attrDef),
    isStateful: flags.includes("s"),
    isCommutative: flags.includes("c"),
  });
}

function attrDef(stored: StoredAttr): AttrDef {
  return {
    name: stored.n,
    type: stored.t,
    ...("d" in stored ? { default: stored.d } : {}),
    ...(stored.a === undefined ? {} : { allowed: stored.a }),
    ...(stored.m === undefined ? {} : { minimum: stored.m }),
  };
}

function parseArgs(text: string): OpArg[] {
  return text === "" ? [] : text.split(" ").map(parseArg);
}

function parseArg(text: string): OpArg {
  const colon = text.indexOf(":");
  const name = text.slice(0, colon);
  const isRef = text[colon + 1] === "&";
  const kind = text.slice(colon + (isRef ? 2 : 1));
  if (kind.startsWith("[")) return { name, isRef, typeListAttr: kind.slice(1, -1) };
  const star = kind.indexOf("*");
  const element = star < 0 ? kind : kind.slice(star + 1);
  const count = star < 0 ? {} : { numberAttr: kind.slice(0, star) };
  // Type attributes start upper case (T, Tidx) or are snake-case words that are no dtype (dtype, out_type, key_dtype).
  return isDTypeName(element) ? { name, isRef, ...count, type: element } : { name, isRef, ...count, typeAttr: element };
}

function isDTypeName(text: string): text is DType {
  return /^(q?u?int\d+|float\d+\w*|bfloat16|bool|string|complex\d+|resource|variant)$/.test(text);
}
