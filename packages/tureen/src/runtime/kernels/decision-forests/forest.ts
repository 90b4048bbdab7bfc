import { dataLoss, invalidArgument } from "../../../core/status-error.js";
import type { Bank, FeatureBanks } from "./feature-banks.js";
import { type ColumnSpec, double, float, int32, readMessage, readNumbers } from "./model-proto.js";

/** What a node does, specialised by what it looks at; 0 is a leaf. */
export const NodeKind = {
  LEAF: 0,
  HIGHER: 1,
  IN_BITMAP: 2,
  TRUE: 3,
  IN_VECTOR: 4,
  SET_MEETS_BITMAP: 5,
  SET_MEETS_VECTOR: 6,
  OBLIQUE: 7,
  NUMBER_MISSING: 8,
  BOOLEAN_MISSING: 9,
  CATEGORY_MISSING: 10,
  SET_MISSING: 11,
} as const;

/**
 * All trees of a model in flat arrays, one entry a node, in the order of the file: a node, what lies below its negative child, then its positive one.
 *
 * So the negative child of node i is i + 1, and every child comes after its parent: no walk can go round.
 */
export interface Forest {
  readonly roots: Int32Array;
  readonly kind: Uint8Array;
  /** The column in its bank that a condition looks at. */
  readonly slot: Int32Array;
  /** What a number has to reach. */
  readonly threshold: Float32Array;
  /** The positive child of a condition; a leaf's number in its tree. */
  readonly positive: Int32Array;
  /** Where a missing value goes: 1 the positive child. */
  readonly missing: Uint8Array;
  /** Where an IN_ or OBLIQUE condition's operands begin in `bytes`, `integers` or `terms`; where a leaf's begin in `leaves`. */
  readonly start: Int32Array;
  /** How many there are. */
  readonly count: Int32Array;
  readonly bytes: Uint8Array;
  readonly integers: Int32Array;
  /** Of oblique conditions three numbers a term: column, weight, what stands for a missing value (NaN for none). */
  readonly terms: Float32Array;
  /** Whether some condition looks at a set of categories. */
  readonly readsSets: boolean;
  /** Values of leaves: one number, a distribution, effects. */
  readonly leaves: Float32Array;
}

const setKinds: ReadonlySet<number> = new Set([
  NodeKind.SET_MEETS_BITMAP,
  NodeKind.SET_MEETS_VECTOR,
  NodeKind.SET_MISSING,
]);

/** What leaves hold, by kind of model. */
export type LeafKind = "regressor" | "topClass" | "distribution" | "uplift";

interface Pools {
  readonly bytes: Uint8Array[];
  byteLength: number;
  readonly integers: number[];
  readonly terms: number[];
  readonly leaves: number[];
}

type Arrays = Pick<Forest, "kind" | "slot" | "threshold" | "positive" | "missing" | "start" | "count">;

/** Vectors of categories up to this one become bitmaps, which are faster to look into and no larger than a vector of 64 integers. */
const bitmapCategories = 2048;

/**
 * Builds a forest of `trees` trees from the nodes' protos in file order (model/decision_tree/decision_tree.proto).
 *
 * INVALID_ARGUMENT where the nodes end before the trees do, DATA_LOSS for a condition on what is no input of the model.
 */
export function buildForest(
  nodes: readonly Uint8Array[],
  trees: number,
  columns: readonly ColumnSpec[],
  banks: FeatureBanks,
  leafKind: LeafKind,
): Forest {
  const size = nodes.length;
  if (trees > size || trees < 0) throw invalidArgument("Unexpected EOF");
  const arrays: Arrays = {
    kind: new Uint8Array(size),
    slot: new Int32Array(size),
    threshold: new Float32Array(size),
    positive: new Int32Array(size),
    missing: new Uint8Array(size),
    start: new Int32Array(size),
    count: new Int32Array(size),
  };
  const pools: Pools = { bytes: [], byteLength: 0, integers: [], terms: [], leaves: [] };
  const roots = new Int32Array(trees);
  let at = 0;
  for (let tree = 0; tree < trees; tree++) {
    roots[tree] = at;
    /** Conditions whose positive child is still to come. */
    const open: number[] = [];
    let leaf = 0;
    for (;;) {
      if (at >= size) throw invalidArgument("Unexpected EOF");
      const node = at;
      at += 1;
      if (readNode(nodes[node]!, node, arrays, pools, columns, banks, leafKind)) {
        open.push(node);
        continue;
      }
      arrays.positive[node] = leaf;
      leaf += 1;
      const parent = open.pop();
      if (parent === undefined) break;
      arrays.positive[parent] = at;
    }
  }
  const bytes = new Uint8Array(pools.byteLength);
  let offset = 0;
  for (const part of pools.bytes) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return {
    roots,
    ...arrays,
    bytes,
    integers: Int32Array.from(pools.integers),
    terms: Float32Array.from(pools.terms),
    leaves: Float32Array.from(pools.leaves),
    readsSets: arrays.kind.some((kind) => setKinds.has(kind)),
  };
}

