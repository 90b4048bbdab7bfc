import { tensorValue } from "../../core/tensor-value.js";
import type { GraphFunction } from "../../graph/graph-function.js";
import type { Kernel, KernelTable } from "../kernel.js";
import type { RunContext } from "../run-context.js";
import { derefVariables } from "./deref.js";
import { dropEmptyControls } from "./empty-controls.js";
import { foldConstants } from "./fold.js";
import { type FreezeOptions, freezeVariables } from "./freeze.js";
import { fuseConcatGradients, planConcatPartKernel } from "./fuse-concat-gradient.js";
import { fuseElementwise } from "./fuse-elementwise.js";
import { fuseLookupGradients, planLookupGradientKernel } from "./fuse-lookup-gradient.js";
import { type FusedPayload, fusedTypes, fusePatterns } from "./fuse-patterns.js";
import { fuseScans } from "./fuse-scans.js";
import { fuseTreeLayers, planTreeLayerKernel } from "./fuse-tree-layer.js";
import { inlineCalls } from "./inline-calls.js";
import { functionalizeLoops, type LoopPayload } from "./loops.js";
import { mergeDuplicates } from "./merge-duplicates.js";
import type { StepDecision } from "./partition-report.js";
import { loopKernel, makePlan, type Plan, runPlan } from "./plan.js";
import type { PlanGraph, PlanNode } from "./plan-node.js";
import { assumedShapes } from "./plan-symbols.js";
import type { Scan } from "./scan.js";
import { noteShapes, simplifyViews } from "./simplify-views.js";
import { hoistShapes, type ShapeVectorPayload, templateShapes } from "./template-shapes.js";

/** Moves parts of a plan graph to another engine; gives kernels for the nodes that it put in their place. */
export interface Partitioner {
  /** Rewires the graph in place. */
  partition(graph: PlanGraph): void;
  /** Takes a scan under a node that stands for it; false where it cannot. Absent where it never can. `plan` is for the nodes that it stands for. */
  scan?(node: PlanNode, scan: Scan, plan: (graph: PlanGraph) => Plan): boolean;
  /** The kernel of a node that `partition` made; undefined for others. */
  kernel(node: PlanNode): Kernel | undefined;
  /** Releases what its kernels hold outside of JavaScript's heap. */
  close?(): void;
  /** Bytes that its kernels hold outside of JavaScript's heap. */
  readonly nativeBytes?: number;
  /** What was decided, by the names of the nodes of the plan. */
  readonly decisions?: ReadonlyMap<string, StepDecision>;
}

/** What compiling needs to know of the session. */
export interface CompileOptions {
  readonly kernels: KernelTable;
  readonly library: ReadonlyMap<string, GraphFunction>;
  /** Context of constant folding: no files, no variables. */
  readonly context: RunContext;
  readonly freeze?: FreezeOptions;
  readonly partitioner?: Partitioner;
  /** Whether nodes that compute the same are merged and known groups of nodes fused; default yes. Results are the same. */
  readonly simplify?: boolean;
  /** Whether feeds have their declared shapes, see `Plan.assumes`; default no. */
  readonly trustFeeds?: boolean;
}

/** Compiles a lifted graph: inline → handles for refs → freeze → fold → loops → simplify and fuse → partition → plan. Changes `graph` in place. */
export function compilePlan(graph: PlanGraph, options: CompileOptions): Plan {
  inlineCalls(graph, options.library);
  derefVariables(graph);
  if (options.freeze !== undefined) freezeVariables(graph, options.freeze);
  foldConstants(graph, options.kernels, options.context);
  functionalizeLoops(graph);
  if (options.trustFeeds !== true || options.simplify === false) return finish(graph, options);
  const plan = finish(graph, options, true);
  return { ...plan, assumes: assumedShapes(graph.feeds) };
}

function finish(graph: PlanGraph, options: CompileOptions, trustFeeds = false): Plan {
  if (options.simplify !== false) {
    dropEmptyControls(graph);
    const { partitioner } = options;
    const plan = (unfused: PlanGraph): Plan =>
      makePlan(unfused, options.kernels, (node) => specialKernel(node, options));
    if (partitioner?.scan !== undefined)
      fuseScans(graph, options, trustFeeds, (node, scan) => partitioner.scan!(node, scan, plan));
    fuseLookupGradients(graph);
    fuseTreeLayers(graph);
    fuseConcatGradients(graph, trustFeeds);
    // First the larger groups: of a fused node more is known than of those it stands for, and merging would tie groups together.
    fusePatterns(graph, options.kernels, trustFeeds);
    simplifyViews(graph, trustFeeds);
    mergeDuplicates(graph);
    fuseElementwise(graph, trustFeeds);
    hoistShapes(graph, trustFeeds);
    if (options.partitioner !== undefined) noteShapes(graph, trustFeeds);
  }
  options.partitioner?.partition(graph);
  if (options.simplify !== false) templateShapes(graph, trustFeeds);
  return makePlan(graph, options.kernels, (node) => specialKernel(node, options));
}

function specialKernel(node: PlanNode, options: CompileOptions): Kernel | undefined {
  if (node.type === "_PlanLoop") return loopKernel(node.payload as LoopPayload, (inner) => finish(inner, options));
  if (node.type === "_PlanGather") return gatherRows(options.kernels, node);
  if (node.type === "_PlanLookupGradient") return planLookupGradientKernel(node);
  if (node.type === "_PlanConcatPart") return planConcatPartKernel(node, options.kernels);
  if (node.type === "_PlanTreeLayer") return planTreeLayerKernel(node, options.kernels);
  if (node.type === "_PlanShapeVector") return (node.payload as ShapeVectorPayload).kernel();
  if (fusedTypes.has(node.type) || node.type === "_PlanElementwise")
    return fusedKernel(node.payload as FusedPayload, options);
  return options.partitioner?.kernel(node);
}

function fusedKernel(payload: FusedPayload, options: CompileOptions): Kernel {
  // Most models never need it, and each has dozens.
  let unfused: Plan | undefined;
  return payload.kernel((inputs, context) => {
    unfused ??= makePlan(payload.unfused, options.kernels, (node) => specialKernel(node, options));
    return runPlan(unfused, inputs, context);
  });
}

/** ResourceGather of a frozen variable is GatherV2 along axis 0. */
function gatherRows(kernels: KernelTable, node: PlanNode): Kernel {
  const axis = tensorValue("int32", [], Int32Array.of(0));
  const gather = kernels["GatherV2"]!({
    name: node.name,
    type: "GatherV2",
    attrs: node.attrs,
    inputTypes: [...node.inputTypes, "int32"],
    outputTypes: node.outputTypes,
    constant: (input) => (input === 2 ? axis : node.inputs[input]?.node.value),
  });
  return (inputs, context) => gather([inputs[0]!, inputs[1]!, axis], context);
}
