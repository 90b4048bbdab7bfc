import { type PlanNode, type Port, sourcesOf } from "./plan-node.js";
import { type PlanSymbols, planSymbols, type Term, type Unknown } from "./plan-symbols.js";

/** What follows for a plan's gradients from the shapes that its asserts, concatenations and sums make sure of. */
export interface AssertedSizes {
  /** Whether a Reshape of a Sum gives what was summed as it is: the gradient of an operand that was not broadcast. */
  isSum(reshape: PlanNode): boolean;
  /** The plan's sizes as a node may take them: those that are made sure to be equal are one, except for what the checks look at. */
  symbolsOf(node: PlanNode): PlanSymbols;
}

/**
 * Takes sizes for equal that an Assert compares, or that a ConcatV2 or AddN refuses if they differ: such a run ends with that error whatever the other
 * steps compute.
 *
 * What a check itself looks at is left as it is.
 */
export function assertedSizes(order: readonly PlanNode[], trustFeeds: boolean, symbols: PlanSymbols): AssertedSizes {
  const equal: (readonly [Unknown, Unknown])[] = [];
  const replaced = new Map<Unknown, Unknown>();
  const checking = new Set<PlanNode>();
  const visit = (node: PlanNode): void => {
    if (checking.has(node)) return;
    checking.add(node);
    sourcesOf(node).forEach(visit);
  };
  const representative = (term: Unknown): Unknown => {
    const next = replaced.get(term);
    return next === undefined ? term : representative(next);
  };
  const unify = ([a, b]: Pair): void => {
    const [from, to] = [representative(a), representative(b)];
    if (from === to) return;
    replaced.set(from, to);
    equal.push([from, to]);
  };
  /** What lies below a check: a join there, such as a sum of gradients, would take the gradients themselves for what a check looks at. */
  const below = new Set<PlanNode>();
  for (const node of order) {
    const isBelow = sourcesOf(node).some((source) => below.has(source));
    const pairs = node.type === "Assert" ? comparedBy(node, symbols) : isBelow ? [] : joinedBy(node, symbols);
    if (isBelow || pairs.length > 0) below.add(node);
    if (node.type !== "Assert" && pairs.length === 0) continue;
    visit(node);
    pairs.forEach(unify);
  }
  const unified = equal.length === 0 ? symbols : planSymbols(order, trustFeeds, equal, symbols.facts);
  return {
    symbolsOf: (node) => (checking.has(node) ? symbols : unified),
    isSum: (reshape) => {
      if (!isSumOfGradient(reshape) || checking.has(reshape)) return false;
      const from = unified.dimensions(reshape.inputs[0]!.node.inputs[0]!);
      const to = unified.elements(reshape.inputs[1]!);
      return (
        from !== undefined && to !== undefined && from.length === to.length && from.every((term, d) => term === to[d])
      );
    },
  };
}

type Pair = readonly [Unknown, Unknown];

/** The sizes that `Assert(All(Equal(…)))` compares. */
function comparedBy(assert: PlanNode, symbols: PlanSymbols): readonly Pair[] {
  const [all] = assert.inputs;
  const compared = all?.node.type === "All" ? all.node.inputs[0]!.node : undefined;
  if (compared?.type !== "Equal") return [];
  const [a, b] = compared.inputs.map((port) => symbols.elements(port));
  return a === undefined || b === undefined || a.length !== b.length ? [] : pairsOf(a, b);
}

/** The sizes that have to be those of the first value for the others to be joined or added to it. */
function joinedBy(node: PlanNode, symbols: PlanSymbols): readonly Pair[] {
  if (node.value !== undefined || (node.type !== "ConcatV2" && node.type !== "AddN")) return [];
  const values = node.type === "AddN" ? node.inputs : node.inputs.slice(0, -1);
  const first = symbols.dimensions(values[0]!);
  if (first === undefined) return [];
  let axis = -1;
  if (node.type === "ConcatV2") {
    const [given] = symbols.elements(node.inputs.at(-1)!) ?? [];
    if (typeof given !== "number") return [];
    axis = given < 0 ? given + first.length : given;
  }
  return values.slice(1).flatMap((value): Pair[] => {
    const own = symbols.dimensions(value);
    return own === undefined || own.length !== first.length ? [] : pairsOf(own, first, axis);
  });
}

/** The sizes at the same places that are not known to be equal, but for one place. */
function pairsOf(a: readonly Term[], b: readonly Term[], except = -1): Pair[] {
  return a.flatMap((term, i): Pair[] => {
    const other = b[i]!;
    return i !== except && term !== other && isUnknown(term) && isUnknown(other) ? [[term, other]] : [];
  });
}

/** Whether a node is Reshape(Sum(x, BroadcastGradientArgs(…))): what a gradient makes of a broadcast. */
export function isSumOfGradient({ type, inputs }: PlanNode): boolean {
  const sum = type === "Reshape" ? (inputs[0] as Port).node : undefined;
  return sum?.type === "Sum" && sum.inputs[1]!.node.type === "BroadcastGradientArgs";
}

function isUnknown(term: Term): term is Unknown {
  return typeof term !== "number";
}