/** Reads one node; whether it is a condition. */
function readNode(
  bytes: Uint8Array,
  node: number,
  arrays: Arrays,
  pools: Pools,
  columns: readonly ColumnSpec[],
  banks: FeatureBanks,
  leafKind: LeafKind,
): boolean {
  let condition: Uint8Array | undefined;
  let output: Uint8Array | undefined;
  const wanted = leafKind === "regressor" ? 2 : leafKind === "uplift" ? 5 : 1;
  readMessage(bytes, (reader, number) => {
    if (number === 3) condition = reader.lengthPrefixed();
    else if (number === wanted) output = reader.lengthPrefixed();
    else return false;
    return true;
  });
  if (condition !== undefined) {
    readCondition(condition, node, arrays, pools, columns, banks);
    return true;
  }
  arrays.start[node] = pools.leaves.length;
  if (output !== undefined) readLeaf(output, leafKind, pools.leaves);
  else if (leafKind === "regressor" || leafKind === "topClass") pools.leaves.push(0);
  arrays.count[node] = pools.leaves.length - arrays.start[node]!;
  return false;
}

function readLeaf(bytes: Uint8Array, kind: LeafKind, leaves: number[]): void {
  if (kind === "regressor" || kind === "topClass") {
    let value = 0;
    readMessage(bytes, (reader, number) => {
      if (number !== 1) return false;
      value = kind === "regressor" ? reader.float() : int32(reader);
      return true;
    });
    leaves.push(value);
    return;
  }
  if (kind === "uplift") {
    readMessage(bytes, (reader, number, wireType) => {
      if (number !== 4) return false;
      readNumbers(reader, wireType, leaves, float);
      return true;
    });
    return;
  }
  const counts: number[] = [];
  let sum = 0;
  readMessage(bytes, (reader, number) => {
    if (number !== 2) return false;
    readMessage(reader.lengthPrefixed(), (distribution, field, wireType) => {
      if (field === 1) readNumbers(distribution, wireType, counts, double);
      else if (field === 2) sum = distribution.double();
      else return false;
      return true;
    });
    return true;
  });
  for (const count of counts) leaves.push(sum > 0 ? count / sum : 0);
}

function readCondition(
  bytes: Uint8Array,
  node: number,
  arrays: Arrays,
  pools: Pools,
  columns: readonly ColumnSpec[],
  banks: FeatureBanks,
): void {
  let attribute = 0;
  let type: Uint8Array | undefined;
  readMessage(bytes, (reader, number) => {
    if (number === 1) arrays.missing[node] = reader.varint() === 0 ? 0 : 1;
    else if (number === 2) attribute = int32(reader);
    else if (number === 3) type = reader.lengthPrefixed();
    else return false;
    return true;
  });
  const { bank, index } = slotOf(attribute, banks);
  arrays.slot[node] = index;
  let known = false;
  readMessage(type ?? new Uint8Array(0), (reader, number) => {
    const body = reader.lengthPrefixed();
    arrays.kind[node] = kindOf(number, bank, attribute);
    known = true;
    if (number === 2) arrays.threshold[node] = onlyNumber(body, float);
    else if (number === 4) contains(readVector(body), node, bank, arrays, pools);
    else if (number === 5) containsBitmap(body, node, arrays, pools);
    else if (number === 6) arrays.threshold[node] = binStart(columns[attribute]!, onlyNumber(body, int32));
    else if (number === 7) oblique(body, node, arrays, pools, banks);
    return true;
  });
  if (!known) throw invalidArgument("Non implemented");
}

function slotOf(attribute: number, banks: FeatureBanks): { readonly bank: Bank; readonly index: number } {
  const slot = banks.slots.get(attribute);
  if (slot === undefined) throw dataLoss(`a condition looks at column ${attribute}, which is no input of the model`);
  return slot;
}

