import { dtypeLabel } from "../../core/dtype.js";
import { internal } from "../../core/status-error.js";
import type { Partitioner } from "../compile/compile.js";
import {
  type Cluster,
  clusterGraph,
  clusterNodes,
  clusterOf,
  conditionalNodes,
  connectedParts,
  replaceClusters,
} from "../compile/partition.js";
import { addCosts, borderCost, breakEven, elementsPerUnit, nodeCost } from "../compile/partition-cost.js";
import { inferPlanFacts, type PlanFacts } from "../compile/partition-facts.js";
import type { StepDecision } from "../compile/partition-report.js";
import { peelJoins } from "../compile/peel-joins.js";
import { makePlan, type Plan } from "../compile/plan.js";
import { feedNode, type PlanGraph, PlanNode, type Port, reachable } from "../compile/plan-node.js";
import type { Scan } from "../compile/scan.js";
import type { KernelTable } from "../kernel.js";
import { kernelTable } from "../kernels/index.js";
import { loweringTable } from "../lowering/index.js";
import type { LoweringNode, LoweringTable, OnnxBuilder, OnnxValue } from "../lowering.js";
import { nativeBinding } from "./native-binding.js";
import { onnxDType } from "./onnx-dtype.js";
import { OnnxGraphBuilder } from "./onnx-graph-builder.js";
import type { OnnxGraph } from "./onnx-model.js";
import type { OrtSessionOptions } from "./ort-session.js";
import { scanGraph } from "./scan-graph.js";
import { reliedElements, Segment, type SegmentEvent, type SegmentInit } from "./segment.js";
import { isTraining, passingOutputs, type SharedBatch, sharedBatch, trainingCore } from "./training-core.js";

/** How a session uses ONNX Runtime. */
export interface OrtPartitionerOptions extends OrtSessionOptions {
  readonly kernels?: KernelTable;
  readonly lowerings?: LoweringTable;
  /** Lower whatever can be lowered, however small; for tests and measurements. */
  readonly always?: boolean;
  /** Is told where each run of a segment went. */
  readonly observe?: (event: SegmentEvent) => void;
}

/** A factory of partitioners that take numeric parts of plans to ONNX Runtime; for `SessionOptions.partitioner`. */
export function ortPartitioner(options: OrtPartitionerOptions = {}): () => Partitioner {
  return () => new OrtPartitioner(options);
}

/** A factory of partitioners that leave everything to the host kernels. */
export function hostOnly(): Partitioner {
  return { partition: () => {}, kernel: () => undefined };
}

/**
 * Units up to which a segment must pay to be made at all: batches (times height and width) beyond are rare, and a segment that stays on the
 * host costs a little more than its nodes by themselves.
 */
const plausibleUnits = 256;

class OrtPartitioner implements Partitioner {
  readonly decisions = new Map<string, StepDecision>();
  readonly #options: OrtPartitionerOptions;
  readonly #kernels: KernelTable;
  readonly #lowerings: LoweringTable;
  readonly #segments = new Map<PlanNode, Segment>();

  constructor(options: OrtPartitionerOptions) {
    this.#options = options;
    this.#kernels = options.kernels ?? kernelTable;
    this.#lowerings = options.lowerings ?? loweringTable;
  }

