import { shapeTuple } from "../core/shape.js";
import { invalidArgument } from "../core/status-error.js";
import { Operation, Tensor } from "./graph.js";
import { type AnyRagged, RaggedTensor, raggedOf } from "./ragged-tensor.js";
import { SparseTensor } from "./sparse-tensor.js";
import { TensorArray } from "./tensor-array.js";

/** Leaves in any nesting of lists and records, as `tf.nest` takes them. */
export type Nest<Leaf> = Leaf | readonly Nest<Leaf>[] | { readonly [key: string]: Nest<Leaf> };

/** What a structure is without its leaves; leaves of records are in the order of their sorted keys, as TensorFlow flattens a dict. */
type Kind = "leaf" | "list" | "record";

function kindOf(nest: unknown): Kind {
  if (Array.isArray(nest)) return "list";
  if (typeof nest !== "object" || nest === null || isLeafObject(nest)) return "leaf";
  return "record";
}

/** Objects with a class of their own, and values of tensors, are leaves. */
function isLeafObject(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as unknown;
  return (prototype !== Object.prototype && prototype !== null) || ("dtype" in value && "data" in value);
}

function keysOf(record: object): string[] {
  return Object.keys(record).sort();
}

/** The leaves of a structure, in order. */
export function flattenNest<Leaf>(nest: Nest<Leaf>): Leaf[] {
  const kind = kindOf(nest);
  if (kind === "leaf") return [nest as Leaf];
  if (kind === "list") return (nest as readonly Nest<Leaf>[]).flatMap((item) => flattenNest(item));
  const record = nest as { readonly [key: string]: Nest<Leaf> };
  return keysOf(record).flatMap((key) => flattenNest(record[key]!));
}

/** The structure of `like` with other leaves. */
export function packNest<Leaf>(like: Nest<unknown>, leaves: readonly Leaf[]): Nest<Leaf> {
  let next = 0;
  const pack = (nest: Nest<unknown>): Nest<Leaf> => {
    const kind = kindOf(nest);
    if (kind === "leaf") return leaves[next++]!;
    if (kind === "list") return (nest as readonly Nest<unknown>[]).map(pack);
    const record = nest as { readonly [key: string]: Nest<unknown> };
    return Object.fromEntries(keysOf(record).map((key): [string, Nest<Leaf>] => [key, pack(record[key]!)]));
  };
  return pack(like);
}

/** INVALID_ARGUMENT with the beginning of TensorFlow's text where two structures are nested in different ways. */
export function assertSameNest(first: Nest<unknown>, second: Nest<unknown>): void {
  const problem = difference(first, second);
  if (problem === undefined) return;
  throw invalidArgument(
    `The two structures don't have the same nested structure.\n\nFirst structure: ${nestText(first)}\n\nSecond structure: ${nestText(second)}\n\nMore specifically: ${problem}\nEntire first structure:\n${dots(first)}\nEntire second structure:\n${dots(second)}`,
  );
}

function difference(first: Nest<unknown>, second: Nest<unknown>): string | undefined {
  const [a, b] = [kindOf(first), kindOf(second)];
  if (a === "leaf" && b === "leaf") return undefined;
  if (a === "leaf" || b === "leaf") {
    const [sequence, leaf] = a === "leaf" ? [second, first] : [first, second];
    return `Substructure "${nestText(sequence)}" is a sequence, while substructure "${nestText(leaf)}" is not`;
  }
  if (a !== b) {
    return `The two namedtuples don't have the same sequence type. First structure ${nestText(first)} has type ${typeText(first)}, while second structure ${nestText(second)} has type ${typeText(second)}`;
  }
  if (a === "list") {
    const [x, y] = [first as readonly Nest<unknown>[], second as readonly Nest<unknown>[]];
    if (x.length !== y.length) {
      return `The two structures don't have the same number of elements. First structure: ${nestText(first)}. Second structure: ${nestText(second)}`;
    }
    return firstDefined(x.map((item, i) => difference(item, y[i]!)));
  }
  const [x, y] = [first, second] as { readonly [key: string]: Nest<unknown> }[];
  const [xKeys, yKeys] = [keysOf(x!), keysOf(y!)];
  if (xKeys.join("\0") !== yKeys.join("\0")) {
    const list = (keys: readonly string[]): string => `type=list str=[${keys.map((key) => `'${key}'`).join(", ")}]`;
    return `The two dictionaries don't have the same set of keys. First structure has keys ${list(xKeys)}, while second structure has keys ${list(yKeys)}`;
  }
  return firstDefined(xKeys.map((key) => difference(x![key]!, y![key]!)));
}

