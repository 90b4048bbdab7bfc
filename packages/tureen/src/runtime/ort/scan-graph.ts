import type { PartialShape } from "../../core/shape.js";
import { inferPlanFacts, type PlanFacts } from "../compile/partition-facts.js";
import { type PlanNode, type Port, reachable } from "../compile/plan-node.js";
import type { Scan } from "../compile/scan.js";
import type { OnnxValue } from "../lowering.js";
import { onnxDType } from "./onnx-dtype.js";
import { OnnxGraphBuilder } from "./onnx-graph-builder.js";
import type { OnnxGraph } from "./onnx-model.js";
import { recurrentLayer } from "./recurrent-layer.js";

/** Lowers one node of a step; undefined where that cannot be. */
export type LowerStepNode = (
  node: PlanNode,
  facts: PlanFacts,
  resolve: (port: Port) => OnnxValue,
  onnx: OnnxGraphBuilder,
) => readonly OnnxValue[] | undefined;

/** What becomes of a scan. */
export interface ScanGraph {
  /** Its inputs and outputs are those of the scan's cluster. */
  readonly graph: OnnxGraph;
  /** Whether its results are right for finite numbers alone: ONNX Runtime's recurrent layers lose NaN in their activations. */
  readonly isFinite: boolean;
}

/** A scan as an ONNX graph; undefined where a step has something that cannot be lowered. */
export function scanGraph(scan: Scan, lower: LowerStepNode): ScanGraph | undefined {
  const { body, cluster, facts, states, sequences } = scan;
  const onnx = new OnnxGraphBuilder();
  if ([...cluster.inputs, ...cluster.outputs].some(isForeign)) return undefined;
  const inputs = cluster.inputs.map((port) => ({
    port,
    value: onnx.input(port.node.outputTypes[port.index]!, facts.shape(port)),
  }));
  const outside = ({ node, index }: Port): OnnxValue | undefined =>
    node.value !== undefined
      ? onnx.constant(node.value)
      : inputs.find(({ port }) => port.node === node && port.index === index)?.value;
  const order = [...body.feeds, ...reachable(body).filter((node) => node.type !== "_PlanFeed")];
  const inferred = inferPlanFacts(order, (node) => node.type !== "_PlanFeed");
  if (!keepsShapes(scan, inferred)) return undefined;
  const sources = [...states, ...sequences].map((port) => outside(port)!);
  const layer = recurrentLayer(scan, sources, onnx);
  const results = layer ?? scanNode(scan, sources, { order, inferred, outside, onnx }, lower);
  if (results === undefined) return undefined;
  cluster.outputs.forEach(({ node, index }, i) => {
    const { kind, index: which } = scan.outputs[i]!;
    onnx.output(outputValue(scan, kind, which, results, onnx), node.outputTypes[index]!);
  });
  return { graph: onnx.graph(), isFinite: layer !== undefined };
}

function isForeign({ node, index }: Port): boolean {
  return onnxDType(node.outputTypes[index]!) === undefined;
}

/** Whether what is known of the first states holds for the later ones, and what steps write is as the loop asks. */
function keepsShapes({ body, states, written }: Scan, facts: PlanFacts): boolean {
  const isAs = (asked: PartialShape, found: PartialShape): boolean =>
    asked === undefined || (found?.length === asked.length && asked.every((size, d) => size < 0 || size === found[d]));
  return (
    states.every((_, i) => {
      const assumed = facts.shape(body.feeds[i]!.port());
      return assumed !== undefined && isAs(assumed, facts.shape(body.fetches[i]!));
    }) &&
    written.every((shapes, i) => {
      const row = facts.shape(body.fetches[states.length + i]!);
      return shapes.every((asked) => isAs(asked, row));
    })
  );
}

/** Any step, as the body of ONNX's Scan. */
function scanNode(
  { body, states, constants, sequences }: Scan,
  sources: readonly OnnxValue[],
  around: {
    readonly order: readonly PlanNode[];
    readonly inferred: PlanFacts;
    readonly outside: (port: Port) => OnnxValue | undefined;
    readonly onnx: OnnxGraphBuilder;
  },
  lower: LowerStepNode,
): readonly OnnxValue[] | undefined {
  const { order, inferred, outside, onnx } = around;
  const inner = new OnnxGraphBuilder(onnx);
  const values = new Map<PlanNode, readonly OnnxValue[]>();
  body.feeds.forEach((feed, i) => {
    const constant = constants[i - states.length];
    if (constant === undefined) values.set(feed, [inner.input(feed.outputTypes[0]!, feed.shapes[0])]);
    else if (!isForeign(constant)) {
      // A flow of an array is no value of its own.
      const value = outside(constant);
      if (value !== undefined) values.set(feed, [value]);
    }
  });
  const resolve = ({ node, index }: Port): OnnxValue | undefined =>
    node.value === undefined ? values.get(node)?.[index] : onnx.constant(node.value);
  for (const node of order) {
    if (node.value !== undefined || node.type === "_PlanFeed") continue;
    if (!node.inputs.every((input) => input.node.value !== undefined || values.has(input.node))) return undefined;
    const lowered = lower(node, inferred, (port) => resolve(port)!, inner);
    if (lowered === undefined) return undefined;
    values.set(node, lowered);
  }
  for (const port of body.fetches) {
    const value = isForeign(port) ? undefined : resolve(port);
    if (value === undefined) return undefined;
    inner.output(value, port.node.outputTypes[port.index]!);
  }
  return onnx.ops("Scan", sources, body.fetches.length, { num_scan_inputs: sequences.length }, inner.graph());
}

function outputValue(
  { body, states }: Scan,
  kind: Scan["outputs"][number]["kind"],
  which: number,
  results: readonly OnnxValue[],
  onnx: OnnxGraphBuilder,
): OnnxValue {
  if (kind === "state") return results[which]!;
  const rows = results[states.length + which]!;
  if (kind === "rows") return rows;
  const written = body.fetches[states.length + which]!;
  const state = body.fetches.findIndex(
    ({ node, index }, i) =>
      i < states.length && passIdentity(node, index) === passIdentity(written.node, written.index),
  );
  if (state >= 0) return onnx.op("Unsqueeze", [results[state]!, onnx.int64([0])]);
  return onnx.op("Slice", [rows, onnx.int64([-1]), onnx.int64([Number.MAX_SAFE_INTEGER]), onnx.int64([0])]);
}

/** The value that Identities pass on, by a name that only it has. */
function passIdentity(node: PlanNode, index: number): string {
  let port: Port = { node, index };
  while (port.node.type === "Identity") port = port.node.inputs[0]!;
  return `${port.node.name}:${port.index}`;
}