  partition(graph: PlanGraph): void {
    const order = [...new Set([...graph.feeds, ...reachable(graph)])];
    if (!order.some((node) => node.value === undefined && this.#hasLowering(node))) return;
    const { chosen, facts } = this.#choose(graph, order);
    const replacements = clusterNodes(graph, order, chosen).flatMap((nodes) =>
      this.#segment(graph, order, nodes, facts),
    );
    replaceClusters(graph, order, replacements);
    if (!isTraining(order)) return;
    for (const { node } of replacements) this.#segments.get(node)?.reuse(passingOutputs(graph, node));
  }

  scan(node: PlanNode, scan: Scan, plan: (graph: PlanGraph) => Plan): boolean {
    if (nativeBinding() === null) return false;
    const used = usedOutputs(scan.body, reachable(scan.body));
    const lowered = scanGraph(scan, (step, facts, resolve, builder) =>
      this.#refusal(step, facts, noNodes, used) === undefined
        ? this.#lower(step, loweringNode(step, facts, used, resolve), builder)
        : undefined,
    );
    if (lowered === undefined) return false;
    const { cluster, facts } = scan;
    const init = this.#segmentInit(node.name, lowered.graph, cluster, facts, 0);
    const guards = init.guards.map((guard) => ({ ...guard, isFinite: lowered.isFinite }));
    const host = (): Plan => plan(segmentGraph(cluster, facts));
    this.#segments.set(node, new Segment({ ...init, guards, host }));
    this.decisions.set(node.name, {
      where: "onnxruntime",
      why: "a loop over the rows of tensors",
      ops: cluster.nodes.map((member) => member.type),
      nodes: cluster.nodes.map((member) => member.name),
      minUnits: 0,
    });
    return true;
  }

  kernel(node: PlanNode): Segment["kernel"] | undefined {
    return this.#segments.get(node)?.kernel;
  }

  get nativeBytes(): number {
    let bytes = 0;
    for (const segment of this.#segments.values()) bytes += segment.nativeBytes;
    return bytes;
  }

  close(): void {
    for (const segment of this.#segments.values()) segment.close();
    this.#segments.clear();
  }

  #hasLowering(node: PlanNode): boolean {
    return !node.isStateful && Object.hasOwn(this.#lowerings, node.type) && Object.hasOwn(this.#kernels, node.type);
  }

  /** The nodes that could go to ONNX Runtime and are not shape arithmetic of the host's. */
  #choose(graph: PlanGraph, order: readonly PlanNode[]): { readonly chosen: Set<PlanNode>; readonly facts: PlanFacts } {
    const conditional = conditionalNodes(order);
    const used = usedOutputs(graph, order);
    const chosen = new Set<PlanNode>();
    const facts = inferPlanFacts(order, (node, known) => {
      const reason = this.#refusal(node, known, conditional, used);
      if (reason === undefined) chosen.add(node);
      else if (node.type !== "_PlanFeed" && !this.#segments.has(node))
        this.decisions.set(node.name, { where: "host", why: reason });
      return reason === undefined;
    });
    if (this.#options.always !== true) {
      leaveGlue(graph, order, chosen, facts, (node) =>
        this.decisions.set(node.name, { where: "host", why: "shape arithmetic for the host" }),
      );
      if (isTraining(order)) {
        const core = trainingCore(graph, order, chosen, facts);
        for (const node of chosen)
          if (!core.has(node)) this.decisions.set(node.name, { where: "host", why: "far from the step's products" });
        return { chosen: core, facts };
      }
    }
    return { chosen, facts };
  }

  #refusal(
    node: PlanNode,
    facts: PlanFacts,
    conditional: ReadonlySet<PlanNode>,
    used: UsedOutputs,
  ): string | undefined {
    if (node.isStateful) return "it has state or effects";
    if (!this.#hasLowering(node)) return "its op has no ONNX lowering";
    if (conditional.has(node)) return "it is inside a TF1 conditional";
    const foreign = [...node.inputTypes, ...node.outputTypes].find((dtype) => onnxDType(dtype) === undefined);
    if (foreign !== undefined) return `ONNX Runtime does not take ${dtypeLabel(foreign)} tensors`;
    const builder = new OnnxGraphBuilder();
    const view = loweringNode(node, facts, used, (port) =>
      builder.input(port.node.outputTypes[port.index]!, undefined),
    );
    return this.#lower(node, view, builder) === undefined
      ? "its attributes or static shapes do not allow the lowering"
      : undefined;
  }

  #lower(node: PlanNode, view: LoweringNode, onnx: OnnxBuilder): readonly OnnxValue[] | undefined {
    return this.#lowerings[node.type]!(view, onnx);
  }

  /** The segment of a cluster, without parts that do not earn their border. */
  #segment(
    graph: PlanGraph,
    order: readonly PlanNode[],
    nodes: readonly PlanNode[],
    facts: PlanFacts,
  ): { cluster: Cluster; node: PlanNode }[] {
    let members = nodes;
    if (this.#options.always !== true) {
      const worthy = connectedParts(nodes).filter(
        (part) => this.#minUnits(clusterOf(graph, order, part), facts, false) <= plausibleUnits,
      );
      const kept = new Set(worthy.flat());
      members = peelJoins(
        graph,
        order,
        nodes.filter((node) => kept.has(node)),
        facts,
      );
    }
    const cluster = clusterOf(graph, order, members);
    const minUnits = this.#options.always === true ? 0 : this.#minUnits(cluster, facts, true);
    if (members.length === 0 || minUnits > plausibleUnits || cluster.outputs.length === 0) {
      for (const node of nodes)
        this.decisions.set(node.name, { where: "host", why: "too little work to enter ONNX Runtime for" });
      return [];
    }
    // Loading it takes longer than opening a small model, most of whose plans stay on the host.
    if (nativeBinding() === null) {
      for (const node of nodes) this.decisions.set(node.name, { where: "host", why: "ONNX Runtime is not available" });
      return [];
    }
    const taken = new Set(members);
    for (const node of nodes)
      if (!taken.has(node))
        this.decisions.set(node.name, { where: "host", why: "too little work to enter ONNX Runtime for" });
    const node = new PlanNode({
      name: `${members.at(-1)!.name}/_Ort`,
      type: "_PlanOrt",
      inputs: cluster.inputs,
      outputTypes: cluster.outputs.map((port) => port.node.outputTypes[port.index]!),
      shapes: cluster.outputs.map((port) => facts.shape(port)),
    });
    this.#segments.set(node, new Segment(this.#init(node.name, graph, order, cluster, facts, minUnits)));
    this.decisions.set(node.name, {
      where: "onnxruntime",
      why: whyText(minUnits),
      ops: members.map((member) => member.type),
      nodes: members.map((member) => member.name),
      minUnits,
    });
    return [{ cluster, node }];
  }

  /** From how many units on the cluster is faster in ONNX Runtime; Infinity where its size is fixed and too small. */
  #minUnits(cluster: Cluster, facts: PlanFacts, entry: boolean): number {
    const costs = cluster.nodes.map((node) => nodeCost(node, facts));
    const host = addCosts(costs.map((cost) => cost.host));
    const ort = addCosts([...costs.map((cost) => cost.ort), borderCost(cluster.inputs, cluster.outputs, facts, entry)]);
    const units = breakEven(host, ort);
    const varies = cluster.inputs.some((port) => elementsPerUnit(facts.shape(port)) > 0);
    return varies || units <= 1 ? units : Number.POSITIVE_INFINITY;
  }

  #init(
    name: string,
    graph: PlanGraph,
    order: readonly PlanNode[],
    cluster: Cluster,
    facts: PlanFacts,
    minUnits: number,
  ): SegmentInit {
    const builder = new OnnxGraphBuilder();
    const values = new Map<PlanNode, readonly OnnxValue[]>();
    const used = usedOutputs(graph, order);
    // Constants that lowerings read at plan time become no inputs, and neither do values that only their shapes were needed of.
    const asked: { readonly port: Port; readonly value: OnnxValue }[] = [];
    const resolve = (port: Port): OnnxValue => {
      const { node, index } = port;
      if (node.value !== undefined) return builder.constant(node.value);
      const made = values.get(node)?.[index];
      if (made !== undefined) return made;
      const known = asked.find((entry) => entry.port.node === node && entry.port.index === index);
      if (known !== undefined) return known.value;
      const value = builder.input(node.outputTypes[index]!, facts.shape(port));
      asked.push({ port, value });
      return value;
    };
    const batch = isTraining(order) ? sharedBatch(cluster, facts) : undefined;
    // Inputs in the cluster's order, so that values need no reordering at run time.
    for (const port of cluster.inputs) resolve(port);
    for (const node of cluster.nodes) {
      const lowered = this.#lower(node, loweringNode(node, facts, used, resolve, batch), builder);
      if (lowered === undefined) throw internal(`The lowering of '${node.name}' changed its mind`);
      values.set(node, lowered);
    }
    for (const port of cluster.outputs) builder.output(resolve(port), port.node.outputTypes[port.index]!);
    const init = this.#segmentInit(name, builder.graph(), cluster, facts, minUnits);
    return batch === undefined ? init : { ...init, sameRows: batch.inputs };
  }

