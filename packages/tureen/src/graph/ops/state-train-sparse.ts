import { buildOp, type TensorLike } from "../build-op.js";
import type { Operation } from "../graph.js";

/** One step of momentum on the rows of a variable that the indices name. */
export function resourceSparseApplyMomentum(
  variable: TensorLike,
  accum: TensorLike,
  lr: TensorLike,
  grad: TensorLike,
  indices: TensorLike,
  momentum: TensorLike,
  options: { readonly useLocking?: boolean; readonly useNesterov?: boolean; readonly name?: string } = {},
): Operation {
  return buildOp(
    "ResourceSparseApplyMomentum",
    [variable, accum, lr, grad, indices, momentum],
    { use_locking: options.useLocking, use_nesterov: options.useNesterov },
    options,
  );
}

/** One step of momentum, with the learning rate inside the accumulator on the rows of a variable that the indices name. */
export function resourceSparseApplyKerasMomentum(
  variable: TensorLike,
  accum: TensorLike,
  lr: TensorLike,
  grad: TensorLike,
  indices: TensorLike,
  momentum: TensorLike,
  options: { readonly useLocking?: boolean; readonly useNesterov?: boolean; readonly name?: string } = {},
): Operation {
  return buildOp(
    "ResourceSparseApplyKerasMomentum",
    [variable, accum, lr, grad, indices, momentum],
    { use_locking: options.useLocking, use_nesterov: options.useNesterov },
    options,
  );
}

/** One step of Adagrad on the rows of a variable that the indices name. */
export function resourceSparseApplyAdagrad(
  variable: TensorLike,
  accum: TensorLike,
  lr: TensorLike,
  grad: TensorLike,
  indices: TensorLike,
  options: { readonly useLocking?: boolean; readonly updateSlots?: boolean; readonly name?: string } = {},
): Operation {
  return buildOp(
    "ResourceSparseApplyAdagrad",
    [variable, accum, lr, grad, indices],
    { use_locking: options.useLocking, update_slots: options.updateSlots },
    options,
  );
}

/** One step of Adagrad with an epsilon on the rows of a variable that the indices name. */
export function resourceSparseApplyAdagradV2(
  variable: TensorLike,
  accum: TensorLike,
  lr: TensorLike,
  epsilon: TensorLike,
  grad: TensorLike,
  indices: TensorLike,
  options: { readonly useLocking?: boolean; readonly updateSlots?: boolean; readonly name?: string } = {},
): Operation {
  return buildOp(
    "ResourceSparseApplyAdagradV2",
    [variable, accum, lr, epsilon, grad, indices],
    { use_locking: options.useLocking, update_slots: options.updateSlots },
    options,
  );
}

/** One step of RMSProp on the rows of a variable that the indices name. */
export function resourceSparseApplyRMSProp(
  variable: TensorLike,
  ms: TensorLike,
  mom: TensorLike,
  lr: TensorLike,
  rho: TensorLike,
  momentum: TensorLike,
  epsilon: TensorLike,
  grad: TensorLike,
  indices: TensorLike,
  options: { readonly useLocking?: boolean; readonly name?: string } = {},
): Operation {
  return buildOp(
    "ResourceSparseApplyRMSProp",
    [variable, ms, mom, lr, rho, momentum, epsilon, grad, indices],
    { use_locking: options.useLocking },
    options,
  );
}

/** One step of centered RMSProp on the rows of a variable that the indices name. */
export function resourceSparseApplyCenteredRMSProp(
  variable: TensorLike,
  mg: TensorLike,
  ms: TensorLike,
  mom: TensorLike,
  lr: TensorLike,
  rho: TensorLike,
  momentum: TensorLike,
  epsilon: TensorLike,
  grad: TensorLike,
  indices: TensorLike,
  options: { readonly useLocking?: boolean; readonly name?: string } = {},
): Operation {
  return buildOp(
    "ResourceSparseApplyCenteredRMSProp",
    [variable, mg, ms, mom, lr, rho, momentum, epsilon, grad, indices],
    { use_locking: options.useLocking },
    options,
  );
}

