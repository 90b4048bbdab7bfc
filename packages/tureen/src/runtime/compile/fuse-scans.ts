import type { TensorValue } from "../../core/tensor-value.js";
import type { CompileOptions } from "./compile.js";
import { foldConstants } from "./fold.js";
import { constantVariable } from "./freeze.js";
import { matchScan } from "./match-scan.js";
import { conditionalNodes, replaceClusters } from "./partition.js";
import { type PlanGraph, PlanNode, type Port, reachable } from "./plan-node.js";
import { planSymbols } from "./plan-symbols.js";
import type { Scan } from "./scan.js";

/** Takes a scan to another engine under a node that stands for it; false where it cannot. */
export type LowerScan = (node: PlanNode, scan: Scan) => boolean;

/** Puts one node in the place of each while loop that is a scan and that the other engine takes. */
export function fuseScans(graph: PlanGraph, options: CompileOptions, trustFeeds: boolean, lower: LowerScan): void {
  const order = [...new Set([...graph.feeds, ...reachable(graph)])];
  const loops = order.filter(({ type }) => type === "StatelessWhile" || type === "While" || type === "_PlanLoop");
  if (loops.length === 0) return;
  const { library, freeze, kernels, context } = options;
  const variable = (handle: Port): TensorValue | undefined =>
    freeze === undefined ? undefined : constantVariable(handle, freeze);
  const fold = (step: PlanGraph): void => foldConstants(step, kernels, context);
  const surroundings = { graph, order, symbols: planSymbols(order, trustFeeds), library, variable, fold };
  const conditional = conditionalNodes(order);
  const replacements = loops.flatMap((loop) => {
    const scan = conditional.has(loop) ? undefined : matchScan(loop, surroundings);
    if (scan === undefined) return [];
    const { cluster, facts } = scan;
    const node = new PlanNode({
      name: `${loop.name}/_Ort`,
      type: "_PlanOrt",
      inputs: cluster.inputs,
      outputTypes: cluster.outputs.map((port) => port.node.outputTypes[port.index]!),
      shapes: cluster.outputs.map((port) => facts.shape(port)),
    });
    return lower(node, scan) ? [{ cluster, node }] : [];
  });
  replaceClusters(graph, order, replacements);
}
