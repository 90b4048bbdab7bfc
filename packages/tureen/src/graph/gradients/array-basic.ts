import { build } from "../build-op.js";
import type { Gradient, GradientRule, GradientTable } from "../gradient.js";
import type { Operation } from "../graph.js";
import { pack, range, reshape, size, transpose } from "../ops/array.js";
import { broadcastAxes, denseOf, shapeTensor, sumAll, sumOver } from "./array/build-math.js";

/** The gradient under the first input's shape; none for the others. */
export const reshapeToInput: GradientRule = (op, grads) => {
  const result = reshape(denseOf(grads), shapeTensor(op.inputs[0]!));
  return [result, ...op.inputs.slice(1).map(() => null)];
};

/** The gradient as it came; none for further inputs. */
export const passThrough: GradientRule = (op, [grad]) => [grad ?? null, ...op.inputs.slice(1).map(() => null)];

const tile: GradientRule = (op, grads) => {
  const [input, multiples] = op.inputs;
  const inputShape = shapeTensor(input!, multiples!.dtype);
  // Each dimension splits in how often it was repeated and how long it was: [m0, d0, m1, d1, ...].
  const split = reshape(transpose(pack([multiples!, inputShape]), [1, 0]), [-1]);
  const result = sumOver(reshape(denseOf(grads), split), range(0, size(split), 2));
  result.shape = input!.shape;
  return [result, null];
};

const broadcastTo: GradientRule = (op: Operation, grads: readonly (Gradient | null)[]) => {
  const [input, wanted] = op.inputs;
  const inputShape = shapeTensor(input!, wanted!.dtype);
  const [, axes] = broadcastAxes(wanted!, inputShape);
  return [reshape(sumOver(denseOf(grads), axes, true), inputShape), null];
};

/** Gradients of what makes tensors or gives them another shape. */
export const arrayBasicGradients: GradientTable = {
  Reshape: reshapeToInput,
  ExpandDims: reshapeToInput,
  Squeeze: reshapeToInput,
  Fill: (_, grads) => [null, sumAll(denseOf(grads))],
  BroadcastTo: broadcastTo,
  Tile: tile,
  GuaranteeConst: passThrough,
  Bitcast: null,
  Shape: null,
  ShapeN: null,
  Size: null,
  Rank: null,
  ZerosLike: null,
  OnesLike: null,
  Empty: null,
  Range: (_op, _grads) => [null, null, null],
  Const: null,
  TileGrad: (op, grads) => [build("Tile", [denseOf(grads), op.inputs[1]!]), null],
};
