import type { Shape } from "../../../core/shape.js";
import { invalidArgument } from "../../../core/status-error.js";
import { type TensorValue, toIntegers } from "../../../core/tensor-value.js";

/** How an array is reduced: the output's shape, and the input's dimensions with neighbours of one kind merged, outermost first. */
export interface ReductionPlan {
  readonly shape: Shape;
  readonly sizes: readonly number[];
  /** Stride of each merged dimension in the output; 0 for those that are reduced away. */
  readonly strides: readonly number[];
  /** Elements of the output. */
  readonly outputs: number;
  /** Elements that go into each output. */
  readonly reduced: number;
}

/** Plans a reduction; bad axes are INVALID_ARGUMENT with the texts of TensorFlow's ReductionHelper. */
export function planReduction(shape: Shape, axesValue: TensorValue, keepDims: boolean): ReductionPlan {
  const rank = shape.length;
  const isReduced = new Array<boolean>(rank).fill(false);
  for (const given of toIntegers(axesValue)) {
    const axis = given < 0 ? given + rank : given;
    if (axis < 0 || axis >= rank) {
      throw invalidArgument(`Invalid reduction dimension (${given} for input with ${rank} dimension(s)`);
    }
    if (isReduced[axis]) {
      throw invalidArgument(`Invalid reduction arguments: Axes contains duplicate dimension: ${axis}`);
    }
    isReduced[axis] = true;
  }
  const out: number[] = [];
  const sizes: number[] = [];
  const kinds: boolean[] = [];
  let reduced = 1;
  for (let d = 0; d < rank; d++) {
    const size = shape[d]!;
    if (!isReduced[d]) out.push(size);
    else {
      reduced *= size;
      if (keepDims) out.push(1);
    }
    if (size === 1) continue;
    if (kinds.length > 0 && kinds[kinds.length - 1] === isReduced[d]) sizes[sizes.length - 1]! *= size;
    else {
      sizes.push(size);
      kinds.push(isReduced[d]!);
    }
  }
  if (sizes.length === 0) {
    sizes.push(1);
    kinds.push(false);
  }
  const strides = new Array<number>(sizes.length).fill(0);
  let outputs = 1;
  for (let d = sizes.length - 1; d >= 0; d--) {
    if (kinds[d]) continue;
    strides[d] = outputs;
    outputs *= sizes[d]!;
  }
  return { shape: out, sizes, strides, outputs, reduced };
}

/**
 * Takes `n` neighbouring elements from `x[xi]` on into the accumulators from `acc[oi]` on: all into that one where `step` is 0,
 * each into its own where it is 1.
 */
export type ReduceLoop<X, A> = (x: X, xi: number, n: number, acc: A, oi: number, step: number) => void;

/** Runs a loop over every innermost stretch of a plan. */
export function runReduction<X, A>(plan: ReductionPlan, x: X, acc: A, loop: ReduceLoop<X, A>): void {
  const { sizes, strides } = plan;
  const last = sizes.length - 1;
  const inner = sizes[last]!;
  const step = strides[last]!;
  let total = inner;
  for (let d = 0; d < last; d++) total *= sizes[d]!;
  if (total === 0) return;
  const index = new Int32Array(last + 1);
  let oi = 0;
  for (let xi = 0; xi < total; xi += inner) {
    loop(x, xi, inner, acc, oi, step);
    for (let d = last - 1; d >= 0; d--) {
      oi += strides[d]!;
      if (++index[d]! < sizes[d]!) break;
      oi -= strides[d]! * sizes[d]!;
      index[d] = 0;
    }
  }
}
