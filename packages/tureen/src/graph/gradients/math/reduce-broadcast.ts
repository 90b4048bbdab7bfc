import { isFullyDefined, type PartialShape, sameShape } from "../../../core/shape.js";
import { constant } from "../../build-op.js";
import type { Tensor } from "../../graph.js";
import { reshape } from "../../ops/array.js";
import { broadcastGradientArgs } from "../../ops/math.js";
import { sum } from "../../ops/reduce.js";
import { shapeTensor } from "../array/build-math.js";

/** The axes along which each shape may have been repeated; undefined where only the run can tell. */
function staticAxes(x: PartialShape, y: PartialShape): { readonly x: number[]; readonly y: number[] } | undefined {
  if (x === undefined || y === undefined) return undefined;
  const rank = Math.max(x.length, y.length);
  const axes = { x: [] as number[], y: [] as number[] };
  for (let axis = 0; axis < rank; axis++) {
    const a = axis < rank - x.length ? 1 : x[axis - (rank - x.length)]!;
    const b = axis < rank - y.length ? 1 : y[axis - (rank - y.length)]!;
    if (a === 1 && b !== 1) axes.x.push(axis);
    else if (b === 1 && a !== 1) axes.y.push(axis);
    else if (a < 0 || b < 0) return undefined;
  }
  return axes;
}

/**
 * The gradients of two operands that broadcast, summed over what was repeated: TensorFlow's `_ReduceGradientArgs`.
 *
 * Where the static shapes tell the axes, they are constants, and an operand that was not repeated gets its gradient as it is; else
 * BroadcastGradientArgs finds them during the run. A null gradient stays null.
 */
export function reduceBroadcast(x: Tensor, y: Tensor, gx: Tensor | null, gy: Tensor | null): (Tensor | null)[] {
  const axes = staticAxes(x.shape, y.shape);
  if (axes === undefined) {
    const [sx, sy] = [shapeTensor(x), shapeTensor(y)];
    const { r0, r1 } = broadcastGradientArgs(sx, sy);
    return [gx && reduceOver(gx, r0, sx), gy && reduceOver(gy, r1, sy)];
  }
  const [rankX, rankY] = [x.shape!.length, y.shape!.length];
  const one = (operand: Tensor, gradient: Tensor | null, over: number[], isShorter: boolean): Tensor | null => {
    if (gradient === null || (over.length === 0 && !isShorter)) return gradient;
    return reduceOver(gradient, constant(over, "int32"), shapeTensor(operand));
  };
  return [one(x, gx, axes.x, rankX < rankY), one(y, gy, axes.y, rankY < rankX)];
}

function reduceOver(gradient: Tensor, axes: Tensor, shape: Tensor): Tensor {
  return reshape(sum(gradient, axes, { keepDims: true }), shape);
}

/** The same, always by BroadcastGradientArgs, and summed without keeping dimensions: how older gradients of TensorFlow do it. */
export function reduceAlways(x: Tensor, y: Tensor, gx: Tensor | null, gy: Tensor | null): (Tensor | null)[] {
  const [sx, sy] = [shapeTensor(x), shapeTensor(y)];
  const { r0, r1 } = broadcastGradientArgs(sx, sy);
  return [gx && reshape(sum(gx, r0), sx), gy && reshape(sum(gy, r1), sy)];
}

/** Whether operands and gradient all have one known shape, so that nothing was repeated. */
export function haveOneShape(x: Tensor, y: Tensor, grad: Tensor): boolean {
  if (!isFullyDefined(x.shape) || !isFullyDefined(y.shape) || !isFullyDefined(grad.shape)) return false;
  return sameShape(x.shape, y.shape) && sameShape(x.shape, grad.shape);
}
