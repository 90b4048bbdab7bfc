import type { NumericArray } from "../../core/dtype.js";
import { elementCount, type Shape, shapeText, stridesOf } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import type { TensorValue } from "../../core/tensor-value.js";
import { type EinsumEquation, ellipsisLabel, parseEinsum } from "../../graph/shapes/einsum-equation.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import { type MatrixProduct, matrixProduct } from "./linalg/matrix-product.js";

/** The loops treat every array as this one: elements are only copied, or added to elements of the same array type. */
type Elements = Float64Array;

/** An input whose ellipsis is spelled out: for each label the step through its data (repeated labels walk the diagonal). */
interface LabelledInput {
  readonly data: Elements;
  readonly steps: ReadonlyMap<number, number>;
}

interface Labelled {
  readonly inputs: readonly LabelledInput[];
  readonly sizes: ReadonlyMap<number, number>;
  readonly output: readonly number[];
}

const einsum: KernelFactory = ({ attrs }) => {
  const equation = parseEinsum(attrs.text("equation"));
  const product = matrixProduct(attrs.type("T"), "plain", "plain");
  return (inputs) => {
    const labelled = spellOut(equation, inputs, product);
    const { sizes, output } = labelled;
    const unique = [...new Set(output)];
    const [a, b] = labelled.inputs as [LabelledInput, LabelledInput | undefined];
    let dense: Elements;
    let order: number[];
    if (b === undefined) {
      order = unique.filter((label) => a.steps.has(label));
      const dropped = [...a.steps.keys()].filter((label) => !unique.includes(label));
      dense = gather(a, order, dropped, sizes, product);
    } else {
      const batch = unique.filter((label) => a.steps.has(label) && b.steps.has(label));
      const freeA = unique.filter((label) => a.steps.has(label) && !b.steps.has(label));
      const freeB = unique.filter((label) => b.steps.has(label) && !a.steps.has(label));
      const inner = [...a.steps.keys()].filter((label) => b.steps.has(label) && !unique.includes(label));
      const dropped = (own: LabelledInput, other: LabelledInput): number[] =>
        [...own.steps.keys()].filter((label) => !other.steps.has(label) && !unique.includes(label));
      const left = gather(a, [...batch, ...freeA, ...inner], dropped(a, b), sizes, product);
      const right = gather(b, [...batch, ...inner, ...freeB], dropped(b, a), sizes, product);
      dense = batched(
        left,
        right,
        [batch, freeA, freeB, inner].map((labels) => count(labels, sizes)),
        product,
      );
      order = [...batch, ...freeA, ...freeB];
    }
    const shape = output.map((label) => sizes.get(label)!);
    return [product.finish(shape, scatter(dense, order, output, shape, sizes, product) as NumericArray)];
  };
};

function spellOut(equation: EinsumEquation, inputs: readonly TensorValue[], product: MatrixProduct): Labelled {
  const ranks = equation.inputs.map((subscript, i) => {
    const rank = inputs[i]!.shape.length;
    const named = subscript.filter((label) => label !== ellipsisLabel).length;
    if (!subscript.includes(ellipsisLabel)) {
      if (rank !== named) throw invalidArgument(`Expected input ${i} to have rank ${named} but got: ${rank}`);
      return 0;
    }
    if (rank < named) throw invalidArgument(`Expected input ${i} to have rank at least ${named} but got: ${rank}`);
    return rank - named;
  });
  const ellipsisRank = Math.max(...ranks);
  // Ellipsis axes are labelled from the right, so that those of both inputs line up.
  const ellipsis = (rank: number): number[] =>
    Array.from({ length: rank }, (_, i) => equation.labels + ellipsisRank - rank + i);
  const sizes = new Map<number, number>();
  const labelled = equation.inputs.map((subscript, i) => {
    const { shape } = inputs[i]!;
    const labels = subscript.flatMap((label) => (label === ellipsisLabel ? ellipsis(ranks[i]!) : [label]));
    labels.forEach((label, axis) => {
      const size = shape[axis]!;
      const known = sizes.get(label);
      const broadcasts = label >= equation.labels;
      if (known === undefined || (broadcasts && known === 1)) sizes.set(label, size);
      else if (known !== size && !(broadcasts && size === 1)) {
        throw invalidArgument(
          `Expected dimension ${known} at axis ${axis} of the input shaped ${shapeText(shape)} but got dimension ${size}`,
        );
      }
    });
    return { labels, shape };
  });
  return {
    inputs: labelled.map(({ labels, shape }, i) => {
      const steps = new Map<number, number>();
      const strides = stridesOf(shape);
      labels.forEach((label, axis) => {
        const repeats = shape[axis] === 1 && sizes.get(label) !== 1;
        steps.set(label, (steps.get(label) ?? 0) + (repeats ? 0 : strides[axis]!));
      });
      return { data: product.read(inputs[i]!) as unknown as Elements, steps };
    }),
    sizes,
    output: equation.output.flatMap((label) => (label === ellipsisLabel ? ellipsis(ellipsisRank) : [label])),
  };
}

