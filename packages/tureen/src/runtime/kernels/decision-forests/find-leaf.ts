import type { FeatureBanks } from "./feature-banks.js";
import { type Forest, NodeKind } from "./forest.js";

/** The inputs of the inference op: matrices of one row an example, and the ragged categories of sets. */
export interface ForestInputs {
  readonly rows: number;
  readonly numerical: Float32Array;
  readonly boolean: Float32Array;
  /** Out-of-range values already replaced by 0; -1 is missing. */
  readonly categorical: Int32Array;
  /** Likewise; a set that begins with a negative value is missing. */
  readonly setValues: Int32Array;
  /** Where the set of example e and column c begins: entry e * columns + c. */
  readonly setStarts: Int32Array;
}

/** The node of the leaf that an example ends in. */
export function findLeaf(
  forest: Forest,
  root: number,
  row: number,
  inputs: ForestInputs,
  sizes: FeatureBanks["sizes"],
): number {
  const { kind, slot, threshold, positive, missing } = forest;
  const { numerical, categorical } = inputs;
  const numbers = row * sizes.numerical;
  const categories = row * sizes.categorical;
  let node = root;
  for (;;) {
    const what = kind[node]!;
    let yes: boolean;
    if (what === NodeKind.HIGHER) {
      const value = numerical[numbers + slot[node]!]!;
      // A comparison with NaN is false both ways.
      if (value >= threshold[node]!) yes = true;
      else if (value < threshold[node]!) yes = false;
      else yes = Number.isNaN(value) && missing[node] === 1;
    } else if (what === NodeKind.LEAF) {
      return node;
    } else if (what === NodeKind.IN_BITMAP) {
      const value = categorical[categories + slot[node]!]!;
      yes = value < 0 ? missing[node] === 1 : hasBit(forest, node, value);
    } else {
      yes = holds(forest, node, what, row, inputs, sizes);
    }
    node = yes ? positive[node]! : node + 1;
  }
}

function hasBit({ bytes, start, count }: Forest, node: number, value: number): boolean {
  return value < count[node]! && (bytes[start[node]! + (value >> 3)]! & (1 << (value & 7))) !== 0;
}

function hasInteger({ integers, start, count }: Forest, node: number, value: number): boolean {
  let low = start[node]!;
  let high = low + count[node]!;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (integers[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low < start[node]! + count[node]! && integers[low] === value;
}

/** The conditions that are not as frequent. */
function holds(
  forest: Forest,
  node: number,
  what: number,
  row: number,
  inputs: ForestInputs,
  sizes: FeatureBanks["sizes"],
): boolean {
  const column = forest.slot[node]!;
  const toPositive = forest.missing[node] === 1;
  switch (what) {
    case NodeKind.TRUE: {
      const value = inputs.boolean[row * sizes.boolean + column]!;
      return Number.isNaN(value) ? toPositive : value >= 0.5;
    }
    case NodeKind.IN_VECTOR: {
      const value = inputs.categorical[row * sizes.categorical + column]!;
      return value < 0 ? toPositive : hasInteger(forest, node, value);
    }
    case NodeKind.SET_MEETS_BITMAP:
    case NodeKind.SET_MEETS_VECTOR: {
      const cell = row * sizes.categoricalSet + column;
      const [from, to] = [inputs.setStarts[cell]!, inputs.setStarts[cell + 1]!];
      if (from < to && inputs.setValues[from]! < 0) return toPositive;
      const has = what === NodeKind.SET_MEETS_BITMAP ? hasBit : hasInteger;
      for (let i = from; i < to; i++) {
        const value = inputs.setValues[i]!;
        if (value >= 0 && has(forest, node, value)) return true;
      }
      return false;
    }
    case NodeKind.OBLIQUE:
      return isBeyond(forest, node, row * sizes.numerical, inputs.numerical, toPositive);
    case NodeKind.NUMBER_MISSING:
      return Number.isNaN(inputs.numerical[row * sizes.numerical + column]!);
    case NodeKind.BOOLEAN_MISSING:
      return Number.isNaN(inputs.boolean[row * sizes.boolean + column]!);
    case NodeKind.CATEGORY_MISSING:
      return inputs.categorical[row * sizes.categorical + column]! < 0;
    default: {
      const cell = row * sizes.categoricalSet + column;
      const from = inputs.setStarts[cell]!;
      return from < inputs.setStarts[cell + 1]! && inputs.setValues[from]! < 0;
    }
  }
}

function isBeyond(forest: Forest, node: number, base: number, numerical: Float32Array, toPositive: boolean): boolean {
  const { terms, start, count, threshold } = forest;
  const end = start[node]! + 3 * count[node]!;
  let sum = 0;
  for (let i = start[node]!; i < end; i += 3) {
    let value = numerical[base + terms[i]!]!;
    if (Number.isNaN(value)) {
      value = terms[i + 2]!;
      if (Number.isNaN(value)) return toPositive;
    }
    // Yggdrasil sums in float32, and a sum may lie on the threshold.
    sum = Math.fround(sum + Math.fround(value * terms[i + 1]!));
  }
  return sum >= threshold[node]!;
}
