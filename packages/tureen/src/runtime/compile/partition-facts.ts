import { elementCount, isCompatible, isFullyDefined, mergeShapes, type PartialShape } from "../../core/shape.js";
import { type TensorValue, tensorValue, toIntegers } from "../../core/tensor-value.js";
import type { HandleData } from "../../graph/graph.js";
import type { ShapeNode } from "../../graph/infer-shapes.js";
import { shapeTable } from "../../graph/shapes/index.js";
import type { PlanNode, Port } from "./plan-node.js";

/** What is known of the values in a plan before it runs. */
export interface PlanFacts {
  shape(port: Port): PartialShape;
  /** The elements of an integer vector (or scalar) that will serve as a shape, -1 for those not known; undefined where not even their number is. */
  elements(port: Port): PartialShape;
  /** The value where it is a constant, or known from static shapes alone. */
  value(port: Port): TensorValue | undefined;
}

/** Integer constants with more elements than this are data, not shapes. */
const mostShapeElements = 64;

/**
 * Infers shapes over a whole plan, where constants are folded and calls inlined, so that more is known than when the graph was built.
 *
 * Feeds may defy their declared shapes. For nodes that `derived` accepts, what is found follows by shape rules alone from the shapes and
 * elements of their inputs; so who checks those facts of a segment's inputs at run time may rely on all facts within it. `derived` is asked
 * for each node in order, once its inputs and what the rules say of its outputs are known; for the others declared shapes count as well, and
 * where there are none, what their users would need: a run in which that is wrong is found by the same check.
 */
export function inferPlanFacts(
  order: readonly PlanNode[],
  derived: (node: PlanNode, facts: PlanFacts) => boolean,
): PlanFacts {
  const shapes = new Map<PlanNode, readonly PartialShape[]>();
  const known = new Map<PlanNode, PartialShape>();
  const facts: PlanFacts = {
    shape: ({ node, index }) => (node.value !== undefined ? node.value.shape : shapes.get(node)?.[index]),
    elements: ({ node, index }) => (index === 0 ? known.get(node) : undefined),
    value: (port) => {
      if (port.node.value !== undefined) return port.node.value;
      const elements = facts.elements(port);
      const shape = facts.shape(port);
      const dtype = port.node.outputTypes[port.index];
      if (!isFullyDefined(elements) || shape === undefined) return undefined;
      if (dtype === "int32") return tensorValue("int32", shape, Int32Array.from(elements));
      return dtype === "int64" ? tensorValue("int64", shape, BigInt64Array.from(elements, BigInt)) : undefined;
    },
  };
  const expected = expectedShapes(order);
  for (const node of order) {
    if (node.value === undefined) {
      const inferred = runRule(node, facts) ?? node.outputTypes.map(() => undefined);
      shapes.set(node, inferred);
      if (!derived(node, facts)) {
        shapes.set(
          node,
          withDeclared(node, inferred).map((shape, i) => shape ?? (i === 0 ? expected.get(node) : undefined)),
        );
      }
    }
    known.set(node, elementsOf(node, facts));
  }
  return facts;
}

/** The least that ops want of inputs about which nothing is known. */
const wantedRanks: Readonly<Record<string, number>> = {
  AvgPool: 4,
  Conv2D: 4,
  DepthwiseConv2dNative: 4,
  MatMul: 2,
  MaxPool: 4,
};

function expectedShapes(order: readonly PlanNode[]): Map<PlanNode, PartialShape> {
  const expected = new Map<PlanNode, PartialShape>();
  for (const node of order) {
    const rank = wantedRanks[node.type];
    const [first] = node.inputs;
    if (rank === undefined || first === undefined || first.index !== 0) continue;
    const shape = new Array<number>(rank).fill(-1);
    const filter = node.inputs[1]?.node.value?.shape;
    if (rank === 4 && filter?.length === 4 && node.attrs.text("data_format") === "NHWC") shape[3] = filter[2]!;
    if (rank === 2 && filter?.length === 2 && !node.attrs.bool("transpose_a"))
      shape[1] = filter[node.attrs.bool("transpose_b") ? 1 : 0]!;
    expected.set(first.node, shape);
  }
  return expected;
}

function withDeclared(node: PlanNode, inferred: readonly PartialShape[]): readonly PartialShape[] {
  return node.shapes.map((declared, i) =>
    isCompatible(declared, inferred[i]) ? mergeShapes(declared, inferred[i]) : inferred[i],
  );
}

function runRule(node: PlanNode, facts: PlanFacts): readonly PartialShape[] | undefined {
  if (node.sureShapes !== undefined && node.type.startsWith("_Plan")) return node.sureShapes;
  // What freezing makes of a variable's ResourceGather is a Gather of its value.
  const type = node.type === "_PlanGather" ? "Gather" : node.type;
  const rule = Object.hasOwn(shapeTable, type) ? shapeTable[type] : undefined;
  if (rule === undefined) return undefined;
  const view: ShapeNode = {
    inputs: node.inputs.map((port) => ({
      shape: facts.shape(port),
      dtype: port.node.outputTypes[port.index]!,
      handleData: variableOf(port),
    })),
    attrs: node.attrs,
    outputTypes: node.outputTypes,
    constant: (input) => (node.inputs[input] === undefined ? undefined : facts.value(node.inputs[input])),
    shapeOf: (input) => (node.inputs[input] === undefined ? undefined : facts.elements(node.inputs[input])),
  };
  try {
    const result = rule(view);
    return node.outputTypes.map((_, i) => {
      const shape = result[i];
      return shape !== undefined && "shape" in shape ? shape.shape : (shape as PartialShape);
    });
  } catch {
    // Shapes that contradict each other are an error of the run, which the kernel reports.
    return undefined;
  }
}

