import { build, type TensorLike } from "../build-op.js";
import type { Tensor } from "../graph.js";

/** One step of gradient descent on a ref. */
export function applyGradientDescent(
  variable: TensorLike,
  alpha: TensorLike,
  delta: TensorLike,
  options: { readonly useLocking?: boolean; readonly name?: string } = {},
): Tensor {
  return build("ApplyGradientDescent", [variable, alpha, delta], { use_locking: options.useLocking }, options);
}

/** One step of momentum on a ref. */
export function applyMomentum(
  variable: TensorLike,
  accum: TensorLike,
  lr: TensorLike,
  grad: TensorLike,
  momentum: TensorLike,
  options: { readonly useLocking?: boolean; readonly useNesterov?: boolean; readonly name?: string } = {},
): Tensor {
  return build(
    "ApplyMomentum",
    [variable, accum, lr, grad, momentum],
    { use_locking: options.useLocking, use_nesterov: options.useNesterov },
    options,
  );
}

/** One step of Adagrad on a ref. */
export function applyAdagrad(
  variable: TensorLike,
  accum: TensorLike,
  lr: TensorLike,
  grad: TensorLike,
  options: { readonly useLocking?: boolean; readonly updateSlots?: boolean; readonly name?: string } = {},
): Tensor {
  return build(
    "ApplyAdagrad",
    [variable, accum, lr, grad],
    { use_locking: options.useLocking, update_slots: options.updateSlots },
    options,
  );
}

/** One step of Adagrad with an epsilon on a ref. */
export function applyAdagradV2(
  variable: TensorLike,
  accum: TensorLike,
  lr: TensorLike,
  epsilon: TensorLike,
  grad: TensorLike,
  options: { readonly useLocking?: boolean; readonly updateSlots?: boolean; readonly name?: string } = {},
): Tensor {
  return build(
    "ApplyAdagradV2",
    [variable, accum, lr, epsilon, grad],
    { use_locking: options.useLocking, update_slots: options.updateSlots },
    options,
  );
}

/** One step of Adam on a ref. */
export function applyAdam(
  variable: TensorLike,
  m: TensorLike,
  v: TensorLike,
  beta1Power: TensorLike,
  beta2Power: TensorLike,
  lr: TensorLike,
  beta1: TensorLike,
  beta2: TensorLike,
  epsilon: TensorLike,
  grad: TensorLike,
  options: { readonly useLocking?: boolean; readonly useNesterov?: boolean; readonly name?: string } = {},
): Tensor {
  return build(
    "ApplyAdam",
    [variable, m, v, beta1Power, beta2Power, lr, beta1, beta2, epsilon, grad],
    { use_locking: options.useLocking, use_nesterov: options.useNesterov },
    options,
  );
}

/** One step of AdaMax on a ref. */
export function applyAdaMax(
  variable: TensorLike,
  m: TensorLike,
  v: TensorLike,
  beta1Power: TensorLike,
  lr: TensorLike,
  beta1: TensorLike,
  beta2: TensorLike,
  epsilon: TensorLike,
  grad: TensorLike,
  options: { readonly useLocking?: boolean; readonly name?: string } = {},
): Tensor {
  return build(
    "ApplyAdaMax",
    [variable, m, v, beta1Power, lr, beta1, beta2, epsilon, grad],
    { use_locking: options.useLocking },
    options,
  );
}

/** One step of RMSProp on a ref. */
export function applyRMSProp(
  variable: TensorLike,
  ms: TensorLike,
  mom: TensorLike,
  lr: TensorLike,
  rho: TensorLike,
  momentum: TensorLike,
  epsilon: TensorLike,
  grad: TensorLike,
  options: { readonly useLocking?: boolean; readonly name?: string } = {},
): Tensor {
  return build(
    "ApplyRMSProp",
    [variable, ms, mom, lr, rho, momentum, epsilon, grad],
    { use_locking: options.useLocking },
    options,
  );
}

/** One step of centered RMSProp on a ref. */
export function applyCenteredRMSProp(
  variable: TensorLike,
  mg: TensorLike,
  ms: TensorLike,
  mom: TensorLike,
  lr: TensorLike,
  rho: TensorLike,
  momentum: TensorLike,
  epsilon: TensorLike,
  grad: TensorLike,
  options: { readonly useLocking?: boolean; readonly name?: string } = {},
): Tensor {
  return build(
    "ApplyCenteredRMSProp",
    [variable, mg, ms, mom, lr, rho, momentum, epsilon, grad],
    { use_locking: options.useLocking },
    options,
  );
}

