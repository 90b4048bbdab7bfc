import type { PartialShape } from "../../core/shape.js";
import { internal, type StatusCodeName, StatusError, toStatusError, unimplemented } from "../../core/status-error.js";
import { scalarValue, type TensorValue } from "../../core/tensor-value.js";
import type { Kernel, KernelTable } from "../kernel.js";
import { variableHandleValue } from "../kernels/state-variable.js";
import type { RunContext } from "../run-context.js";
import { kernelNode } from "./kernel-node.js";
import type { LoopPayload } from "./loops.js";
import { conditionalNodes } from "./partition.js";
import { peekedReads, peekKernel } from "./peeked-reads.js";
import { type PlanGraph, type PlanNode, type Port, reachable } from "./plan-node.js";

/** One step of a plan: slots are numbers into the plan's value list. */
export interface Step {
  readonly name: string;
  readonly type: string;
  readonly kernel: Kernel;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** How dead values pass: a Switch makes them, a Merge ends them. */
  readonly flow: "plain" | "switch" | "merge";
  /** Steps whose deadness this one shares through control edges; only looked at in plans with Switches. */
  readonly controls: readonly number[];
  /** Whether it has state or effects. */
  readonly isStateful: boolean;
}

/** A compiled program: a flat list of steps over numbered slots. */
export interface Plan {
  readonly steps: readonly Step[];
  /** How many values the caller hands in; they fill the first slots. */
  readonly feeds: number;
  readonly fetches: readonly number[];
  /** Initial content of all slots: constants and handles of variables in place, the rest undefined. */
  readonly template: readonly (TensorValue | undefined)[];
  /** Whether values may be dead: there is a Switch. */
  readonly hasSwitch: boolean;
  /** What the plan takes for granted of the shapes of its feeds, which the caller checks; undefined for nothing. */
  readonly assumes?: readonly PartialShape[];
}

/** Makes the kernel of a node that is none of TensorFlow's ops; undefined for a type it does not know. */
export type PlanKernelFactory = (node: PlanNode) => Kernel | undefined;

/** The value of the branch not taken. */
const dead: TensorValue = Object.freeze({ dtype: "variant", shape: [-1], data: [] }) as unknown as TensorValue;

/** Orders the nodes, numbers the values and makes the kernels; UNIMPLEMENTED names every op that has no kernel. */
export function makePlan(graph: PlanGraph, kernels: KernelTable, special: PlanKernelFactory): Plan {
  const order = reachable(graph).filter((node) => node.type !== "_PlanFeed");
  checkKernels(order, kernels);
  const hasSwitch = order.some((node) => node.type === "Switch" || node.type === "RefSwitch");
  // What a branch returns may be a constant of its own, and then is dead with it.
  const conditional = conditionalNodes(order);
  const slots = new Map<PlanNode, number>();
  const template: (TensorValue | undefined)[] = new Array(graph.feeds.length).fill(undefined);
  graph.feeds.forEach((feed, i) => {
    slots.set(feed, i);
  });
  const peeked = peekedReads(graph, order);
  const stepOf = new Map<PlanNode, number>();
  const steps: Step[] = [];
  const slotOf = ({ node, index }: Port): number => {
    const base = slots.get(node);
    if (base === undefined) throw internal(`Plan node '${node.name}' is used before it is made`);
    return base + index;
  };
  for (const node of order) {
    slots.set(node, template.length);
    if (node.value !== undefined && !conditional.has(node)) {
      template.push(node.value);
      continue;
    }
    if (node.type === "VarHandleOp" && !hasSwitch) {
      // The same handle in every run; a training step has one for each variable and each slot of its optimizer.
      template.push(variableHandleValue(node.name, node.attrs));
      continue;
    }
    for (let i = 0; i < node.outputTypes.length; i++) template.push(undefined);
    // A node without effects or values of its own only orders others, which the flat list does already.
    if (!hasSwitch && (node.type === "NoOp" || node.type === "ControlTrigger")) continue;
    stepOf.set(node, steps.length);
    steps.push({
      name: node.name,
      type: node.type,
      kernel: peeked.has(node) ? peekKernel(node) : kernelOf(node, kernels, special),
      inputs: node.inputs.map(slotOf),
      outputs: node.outputTypes.map((_, i) => slotOf(node.port(i))),
      flow:
        node.type === "Switch" || node.type === "RefSwitch"
          ? "switch"
          : node.type === "Merge" || node.type === "RefMerge"
            ? "merge"
            : "plain",
      controls: node.controls.map((control) => stepOf.get(control)).filter((step) => step !== undefined),
      isStateful: node.isStateful,
    });
  }
  return {
    steps,
    feeds: graph.feeds.length,
    fetches: graph.fetches.map(slotOf),
    template,
    hasSwitch,
  };
}

