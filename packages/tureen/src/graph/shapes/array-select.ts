import { mergeShapes, type PartialShape } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import type { ShapeNode, ShapeTable } from "../infer-shapes.js";
import { knownInteger, mergeAll, withRank } from "./array/partial-shape.js";

function select({ inputs: [condition, a, b] }: ShapeNode): readonly [PartialShape] {
  const merged = mergeShapes(a!.shape, b!.shape);
  if (condition!.shape !== undefined && merged !== undefined && condition!.shape.length > 1) {
    mergeShapes(condition!.shape, merged);
  }
  return [merged];
}

/** The broadcast of partial shapes: what both leave open stays open. */
export function broadcastPartial(a: PartialShape, b: PartialShape): PartialShape {
  if (a === undefined || b === undefined) return undefined;
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, d) => {
    const x = a[d - rank + a.length] ?? 1;
    const y = b[d - rank + b.length] ?? 1;
    if (x === 1) return y;
    if (y === 1) return x;
    if (x < 0) return y;
    if (y >= 0 && x !== y) throw invalidArgument(`Dimensions must be equal, but are ${x} and ${y}`);
    return x;
  });
}

function oneHot(node: ShapeNode): readonly [PartialShape] {
  const indices = node.inputs[0]!.shape;
  if (indices === undefined) return [undefined];
  const depth = knownInteger(node.constant(1)) ?? -1;
  const given = node.attrs.int("axis");
  const axis = given === -1 ? indices.length : given;
  if (axis < 0 || axis > indices.length) {
    throw invalidArgument(`axis must be >= -1 and <= ${indices.length}, but is ${given}`);
  }
  return [[...indices.slice(0, axis), depth, ...indices.slice(axis)]];
}

function dynamicPartition({ inputs: [data, partitions], attrs }: ShapeNode): readonly PartialShape[] {
  const count = attrs.int("num_partitions");
  const rank = partitions!.shape?.length;
  const tail = rank === undefined || data!.shape === undefined ? undefined : data!.shape.slice(rank);
  if (rank !== undefined && data!.shape !== undefined) mergeShapes(data!.shape.slice(0, rank), partitions!.shape);
  return new Array<PartialShape>(count).fill(tail === undefined ? undefined : [-1, ...tail]);
}

function dynamicStitch(node: ShapeNode): readonly [PartialShape] {
  const count = node.attrs.int("N");
  const tails: PartialShape[] = [];
  let last: number | undefined = -1;
  for (let n = 0; n < count; n++) {
    const [indices, data] = [node.inputs[n]!.shape, node.inputs[count + n]!.shape];
    const value = node.constant(n);
    if (value === undefined) last = undefined;
    else if (last !== undefined) for (const index of value.data as Int32Array) last = Math.max(last, index);
    if (indices === undefined || data === undefined) continue;
    mergeShapes(data.slice(0, indices.length), indices);
    tails.push(data.slice(indices.length));
  }
  const tail = mergeAll(tails);
  return [tail === undefined ? undefined : [last === undefined ? -1 : last + 1, ...tail]];
}

/** Shape rules of what chooses elements by a condition or a number. */
export const arraySelectShapes: ShapeTable = {
  Select: select,
  SelectV2: ({ inputs: [condition, a, b] }) => [
    broadcastPartial(condition!.shape, broadcastPartial(a!.shape, b!.shape)),
  ],
  Where: ({ inputs: [input] }) => [[-1, input!.shape?.length ?? -1]],
  OneHot: (node) => {
    withRank(node.inputs[1]!.shape, 0);
    return oneHot(node);
  },
  DynamicPartition: dynamicPartition,
  DynamicStitch: dynamicStitch,
  ParallelDynamicStitch: dynamicStitch,
};
