import type { PartialShape } from "../../core/shape.js";
import type { Kernel } from "../kernel.js";
import type { Source } from "../kernels/plan-source.js";
import type { PlanNode, Port } from "./plan-node.js";
import type { PlanSymbols, Term } from "./plan-symbols.js";

/** A part of a plan that one kernel can compute. */
export interface Match {
  /** The nodes that the pattern names; only the values in `outputs` may be used elsewhere. */
  readonly members: readonly PlanNode[];
  readonly outputs: readonly Port[];
  /** What is sure of the shapes of the outputs, where that is more than the rules of their ops find. */
  readonly shapes?: readonly PartialShape[];
  /** The vector whose first element is the number of the first output's rows, where it is one of two. */
  readonly rows?: Port;
  /** What the kernel reads, in its order. */
  readonly reads: readonly Port[];
  /** What the kernel depends on besides what it reads. */
  readonly key: string;
  /** Makes the kernel; `unfused` runs the original nodes, for whatever is not as the pattern expects: errors above all. */
  readonly kernel: (reads: readonly Source[], unfused: Kernel) => Kernel;
}

/** Recognises a pattern by its last node: the ways to take it, the largest first. */
export type Pattern = (root: PlanNode, symbols: PlanSymbols) => readonly Match[];

/** The node of an input where it has this type (one of these types). */
export function producer(port: Port | undefined, ...types: string[]): PlanNode | undefined {
  return port !== undefined && port.node.value === undefined && types.includes(port.node.type) ? port.node : undefined;
}

/** Whether two ports are the same value. */
export function samePort(a: Port | undefined, b: Port | undefined): boolean {
  return a !== undefined && b !== undefined && a.node === b.node && a.index === b.index;
}

/** Whether an input is a constant with these integers, whatever its rank. */
export function isConstant(port: Port | undefined, symbols: PlanSymbols, ...numbers: number[]): boolean {
  if (port === undefined || port.node.value === undefined) return false;
  const terms: readonly Term[] | undefined = symbols.elements(port);
  return terms?.length === numbers.length && numbers.every((number, i) => terms[i] === number);
}

/** Whether a node gathers whole rows: along axis 0, without batch dimensions. */
export function gathersRows(node: PlanNode, symbols: PlanSymbols): boolean {
  if (node.type === "Gather" || node.type === "_PlanGather") return true;
  if (node.attrs.int("batch_dims") !== 0) return false;
  return node.type === "ResourceGather" || isConstant(node.inputs[2], symbols, 0);
}