function firstDefined(problems: readonly (string | undefined)[]): string | undefined {
  return problems.find((problem) => problem !== undefined);
}

function typeText(nest: Nest<unknown>): string {
  const kind = kindOf(nest);
  if (kind !== "leaf") return kind === "list" ? "list" : "dict";
  return nest instanceof Tensor ? "SymbolicTensor" : typeof nest;
}

/** A structure as TensorFlow's messages show it. */
export function nestText(nest: Nest<unknown>): string {
  return `type=${typeText(nest)} str=${nest instanceof Tensor ? tensorText(nest) : itemText(nest)}`;
}

/** `Tensor("x:0", shape=(2,), dtype=float32)`. */
export function tensorText(tensor: Tensor): string {
  return `Tensor("${tensor.name}"${tensor.shape === undefined ? "" : `, shape=${shapeTuple(tensor.shape)}`}, dtype=${tensor.dtype})`;
}

function itemText(nest: Nest<unknown>): string {
  const kind = kindOf(nest);
  if (kind === "list") return `[${(nest as readonly Nest<unknown>[]).map(itemText).join(", ")}]`;
  if (kind === "record") {
    const record = nest as { readonly [key: string]: Nest<unknown> };
    return `{${keysOf(record)
      .map((key) => `'${key}': ${itemText(record[key]!)}`)
      .join(", ")}}`;
  }
  if (nest instanceof Tensor) return `<tf.Tensor '${nest.name}' shape=${shapeTuple(nest.shape)} dtype=${nest.dtype}>`;
  if (nest instanceof Operation) return `<tf.Operation '${nest.name}' type=${nest.type}>`;
  return String(nest);
}

function dots(nest: Nest<unknown>): string {
  const kind = kindOf(nest);
  if (kind === "leaf") return ".";
  if (kind === "list") return `[${(nest as readonly Nest<unknown>[]).map(dots).join(", ")}]`;
  const record = nest as { readonly [key: string]: Nest<unknown> };
  return `{${keysOf(record)
    .map((key) => `'${key}': ${dots(record[key]!)}`)
    .join(", ")}}`;
}

/** A leaf that is made of several tensors. */
export type CompositeTensor = SparseTensor | AnyRagged;

/** A leaf that control flow takes apart: a composite tensor, or a list. */
export type Composite = CompositeTensor | TensorArray;

/** Whether a value is a tensor that is made of several. */
export function isCompositeTensor(value: unknown): value is CompositeTensor {
  return value instanceof SparseTensor || value instanceof RaggedTensor;
}

/** Whether a leaf is made of several tensors. */
export function isComposite(leaf: unknown): leaf is Composite {
  return leaf instanceof SparseTensor || leaf instanceof RaggedTensor || leaf instanceof TensorArray;
}

/** The tensors that a leaf is made of: three for a SparseTensor, the values and the splits for a RaggedTensor, the list of a TensorArray. */
export function componentsOf(leaf: Tensor | Composite): readonly Tensor[] {
  if (leaf instanceof SparseTensor) return [leaf.indices, leaf.values, leaf.denseShape];
  if (leaf instanceof TensorArray) return [leaf.flow];
  return leaf instanceof RaggedTensor ? [leaf.flatValues, ...leaf.nestedRowSplits] : [leaf];
}

/** Leaves like those that `componentsOf` took apart, of other tensors. */
export function composed(like: readonly (Tensor | Composite)[], tensors: readonly Tensor[]): (Tensor | Composite)[] {
  let next = 0;
  return like.map((leaf) => {
    if (leaf instanceof SparseTensor) {
      return new SparseTensor(tensors[next++]!, tensors[next++]!, tensors[next++]!);
    }
    const values = tensors[next++]!;
    if (leaf instanceof TensorArray) return leaf.withFlow(values);
    if (!(leaf instanceof RaggedTensor)) return values;
    const splits = leaf.nestedRowSplits.map(() => tensors[next++]!);
    return raggedOf(values, splits);
  });
}
