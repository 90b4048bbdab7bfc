import { checkOptions } from "../core/check-options.js";
import { isFloatingDType } from "../core/dtype.js";
import { isFullyDefined } from "../core/shape.js";
import { notFound } from "../core/status-error.js";
import { zeros } from "../core/tensor-value.js";
import { build, constant } from "./build-op.js";
import { customGradientOf } from "./custom-gradient.js";
import {
  denseGradient,
  type Gradient,
  type GradientWalk,
  type IndexedSlices,
  isIndexedSlices,
  takesMissingGradients,
} from "./gradient.js";
import { gradientTable } from "./gradients/index.js";
import { type Operation, Tensor } from "./graph.js";
import { colocateWith, currentGraph, nameScope } from "./scope.js";

/** What steers `gradients`. */
export interface GradientOptions {
  /** Gradient of each y; default ones. */
  readonly gradYs?: readonly (Tensor | undefined)[];
  /** Tensors that count as constants. */
  readonly stopGradients?: readonly Tensor[];
  readonly name?: string;
}

/**
 * Builds the symbolic derivatives of the sum of `ys` with respect to each of `xs` (`tf.gradients`); null where there is no path.
 *
 * Walks backwards from ys in reverse order of the ops' making, adds gradients that meet with AddN, and takes each op's rule from the
 * gradient tables. A resource handle as an x stands for its variable: the gradients of its reads.
 */
export function gradients(
  ys: readonly Tensor[],
  xs: readonly Tensor[],
  options: GradientOptions = {},
): (Gradient | null)[] {
  checkOptions("gradients", options, { gradYs: "optional", stopGradients: "optional", name: "optional" });
  return nameScope(options.name ?? "gradients", () => build_(ys, xs, options));
}

function build_(ys: readonly Tensor[], xs: readonly Tensor[], options: GradientOptions): (Gradient | null)[] {
  // Within a function's body, what is outside stands for what the body takes in of it.
  const here = currentGraph();
  if (ys.some((y) => y.graph === here)) xs = xs.map((x) => here.capture(x));
  return walkBack(ys, xs, options);
}

function walkBack(ys: readonly Tensor[], xs: readonly Tensor[], options: GradientOptions): (Gradient | null)[] {
  const stops = new Set<Tensor>(options.stopGradients ?? []);
  const between = opsBetween(ys, xs, stops);
  const arrived = new Map<Tensor, Gradient[]>();
  const arrive = (tensor: Tensor, gradient: Gradient): void => {
    const list = arrived.get(tensor);
    if (list === undefined) arrived.set(tensor, [gradient]);
    else list.push(gradient);
  };
  ys.forEach((y, i) => {
    arrive(y, options.gradYs?.[i] ?? onesLike(y, i));
  });
  const order = [...between].sort((a, b) => b.id - a.id);
  const sums = new Map<Tensor, Gradient | null>();
  const sum = (tensor: Tensor): Gradient | null => {
    if (!sums.has(tensor)) sums.set(tensor, addUp(arrived.get(tensor) ?? []));
    return sums.get(tensor)!;
  };
  for (const op of order) {
    const grads = op.outputs.map(sum);
    if (grads.every((gradient) => gradient === null)) continue;
    if (!op.inputs.some((input) => between.has(input.op) || xs.includes(input))) continue;
    const rule = customGradientOf(op) ?? (Object.hasOwn(gradientTable, op.type) ? gradientTable[op.type] : undefined);
    if (rule === undefined) throw notFound(`No gradient defined for operation '${op.name}' (op type: ${op.type})`);
    if (rule === null) continue;
    // As TensorFlow: an op's gradients live in a scope named after it, colocated with it.
    const walk: GradientWalk = {
      needs: (i) => between.has(op.inputs[i]!.op) || xs.includes(op.inputs[i]!),
      within: (inner, outer, gradYs) => walkBack(inner, outer, { gradYs }),
    };
    const given = takesMissingGradients.has(op.type) ? grads : filled(op, grads);
    const apply = (): ReturnType<typeof rule> => rule(op, given, walk);
    const inputGrads = nameScope(`${op.name}_grad`, () =>
      op.graph === currentGraph() ? colocateWith(op, apply) : apply(),
    );
    inputGrads.forEach((gradient, i) => {
      const input = op.inputs[i];
      if (gradient === null || gradient === undefined || input === undefined || stops.has(input)) return;
      if (gradient instanceof Tensor && gradient.shape === undefined) gradient.shape = input.shape;
      arrive(input, gradient);
    });
  }
  return xs.map(sum);
}

/** A rule that takes several outputs gets zeros for those that no gradient reached. */
function filled(op: Operation, grads: readonly (Gradient | null)[]): readonly (Gradient | null)[] {
  return grads.map((gradient, i) => {
    const output = op.outputs[i]!;
    if (gradient !== null || !isFloatingDType(output.dtype)) return gradient;
    return isFullyDefined(output.shape) ? constant(zeros(output.dtype, output.shape)) : build("ZerosLike", [output]);
  });
}

function onesLike(y: Tensor, i: number): Tensor {
  const shape = isFullyDefined(y.shape) ? constant([...y.shape], "int32", "Shape") : build("Shape", [y]);
  return build("Fill", [shape, constant(1, y.dtype, `grad_ys_${i}/Const`)], {}, `grad_ys_${i}`);
}

function addUp(list: readonly Gradient[]): Gradient | null {
  if (list.length === 0) return null;
  if (list.length === 1) return list[0]!;
  if (list.every((gradient) => gradient instanceof Tensor)) return build("AddN", [list as Tensor[]]);
  if (list.every(isIndexedSlices)) {
    const slices = list as IndexedSlices[];
    return {
      values: build("ConcatV2", [slices.map((slice) => slice.values), 0]),
      indices: build("ConcatV2", [slices.map((slice) => slice.indices), 0]),
      denseShape: slices[0]!.denseShape,
    };
  }
  return build("AddN", [list.map(denseGradient)]);
}

/** The ops on paths from xs to ys: those that gradients must pass. */
function opsBetween(ys: readonly Tensor[], xs: readonly Tensor[], stops: ReadonlySet<Tensor>): Set<Operation> {
  const reachedFromXs = new Set<Tensor>(xs);
  const upstream = collect(ys, stops);
  const between = new Set<Operation>();
  // Ops are numbered in the order of their making, and inputs are made first.
  for (const op of [...upstream].sort((a, b) => a.id - b.id)) {
    if (!op.inputs.some((input) => reachedFromXs.has(input) && !stops.has(input))) continue;
    between.add(op);
    for (const output of op.outputs) reachedFromXs.add(output);
  }
  for (const y of ys) if (xs.includes(y)) between.add(y.op);
  return between;
}

function collect(ys: readonly Tensor[], stops: ReadonlySet<Tensor>): Set<Operation> {
  const seen = new Set<Operation>();
  const pending = ys.map((y) => y.op);
  for (let op = pending.pop(); op !== undefined; op = pending.pop()) {
    if (seen.has(op)) continue;
    seen.add(op);
    for (const input of op.inputs) if (!stops.has(input)) pending.push(input.op);
  }
  return seen;
}