  #segmentInit(name: string, graph: OnnxGraph, cluster: Cluster, facts: PlanFacts, minUnits: number): SegmentInit {
    return {
      name,
      graph,
      host: () => makePlan(segmentGraph(cluster, facts), this.#kernels, () => undefined),
      guards: cluster.inputs.map((port) => ({
        shape: facts.shape(port),
        elements: reliedElements(facts.elements(port)),
        perUnit: elementsPerUnit(facts.shape(port)),
      })),
      minUnits,
      session: this.#options,
      observe: this.#options.observe,
    };
  }
}

/** A cluster as a graph of its own, for the host. */
function segmentGraph(cluster: Cluster, facts: PlanFacts): PlanGraph {
  return clusterGraph(cluster, (port, number) =>
    feedNode(`${port.node.name}:${port.index}`, number, port.node.outputTypes[port.index]!, facts.shape(port)),
  );
}

const noNodes: ReadonlySet<PlanNode> = new Set();

function whyText(minUnits: number): string {
  return minUnits <= 1
    ? "faster in ONNX Runtime"
    : `faster in ONNX Runtime from a batch of about ${Math.ceil(minUnits)} on, below on the host kernels`;
}

type UsedOutputs = ReadonlyMap<PlanNode, ReadonlySet<number>>;

