import { intValue, type TensorValue, tensorValue } from "../../core/tensor-value.js";
import { Attrs, type AttrValue } from "../../graph/attr-value.js";
import type { Kernel, KernelTable } from "../kernel.js";
import { producer, samePort } from "./fuse-match.js";
import { kernelNode } from "./kernel-node.js";
import type { PlanFacts } from "./partition-facts.js";
import { constantNode, type PlanGraph, PlanNode, type Port, reachable, updatesVariables } from "./plan-node.js";
import { planFacts } from "./plan-symbols.js";

/**
 * Puts one `_PlanConcatPart` in the place of each Slice that takes an input's part out of the gradient of a concatenation.
 *
 * Where each part begins is known as soon as the sizes along the joined axis are: the shapes of all inputs, their sums and the slices by them are
 * otherwise a good part of the small ops of a step. Only in plans that train, and of float32.
 */
export function fuseConcatGradients(graph: PlanGraph, trustFeeds: boolean): void {
  const order = reachable(graph);
  if (!order.some(({ type }) => type === "ConcatOffset")) return;
  if (!updatesVariables(order)) return;
  const facts = planFacts([...new Set([...graph.feeds, ...order])], trustFeeds);
  const pinned = new Set([...graph.targets, ...order.flatMap(({ controls }) => controls)]);
  const replaced = new Map<PlanNode, PlanNode>();
  for (const node of order) {
    if (node.type !== "Slice" || node.value !== undefined || node.controls.length > 0 || pinned.has(node)) continue;
    const part = concatPart(node, facts);
    if (part !== undefined) replaced.set(node, part);
  }
  const resolve = (port: Port): Port => replaced.get(port.node)?.port() ?? port;
  for (const node of [...order, ...replaced.values()]) node.inputs = node.inputs.map(resolve);
  graph.fetches = graph.fetches.map(resolve);
  narrowProducts(graph, facts);
}

/** A product is narrowed where no more than this share of its columns is asked for. */
const mostColumns = 0.75;

/**
 * Has products that only parts of are taken out of, the gradient of an input layer of which a few columns are trained, give no more columns than
 * from the first of the parts to the last.
 */
function narrowProducts(graph: PlanGraph, facts: PlanFacts): void {
  const order = reachable(graph);
  const pinned = new Set([
    ...graph.targets,
    ...graph.fetches.map(({ node }) => node),
    ...order.flatMap(({ controls }) => controls),
  ]);
  for (const product of order) {
    if (product.type !== "MatMul" || pinned.has(product)) continue;
    if (product.attrs.bool("transpose_a") || !product.attrs.bool("transpose_b")) continue;
    const users = order.filter(({ inputs }) => inputs.some(({ node }) => node === product));
    if (
      !users.every(
        ({ type, inputs, attrs }) =>
          type === "_PlanConcatPart" && inputs[0]!.node === product && attrs.int("axis") === 1,
      )
    )
      continue;
    const [gradient, weight] = product.inputs as [Port, Port];
    const [rows, depth] = facts.shape(weight) ?? [];
    const begin = Math.min(...users.map(({ attrs }) => attrs.int("begin")));
    const end = Math.max(...users.map(({ attrs }) => attrs.int("begin") + attrs.int("size")));
    if (rows === undefined || depth === undefined || end - begin > rows * mostColumns) continue;
    if (users.some(({ attrs }) => attrs.int("total") !== rows)) continue;
    const part = new PlanNode({
      name: `${product.name}/rows`,
      type: "Slice",
      attrs: new Attrs(
        new Map<string, AttrValue>([
          ["T", { kind: "type", value: "float32" }],
          ["Index", { kind: "type", value: "int32" }],
        ]),
        product.name,
      ),
      inputs: [
        weight,
        constantNode(`${product.name}/begin`, intValue([begin, 0])).port(),
        constantNode(`${product.name}/size`, intValue([end - begin, depth])).port(),
      ],
      outputTypes: ["float32"],
      shapes: [[end - begin, depth]],
    });
    product.inputs = [gradient, part.port()];
    for (const user of users) {
      const moved = new Map(user.attrs.map);
      moved.set("begin", int(user.attrs.int("begin") - begin));
      moved.set("total", int(end - begin));
      user.attrs = new Attrs(moved, user.name);
    }
  }
}

