import { elementCount, type PartialShape } from "../../core/shape.js";
import { toIntegers } from "../../core/tensor-value.js";
import { inferPlanFacts, type PlanFacts } from "./partition-facts.js";
import type { PlanNode, Port } from "./plan-node.js";

/** A size that is only known at run time: a dimension of a value, or an element of an integer vector (or a scalar). One object a size. */
export interface Unknown {
  readonly port: Port;
  readonly kind: "dimension" | "element";
  readonly index: number;
}

/** A size: a number, or one that is only known at run time. Equal ones are identical. */
export type Term = number | Unknown;

/** Sizes of a plan's values in terms of each other. */
export interface PlanSymbols {
  readonly facts: PlanFacts;
  /** The dimensions of a value; undefined where its rank is not known. */
  dimensions(port: Port): readonly Term[] | undefined;
  /** The elements of an int32 or int64 scalar or vector; undefined for others and where their number is not known. */
  elements(port: Port): readonly Term[] | undefined;
  /** The nodes that take a node's values. */
  users(node: PlanNode): readonly PlanNode[];
}

/** Integer constants with more elements than this are data, not shapes. */
const mostElements = 64;

/** Ops whose first output has the shape of their first input, so that sizes of either are the same unknown. */
const sameShape: ReadonlySet<string> = new Set([
  "Identity",
  "Cast",
  "Bucketize",
  "LookupTableFindV2",
  "StringToHashBucketFast",
  "StringToHashBucketStrong",
  "StringToHashBucket",
  "AsString",
  "ZerosLike",
  "OnesLike",
  "Relu",
  "Neg",
  "Sigmoid",
  "Tanh",
  "LogicalNot",
  "ReverseV2",
  "Abs",
  "AddN",
  "BiasAdd",
  "Exp",
  "Log",
  "Log1p",
  "Reciprocal",
  "Select",
  "Softplus",
  "Sqrt",
  "Square",
]);

/** Losses of rows, which are a vector, with their derivatives, which are a matrix like the first input. */
const rowLosses: ReadonlySet<string> = new Set([
  "SoftmaxCrossEntropyWithLogits",
  "SparseSoftmaxCrossEntropyWithLogits",
]);

/** An attribute of the compiler's own nodes: the input, a vector of two, whose first element is the number of the first output's rows. */
export const rowsFrom = "rows_from";

const reductions: ReadonlySet<string> = new Set(["Any", "All", "Sum", "Mean", "Max", "Min", "Prod"]);
/** Ops that broadcast their two inputs. */
const binary: ReadonlySet<string> = new Set([
  "Add",
  "AddV2",
  "Sub",
  "Mul",
  "RealDiv",
  "DivNoNan",
  "SquaredDifference",
  "Maximum",
  "Minimum",
  "Equal",
  "NotEqual",
  "Less",
  "LessEqual",
  "Greater",
  "GreaterEqual",
  "LogicalAnd",
  "LogicalOr",
]);

/** What is sure of the values of a plan: see `planSymbols` for `trustFeeds`. */
export function planFacts(order: readonly PlanNode[], trustFeeds: boolean): PlanFacts {
  return inferPlanFacts(order, ({ type, shapes }) => !trustFeeds || type !== "_PlanFeed" || shapes[0] === undefined);
}

/**
 * Follows sizes through the shape arithmetic of a plan.
 *
 * With `trustFeeds` the feeds have the shapes they were declared with, which whoever runs the plan must check (`assumedShapes`); without it a feed
 * may have any shape. Of each pair in `equal` the second takes the place of the first.
 */
