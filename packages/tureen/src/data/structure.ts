import type { NestedValue, TensorValue } from "../core/tensor-value.js";

/**
 * Leaves in the nesting that an element of a dataset has: one leaf, a tuple such as `[features, labels]`, or a record by name; any depth.
 */
export type Structure<Leaf = TensorValue> =
  | Leaf
  | readonly Structure<Leaf>[]
  | { readonly [name: string]: Structure<Leaf> };

/** What stands for one tensor where a dataset is made: a value, or plain JavaScript that `toTensor` takes. */
export type TensorLike = TensorValue | NestedValue;

/** The element that comes of `TensorLike` leaves: the same nesting with a TensorValue at each leaf. */
export type ElementOf<S> = S extends TensorLike ? TensorValue : { readonly [K in keyof S]: ElementOf<S[K]> };

/**
 * The nesting of a structure without its leaves.
 *
 * Leaves are numbered as TensorFlow numbers the components of an element: tuples in order, records by sorted name.
 */
export type Layout =
  | { readonly kind: "leaf"; readonly index: number }
  | { readonly kind: "tuple"; readonly items: readonly Layout[] }
  | { readonly kind: "record"; readonly names: readonly string[]; readonly items: readonly Layout[] };

/** The layout of a single tensor. */
export const leafLayout: Layout = Object.freeze({ kind: "leaf", index: 0 });

/** The layout of a structure; `isLeaf` says where it stops. Records keep the order of their names. */
export function layoutOf(structure: unknown, isLeaf: (value: unknown) => boolean): Layout {
  return number(structure, isLeaf, { next: 0 });
}

function number(structure: unknown, isLeaf: (value: unknown) => boolean, counter: { next: number }): Layout {
  if (isLeaf(structure)) return { kind: "leaf", index: counter.next++ };
  if (Array.isArray(structure)) {
    return { kind: "tuple", items: structure.map((item) => number(item, isLeaf, counter)) };
  }
  if (typeof structure !== "object" || structure === null) {
    throw new TypeError(`A ${structure === null ? "null" : typeof structure} is no part of a dataset's element`);
  }
  const record = structure as Readonly<Record<string, unknown>>;
  const names = Object.keys(record);
  const byName = new Map<string, Layout>();
  for (const name of names.toSorted()) byName.set(name, number(record[name], isLeaf, counter));
  return { kind: "record", names, items: names.map((name) => byName.get(name)!) };
}

/** The number of leaves of a layout. */
export function leafCount(layout: Layout): number {
  if (layout.kind === "leaf") return 1;
  let count = 0;
  for (const item of layout.items) count += leafCount(item);
  return count;
}

/** The leaves of a structure by their number, or undefined where the structure is nested in another way. */
export function flatten<Leaf>(layout: Layout, structure: Structure<Leaf>): Leaf[] | undefined {
  const leaves: Leaf[] = [];
  return collect(layout, structure, leaves) ? leaves : undefined;
}

function collect(layout: Layout, structure: unknown, leaves: unknown[]): boolean {
  if (layout.kind === "leaf") {
    leaves[layout.index] = structure;
    return structure !== undefined;
  }
  if (typeof structure !== "object" || structure === null || Array.isArray(structure) !== (layout.kind === "tuple")) {
    return false;
  }
  const items = structure as Readonly<Record<string | number, unknown>>;
  if (layout.kind === "tuple" && items["length"] !== layout.items.length) return false;
  for (let i = 0; i < layout.items.length; i++) {
    if (!collect(layout.items[i]!, items[layout.kind === "tuple" ? i : layout.names[i]!], leaves)) return false;
  }
  return true;
}

/** Puts leaves back into their nesting. */
export function pack<Leaf>(layout: Layout, leaves: readonly Leaf[]): Structure<Leaf> {
  if (layout.kind === "leaf") return leaves[layout.index]!;
  if (layout.kind === "tuple") return layout.items.map((item) => pack(item, leaves));
  const record: Record<string, Structure<Leaf>> = {};
  for (let i = 0; i < layout.names.length; i++) record[layout.names[i]!] = pack(layout.items[i]!, leaves);
  return record;
}

/** Whether both structures are nested alike; the order of names does not matter. */
export function sameLayout(a: Layout, b: Layout): boolean {
  if (a.kind === "leaf" || b.kind === "leaf") return a.kind === b.kind;
  if (a.items.length !== b.items.length) return false;
  if (a.kind === "record") {
    if (b.kind !== "record") return false;
    return a.names.every((name, i) => {
      const other = b.items[b.names.indexOf(name)];
      return other !== undefined && sameLayout(a.items[i]!, other);
    });
  }
  return b.kind === "tuple" && a.items.every((item, i) => sameLayout(item, b.items[i]!));
}

/** Whether a value is a TensorValue, and so a leaf. */
export function isTensorValue(value: unknown): value is TensorValue {
  return typeof value === "object" && value !== null && typeof (value as { dtype?: unknown }).dtype === "string";
}