/** By number of the field in `Condition.type` and by bank; INVALID_ARGUMENT where they do not go together. */
function kindOf(number: number, bank: Bank, attribute: number): number {
  const set = bank === "categoricalSet";
  if (number === 1) {
    if (bank === "numerical") return NodeKind.NUMBER_MISSING;
    if (bank === "boolean") return NodeKind.BOOLEAN_MISSING;
    return set ? NodeKind.SET_MISSING : NodeKind.CATEGORY_MISSING;
  }
  if ((number === 2 || number === 6) && bank === "numerical") return NodeKind.HIGHER;
  if (number === 7 && bank === "numerical") return NodeKind.OBLIQUE;
  if (number === 3 && bank === "boolean") return NodeKind.TRUE;
  if (number === 4 && (set || bank === "categorical")) return set ? NodeKind.SET_MEETS_VECTOR : NodeKind.IN_VECTOR;
  if (number === 5 && (set || bank === "categorical")) return set ? NodeKind.SET_MEETS_BITMAP : NodeKind.IN_BITMAP;
  throw invalidArgument(number > 7 ? "Non implemented" : `Cannot evaluate condition on column ${attribute}`);
}

function onlyNumber(bytes: Uint8Array, read: (reader: Parameters<typeof float>[0]) => number): number {
  let value = 0;
  readMessage(bytes, (reader, number) => {
    if (number !== 1) return false;
    value = read(reader);
    return true;
  });
  return value;
}

function readVector(bytes: Uint8Array): number[] {
  const elements: number[] = [];
  readMessage(bytes, (reader, number, wireType) => {
    if (number !== 1) return false;
    readNumbers(reader, wireType, elements, int32);
    return true;
  });
  return elements;
}

/** The number from which on a value lies in a bin or a later one: bin b begins with boundary b - 1. */
function binStart({ boundaries }: ColumnSpec, bin: number): number {
  if (bin <= 0) return Number.NEGATIVE_INFINITY;
  return boundaries[bin - 1] ?? Number.NaN;
}

function contains(elements: readonly number[], node: number, bank: Bank, arrays: Arrays, pools: Pools): void {
  const largest = elements.reduce((max, element) => Math.max(max, element), 0);
  if (largest < bitmapCategories) {
    const bitmap = new Uint8Array((largest >> 3) + 1);
    for (const element of elements) if (element >= 0) bitmap[element >> 3]! |= 1 << (element & 7);
    arrays.kind[node] = bank === "categoricalSet" ? NodeKind.SET_MEETS_BITMAP : NodeKind.IN_BITMAP;
    addBitmap(bitmap, node, arrays, pools);
    return;
  }
  arrays.start[node] = pools.integers.length;
  arrays.count[node] = elements.length;
  for (const element of elements) pools.integers.push(element);
}

function containsBitmap(bytes: Uint8Array, node: number, arrays: Arrays, pools: Pools): void {
  readMessage(bytes, (reader, number) => {
    if (number !== 1) return false;
    addBitmap(reader.lengthPrefixed(), node, arrays, pools);
    return true;
  });
}

function addBitmap(bitmap: Uint8Array, node: number, arrays: Arrays, pools: Pools): void {
  arrays.start[node] = pools.byteLength;
  arrays.count[node] = bitmap.length * 8;
  pools.bytes.push(bitmap);
  pools.byteLength += bitmap.length;
}

function oblique(bytes: Uint8Array, node: number, arrays: Arrays, pools: Pools, banks: FeatureBanks): void {
  const attributes: number[] = [];
  const weights: number[] = [];
  const replacements: number[] = [];
  readMessage(bytes, (reader, number, wireType) => {
    if (number === 1) readNumbers(reader, wireType, attributes, int32);
    else if (number === 2) readNumbers(reader, wireType, weights, float);
    else if (number === 3) arrays.threshold[node] = reader.float();
    else if (number === 4) readNumbers(reader, wireType, replacements, float);
    else return false;
    return true;
  });
  arrays.start[node] = pools.terms.length;
  arrays.count[node] = attributes.length;
  attributes.forEach((attribute, i) => {
    const { bank, index } = slotOf(attribute, banks);
    if (bank !== "numerical") throw invalidArgument(`Cannot evaluate condition on column ${attribute}`);
    pools.terms.push(index, weights[i] ?? 0, replacements[i] ?? Number.NaN);
  });
}