const flowTypes: ReadonlySet<string> = new Set(["Switch", "RefSwitch", "Merge", "RefMerge", "NoOp", "ControlTrigger"]);

function checkKernels(order: readonly PlanNode[], kernels: KernelTable): void {
  const missing = new Set<string>();
  for (const node of order) {
    if (
      node.value !== undefined ||
      node.type.startsWith("_Plan") ||
      flowTypes.has(node.type) ||
      Object.hasOwn(kernels, node.type)
    )
      continue;
    missing.add(node.type);
  }
  if (missing.size > 0) throw unimplemented(`No kernel for these ops: ${[...missing].sort().join(", ")}`);
}

function kernelOf(node: PlanNode, kernels: KernelTable, special: PlanKernelFactory): Kernel {
  if (node.value !== undefined) {
    const values = [node.value];
    return () => values;
  }
  if (flowTypes.has(node.type)) return () => [];
  if (node.type.startsWith("_Plan")) {
    const kernel = special(node);
    if (kernel === undefined) throw internal(`No kernel for plan node type ${node.type}`);
    return kernel;
  }
  return kernels[node.type]!(kernelNode(node));
}

/** Whether values have the shapes that a plan takes for granted. */
export function isAsAssumed(plan: Plan, feeds: readonly TensorValue[]): boolean {
  const { assumes } = plan;
  if (assumes === undefined) return true;
  for (let i = 0; i < assumes.length; i++) {
    const assumed = assumes[i];
    if (assumed === undefined) continue;
    const { shape } = feeds[i]!;
    if (shape.length !== assumed.length) return false;
    for (let d = 0; d < shape.length; d++) if (assumed[d]! >= 0 && assumed[d] !== shape[d]) return false;
  }
  return true;
}

/** Runs a plan once. `feeds` are in the order the plan was compiled with. */
export function runPlan(plan: Plan, feeds: readonly TensorValue[], context: RunContext): TensorValue[] {
  const slots = plan.template.slice() as TensorValue[];
  for (let i = 0; i < plan.feeds; i++) slots[i] = feeds[i]!;
  if (plan.hasSwitch) runWithDeadValues(plan, slots, context);
  else runPlain(plan, slots, context);
  return plan.fetches.map((slot) => {
    const value = slots[slot];
    if (value === undefined || value === dead) {
      throw new StatusError("INVALID_ARGUMENT", "Retval[0] does not have value");
    }
    return value;
  });
}

function runPlain(plan: Plan, slots: TensorValue[], context: RunContext): void {
  const { steps } = plan;
  const timed = context.deadline !== Number.POSITIVE_INFINITY;
  for (let s = 0; s < steps.length; s++) {
    const step = steps[s]!;
    if (timed && performance.now() > context.deadline)
      throw new StatusError("DEADLINE_EXCEEDED", "Timed out waiting for notification");
    const from = step.inputs;
    const inputs = new Array<TensorValue>(from.length);
    for (let i = 0; i < from.length; i++) inputs[i] = slots[from[i]!]!;
    const to = step.outputs;
    try {
      const outputs = step.kernel(inputs, context);
      for (let i = 0; i < to.length; i++) slots[to[i]!] = outputs[i]!;
    } catch (error) {
      throw located(error, step);
    }
  }
}