export function planSymbols(
  order: readonly PlanNode[],
  trustFeeds: boolean,
  equal: readonly (readonly [Unknown, Unknown])[] = [],
  facts: PlanFacts = planFacts(order, trustFeeds),
): PlanSymbols {
  const unknowns = new Map<PlanNode, Map<string, Unknown>>();
  const known = new Map<PlanNode, readonly Term[] | undefined>();
  const unknown = (port: Port, kind: Unknown["kind"], index: number): Unknown => {
    const same = equal.find(
      ([{ port: other, ...rest }]) =>
        other.node === port.node && other.index === port.index && rest.kind === kind && rest.index === index,
    );
    if (same !== undefined) return unknown(same[1].port, same[1].kind, same[1].index);
    let own = unknowns.get(port.node);
    if (own === undefined) {
      own = new Map();
      unknowns.set(port.node, own);
    }
    const key = `${port.index} ${kind} ${index}`;
    let found = own.get(key);
    if (found === undefined) {
      found = { port, kind, index };
      own.set(key, found);
    }
    return found;
  };
  const dimensions = (port: Port): readonly Term[] | undefined => {
    const shape = facts.shape(port);
    if (shape === undefined) return undefined;
    const [first] = port.node.inputs;
    const hasShapeOfInput = port.index === 0 ? sameShape.has(port.node.type) : rowLosses.has(port.node.type);
    const origin = hasShapeOfInput ? dimensions(inputOf(port.node)) : undefined;
    if (port.node.type === "ExpandDims" && port.index === 0 && first !== undefined) {
      const [axis] = elements(port.node.inputs[1]!) ?? [];
      const inner = dimensions(first);
      if (typeof axis === "number" && inner !== undefined && inner.length === shape.length - 1) {
        const at = axis < 0 ? axis + shape.length : axis;
        return [...inner.slice(0, at), 1, ...inner.slice(at)];
      }
    }
    const moved = origin ?? (port.index === 0 && shape.some((size) => size < 0) ? movedFrom(port.node) : undefined);
    return shape.map((size, d) => (size >= 0 ? size : (moved?.[d] ?? unknown(port, "dimension", d))));
  };
  /** The dimensions of a node that has those of its inputs, in another order or without some; undefined for others. */
  const movedFrom = (node: PlanNode): readonly (Term | undefined)[] | undefined => {
    const [first, second] = node.inputs;
    if (node.type === "Transpose") {
      const places = elements(second!);
      const inner = places === undefined ? undefined : dimensions(first!);
      return inner === undefined
        ? undefined
        : all(places!.map((at) => (typeof at === "number" ? inner[at] : undefined)));
    }
    if (node.type === "MatMul") {
      const rows = node.attrs.bool("transpose_a") ? undefined : dimensions(first!)?.[0];
      return [rows, undefined];
    }
    if (node.type === "ConcatV2") {
      const [axis] = elements(node.inputs.at(-1)!) ?? [];
      const inner = dimensions(first!);
      if (typeof axis !== "number" || inner === undefined) return undefined;
      return inner.map((term, d) => (d === axis || d === axis + inner.length ? undefined : term));
    }
    if (rowLosses.has(node.type)) return [dimensions(first!)?.[0]];
    if (node.type === "BroadcastTo") return elements(second!);
    if (node.type === "Reshape") {
      // An element that is not known may be -1, which asks for a size; a dimension is one.
      return elements(second!)?.map((term) =>
        typeof term !== "number" && term.kind === "dimension" ? term : undefined,
      );
    }
    if (node.type === "_PlanConcatPart") return dimensions(second!);
    if (node.type === "_PlanEmbeddingLookup" && node.attrs.has(rowsFrom)) {
      const shape = elements(node.inputs[node.attrs.int(rowsFrom)]!);
      return [shape?.length === 2 ? shape[0] : undefined, undefined];
    }
    if (node.type === "_PlanLookupGradient") return [dimensions(node.inputs[4]!)?.[0], undefined];
    if (node.type === "Tile") {
      const times = elements(second!);
      return dimensions(first!)?.map((term, d) => (term === 1 ? times?.[d] : undefined));
    }
    if (binary.has(node.type)) {
      const [a, b] = [dimensions(first!), dimensions(second!)];
      return a === undefined || b === undefined ? undefined : broadcast(a, b);
    }
    const isReduction = reductions.has(node.type);
    if (!isReduction && !(node.type === "Squeeze" && node.attrs.ints("squeeze_dims").length > 0)) return undefined;
    const axes = isReduction ? elements(second!) : node.attrs.ints("squeeze_dims");
    const inner = axes === undefined ? undefined : dimensions(first!);
    if (inner === undefined || !axes!.every((axis) => typeof axis === "number")) return undefined;
    const gone = new Set(axes!.map((axis) => ((axis as number) + inner.length) % inner.length));
    if (isReduction && node.attrs.bool("keep_dims")) return inner.map((term, d) => (gone.has(d) ? 1 : term));
    return inner.filter((_, d) => !gone.has(d));
  };
  const elements = (port: Port): readonly Term[] | undefined => {
    if (port.index !== 0) return vector(port);
    const { node } = port;
    // Asked for in order of the plan, so that a long chain does not go deep.
    if (!known.has(node)) known.set(node, isInteger(port) ? (computed(node) ?? vector(port)) : undefined);
    return known.get(node);
  };
  const vector = (port: Port): readonly Term[] | undefined => {
    if (!isInteger(port)) return undefined;
    const shape = facts.shape(port);
    if (shape === undefined || shape.length > 1) return undefined;
    const count = shape[0] ?? 1;
    if (count < 0 || count > mostElements) return undefined;
    const found = facts.elements(port);
    return Array.from({ length: count }, (_, i) => {
      const element = found?.[i] ?? -1;
      return element >= 0 ? element : unknown(port, "element", i);
    });
  };
  const computed = (node: PlanNode): readonly Term[] | undefined => {
    if (node.value !== undefined) {
      const { shape } = node.value;
      return shape.length <= 1 && elementCount(shape) <= mostElements ? toIntegers(node.value) : undefined;
    }
    const [first] = node.inputs;
    const rank = facts.shape(node.port())?.length;
    switch (node.type) {
      case "Shape":
        return dimensions(first!);
      case "Size": {
        const sizes = dimensions(first!);
        return sizes === undefined ? undefined : single(product(sizes));
      }
      case "Identity":
        return elements(first!);
      case "Cast":
        return isInteger(first!) ? elements(first!) : undefined;
      case "Squeeze":
      case "ExpandDims":
      case "Reshape":
        return rank !== undefined && rank <= 1 ? elements(first!) : undefined;
      case "Pack":
        if (node.attrs.int("axis") !== 0 || node.inputs.some((input) => facts.shape(input)?.length !== 0))
          return undefined;
        return all(node.inputs.map((input) => elements(input)?.[0]));
      case "ConcatV2": {
        const parts = node.inputs.slice(0, -1).map((input) => elements(input));
        return parts.some((part) => part === undefined) ? undefined : parts.flatMap((part) => [...part!]);
      }
      case "StridedSlice":
        return strided(node);
      case "Slice": {
        const source = elements(first!);
        const [begin, size] = [elements(node.inputs[1]!)?.[0], elements(node.inputs[2]!)?.[0]];
        if (source === undefined || typeof begin !== "number" || typeof size !== "number" || rank !== 1)
          return undefined;
        const end = size === -1 ? source.length : begin + size;
        return begin < 0 || end > source.length || end < begin ? undefined : source.slice(begin, end);
      }
      case "Gather":
      case "GatherV2": {
        const source = elements(first!);
        const places = elements(node.inputs[1]!);
        if (source === undefined || places === undefined || facts.shape(first!)?.length !== 1) return undefined;
        return all(places.map((place) => (typeof place === "number" ? source[place] : undefined)));
      }
      case "Prod": {
        const parts = elements(first!);
        return parts === undefined || rank !== 0 ? undefined : single(product(parts));
      }
      case "Mul": {
        const [a, b] = node.inputs.map((input) => elements(input));
        return a?.length === 1 && b?.length === 1 && rank === 0 ? single(product([a[0]!, b[0]!])) : undefined;
      }
      case "Minimum": {
        // min(n, max(m, n)) is n: how many steps a loop of TensorFlow 1 takes.
        for (const [a, b] of [node.inputs, [...node.inputs].reverse()] as [Port, Port][]) {
          const [size] = rank === 0 ? (elements(a) ?? []) : [];
          const isIn = (port: Port): boolean => size !== undefined && elements(port)?.[0] === size;
          if (b.node.type === "Maximum" && b.node.inputs.some(isIn)) return single(size);
        }
        return undefined;
      }
      default:
        return undefined;
    }
  };
  const strided = (node: PlanNode): readonly Term[] | undefined => {
    const source = elements(node.inputs[0]!);
    const [begin, end, strides] = node.inputs.slice(1).map((input) => elements(input));
    const { attrs } = node;
    if (source === undefined || begin?.length !== 1 || end?.length !== 1 || strides?.[0] !== 1) return undefined;
    if (attrs.int("ellipsis_mask") !== 0 || attrs.int("new_axis_mask") !== 0) return undefined;
    const clamp = (index: number): number =>
      Math.max(0, Math.min(source.length, index < 0 ? index + source.length : index));
    const [from, to] = [begin[0], end[0]];
    if (typeof from !== "number" || typeof to !== "number") return undefined;
    const start = (attrs.int("begin_mask") & 1) !== 0 ? 0 : clamp(from);
    if ((attrs.int("shrink_axis_mask") & 1) !== 0) {
      const place = from < 0 ? from + source.length : from;
      return place >= 0 && place < source.length ? [source[place]!] : undefined;
    }
    return source.slice(start, Math.max(start, (attrs.int("end_mask") & 1) !== 0 ? source.length : clamp(to)));
  };
  for (const node of order) if (node.outputTypes.length > 0) elements(node.port());
  const users = usersOf(order);
  return { facts, dimensions, elements, users: (node) => users.get(node) ?? [] };
}