/** One step of FTRL-proximal on the rows of a variable that the indices name. */
export function resourceSparseApplyFtrl(
  variable: TensorLike,
  accum: TensorLike,
  linear: TensorLike,
  grad: TensorLike,
  indices: TensorLike,
  lr: TensorLike,
  l1: TensorLike,
  l2: TensorLike,
  lrPower: TensorLike,
  options: { readonly useLocking?: boolean; readonly multiplyLinearByLr?: boolean; readonly name?: string } = {},
): Operation {
  return buildOp(
    "ResourceSparseApplyFtrl",
    [variable, accum, linear, grad, indices, lr, l1, l2, lrPower],
    { use_locking: options.useLocking, multiply_linear_by_lr: options.multiplyLinearByLr },
    options,
  );
}

/** One step of FTRL-proximal with shrinkage on the rows of a variable that the indices name. */
export function resourceSparseApplyFtrlV2(
  variable: TensorLike,
  accum: TensorLike,
  linear: TensorLike,
  grad: TensorLike,
  indices: TensorLike,
  lr: TensorLike,
  l1: TensorLike,
  l2: TensorLike,
  l2Shrinkage: TensorLike,
  lrPower: TensorLike,
  options: { readonly useLocking?: boolean; readonly multiplyLinearByLr?: boolean; readonly name?: string } = {},
): Operation {
  return buildOp(
    "ResourceSparseApplyFtrlV2",
    [variable, accum, linear, grad, indices, lr, l1, l2, l2Shrinkage, lrPower],
    { use_locking: options.useLocking, multiply_linear_by_lr: options.multiplyLinearByLr },
    options,
  );
}

/** One step of Adadelta on the rows of a variable that the indices name. */
export function resourceSparseApplyAdadelta(
  variable: TensorLike,
  accum: TensorLike,
  accumUpdate: TensorLike,
  lr: TensorLike,
  rho: TensorLike,
  epsilon: TensorLike,
  grad: TensorLike,
  indices: TensorLike,
  options: { readonly useLocking?: boolean; readonly name?: string } = {},
): Operation {
  return buildOp(
    "ResourceSparseApplyAdadelta",
    [variable, accum, accumUpdate, lr, rho, epsilon, grad, indices],
    { use_locking: options.useLocking },
    options,
  );
}

/** One step of proximal Adagrad on the rows of a variable that the indices name. */
export function resourceSparseApplyProximalAdagrad(
  variable: TensorLike,
  accum: TensorLike,
  lr: TensorLike,
  l1: TensorLike,
  l2: TensorLike,
  grad: TensorLike,
  indices: TensorLike,
  options: { readonly useLocking?: boolean; readonly name?: string } = {},
): Operation {
  return buildOp(
    "ResourceSparseApplyProximalAdagrad",
    [variable, accum, lr, l1, l2, grad, indices],
    { use_locking: options.useLocking },
    options,
  );
}

/** One step of proximal gradient descent on the rows of a variable that the indices name. */
export function resourceSparseApplyProximalGradientDescent(
  variable: TensorLike,
  alpha: TensorLike,
  l1: TensorLike,
  l2: TensorLike,
  grad: TensorLike,
  indices: TensorLike,
  options: { readonly useLocking?: boolean; readonly name?: string } = {},
): Operation {
  return buildOp(
    "ResourceSparseApplyProximalGradientDescent",
    [variable, alpha, l1, l2, grad, indices],
    { use_locking: options.useLocking },
    options,
  );
}

/** One step of Adagrad with dual averaging on the rows of a variable that the indices name. */
export function resourceSparseApplyAdagradDA(
  variable: TensorLike,
  gradientAccumulator: TensorLike,
  gradientSquaredAccumulator: TensorLike,
  grad: TensorLike,
  indices: TensorLike,
  lr: TensorLike,
  l1: TensorLike,
  l2: TensorLike,
  globalStep: TensorLike,
  options: { readonly useLocking?: boolean; readonly name?: string } = {},
): Operation {
  return buildOp(
    "ResourceSparseApplyAdagradDA",
    [variable, gradientAccumulator, gradientSquaredAccumulator, grad, indices, lr, l1, l2, globalStep],
    { use_locking: options.useLocking },
    options,
  );
}