/** What a handle's variable was declared as. */
function variableOf({ node }: Port): HandleData | undefined {
  if (node.type !== "VarHandleOp") return undefined;
  return { dtype: node.attrs.type("dtype"), shape: node.attrs.shape("shape") };
}

function isShapeType(node: PlanNode): boolean {
  return node.outputTypes[0] === "int32" || node.outputTypes[0] === "int64";
}

/** What flows through the shape arithmetic of a graph; a scalar counts as a vector of one. */
function elementsOf(node: PlanNode, facts: PlanFacts): PartialShape {
  if (!isShapeType(node)) return undefined;
  if (node.value !== undefined) {
    const small = node.value.shape.length <= 1 && elementCount(node.value.shape) <= mostShapeElements;
    return small ? toIntegers(node.value) : undefined;
  }
  const [first] = node.inputs;
  switch (node.type) {
    case "Shape":
      return facts.shape(first!);
    case "Rank": {
      const shape = facts.shape(first!);
      return shape === undefined ? [-1] : [shape.length];
    }
    case "Size": {
      const shape = facts.shape(first!);
      return [isFullyDefined(shape) ? elementCount(shape) : -1];
    }
    case "Identity":
    case "Cast":
      return first!.node.outputTypes[first!.index]!.startsWith("int") ? facts.elements(first!) : undefined;
    case "Squeeze":
    case "ExpandDims":
      return facts.elements(first!)?.length === 1 ? facts.elements(first!) : undefined;
    case "Pack":
      if (node.attrs.int("axis") !== 0 || node.inputs.some((input) => facts.shape(input)?.length !== 0)) break;
      return node.inputs.map((input) => facts.elements(input)?.[0] ?? -1);
    case "ConcatV2": {
      const parts = node.inputs.slice(0, -1).map((input) => facts.elements(input));
      if (parts.some((part) => part === undefined)) break;
      return parts.flatMap((part) => [...part!]);
    }
    case "StridedSlice": {
      const slice = sliceOf(node, facts);
      if (slice !== undefined) return slice;
      break;
    }
    case "GatherV2": {
      const source = facts.elements(first!);
      const indices = facts.value(node.inputs[1]!);
      if (
        source === undefined ||
        indices === undefined ||
        indices.shape.length > 1 ||
        facts.shape(first!)?.length !== 1
      )
        break;
      return toIntegers(indices).map((index) => source[index] ?? -1);
    }
    case "Prod": {
      const parts = facts.elements(first!);
      if (facts.shape(node.port())?.length !== 0 || !isFullyDefined(parts)) break;
      return [elementCount(parts)];
    }
    default: {
      const compute = arithmetic[node.type];
      if (compute === undefined || node.inputs.length !== 2) break;
      const [a, b] = node.inputs.map((input) => facts.elements(input)) as [PartialShape, PartialShape];
      if (a === undefined || b === undefined || (a.length !== b.length && a.length !== 1 && b.length !== 1)) break;
      return Array.from({ length: Math.max(a.length, b.length) }, (_, i) => {
        const [x, y] = [a[a.length === 1 ? 0 : i]!, b[b.length === 1 ? 0 : i]!];
        // -1 stands for what is not known; a result below zero would be mistaken for it.
        return x < 0 || y < 0 ? -1 : Math.max(-1, compute(x, y));
      });
    }
  }
  return unknownElements(facts.shape(node.port()));
}

const arithmetic: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  AddV2: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  FloorDiv: (a, b) => (b === 0 ? -1 : Math.floor(a / b)),
  FloorMod: (a, b) => (b === 0 ? -1 : a % b),
  Maximum: Math.max,
  Minimum: Math.min,
};

function unknownElements(shape: PartialShape): PartialShape {
  if (shape === undefined || shape.length > 1) return undefined;
  const length = shape[0] ?? 1;
  return length < 0 || length > mostShapeElements ? undefined : new Array<number>(length).fill(-1);
}

function sliceOf(node: PlanNode, facts: PlanFacts): PartialShape {
  const source = facts.elements(node.inputs[0]!);
  const [begin, end, strides] = node.inputs.slice(1).map((input) => facts.value(input));
  if (source === undefined || begin === undefined || end === undefined || strides === undefined) return undefined;
  if (begin.shape[0] !== 1 || node.attrs.int("ellipsis_mask") !== 0 || node.attrs.int("new_axis_mask") !== 0)
    return undefined;
  const step = toIntegers(strides)[0]!;
  if (step <= 0) return undefined;
  const clamp = (index: number): number =>
    Math.max(0, Math.min(source.length, index < 0 ? index + source.length : index));
  const from = (node.attrs.int("begin_mask") & 1) !== 0 ? 0 : clamp(toIntegers(begin)[0]!);
  if ((node.attrs.int("shrink_axis_mask") & 1) !== 0) return source.slice(from, from + 1);
  const to = (node.attrs.int("end_mask") & 1) !== 0 ? source.length : clamp(toIntegers(end)[0]!);
  return source.filter((_, i) => i >= from && i < to && (i - from) % step === 0);
}
