import { constant } from "../build-op.js";
import type { GradientRule, GradientTable } from "../gradient.js";
import type { Tensor } from "../graph.js";
import { reshape } from "../ops/array.js";
import { stopGradient } from "../ops/control.js";
import { addV2, cast, mul, reciprocal, rsqrt, squaredDifference, sub } from "../ops/math.js";
import { mean, sum } from "../ops/reduce.js";
import { denseOf } from "./array/build-math.js";

/** The axes that a batch norm averages over, and the shape of a vector of channels among them. */
const layouts = {
  NHWC: { axes: [0, 1, 2], before: [], after: [] },
  NDHWC: { axes: [0, 1, 2, 3], before: [], after: [] },
  NCHW: { axes: [0, 2, 3], before: [1], after: [1, 1] },
  NCDHW: { axes: [0, 2, 3, 4], before: [1], after: [1, 1, 1] },
} as const;

/**
 * The second gradient of a batch norm: the first one's formulas are built again from simple ops, and the walk goes through those.
 *
 * The gradient of the data takes the averages' own share, but for the variance's mean, which TensorFlow holds still.
 */
const fusedBatchNormGrad: GradientRule = (op, grads, walk) => {
  const [dy, x, scale, popMean, popVariance, ...rest] = op.inputs as readonly Tensor[] as readonly [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    ...Tensor[],
  ];
  const { axes, before, after } = layouts[op.attrs.text("data_format") as keyof typeof layouts];
  const isHalf = x.dtype === "float16" || x.dtype === "bfloat16";
  const wide = (tensor: Tensor): Tensor => (isHalf ? cast(tensor, "float32") : tensor);
  const across = (vector: Tensor): Tensor =>
    before.length === 0 ? vector : reshape(vector, [...before, -1, ...after]);
  const axis = constant([...axes], "int32");
  const average = (tensor: Tensor): Tensor => across(mean(tensor, axis));
  const epsilon = constant(op.attrs.float("epsilon"), "float32");
  const [lateGrad, data, factor] = [wide(dy), wide(x), across(scale)];
  const first = op.attrs.bool("is_training") ? trained() : fixed();

  function trained(): readonly [Tensor, Tensor] {
    const center = average(data);
    const variance = average(squaredDifference(data, stopGradient(center)));
    const spread = addV2(variance, epsilon);
    const offset = sub(data, center);
    const weighted = mul(lateGrad, offset);
    const inner = sub(sub(lateGrad, average(lateGrad)), mul(mul(reciprocal(spread), average(weighted)), offset));
    return [mul(mul(factor, rsqrt(spread)), inner), mul(reshape(rsqrt(spread), [-1]), sum(weighted, axis))];
  }

  function fixed(): readonly [Tensor, Tensor] {
    const root = rsqrt(addV2(across(popVariance), epsilon));
    const normal = mul(mul(lateGrad, sub(data, across(popMean))), root);
    return [mul(mul(lateGrad, factor), root), sum(normal, axis)];
  }

  const dx = isHalf ? cast(first[0], x.dtype) : first[0];
  const outputs = [dx, first[1], sum(lateGrad, axis)];
  const late = [denseOf(grads, 0), denseOf(grads, 1), denseOf(grads, 2)];
  const found = walk.within(outputs, [dy, x, scale], late);
  return [...found, null, null, ...rest.map(() => null)];
};

/** Gradients of the gradients of batch norms. */
export const nnBatchNormGradients: GradientTable = {
  FusedBatchNormGrad: fusedBatchNormGrad,
  FusedBatchNormGradV2: fusedBatchNormGrad,
  FusedBatchNormGradV3: fusedBatchNormGrad,
};