/** One step of FTRL-proximal on a ref. */
export function applyFtrl(
  variable: TensorLike,
  accum: TensorLike,
  linear: TensorLike,
  grad: TensorLike,
  lr: TensorLike,
  l1: TensorLike,
  l2: TensorLike,
  lrPower: TensorLike,
  options: { readonly useLocking?: boolean; readonly multiplyLinearByLr?: boolean; readonly name?: string } = {},
): Tensor {
  return build(
    "ApplyFtrl",
    [variable, accum, linear, grad, lr, l1, l2, lrPower],
    { use_locking: options.useLocking, multiply_linear_by_lr: options.multiplyLinearByLr },
    options,
  );
}

/** One step of FTRL-proximal with shrinkage on a ref. */
export function applyFtrlV2(
  variable: TensorLike,
  accum: TensorLike,
  linear: TensorLike,
  grad: TensorLike,
  lr: TensorLike,
  l1: TensorLike,
  l2: TensorLike,
  l2Shrinkage: TensorLike,
  lrPower: TensorLike,
  options: { readonly useLocking?: boolean; readonly multiplyLinearByLr?: boolean; readonly name?: string } = {},
): Tensor {
  return build(
    "ApplyFtrlV2",
    [variable, accum, linear, grad, lr, l1, l2, l2Shrinkage, lrPower],
    { use_locking: options.useLocking, multiply_linear_by_lr: options.multiplyLinearByLr },
    options,
  );
}

/** One step of Adadelta on a ref. */
export function applyAdadelta(
  variable: TensorLike,
  accum: TensorLike,
  accumUpdate: TensorLike,
  lr: TensorLike,
  rho: TensorLike,
  epsilon: TensorLike,
  grad: TensorLike,
  options: { readonly useLocking?: boolean; readonly name?: string } = {},
): Tensor {
  return build(
    "ApplyAdadelta",
    [variable, accum, accumUpdate, lr, rho, epsilon, grad],
    { use_locking: options.useLocking },
    options,
  );
}

/** One step of proximal Adagrad on a ref. */
export function applyProximalAdagrad(
  variable: TensorLike,
  accum: TensorLike,
  lr: TensorLike,
  l1: TensorLike,
  l2: TensorLike,
  grad: TensorLike,
  options: { readonly useLocking?: boolean; readonly name?: string } = {},
): Tensor {
  return build(
    "ApplyProximalAdagrad",
    [variable, accum, lr, l1, l2, grad],
    { use_locking: options.useLocking },
    options,
  );
}

/** One step of proximal gradient descent on a ref. */
export function applyProximalGradientDescent(
  variable: TensorLike,
  alpha: TensorLike,
  l1: TensorLike,
  l2: TensorLike,
  delta: TensorLike,
  options: { readonly useLocking?: boolean; readonly name?: string } = {},
): Tensor {
  return build(
    "ApplyProximalGradientDescent",
    [variable, alpha, l1, l2, delta],
    { use_locking: options.useLocking },
    options,
  );
}

/** One step of Adagrad with dual averaging on a ref. */
export function applyAdagradDA(
  variable: TensorLike,
  gradientAccumulator: TensorLike,
  gradientSquaredAccumulator: TensorLike,
  grad: TensorLike,
  lr: TensorLike,
  l1: TensorLike,
  l2: TensorLike,
  globalStep: TensorLike,
  options: { readonly useLocking?: boolean; readonly name?: string } = {},
): Tensor {
  return build(
    "ApplyAdagradDA",
    [variable, gradientAccumulator, gradientSquaredAccumulator, grad, lr, l1, l2, globalStep],
    { use_locking: options.useLocking },
    options,
  );
}

/** One step of AddSign on a ref. */
export function applyAddSign(
  variable: TensorLike,
  m: TensorLike,
  lr: TensorLike,
  alpha: TensorLike,
  signDecay: TensorLike,
  beta: TensorLike,
  grad: TensorLike,
  options: { readonly useLocking?: boolean; readonly name?: string } = {},
): Tensor {
  return build(
    "ApplyAddSign",
    [variable, m, lr, alpha, signDecay, beta, grad],
    { use_locking: options.useLocking },
    options,
  );
}

/** One step of PowerSign on a ref. */
export function applyPowerSign(
  variable: TensorLike,
  m: TensorLike,
  lr: TensorLike,
  logbase: TensorLike,
  signDecay: TensorLike,
  beta: TensorLike,
  grad: TensorLike,
  options: { readonly useLocking?: boolean; readonly name?: string } = {},
): Tensor {
  return build(
    "ApplyPowerSign",
    [variable, m, lr, logbase, signDecay, beta, grad],
    { use_locking: options.useLocking },
    options,
  );
}

/** One step of momentum on the rows of a ref that the indices name. */
export function sparseApplyMomentum(
  variable: TensorLike,
  accum: TensorLike,
  lr: TensorLike,
  grad: TensorLike,
  indices: TensorLike,
  momentum: TensorLike,
  options: { readonly useLocking?: boolean; readonly useNesterov?: boolean; readonly name?: string } = {},
): Tensor {
  return build(
    "SparseApplyMomentum",
    [variable, accum, lr, grad, indices, momentum],
    { use_locking: options.useLocking, use_nesterov: options.useNesterov },
    options,
  );
}