function usedOutputs(graph: PlanGraph, order: readonly PlanNode[]): UsedOutputs {
  const used = new Map<PlanNode, Set<number>>();
  const mark = ({ node, index }: Port): void => {
    const outputs = used.get(node);
    if (outputs === undefined) used.set(node, new Set([index]));
    else outputs.add(index);
  };
  for (const node of order) for (const input of node.inputs) mark(input);
  for (const port of graph.fetches) mark(port);
  return used;
}

function loweringNode(
  node: PlanNode,
  facts: PlanFacts,
  used: UsedOutputs,
  resolve: (port: Port) => OnnxValue,
  batch?: SharedBatch,
): LoweringNode {
  return {
    name: node.name,
    type: node.type,
    attrs: node.attrs,
    inputTypes: node.inputTypes,
    outputTypes: node.outputTypes,
    input: (index) => resolve(node.inputs[index]!),
    constant: (index) => (node.inputs[index] === undefined ? undefined : facts.value(node.inputs[index])),
    shape: (index) => (node.inputs[index] === undefined ? undefined : facts.shape(node.inputs[index])),
    outputShape: (index) => facts.shape(node.port(index)),
    isUsed: (output) => used.get(node)?.has(output) === true,
    haveSameRows: (a, b) => batch?.has(node.inputs[a]!) === true && batch.has(node.inputs[b]!),
  };
}

/** Integer results that only describe shapes. */
function isGlue(node: PlanNode, facts: PlanFacts): boolean {
  return node.outputTypes.every(
    (dtype, i) => (dtype === "int32" || dtype === "int64") && facts.elements(node.port(i)) !== undefined,
  );
}

/**
 * Takes shape arithmetic out of the chosen nodes where nothing chosen needs it, or where the host needs it too and could compute it before a
 * segment runs: a step of the host that waits for a segment would cut the segment in two.
 */
function leaveGlue(
  graph: PlanGraph,
  order: readonly PlanNode[],
  chosen: Set<PlanNode>,
  facts: PlanFacts,
  left: (node: PlanNode) => void,
): void {
  const early = new Set<PlanNode>();
  for (const node of order) {
    if (!chosen.has(node) || !isGlue(node, facts)) continue;
    if (node.inputs.every((input) => !chosen.has(input.node) || early.has(input.node))) early.add(node);
  }
  const needed = new Set<PlanNode>();
  const wantedByHost = new Set<PlanNode>([...graph.fetches.map((port) => port.node), ...graph.targets]);
  for (let i = order.length - 1; i >= 0; i--) {
    const node = order[i]!;
    if (chosen.has(node) && isGlue(node, facts) && (!needed.has(node) || (early.has(node) && wantedByHost.has(node)))) {
      chosen.delete(node);
      left(node);
    }
    const mine = chosen.has(node) ? needed : wantedByHost;
    for (const input of node.inputs) mine.add(input.node);
    for (const control of node.controls) mine.add(control);
  }
}
