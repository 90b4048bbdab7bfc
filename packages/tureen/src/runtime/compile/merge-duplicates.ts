import { elementCount } from "../../core/shape.js";
import type { TensorValue } from "../../core/tensor-value.js";
import type { Attrs } from "../../graph/attr-value.js";
import { type FusedPayload, fusedTypes } from "./fuse-patterns.js";
import { type PlanGraph, type PlanNode, type Port, reachable } from "./plan-node.js";

/** Constants with more elements than this are compared by identity alone. */
const mostCompared = 64;

/**
 * Keeps one of several nodes that compute the same: same op, attributes, inputs and order constraints, and no state.
 *
 * Tables of one shared name count as one, so that what is looked up in them twice is looked up once.
 */
export function mergeDuplicates(graph: PlanGraph): void {
  const order = reachable(graph);
  const targets = new Set(graph.targets);
  const numbers = new Map<PlanNode, number>();
  const numberOf = (node: PlanNode): number => {
    let number = numbers.get(node);
    if (number === undefined) {
      number = numbers.size;
      numbers.set(node, number);
    }
    return number;
  };
  const kept = new Map<string, PlanNode>();
  const merged = new Map<PlanNode, PlanNode>();
  const resolve = (port: Port): Port => {
    const node = merged.get(port.node);
    return node === undefined ? port : node.port(port.index);
  };
  const values = new Map<TensorValue["data"], number>();
  for (const node of order) {
    node.inputs = node.inputs.map(resolve);
    if (node.controls.some((control) => merged.has(control))) {
      node.controls = [...new Set(node.controls.map((control) => merged.get(control) ?? control))];
    }
    if (targets.has(node) || !isMergeable(node)) continue;
    const content =
      node.value !== undefined
        ? valueKey(node.value, values)
        : fusedTypes.has(node.type)
          ? fusedKey(node, values)
          : attrsKey(node.attrs);
    if (content === undefined) continue;
    const inputs = node.value === undefined ? node.inputs.map((input) => `${numberOf(input.node)}:${input.index}`) : [];
    const controls = node.controls.map(numberOf).sort((a, b) => a - b);
    const key = `${node.value === undefined ? node.type : "Const"} ${content} ${inputs.join()} ^${controls.join()}`;
    const known = kept.get(key);
    if (known === undefined) kept.set(key, node);
    else merged.set(node, known);
  }
  graph.fetches = graph.fetches.map(resolve);
}

/** Control flow, whose nodes are told apart by where they are, and feeds. */
const unmergeable =
  /^(Ref)?(Switch|Merge|Enter|Exit|NextIteration)$|^(Placeholder|LoopCond|NoOp|_PlanFeed|_PlanLoop|_PlanOrt|_Arg|_Retval)/;
/** Stateful by registration only: one name is one table, and a look-up changes nothing. */
const tables: ReadonlySet<string> = new Set(["HashTable", "HashTableV2"]);
const lookups: ReadonlySet<string> = new Set([
  "LookupTableFind",
  "LookupTableFindV2",
  "LookupTableSize",
  "LookupTableSizeV2",
]);

function isMergeable(node: PlanNode): boolean {
  if (node.value !== undefined) return true;
  if (unmergeable.test(node.type) || node.refOutputs !== undefined || node.outputTypes.length === 0) return false;
  if (tables.has(node.type)) return node.attrs.text("shared_name") !== "" && !node.attrs.bool("use_node_name_sharing");
  if (lookups.has(node.type)) return tables.has(node.inputs[0]!.node.type);
  return !node.isStateful && !node.outputTypes.some((dtype) => dtype === "resource" || dtype === "variant");
}

function fusedKey(node: PlanNode, seen: Map<TensorValue["data"], number>): string {
  const { key, sources } = node.payload as FusedPayload;
  return `${key} ${sources.map(({ value }) => (value === undefined ? "" : valueKey(value, seen)))}`;
}

/** The attributes that mean something, as text; undefined where they hold functions or tensors. */
function attrsKey(attrs: Attrs): string | undefined {
  const parts: string[] = [];
  for (const [name, attr] of attrs.map) {
    // Attributes of the graph's makers and passes: `_output_shapes`, `_class`, `_XlaCompile`.
    if (name.startsWith("_")) continue;
    if (attr.kind === "tensor" || attr.kind === "func" || attr.kind === "placeholder") return undefined;
    if (attr.kind === "list" && (attr.of === "tensor" || attr.of === "func")) return undefined;
    parts.push(`${name}=${text(attr.value)}`);
  }
  return parts.sort().join();
}

function text(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  if (Array.isArray(value)) return `[${value.map(text).join(";")}]`;
  return String(value);
}

function valueKey({ dtype, shape, data }: TensorValue, seen: Map<TensorValue["data"], number>): string {
  if (elementCount(shape) <= mostCompared && dtype !== "resource" && dtype !== "variant") {
    const bytes = ArrayBuffer.isView(data)
      ? Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("hex")
      : (data as readonly Uint8Array[]).map((item) => Buffer.from(item).toString("hex")).join("-");
    return `${dtype} ${shape} ${bytes}`;
  }
  let number = seen.get(data);
  if (number === undefined) {
    number = seen.size;
    seen.set(data, number);
  }
  return `${dtype} ${shape} #${number}`;
}