/** The shapes that feeds are trusted to have: those they were declared with. */
export function assumedShapes(feeds: readonly PlanNode[]): PartialShape[] {
  return feeds.map((feed) => feed.shapes[0]);
}

function usersOf(order: readonly PlanNode[]): Map<PlanNode, PlanNode[]> {
  const users = new Map<PlanNode, PlanNode[]>();
  for (const node of order) {
    for (const source of new Set(node.inputs.map((input) => input.node))) {
      const list = users.get(source);
      if (list === undefined) users.set(source, [node]);
      else list.push(node);
    }
  }
  return users;
}

function isInteger({ node, index }: Port): boolean {
  const dtype = node.outputTypes[index];
  return dtype === "int32" || dtype === "int64";
}

/** The input whose shape a node of `sameShape` has: a table's keys come after its handle, what is selected from after the choice. */
function inputOf(node: PlanNode): Port {
  return node.inputs[node.type === "LookupTableFindV2" || node.type === "Select" ? 1 : 0]!;
}

function all(terms: readonly (Term | undefined)[]): readonly Term[] | undefined {
  return terms.some((term) => term === undefined) ? undefined : (terms as readonly Term[]);
}

function single(term: Term | undefined): readonly Term[] | undefined {
  return term === undefined ? undefined : [term];
}

/** Where two sizes differ, one of them must be 1. */
function broadcast(a: readonly Term[], b: readonly Term[]): readonly (Term | undefined)[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, d) => {
    const x = a[d - rank + a.length] ?? 1;
    const y = b[d - rank + b.length] ?? 1;
    return x === y || y === 1 ? x : x === 1 ? y : undefined;
  });
}

/** The product where at most one factor is unknown and the others are 1, or where all are known. */
function product(terms: readonly Term[]): Term | undefined {
  const unknowns = terms.filter((term) => typeof term !== "number");
  const rest = terms.reduce<number>((result, term) => (typeof term === "number" ? result * term : result), 1);
  if (unknowns.length === 0) return rest;
  return unknowns.length === 1 && rest === 1 ? unknowns[0] : undefined;
}
