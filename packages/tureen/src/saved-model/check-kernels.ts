import { invalidArgument, type StatusError, unimplemented } from "../core/status-error.js";
import type { FunctionReference } from "../graph/attr-value.js";
import type { Graph, Operation, Tensor } from "../graph/graph.js";
import type { FunctionBody } from "../graph/graph-function.js";
import { kernelTable } from "../runtime/kernels/index.js";
import { loweringTable } from "../runtime/lowering/index.js";
import { componentTensors } from "./composite-info.js";
import type { SignatureInfo } from "./signature.js";

/** Ops that the compiler takes away, so that they need no kernel. */
const compiledAway: ReadonlySet<string> = new Set([
  "Switch",
  "RefSwitch",
  "Merge",
  "RefMerge",
  "Enter",
  "RefEnter",
  "Exit",
  "RefExit",
  "NextIteration",
  "RefNextIteration",
  "LoopCond",
  "NoOp",
  "ControlTrigger",
  "_Arg",
  "_Retval",
  "PartitionedCall",
  "StatefulPartitionedCall",
  "RemoteCall",
]);

/**
 * Iterators left over from training: TensorFlow itself cannot run them in a model that is served, so a signature that needs one answers only
 * whoever feeds what comes after it.
 */
const leftover = /^(Iterator|OneShotIterator|MakeIterator|ReinitializableIterator|MultiDeviceIterator)/;

/** Whether an op is part of an iterator that nobody can make. */
export function isLeftover(op: Operation): boolean {
  return leftover.test(op.type);
}

/** Whether a signature waits for an iterator that nobody can make. */
export function needsIterator(graph: Graph, fetches: readonly Tensor[], feeds: ReadonlySet<Tensor>): boolean {
  for (const op of reachableOperations(graph, fetches, feeds)) if (isLeftover(op)) return true;
  return false;
}

/** Every operation that runs of these tensors and operations may reach, with those of the functions they call; cut off at `feeds`. */
export function* reachableOperations(
  graph: Graph,
  fetches: readonly (Tensor | Operation)[],
  feeds: ReadonlySet<Tensor> = new Set(),
): Generator<Operation, void> {
  const bodies = new Set<FunctionBody>();
  const functions: FunctionReference[] = [];
  yield* operationsOf(fetches, feeds, graph, functions);
  for (let reference = functions.pop(); reference !== undefined; reference = functions.pop()) {
    const fn = graph.functions.get(reference.name);
    if (fn === undefined) throw invalidArgument(`Failed to find function "${reference.name}" in function library: `);
    const body = fn.body(reference.attrs);
    if (bodies.has(body)) continue;
    bodies.add(body);
    yield* operationsOf([...body.results, ...body.controlResults], new Set(body.args), graph, functions);
  }
}

function* operationsOf(
  fetches: readonly (Tensor | Operation)[],
  feeds: ReadonlySet<Tensor>,
  graph: Graph,
  functions: FunctionReference[],
): Generator<Operation, void> {
  const seen = new Set<Operation>();
  const pending: Operation[] = [];
  const visit = (op: Operation): void => {
    if (seen.has(op)) return;
    seen.add(op);
    pending.push(op);
  };
  for (const fetch of fetches) {
    if (!("op" in fetch)) visit(fetch);
    else if (!feeds.has(fetch)) visit(fetch.op);
  }
  for (let op = pending.pop(); op !== undefined; op = pending.pop()) {
    yield op;
    if (graph.functions.has(op.type)) functions.push({ name: op.type, attrs: op.attrs.map });
    addReferences(op, functions);
    for (const input of op.inputs) if (!feeds.has(input)) visit(input.op);
    for (const control of op.controlInputs) visit(control);
  }
}

/** The functions that an op's attributes name. */
function addReferences(op: Operation, references: FunctionReference[]): void {
  for (const attr of op.attrs.map.values()) {
    if (attr.kind === "func") {
      if (attr.value.name !== "") references.push(attr.value);
    } else if (attr.kind === "list" && attr.of === "func") {
      references.push(...(attr.value as readonly FunctionReference[]));
    }
  }
}

/** The branches and loop bodies of an op: what runs call by name, unlike calls, which are inlined. */
export function calledWhileRunning(op: Operation): readonly FunctionReference[] {
  if (compiledAway.has(op.type)) return [];
  const references: FunctionReference[] = [];
  addReferences(op, references);
  return references;
}

/** Whether there is something to run an op with. */
export function hasKernel(graph: Graph, type: string): boolean {
  return (
    Object.hasOwn(kernelTable, type) ||
    compiledAway.has(type) ||
    leftover.test(type) ||
    Object.hasOwn(loweringTable, type) ||
    graph.functions.has(type)
  );
}

/** The ops that a signature needs and that nothing here can run, sorted; branches and loop bodies included. */
export function unsupportedOps(graph: Graph, signature: SignatureInfo): string[] {
  const feeds = new Set(componentTensors(graph, signature.inputs));
  const fetches = componentTensors(graph, signature.outputs);
  const missing = new Set<string>();
  for (const op of reachableOperations(graph, fetches, feeds)) if (!hasKernel(graph, op.type)) missing.add(op.type);
  return [...missing].sort();
}

/** UNIMPLEMENTED with every op that some signature needs and that has no kernel: a request must not be the one to find out. */
export function checkKernels(graph: Graph, signatures: ReadonlyMap<string, SignatureInfo>): void {
  const users = new Map<string, string[]>();
  for (const [key, signature] of signatures) {
    for (const op of unsupportedOps(graph, signature)) users.set(op, [...(users.get(op) ?? []), key]);
  }
  if (users.size > 0) throw unsupportedError(users);
}

function unsupportedError(users: ReadonlyMap<string, readonly string[]>): StatusError {
  const ops = [...users.keys()].sort();
  const keys = [...new Set([...users.values()].flat())].sort();
  return unimplemented(`No kernel for these ops: ${ops.join(", ")} (needed by the signatures ${keys.join(", ")})`);
}