function runWithDeadValues(plan: Plan, slots: TensorValue[], context: RunContext): void {
  const { steps } = plan;
  const timed = context.deadline !== Number.POSITIVE_INFINITY;
  const isDead = new Uint8Array(steps.length);
  // Loops without closures, as in `runPlain`: a plan that trains runs thousands of times, and the compiler is busy with this as long as kernels run.
  for (let s = 0; s < steps.length; s++) {
    const step = steps[s]!;
    if (timed && performance.now() > context.deadline)
      throw new StatusError("DEADLINE_EXCEEDED", "Timed out waiting for notification");
    const from = step.inputs;
    const to = step.outputs;
    const inputs = new Array<TensorValue>(from.length);
    let live = -1;
    let hasDead = false;
    for (let i = 0; i < from.length; i++) {
      const input = slots[from[i]!]!;
      inputs[i] = input;
      if (input === dead) hasDead = true;
      else if (live < 0) live = i;
    }
    if (step.flow === "merge") {
      isDead[s] = live < 0 ? 1 : 0;
      slots[to[0]!] = live < 0 ? dead : inputs[live]!;
      slots[to[1]!] = live < 0 ? dead : scalarValue("int32", live);
      continue;
    }
    const { controls } = step;
    for (let i = 0; i < controls.length && !hasDead; i++) hasDead = isDead[controls[i]!] === 1;
    if (hasDead) {
      isDead[s] = 1;
      for (let i = 0; i < to.length; i++) slots[to[i]!] = dead;
      continue;
    }
    if (step.flow === "switch") {
      const taken = (inputs[1]!.data as Uint8Array)[0] !== 0 ? 1 : 0;
      slots[to[taken]!] = inputs[0]!;
      slots[to[1 - taken]!] = dead;
      continue;
    }
    try {
      const outputs = step.kernel(inputs, context);
      for (let i = 0; i < to.length; i++) slots[to[i]!] = outputs[i]!;
    } catch (error) {
      throw located(error, step);
    }
  }
}

/** The error of a loop that goes on beyond what the operator allows a model. */
export function tooManyIterations(name: string, limit: number): StatusError {
  return new StatusError("RESOURCE_EXHAUSTED", `While loop '${name}' did not end within ${limit} iterations`);
}

const isLocated = /\[\[\{\{node /;

/** The error with the node that raised it, as TensorFlow's executor appends it; once, for the innermost node. */
function located(error: unknown, step: Step): StatusError {
  // The engine has no memory for an array: what a kernel allocates past the guard of `allocate`.
  const code =
    error instanceof RangeError && /array|allocation|string length/i.test(error.message)
      ? "RESOURCE_EXHAUSTED"
      : "INTERNAL";
  const status = toStatusError(error, code);
  if (isLocated.test(status.message)) return status;
  return new StatusError(status.code as StatusCodeName, `${status.message}\n\t [[{{node ${step.name}}}]]`, {
    cause: error,
  });
}

/** The kernel of a `_PlanLoop`: runs the condition and the body until the condition is false. */
export function loopKernel(payload: LoopPayload, compile: (graph: PlanGraph) => Plan): Kernel {
  const condition = compile(payload.condition);
  const body = compile(payload.body);
  return (inputs, context) => {
    const constants = inputs.slice(payload.variables);
    let variables = inputs.slice(0, payload.variables);
    const limit = context.loopLimit ?? Number.POSITIVE_INFINITY;
    for (let iteration = 0; ; iteration++) {
      const feeds = [...variables, ...constants];
      const [go] = runPlan(condition, feeds, context);
      if ((go!.data as Uint8Array)[0] === 0) return variables;
      if (iteration >= limit) throw tooManyIterations(payload.frame, limit);
      variables = runPlan(body, feeds, context);
      if (performance.now() > context.deadline)
        throw new StatusError("DEADLINE_EXCEEDED", "Timed out waiting for notification");
    }
  };
}
