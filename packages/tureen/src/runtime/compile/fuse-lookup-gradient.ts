import { Attrs, type AttrValue } from "../../graph/attr-value.js";
import type { Kernel } from "../kernel.js";
import type { Combiner } from "../kernels/plan-embedding-lookup.js";
import { lookupGradientKernel } from "../kernels/plan-training-lookup.js";
import { producer, samePort } from "./fuse-match.js";
import { type PlanGraph, PlanNode, type Port, reachable } from "./plan-node.js";

const combiners: Readonly<Record<string, Combiner>> = {
  SparseSegmentSumGrad: "sum",
  SparseSegmentMeanGrad: "mean",
  SparseSegmentSqrtNGrad: "sqrtn",
};

/**
 * Puts one `_PlanLookupGradient` in the place of the nodes that differentiate `safe_embedding_lookup_sparse`, and takes away what sums the rows of
 * ids that are distinct already.
 *
 * The new nodes read the distinct ids, places and rows of the look-up and no other value inside of it, so that the look-up itself can be fused.
 */
export function fuseLookupGradients(graph: PlanGraph): void {
  const order = reachable(graph);
  if (!order.some((node) => Object.hasOwn(combiners, node.type))) return;
  const replaced = new Map<PlanNode, Port>();
  for (const node of order) {
    if (node.value !== undefined) continue;
    if (Object.hasOwn(combiners, node.type)) {
      const gradient = lookupGradient(node, order);
      if (gradient !== undefined) replaced.set(node, gradient.port());
    } else if (node.type === "UnsortedSegmentSum") {
      const values = alreadyDistinct(node);
      if (values !== undefined) replaced.set(node, values);
    }
  }
  const pinned = new Set([...graph.targets, ...order.flatMap((node) => node.controls)]);
  for (const node of pinned) replaced.delete(node);
  const resolve = (port: Port): Port => {
    const target = replaced.get(port.node);
    if (target !== undefined) return resolve(target);
    // `Unique` of what `Unique` gave is the same again.
    const again = port.index === 0 ? producer(port, "Unique") : undefined;
    return (again === undefined ? undefined : distinct(again.inputs[0]!)) ?? port;
  };
  for (const node of order) node.inputs = node.inputs.map(resolve);
  for (const target of replaced.values()) target.node.inputs = target.node.inputs.map(resolve);
  graph.fetches = graph.fetches.map(resolve);
}

/** The kernel of a `_PlanLookupGradient`. */
export function planLookupGradientKernel({ attrs }: PlanNode): Kernel {
  return lookupGradientKernel({ combiner: attrs.text("combiner") as Combiner, masked: attrs.bool("masked") });
}

function lookupGradient(node: PlanNode, order: readonly PlanNode[]): PlanNode | undefined {
  const [gradient, places, rows, count] = node.inputs as [Port, Port, Port, Port];
  const combiner = combiners[node.type]!;
  const unique = producer(places, "Unique");
  const fill = producer(unique?.inputs[0], "SparseFillEmptyRows");
  if (unique === undefined || places.index !== 1 || fill === undefined || unique.inputs[0]!.index !== 1)
    return undefined;
  const slice = producer(rows, "StridedSlice") ?? producer(producer(rows, "Cast")?.inputs[0], "StridedSlice");
  if (slice === undefined || !samePort(slice.inputs[0], fill.port(0))) return undefined;
  const forward = order.find(
    ({ type, inputs }) => `${type}Grad` === node.type && samePort(inputs[1], places) && samePort(inputs[2], rows),
  );
  // The number of distinct ids, by the shape of what was gathered for them.
  const sized = producer(producer(count, "StridedSlice")?.inputs[0], "Shape");
  if (forward === undefined || sized === undefined || !samePort(sized.inputs[0], forward.inputs[0])) return undefined;
  if (node.outputTypes[0] !== "float32") return undefined;
  const select = producer(gradient, "Select");
  const zeros = producer(select?.inputs[1], "ZerosLike");
  const masks = select === undefined ? undefined : emptyRows(select, forward, order);
  if (select !== undefined && (zeros === undefined || masks === undefined)) return undefined;
  if (masks !== undefined && !samePort(zeros!.inputs[0], masks.zeros)) return undefined;
  const whole = select === undefined ? gradient : select.inputs[2]!;
  const combined = new PlanNode({
    name: `${node.name}/_PlanLookupGradient`,
    type: "_PlanLookupGradient",
    attrs: new Attrs(
      new Map<string, AttrValue>([
        ["combiner", { kind: "string", value: Buffer.from(combiner) }],
        ["masked", { kind: "bool", value: select !== undefined }],
      ]),
      node.name,
    ),
    inputs: [unshaped(whole, masks?.select ?? forward), places, rows, fill.port(2), unique.port(0)],
    outputTypes: ["float32"],
    shapes: node.shapes,
  });
  combined.sureShapes = node.shapes;
  return combined;
}

/** The Select of the look-up that zeroes the same empty rows. */
function emptyRows(
  gradient: PlanNode,
  forward: PlanNode,
  order: readonly PlanNode[],
): { readonly select: PlanNode; readonly zeros: Port } | undefined {
  const select = order.find(
    ({ type, inputs }) =>
      type === "Select" && samePort(inputs[0], gradient.inputs[0]) && samePort(inputs[2], forward.port()),
  );
  return select === undefined ? undefined : { select, zeros: select.inputs[1]! };
}

/** The gradient before it is brought to the shape of the look-up's result, which moves no element. */
function unshaped(gradient: Port, result: PlanNode): Port {
  const reshape = producer(gradient, "Reshape");
  const shape = producer(reshape?.inputs[1], "Shape");
  return reshape !== undefined && samePort(shape?.inputs[0], result.port()) ? reshape.inputs[0]! : gradient;
}

/** The rows of an UnsortedSegmentSum whose ids were made distinct a second time: each is a segment of its own, in order. */
function alreadyDistinct(node: PlanNode): Port | undefined {
  const [values, places, count] = node.inputs as [Port, Port, Port];
  const again = producer(places, "Unique");
  if (again === undefined || places.index !== 1 || distinct(again.inputs[0]!) === undefined) return undefined;
  const sized = producer(producer(count, "StridedSlice")?.inputs[0], "Shape");
  return samePort(sized?.inputs[0], again.port(0)) ? values : undefined;
}

/** The ids that `Unique` gave, also through the reshape to a vector of as many that the gradient of a gather makes. */
function distinct(ids: Port): Port | undefined {
  const reshape = producer(ids, "Reshape");
  const size = producer(producer(reshape?.inputs[1], "ExpandDims", "Pack", "Reshape")?.inputs[0], "Size");
  const source = reshape !== undefined && samePort(size?.inputs[0], reshape.inputs[0]) ? reshape.inputs[0]! : ids;
  return source.index === 0 && producer(source, "Unique") !== undefined ? source : undefined;
}
