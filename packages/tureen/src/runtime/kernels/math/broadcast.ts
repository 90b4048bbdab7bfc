import { broadcastShapes, type Shape, sameShape, shapeText } from "../../../core/shape.js";
import { invalidArgument } from "../../../core/status-error.js";

/**
 * How two operands are walked together: the output's shape, and its dimensions with neighbours of one kind merged, outermost first.
 *
 * A stride of 0 repeats an operand along a dimension; other strides are those of the operand's own row-major layout.
 */
export interface BroadcastPlan {
  readonly shape: Shape;
  readonly sizes: readonly number[];
  readonly aStrides: readonly number[];
  readonly bStrides: readonly number[];
}

/** Plans the walk over two operands; undefined where their shapes do not broadcast. */
export function planBroadcast(a: Shape, b: Shape): BroadcastPlan | undefined {
  if (sameShape(a, b)) return { shape: a, sizes: [elements(a)], aStrides: [1], bStrides: [1] };
  const shape = broadcastShapes(a, b);
  if (shape === undefined) return undefined;
  const sizes: number[] = [];
  const aStrides: number[] = [];
  const bStrides: number[] = [];
  let aSize = 1;
  let bSize = 1;
  // From the innermost dimension out; a run of dimensions in which each operand either repeats or does not becomes one.
  let kind = -1;
  for (let i = 1; i <= shape.length; i++) {
    const size = shape[shape.length - i]!;
    const x = i <= a.length ? a[a.length - i]! : 1;
    const y = i <= b.length ? b[b.length - i]! : 1;
    if (size === 1) continue;
    const here = (x === 1 ? 1 : 0) + (y === 1 ? 2 : 0);
    if (here === kind) sizes[0]! *= size;
    else {
      sizes.unshift(size);
      aStrides.unshift(x === 1 ? 0 : aSize);
      bStrides.unshift(y === 1 ? 0 : bSize);
      kind = here;
    }
    aSize *= x;
    bSize *= y;
  }
  if (sizes.length === 0) return { shape, sizes: [1], aStrides: [1], bStrides: [1] };
  return { shape, sizes, aStrides, bStrides };
}

/** The plan, or INVALID_ARGUMENT `Incompatible shapes: [3] vs. [2]` as TensorFlow's BinaryOp says it. */
export function requireBroadcast(a: Shape, b: Shape): BroadcastPlan {
  const plan = planBroadcast(a, b);
  if (plan === undefined) throw invalidArgument(`Incompatible shapes: ${shapeText(a)} vs. ${shapeText(b)}`);
  return plan;
}

function elements(shape: Shape): number {
  let count = 1;
  for (let i = 0; i < shape.length; i++) count *= shape[i]!;
  return count;
}

/**
 * One stretch of a binary operation: `n` results from `out[oi]` on, operands stepping by 0 or 1.
 *
 * Each hot operation has a loop of its own for one array type, so that the engine compiles it for that type alone.
 */
export type BinaryLoop<X, Y> = (
  a: X,
  ai: number,
  aStep: number,
  b: X,
  bi: number,
  bStep: number,
  out: Y,
  oi: number,
  n: number,
) => void;

/** Runs a loop over every innermost stretch of a plan. */
export function runBroadcast<X, Y>(plan: BroadcastPlan, a: X, b: X, out: Y, loop: BinaryLoop<X, Y>): void {
  const { sizes, aStrides, bStrides } = plan;
  const last = sizes.length - 1;
  const inner = sizes[last]!;
  const aStep = aStrides[last]!;
  const bStep = bStrides[last]!;
  if (last === 0) {
    if (inner > 0) loop(a, 0, aStep, b, 0, bStep, out, 0, inner);
    return;
  }
  let total = inner;
  for (let d = 0; d < last; d++) total *= sizes[d]!;
  if (total === 0) return;
  const index = new Int32Array(last);
  let ai = 0;
  let bi = 0;
  for (let oi = 0; oi < total; oi += inner) {
    loop(a, ai, aStep, b, bi, bStep, out, oi, inner);
    for (let d = last - 1; d >= 0; d--) {
      ai += aStrides[d]!;
      bi += bStrides[d]!;
      if (++index[d]! < sizes[d]!) break;
      ai -= aStrides[d]! * sizes[d]!;
      bi -= bStrides[d]! * sizes[d]!;
      index[d] = 0;
    }
  }
}