/** One step of Adagrad on the rows of a ref that the indices name. */
export function sparseApplyAdagrad(
  variable: TensorLike,
  accum: TensorLike,
  lr: TensorLike,
  grad: TensorLike,
  indices: TensorLike,
  options: { readonly useLocking?: boolean; readonly updateSlots?: boolean; readonly name?: string } = {},
): Tensor {
  return build(
    "SparseApplyAdagrad",
    [variable, accum, lr, grad, indices],
    { use_locking: options.useLocking, update_slots: options.updateSlots },
    options,
  );
}

/** One step of Adagrad with an epsilon on the rows of a ref that the indices name. */
export function sparseApplyAdagradV2(
  variable: TensorLike,
  accum: TensorLike,
  lr: TensorLike,
  epsilon: TensorLike,
  grad: TensorLike,
  indices: TensorLike,
  options: { readonly useLocking?: boolean; readonly updateSlots?: boolean; readonly name?: string } = {},
): Tensor {
  return build(
    "SparseApplyAdagradV2",
    [variable, accum, lr, epsilon, grad, indices],
    { use_locking: options.useLocking, update_slots: options.updateSlots },
    options,
  );
}

/** One step of RMSProp on the rows of a ref that the indices name. */
export function sparseApplyRMSProp(
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
): Tensor {
  return build(
    "SparseApplyRMSProp",
    [variable, ms, mom, lr, rho, momentum, epsilon, grad, indices],
    { use_locking: options.useLocking },
    options,
  );
}

/** One step of centered RMSProp on the rows of a ref that the indices name. */
export function sparseApplyCenteredRMSProp(
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
): Tensor {
  return build(
    "SparseApplyCenteredRMSProp",
    [variable, mg, ms, mom, lr, rho, momentum, epsilon, grad, indices],
    { use_locking: options.useLocking },
    options,
  );
}

/** One step of FTRL-proximal on the rows of a ref that the indices name. */
export function sparseApplyFtrl(
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
): Tensor {
  return build(
    "SparseApplyFtrl",
    [variable, accum, linear, grad, indices, lr, l1, l2, lrPower],
    { use_locking: options.useLocking, multiply_linear_by_lr: options.multiplyLinearByLr },
    options,
  );
}

/** One step of FTRL-proximal with shrinkage on the rows of a ref that the indices name. */
export function sparseApplyFtrlV2(
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
): Tensor {
  return build(
    "SparseApplyFtrlV2",
    [variable, accum, linear, grad, indices, lr, l1, l2, l2Shrinkage, lrPower],
    { use_locking: options.useLocking, multiply_linear_by_lr: options.multiplyLinearByLr },
    options,
  );
}

/** One step of Adadelta on the rows of a ref that the indices name. */
export function sparseApplyAdadelta(
  variable: TensorLike,
  accum: TensorLike,
  accumUpdate: TensorLike,
  lr: TensorLike,
  rho: TensorLike,
  epsilon: TensorLike,
  grad: TensorLike,
  indices: TensorLike,
  options: { readonly useLocking?: boolean; readonly name?: string } = {},
): Tensor {
  return build(
    "SparseApplyAdadelta",
    [variable, accum, accumUpdate, lr, rho, epsilon, grad, indices],
    { use_locking: options.useLocking },
    options,
  );
}

/** One step of proximal Adagrad on the rows of a ref that the indices name. */
export function sparseApplyProximalAdagrad(
  variable: TensorLike,
  accum: TensorLike,
  lr: TensorLike,
  l1: TensorLike,
  l2: TensorLike,
  grad: TensorLike,
  indices: TensorLike,
  options: { readonly useLocking?: boolean; readonly name?: string } = {},
): Tensor {
  return build(
    "SparseApplyProximalAdagrad",
    [variable, accum, lr, l1, l2, grad, indices],
    { use_locking: options.useLocking },
    options,
  );
}

/** One step of proximal gradient descent on the rows of a ref that the indices name. */
export function sparseApplyProximalGradientDescent(
  variable: TensorLike,
  alpha: TensorLike,
  l1: TensorLike,
  l2: TensorLike,
  grad: TensorLike,
  indices: TensorLike,
  options: { readonly useLocking?: boolean; readonly name?: string } = {},
): Tensor {
  return build(
    "SparseApplyProximalGradientDescent",
    [variable, alpha, l1, l2, grad, indices],
    { use_locking: options.useLocking },
    options,
  );
}

/** One step of Adagrad with dual averaging on the rows of a ref that the indices name. */
export function sparseApplyAdagradDA(
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
): Tensor {
  return build(
    "SparseApplyAdagradDA",
    [variable, gradientAccumulator, gradientSquaredAccumulator, grad, indices, lr, l1, l2, globalStep],
    { use_locking: options.useLocking },
    options,
  );
}
