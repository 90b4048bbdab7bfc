import type { PartialShape } from "../../core/shape.js";
import { toIntegers } from "../../core/tensor-value.js";
import { producer, samePort } from "./fuse-match.js";
import type { PlanNode, Port } from "./plan-node.js";
import type { PlanSymbols, Term } from "./plan-symbols.js";

// How loops read and write rows: with TensorLists in TensorFlow 2, with TensorArrays in TensorFlow 1.

/** A loop as its list's ops see it. */
export interface ListSurroundings {
  readonly symbols: PlanSymbols;
  /** How many rows there are. */
  readonly steps: Term;
  /** Where a value that the loop takes from outside comes from; undefined for others. */
  readonly outside: (port: Port) => Port | undefined;
}

/** Passes over Identities. */
export function passIdentity(port: Port): Port {
  let current = port;
  while (current.node.type === "Identity") current = current.node.inputs[0]!;
  return current;
}

/** The integer of a scalar constant. */
export function integerOf(port: Port | undefined): number | undefined {
  const value = port?.node.value;
  if (value === undefined || (value.dtype !== "int32" && value.dtype !== "int64")) return undefined;
  return value.shape.length === 0 ? toIntegers(value)[0] : undefined;
}

/** The list (the array's flow) and the index that a node reads a row of; undefined for nodes that read none. */
export function rowRead({ type, inputs }: PlanNode): { readonly list: Port; readonly index: Port } | undefined {
  if (type === "TensorListGetItem") return { list: inputs[0]!, index: inputs[1]! };
  return type === "TensorArrayReadV3" ? { list: inputs[2]!, index: inputs[1]! } : undefined;
}

/** The list, the index and the row that a node writes; undefined for nodes that write none. */
export function rowWrite({
  type,
  inputs,
}: PlanNode): { readonly list: Port; readonly index: Port; readonly row: Port } | undefined {
  if (type === "TensorListSetItem") return { list: inputs[0]!, index: inputs[1]!, row: inputs[2]! };
  return type === "TensorArrayWriteV3" ? { list: inputs[3]!, index: inputs[1]!, row: inputs[2]! } : undefined;
}

/** The tensor whose rows a list holds before the loop, without looking at how many there are. */
export function listedTensor(list: Port): Port | undefined {
  const { node } = passIdentity(list);
  if (node.type === "TensorListFromTensor") return node.inputs[0];
  return node.type === "TensorArrayScatterV3" ? node.inputs[2] : undefined;
}

/** The nodes that make the list of a read; undefined where its rows are not those of the tensor, one after another, for sure. */
export function sourceNodes(read: PlanNode, list: Port, around: ListSurroundings): readonly PlanNode[] | undefined {
  const from = producer(passIdentity(list), "TensorListFromTensor", "TensorArrayScatterV3");
  if (from === undefined) return undefined;
  if (from.type === "TensorListFromTensor") {
    const row = around.symbols.facts.shape(from.inputs[0]!)?.slice(1);
    return agrees(elementShape(read.inputs[2]), row) && agrees(elementShape(from.inputs[1]), row) ? [from] : undefined;
  }
  const [handle, indices, value, flow] = from.inputs as [Port, Port, Port, Port];
  const array = arrayOf(handle, flow, around);
  const row = around.symbols.facts.shape(value)?.slice(1);
  if (array === undefined || !samePort(around.outside(read.inputs[0]!), handle)) return undefined;
  return areAll(indices, around) && agrees(array.attrs.shape("element_shape"), row) ? [from, array] : undefined;
}

/** What a list that a loop writes comes from and goes to. */
export interface WrittenList {
  /** The node that makes it. */
  readonly source: PlanNode;
  readonly places: Term;
  /** The nodes that stack it; `others` help them. */
  readonly stacks: readonly PlanNode[];
  readonly others: readonly PlanNode[];
  /** What rows are asked to be. */
  readonly shapes: readonly PartialShape[];
}

