import type { Kernel } from "../kernel.js";
import { checkDType, readableVariable } from "../kernels/state/variable-access.js";
import { type PlanGraph, type PlanNode, updatesVariables } from "./plan-node.js";

/** Ops that read a value and keep neither it nor a view of it. */
const passing = /^_PlanOrt$|^(BatchMatMulV2|BiasAdd|Conv2D|MatMul)$|^Resource(Sparse)?Apply/;

/** Ops that take a variable's handle and leave the variable as it is. */
const readers: ReadonlySet<string> = new Set([
  "ReadVariableOp",
  "ResourceGather",
  "ResourceGatherNd",
  "VarIsInitializedOp",
  "VariableShape",
  "_PlanEmbeddingLookup",
]);

/** Ops that may write variables of which they take no handle. */
const callers = /^(Case|If|RemoteCall|StatefulPartitionedCall|PartitionedCall|SymbolicGradient|While|_PlanLoop)$/;

/**
 * The reads of variables in a plan that trains whose values are all done with before anything writes the variable again.
 *
 * Nobody holds such a value when the update comes, so that it happens in place: else each step would copy all the weights that it read.
 */
export function peekedReads(graph: PlanGraph, order: readonly PlanNode[]): ReadonlySet<PlanNode> {
  const peeked = new Set<PlanNode>();
  if (!updatesVariables(order)) return peeked;
  const fetched = new Set(graph.fetches.map(({ node }) => node));
  const users = new Map<PlanNode, number[]>();
  /** Where the variable of a key is written, in rising order. */
  const writes = new Map<string, number[]>();
  const calls: number[] = [];
  order.forEach((node, at) => {
    if (callers.test(node.type)) calls.push(at);
    for (const { node: source, index } of node.inputs) {
      add(users, source, at);
      if (readers.has(node.type) || source.outputTypes[index] !== "resource") continue;
      if (source.type === "VarHandleOp") add(writes, keyOf(source), at);
      // A handle that comes from elsewhere may be that of any variable.
      else if (!source.type.includes("Table")) calls.push(at);
    }
  });
  order.forEach((node, at) => {
    const [handle] = node.inputs;
    if (node.type !== "ReadVariableOp" || handle?.node.type !== "VarHandleOp" || fetched.has(node)) return;
    const mine = users.get(node) ?? [];
    if (!mine.every((user) => passing.test(order[user]!.type))) return;
    const last = mine.at(-1) ?? at;
    const isBetween = (place: number): boolean => place > at && place <= last;
    if (!calls.some(isBetween) && !(writes.get(keyOf(handle.node)) ?? []).some(isBetween)) peeked.add(node);
  });
  return peeked;
}

function add<Key>(lists: Map<Key, number[]>, key: Key, value: number): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

/** Tells variables apart, as handles do. */
function keyOf({ name, attrs }: PlanNode): string {
  const shared = attrs.text("shared_name");
  return `${attrs.text("container")}\0${shared === "" ? name : shared}`;
}

/** A ReadVariableOp whose value is not to be kept. */
export function peekKernel({ attrs }: PlanNode): Kernel {
  const dtype = attrs.type("dtype");
  return ([handle], { resources }) => {
    const variable = readableVariable(handle!, resources);
    checkDType(variable, dtype, "read");
    return [variable.value];
  };
}
