import type { Kernel } from "../kernel.js";
import { type SizePart, shapeVectorKernel } from "../kernels/plan-shape-vector.js";
import { assertedSizes } from "./asserted-sizes.js";
import { type PlanGraph, PlanNode, type Port, reachable, updatesVariables } from "./plan-node.js";
import { planSymbols, type Term } from "./plan-symbols.js";

/** What a `_PlanShapeVector` carries. */
export interface ShapeVectorPayload {
  readonly kernel: () => Kernel;
}

/** Ops that only move sizes about. */
const arithmetic: ReadonlySet<string> = new Set([
  "Shape",
  "Size",
  "Slice",
  "StridedSlice",
  "Pack",
  "ConcatV2",
  "Cast",
  "Prod",
  "GatherV2",
  "Gather",
  "Reshape",
  "ExpandDims",
  "Squeeze",
  "Mul",
]);

/**
 * Has a plan that trains take its sizes from where they come in, before it is partitioned: what only depends on the batch's size, such as the labels'
 * checks and the loss's gradient, then does not wait for the forward pass.
 */
export function hoistShapes(graph: PlanGraph, trustFeeds: boolean): void {
  if (!updatesVariables(reachable(graph))) return;
  templateShapes(graph, trustFeeds, true);
}

/**
 * Replaces shape arithmetic on the host, step by step until then, by one node for each vector of sizes that something needs.
 *
 * For after partitioning: ONNX Runtime does its own arithmetic inside of segments. With `useAsserts` sizes that are made sure to be equal are one (`assertedSizes`).
 */
export function templateShapes(graph: PlanGraph, trustFeeds: boolean, useAsserts = false): void {
  const order = [...new Set([...graph.feeds, ...reachable(graph)])];
  const isGlue = (node: PlanNode): boolean =>
    node.value === undefined &&
    arithmetic.has(node.type) &&
    node.outputTypes.length === 1 &&
    node.controls.length === 0;
  if (!order.some((node) => node.type === "Shape" && isGlue(node))) return;
  const symbols = planSymbols(order, trustFeeds);
  const asserted = useAsserts ? assertedSizes(order, trustFeeds, symbols) : undefined;
  const made = new Map<PlanNode, Port>();
  const pinned = new Set<PlanNode>(graph.targets);
  for (const node of order) for (const control of node.controls) pinned.add(control);
  const replace = (port: Port): Port => {
    const { node } = port;
    if (port.index !== 0 || !isGlue(node) || pinned.has(node)) return port;
    const known = made.get(node);
    if (known !== undefined) return known;
    const terms = (asserted?.symbolsOf(node) ?? symbols).elements(node.port());
    const rank = symbols.facts.shape(node.port())?.length;
    const dtype = node.outputTypes[0];
    // What has no dimension in it only hands on elements of a vector that is there.
    if (
      terms === undefined ||
      rank === undefined ||
      (dtype !== "int32" && dtype !== "int64") ||
      !terms.some(isDimension)
    )
      return port;
    const sources: Port[] = [];
    const parts = terms.map((term): SizePart => {
      if (typeof term === "number") return { number: term, source: -1, index: 0, isElement: false };
      let source = sources.findIndex((other) => other.node === term.port.node && other.index === term.port.index);
      if (source < 0) source = sources.push(term.port) - 1;
      return { number: 0, source, index: term.index, isElement: term.kind === "element" };
    });
    const vector = new PlanNode({
      name: node.name,
      type: "_PlanShapeVector",
      inputs: sources,
      outputTypes: [dtype],
      shapes: [symbols.facts.shape(node.port())],
    });
    const payload: ShapeVectorPayload = { kernel: () => shapeVectorKernel(dtype, rank, parts) };
    vector.payload = payload;
    made.set(node, vector.port());
    return vector.port();
  };
  for (const node of order) {
    // Inside of the arithmetic nothing changes: what is needed no more falls away.
    if (!isGlue(node) || symbols.elements(node.port()) === undefined) node.inputs = node.inputs.map(replace);
  }
  graph.fetches = graph.fetches.map(replace);
}

function isDimension(term: Term): boolean {
  return typeof term !== "number" && term.kind === "dimension";
}