/** The life of a list outside of the loop that writes it; undefined where anything but stacking becomes of it. */
export function writtenList(
  write: PlanNode,
  before: Port,
  users: readonly PlanNode[],
  around: ListSurroundings,
): WrittenList | undefined {
  if (write.type === "TensorListSetItem") return writtenTensorList(before, users, around);
  const handle = around.outside(write.inputs[0]!);
  const array = handle === undefined ? undefined : arrayOf(handle, before, around);
  if (handle === undefined || array === undefined) return undefined;
  const shapes: PartialShape[] = [array.attrs.shape("element_shape")];
  const stacks: PlanNode[] = [];
  const others: PlanNode[] = [];
  for (const user of users) {
    if (!samePort(user.inputs[0], handle)) return undefined;
    if (user.type === "TensorArraySizeV3") others.push(user);
    else if (user.type === "TensorArrayGatherV3") {
      const range = producer(user.inputs[1], "Range");
      const isOwnSize = range !== undefined && users.includes(range.inputs[1]!.node) && counts(range);
      if (isOwnSize) others.push(range);
      else if (!areAll(user.inputs[1]!, around)) return undefined;
      shapes.push(user.attrs.shape("element_shape"));
      stacks.push(user);
    } else return undefined;
  }
  return { source: array, places: around.steps, stacks, others, shapes };
}

function writtenTensorList(
  before: Port,
  users: readonly PlanNode[],
  { symbols }: ListSurroundings,
): WrittenList | undefined {
  const reserve = producer(passIdentity(before), "TensorListReserve");
  const places = reserve === undefined ? undefined : symbols.elements(reserve.inputs[1]!)?.[0];
  if (reserve === undefined || places === undefined) return undefined;
  const shapes = [elementShape(reserve.inputs[0])];
  for (const user of users) {
    if (user.type !== "TensorListStack") return undefined;
    const expected = user.attrs.int("num_elements");
    if (expected >= 0 && expected !== places) return undefined;
    shapes.push(elementShape(user.inputs[1]));
  }
  if (shapes.includes(null)) return undefined;
  return { source: reserve, places, stacks: users, others: [], shapes: shapes as PartialShape[] };
}

/** The TensorArray of a handle and a flow where it has a place for each step. */
function arrayOf(handle: Port, flow: Port, { symbols, steps }: ListSurroundings): PlanNode | undefined {
  const array = producer(handle, "TensorArrayV3");
  if (array === undefined || handle.index !== 0 || !samePort(passIdentity(flow), array.port(1))) return undefined;
  return !array.attrs.bool("dynamic_size") && symbols.elements(array.inputs[0]!)?.[0] === steps ? array : undefined;
}

function counts(range: PlanNode): boolean {
  return integerOf(range.inputs[0]) === 0 && integerOf(range.inputs[2]) === 1;
}

/** Whether indices are all those of the rows, in their order. */
function areAll(indices: Port, { symbols, steps }: ListSurroundings): boolean {
  const { value } = indices.node;
  if (value !== undefined) {
    const all = toIntegers(value);
    return value.shape.length === 1 && all.length === steps && all.every((index, i) => index === i);
  }
  const range = producer(indices, "Range");
  return range !== undefined && counts(range) && symbols.elements(range.inputs[1]!)?.[0] === steps;
}

/** The element shape that a list's op is given, where it is a constant; null where it is not. */
function elementShape(port: Port | undefined): PartialShape | null {
  const value = port?.node.value;
  if (value === undefined) return null;
  return value.shape.length === 0 ? undefined : toIntegers(value);
}

/** Whether every row is of the asked shape for sure. */
function agrees(asked: PartialShape | null, row: PartialShape): boolean {
  if (asked === null || row === undefined) return false;
  if (asked === undefined) return true;
  return asked.length === row.length && asked.every((size, d) => size < 0 || size === row[d]);
}
