import type { AttrValue } from "@tureen/protos/gen/tensorflow/core/framework/attr_value_pb";
import type { FunctionDef } from "@tureen/protos/gen/tensorflow/core/framework/function_pb";
import type { GraphDef } from "@tureen/protos/gen/tensorflow/core/framework/graph_pb";
import type { NodeDef } from "@tureen/protos/gen/tensorflow/core/framework/node_def_pb";

/**
 * Has calls of a function that is for another device, or for none, call what the graph has for CPUs in its place, as TensorFlow does before a graph runs
 * (`grappler/optimizers/implementation_selector.cc`): functions say by attributes what they implement and which device they prefer. Samplers of
 * TensorFlow Probability and recurrent layers of Keras have several implementations, whose random numbers differ.
 *
 * TensorFlow leaves graphs of fewer than four nodes alone, which real models have none of.
 */
export function selectImplementations(graph: GraphDef): void {
  const functions = graph.library?.function ?? [];
  const selected = new Map<string, string>();
  const byInterface = new Map<string, FunctionDef[]>();
  for (const fn of functions.filter(isInference)) {
    const name = interfaceOf(fn);
    byInterface.set(name, [...(byInterface.get(name) ?? []), fn]);
  }
  for (const alternatives of byInterface.values()) {
    // Those that do not fit one another stay as they are.
    if (alternatives.some((fn) => types(fn) !== types(alternatives[0]!))) continue;
    for (const fn of alternatives) {
      // Also where the function itself is for CPUs: TensorFlow takes another one then (recorded: `two_of_cpu` of implementations.zip).
      const forCpu = alternatives.find((other) => other !== fn && preferredDevice(other) === "CPU");
      if (forCpu !== undefined) selected.set(nameOf(fn), nameOf(forCpu));
    }
  }
  if (selected.size === 0) return;
  for (const nodes of [graph.node, ...functions.map((fn) => fn.nodeDef)])
    for (const node of nodes) select(node, selected);
}

function select(node: NodeDef, selected: ReadonlyMap<string, string>): void {
  const direct = selected.get(node.op);
  if (direct !== undefined) node.op = direct;
  const called = node.attr["f"]?.value;
  if (!calls.has(node.op) || called?.case !== "func") return;
  const other = selected.get(called.value.name);
  if (other !== undefined) called.value.name = other;
}

const calls: ReadonlySet<string> = new Set(["PartitionedCall", "StatefulPartitionedCall"]);

/** Whether a function implements something for inference: the forward and backward passes of a gradient are told by the name of the other one. */
function isInference(fn: FunctionDef): boolean {
  const isPass = "forward_function_name" in fn.attr || "backward_function_name" in fn.attr;
  return interfaceOf(fn) !== "" && !isPass;
}

function types({ signature }: FunctionDef): string {
  return [signature?.inputArg ?? [], signature?.outputArg ?? []]
    .map((args) => args.map(({ type }) => type))
    .join(" to ");
}

function interfaceOf(fn: FunctionDef): string {
  return text(fn.attr["api_implements"]);
}

function preferredDevice(fn: FunctionDef): string {
  return text(fn.attr["api_preferred_device"]);
}

function nameOf(fn: FunctionDef): string {
  return fn.signature?.name ?? "";
}

function text(attr: AttrValue | undefined): string {
  return attr?.value.case === "s" ? Buffer.from(attr.value.value).toString() : "";
}