function count(labels: readonly number[], sizes: ReadonlyMap<number, number>): number {
  return elementCount(labels.map((label) => sizes.get(label)!));
}

/** The input laid out densely in the order of `kept`, summed over `dropped`. */
function gather(
  input: LabelledInput,
  kept: readonly number[],
  dropped: readonly number[],
  sizes: ReadonlyMap<number, number>,
  product: MatrixProduct,
): Elements {
  const labels = [...kept, ...dropped];
  const shape = labels.map((label) => sizes.get(label)!);
  const steps = labels.map((label) => input.steps.get(label)!);
  const outer = count(kept, sizes);
  if (dropped.length === 0 && isRowMajor(shape, steps)) return input.data;
  const target = product.target(outer) as unknown as Elements;
  const keptSteps = stridesOf(shape.slice(0, kept.length));
  walk(shape, steps, [...keptSteps, ...dropped.map(() => 0)], (from, to, fromStep, toStep, length) => {
    const { width } = product;
    for (let i = 0; i < length; i++) {
      const [s, t] = [(from + i * fromStep) * width, (to + i * toStep) * width];
      for (let part = 0; part < width; part++) target[t + part] = target[t + part]! + input.data[s + part]!;
    }
  });
  return target;
}

function isRowMajor(shape: Shape, steps: readonly number[]): boolean {
  const strides = stridesOf(shape);
  return steps.every((step, i) => step === strides[i] || shape[i] === 1);
}

function batched(a: Elements, b: Elements, counts: readonly number[], product: MatrixProduct): Elements {
  const [batch, m, n, k] = counts as [number, number, number, number];
  const target = product.target(batch * m * n);
  const { width } = product;
  const sizes = { m, n, k };
  if (target.length === 0) return target as unknown as Elements;
  for (let i = 0; i < batch; i++) {
    product.multiply(sizes, a, i * m * k * width, b, i * k * n * width, target, i * m * n * width);
  }
  return target as unknown as Elements;
}

/** The dense result in the output's order; a label that the output repeats fills a diagonal. */
function scatter(
  dense: Elements,
  order: readonly number[],
  output: readonly number[],
  shape: Shape,
  sizes: ReadonlyMap<number, number>,
  product: MatrixProduct,
): Elements {
  if (order.length === output.length && order.every((label, i) => label === output[i])) return dense;
  const target = product.target(elementCount(shape)) as unknown as Elements;
  const strides = stridesOf(shape);
  const from = order.map((label) => sizes.get(label)!);
  const toSteps = order.map((label) =>
    output.reduce((sum, other, i) => (other === label ? sum + strides[i]! : sum), 0),
  );
  walk(from, stridesOf(from), toSteps, (s, t, sStep, tStep, length) => {
    const { width } = product;
    for (let i = 0; i < length; i++) {
      for (let part = 0; part < width; part++) {
        target[(t + i * tStep) * width + part] = dense[(s + i * sStep) * width + part]!;
      }
    }
  });
  return target;
}

/** Visits every innermost run of an index space with two sets of steps. */
function walk(
  shape: Shape,
  fromSteps: readonly number[],
  toSteps: readonly number[],
  visit: (from: number, to: number, fromStep: number, toStep: number, length: number) => void,
): void {
  if (elementCount(shape) === 0) return;
  const last = shape.length - 1;
  if (last < 0) {
    visit(0, 0, 0, 0, 1);
    return;
  }
  const index = new Array<number>(last).fill(0);
  for (;;) {
    let from = 0;
    let to = 0;
    for (let d = 0; d < last; d++) {
      from += index[d]! * fromSteps[d]!;
      to += index[d]! * toSteps[d]!;
    }
    visit(from, to, fromSteps[last]!, toSteps[last]!, shape[last]!);
    let d = last - 1;
    for (; d >= 0; d--) {
      index[d] = index[d]! + 1;
      if (index[d]! < shape[d]!) break;
      index[d] = 0;
    }
    if (d < 0) return;
  }
}

/** Host kernel of Einsum. */
export const linalgEinsumKernels: KernelTable = { Einsum: einsum };
