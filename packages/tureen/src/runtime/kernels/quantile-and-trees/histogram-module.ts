import {
  advance,
  assemble,
  type Code,
  get,
  i32,
  instantiate,
  integer,
  loopUntil,
  memory,
  set,
  simd,
  tee,
  valueType,
  type WasmFunction,
  type WasmMemory,
  when,
} from "../simd/assembler.js";
import { type HistogramLayout, type HistogramSizes, histogramLayout } from "./histogram-layout.js";
import { searchLoop } from "./search-loop.js";

/** The loops; addresses and counts are integers. */
export interface Histograms {
  readonly layout: HistogramLayout;
  readonly memory: WasmMemory;
  /** Counts rows by node, from `first` on, at address 0; gives 1 where a node is not among those that there may be. */
  count(nodes: number, end: number, first: number, span: number): number;
  /** Puts rows in the order of their nodes, from the places at address 0 on: their addresses within a block, and pairs of gradient and Hessian. */
  place(
    nodes: number,
    end: number,
    first: number,
    span: number,
    gradients: number,
    hessians: number,
    order: number,
    pairs: number,
  ): void;
  /** Adds the pairs of rows to a block's sums. */
  add(order: number, end: number, pairs: number, block: number): void;
  /** Looks for the best split of each feature of a block, see `searchLoop`. */
  search(l1: number, l2: number): void;
}

/** The loops for features of these sizes; undefined where the engine has none or the cells are too many. */
export function histograms(sizes: HistogramSizes): Histograms | undefined {
  const layout = histogramLayout(sizes);
  if (layout === undefined) return undefined;
  const pages = Math.ceil(layout.rows / 65536);
  const made = instantiate<Omit<Histograms, "layout" | "memory">>(
    assemble([countLoop(sizes), placeLoop(layout), addLoop(layout, sizes), searchLoop(layout, sizes)], pages),
  );
  return made === undefined
    ? undefined
    : { layout, memory: made.memory, count: made.count, place: made.place, add: made.add, search: made.search };
}

const { i32: integerType, v128 } = valueType;

function countLoop(sizes: HistogramSizes): WasmFunction {
  const [nodes, end, first, span, node, bad] = [0, 1, 2, 3, 4, 5];
  const body: Code = [
    ...get(nodes),
    ...memory.load(),
    ...tee(node),
    ...integer(sizes.nodes),
    ...i32.atLeastUnsigned,
    ...get(bad),
    ...i32.or,
    ...set(bad),
    ...inSpan(node, first, span, [
      ...get(node),
      ...get(node),
      ...memory.load(),
      ...integer(1),
      ...i32.add,
      ...memory.store(),
    ]),
  ];
  return {
    name: "count",
    params: [integerType, integerType, integerType, integerType],
    results: [integerType],
    locals: [integerType, integerType],
    body: [...loopUntil(nodes, end, 4, body), ...get(bad)],
  };
}

/** Runs a body for a node in the span, whose local then has the address of its count. */
function inSpan(node: number, first: number, span: number, body: Code): Code {
  return [
    ...get(node),
    ...get(first),
    ...i32.sub,
    ...tee(node),
    ...get(span),
    ...i32.lessUnsigned,
    ...when([...get(node), ...integer(2), ...i32.shl, ...set(node), ...body]),
  ];
}

function placeLoop(layout: HistogramLayout): WasmFunction {
  const [nodes, end, first, span, gradients, hessians, order, pairs] = [0, 1, 2, 3, 4, 5, 6, 7];
  const [node, place, row] = [8, 9, 10];
  const pair: Code = [...get(pairs), ...get(place), ...integer(3), ...i32.shl, ...i32.add];
  const body: Code = [
    ...get(nodes),
    ...memory.load(),
    ...set(node),
    ...inSpan(node, first, span, [
      ...get(node),
      ...get(node),
      ...memory.load(),
      ...tee(place),
      ...integer(1),
      ...i32.add,
      ...memory.store(),
      ...[...get(order), ...get(place), ...integer(2), ...i32.shl, ...i32.add, ...get(row), ...memory.store()],
      ...[...pair, ...get(gradients), ...memory.loadFloat(), ...memory.storeFloat()],
      ...[...pair, ...get(hessians), ...memory.loadFloat(), ...memory.storeFloat(4)],
    ]),
    ...advance(gradients, 4),
    ...advance(hessians, 4),
    ...advance(row, layout.rowBytes),
  ];
  return {
    name: "place",
    params: [nodes, end, first, span, gradients, hessians, order, pairs].map(() => integerType),
    locals: [integerType, integerType, integerType],
    body: loopUntil(nodes, end, 4, body),
  };
}

function addLoop(layout: HistogramLayout, sizes: HistogramSizes): WasmFunction {
  const [order, end, pairs, block, row, cell, pair] = [0, 1, 2, 3, 4, 5, 6];
  const { load8, load16, loadLow, loadVector, storeVector } = memory;
  const ofFeature = (f: number): Code => {
    const sums = layout.sums + f * sizes.cells * 16;
    return [
      ...get(row),
      ...(layout.cellBytes === 1 ? load8(f) : load16(2 * f)),
      ...integer(4),
      ...i32.shl,
      ...tee(cell),
      ...get(cell),
      ...loadVector(sums),
      ...get(pair),
      ...addDoubles,
      ...storeVector(sums),
    ];
  };
  const body: Code = [
    ...[...get(order), ...memory.load(), ...get(block), ...i32.add, ...set(row)],
    ...[...get(pairs), ...loadLow(), ...toDoubles, ...set(pair)],
    ...Array.from({ length: layout.blockFeatures }, (_, f) => ofFeature(f)).flat(),
    ...advance(pairs, 8),
  ];
  return {
    name: "add",
    params: [integerType, integerType, integerType, integerType],
    locals: [integerType, integerType, v128],
    body: loopUntil(order, end, 4, body),
  };
}

const toDoubles = simd(0x5f);
const addDoubles = simd(0xf0);
