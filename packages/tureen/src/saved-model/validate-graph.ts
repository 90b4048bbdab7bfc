import type { AttrValue } from "@tureen/protos/gen/tensorflow/core/framework/attr_value_pb";
import type { FunctionDef } from "@tureen/protos/gen/tensorflow/core/framework/function_pb";
import type { GraphDef } from "@tureen/protos/gen/tensorflow/core/framework/graph_pb";
import type { NodeDef } from "@tureen/protos/gen/tensorflow/core/framework/node_def_pb";
import { failedPrecondition, StatusError } from "../core/status-error.js";

/** As TensorFlow's TensorShape. */
const maxRank = 254;
/** As TensorFlow's TensorShape: element counts are int64. */
const maxElements = 2n ** 63n - 1n;

/**
 * What TensorFlow's loader checks in a graph before it makes anything of it (`ValidateSavedTensors` in `saved_model/loader.cc`): constants have
 * a value of a possible shape, functions do not call themselves.
 *
 * FAILED_PRECONDITION with its texts. Where it ends the process instead (shapes that overflow, functions that call each other in a circle), so
 * is this.
 */
export function validateGraph(graph: GraphDef): void {
  for (const node of graph.node) validateNode(node);
  checkFilledBytes(graph);
  const functions = graph.library?.function ?? [];
  for (const fn of functions) {
    for (const node of fn.nodeDef) validateNode(node);
    const name = nameOf(fn);
    if (fn.nodeDef.some((node) => node.op === name)) throw selfRecursive(name);
  }
  checkCallCycles(functions);
}

function validateNode(node: NodeDef): void {
  const value = node.attr["value"]?.value;
  if (value === undefined) {
    if (node.op !== "Const") return;
    throw failedPrecondition(
      `Saved model contains node "${node.name}" which is a constant tensor but no value has been provided`,
    );
  }
  if (value.case !== "tensor") return;
  const shape = value.value.tensorShape;
  const dims = shape?.dim ?? [];
  if (shape?.unknownRank === true || dims.some(({ size }) => size < 0n)) throw badElements(node, "-1");
  if (dims.length > maxRank) throw badElements(node, `${dims.length} dimensions and too many`);
  // A zero anywhere does not excuse a product that cannot be counted: strides of it are counted too.
  let elements = 1n;
  for (const { size } of dims) if (size > 0n) elements *= size;
  if (elements > maxElements && !dims.some(({ size }) => size === 0n)) throw badElements(node, "-1");
}

/** Constants may be stored as one value for all their elements; so many bytes of a graph may come out of nothing. Real graphs have a few megabytes. */
const maxFilledBytes = 2 ** 30;

function checkFilledBytes(graph: GraphDef): void {
  let filled = 0;
  const nodes = [graph.node, ...(graph.library?.function ?? []).map((fn) => fn.nodeDef)];
  for (const node of nodes.flat()) {
    const value = node.attr["value"]?.value;
    if (value?.case !== "tensor") continue;
    const { tensorShape, tensorContent } = value.value;
    const elements = (tensorShape?.dim ?? []).reduce((product, { size }) => product * Number(size), 1);
    if (elements > tensorContent.length) filled += elements * bytesAtLeast;
    if (filled <= maxFilledBytes) continue;
    throw new StatusError(
      "RESOURCE_EXHAUSTED",
      `Constants of the graph take more than ${maxFilledBytes} bytes beyond what the file holds, with node "${node.name}"`,
    );
  }
}

/** Of an element: most are four bytes. */
const bytesAtLeast = 4;

function badElements(node: NodeDef, elements: string): Error {
  return failedPrecondition(
    `Saved model contains node "${node.name}" (op "${node.op}") which initializes from a tensor with ${elements} elements`,
  );
}

function selfRecursive(name: string): Error {
  return failedPrecondition(`Function ${name} is self recursive and TensorFlow does not support this scenario.`);
}

function nameOf(fn: FunctionDef): string {
  return fn.signature?.name ?? "";
}

/** Plain calls are replaced by what they call, which must end; branches and loop bodies are called only where a run gets there. */
const inlinedCalls: ReadonlySet<string> = new Set(["PartitionedCall", "StatefulPartitionedCall", "RemoteCall"]);

function checkCallCycles(functions: readonly FunctionDef[]): void {
  const calls = new Map<string, string[]>();
  const known = new Set(functions.map(nameOf));
  for (const fn of functions) {
    const callees: string[] = [];
    for (const node of fn.nodeDef) {
      if (known.has(node.op)) callees.push(node.op);
      else if (inlinedCalls.has(node.op)) callees.push(...functionNames(node.attr["f"]));
    }
    calls.set(nameOf(fn), callees);
  }
  const done = new Set<string>();
  for (const root of calls.keys()) {
    const open = new Set<string>();
    const stack: { readonly name: string; next: number }[] = [];
    const enter = (name: string): void => {
      open.add(name);
      stack.push({ name, next: 0 });
    };
    if (!done.has(root)) enter(root);
    while (stack.length > 0) {
      const frame = stack[stack.length - 1]!;
      const callee = calls.get(frame.name)?.[frame.next++];
      if (callee === undefined) {
        stack.pop();
        open.delete(frame.name);
        done.add(frame.name);
      } else if (open.has(callee)) throw selfRecursive(callee);
      else if (!done.has(callee)) enter(callee);
    }
  }
}

function functionNames(attr: AttrValue | undefined): string[] {
  return attr?.value.case === "func" ? [attr.value.value.name] : [];
}