function int(value: number): AttrValue {
  return { kind: "int", value: BigInt(value) };
}

function concatPart(slice: PlanNode, facts: PlanFacts): PlanNode | undefined {
  const [gradient, begin, size] = slice.inputs as [Port, Port, Port];
  const offsets = producer(begin, "ConcatOffset");
  if (offsets === undefined || slice.outputTypes[0] !== "float32") return undefined;
  const shapes = offsets.inputs.slice(1);
  if (!samePort(shapes[begin.index], size)) return undefined;
  const parts = shapes.map((port) => producer(port, "ShapeN")?.inputs[port.index]);
  const axis = axisOf(offsets.inputs[0]!, facts);
  if (axis === undefined) return undefined;
  const sizes = parts.map((part) => (part === undefined ? undefined : facts.shape(part)?.[axis]));
  if (!sizes.every((length): length is number => length !== undefined && length >= 0)) return undefined;
  const sum = (lengths: readonly number[]): number => lengths.reduce((n, length) => n + length, 0);
  const part = parts[begin.index]!;
  const node = new PlanNode({
    name: `${slice.name}/_PlanConcatPart`,
    type: "_PlanConcatPart",
    attrs: new Attrs(
      new Map([
        ["axis", int(axis)],
        ["begin", int(sum(sizes.slice(0, begin.index)))],
        ["size", int(sizes[begin.index]!)],
        ["total", int(sum(sizes))],
      ]),
      slice.name,
    ),
    inputs: [gradient, part],
    outputTypes: ["float32"],
    shapes: slice.shapes,
  });
  node.sureShapes = [facts.shape(part)];
  return node;
}

/** The axis by its number; one that is counted from the end has the rank added. */
function axisOf(port: Port, facts: PlanFacts): number | undefined {
  const modulo = producer(port, "FloorMod");
  const given = (modulo?.inputs[0] ?? port).node.value;
  if (given === undefined) return undefined;
  const axis = Number((given.data as Int32Array)[0]);
  if (modulo === undefined) return axis >= 0 ? axis : undefined;
  const ranked = producer(modulo.inputs[1], "Rank")?.inputs[0];
  const rank =
    modulo.inputs[1]!.node.value?.data[0] ?? (ranked === undefined ? undefined : facts.shape(ranked)?.length);
  if (rank === undefined) return undefined;
  const positive = axis < 0 ? axis + Number(rank) : axis;
  return positive >= 0 && positive < Number(rank) ? positive : undefined;
}

/** The kernel of a `_PlanConcatPart`: copies a block of the gradient, as large as the second input. */
export function planConcatPartKernel(node: PlanNode, kernels: KernelTable): Kernel {
  const [axis, begin, total] = ["axis", "begin", "total"].map((name) => node.attrs.int(name)) as [
    number,
    number,
    number,
  ];
  const slice = kernels["Slice"]!({
    ...kernelNode(node),
    type: "Slice",
    inputTypes: ["float32", "int32", "int32"],
    constant: () => undefined,
  });
  return (inputs, context) => {
    const [gradient, part] = inputs as [TensorValue, TensorValue];
    const { shape } = part;
    let outer = 1;
    let inner = 1;
    let fits = gradient.shape.length === shape.length && gradient.shape[axis] === total;
    for (let d = 0; fits && d < shape.length; d++) {
      if (d < axis) outer *= shape[d]!;
      else if (d > axis) inner *= shape[d]!;
      if (d !== axis && shape[d] !== gradient.shape[d]) fits = false;
    }
    if (!fits) {
      const start = intValue(shape.map((_, d) => (d === axis ? begin : 0)));
      return slice([gradient, start, intValue([...shape])], context);
    }
    const source = gradient.data as Float32Array;
    const width = shape[axis]! * inner;
    const target = new Float32Array(outer * width);
    const step = total * inner;
    let from = begin * inner;
    let to = 0;
    // Rows are short: a call to copy each would take longer than copying it.
    for (let row = 0; row < outer; row++) {
      for (let k = 0; k < width; k++) target[to++] = source[from + k]!;
      from += step;
    }
    return [tensorValue("float32", shape, target)];
  };
}
