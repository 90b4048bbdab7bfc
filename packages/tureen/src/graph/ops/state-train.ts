import { buildOp, type TensorLike } from "../build-op.js";
import type { Operation } from "../graph.js";

/** One step of gradient descent on a variable. */
export function resourceApplyGradientDescent(
  variable: TensorLike,
  alpha: TensorLike,
  delta: TensorLike,
  options: { readonly useLocking?: boolean; readonly name?: string } = {},
): Operation {
  return buildOp(
    "ResourceApplyGradientDescent",
    [variable, alpha, delta],
    { use_locking: options.useLocking },
    options,
  );
}

/** One step of momentum on a variable. */
export function resourceApplyMomentum(
  variable: TensorLike,
  accum: TensorLike,
  lr: TensorLike,
  grad: TensorLike,
  momentum: TensorLike,
  options: { readonly useLocking?: boolean; readonly useNesterov?: boolean; readonly name?: string } = {},
): Operation {
  return buildOp(
    "ResourceApplyMomentum",
    [variable, accum, lr, grad, momentum],
    { use_locking: options.useLocking, use_nesterov: options.useNesterov },
    options,
  );
}

/** One step of momentum, with the learning rate inside the accumulator on a variable. */
export function resourceApplyKerasMomentum(
  variable: TensorLike,
  accum: TensorLike,
  lr: TensorLike,
  grad: TensorLike,
  momentum: TensorLike,
  options: { readonly useLocking?: boolean; readonly useNesterov?: boolean; readonly name?: string } = {},
): Operation {
  return buildOp(
    "ResourceApplyKerasMomentum",
    [variable, accum, lr, grad, momentum],
    { use_locking: options.useLocking, use_nesterov: options.useNesterov },
    options,
  );
}

/** One step of Adagrad on a variable. */
export function resourceApplyAdagrad(
  variable: TensorLike,
  accum: TensorLike,
  lr: TensorLike,
  grad: TensorLike,
  options: { readonly useLocking?: boolean; readonly updateSlots?: boolean; readonly name?: string } = {},
): Operation {
  return buildOp(
    "ResourceApplyAdagrad",
    [variable, accum, lr, grad],
    { use_locking: options.useLocking, update_slots: options.updateSlots },
    options,
  );
}

/** One step of Adagrad with an epsilon on a variable. */
export function resourceApplyAdagradV2(
  variable: TensorLike,
  accum: TensorLike,
  lr: TensorLike,
  epsilon: TensorLike,
  grad: TensorLike,
  options: { readonly useLocking?: boolean; readonly updateSlots?: boolean; readonly name?: string } = {},
): Operation {
  return buildOp(
    "ResourceApplyAdagradV2",
    [variable, accum, lr, epsilon, grad],
    { use_locking: options.useLocking, update_slots: options.updateSlots },
    options,
  );
}

/** One step of Adam on a variable. */
export function resourceApplyAdam(
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
): Operation {
  return buildOp(
    "ResourceApplyAdam",
    [variable, m, v, beta1Power, beta2Power, lr, beta1, beta2, epsilon, grad],
    { use_locking: options.useLocking, use_nesterov: options.useNesterov },
    options,
  );
}

/** One step of AdaMax on a variable. */
export function resourceApplyAdaMax(
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
): Operation {
  return buildOp(
    "ResourceApplyAdaMax",
    [variable, m, v, beta1Power, lr, beta1, beta2, epsilon, grad],
    { use_locking: options.useLocking },
    options,
  );
}

/** One step of RMSProp on a variable. */
export function resourceApplyRMSProp(
  variable: TensorLike,
  ms: TensorLike,
  mom: TensorLike,
  lr: TensorLike,
  rho: TensorLike,
  momentum: TensorLike,
  epsilon: TensorLike,
  grad: TensorLike,
  options: { readonly useLocking?: boolean; readonly name?: string } = {},
): Operation {
  return buildOp(
    "ResourceApplyRMSProp",
    [variable, ms, mom, lr, rho, momentum, epsilon, grad],
    { use_locking: options.useLocking },
    options,
  );
}

/** One step of centered RMSProp on a variable. */
export function resourceApplyCenteredRMSProp(
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
): Operation {
  return buildOp(
    "ResourceApplyCenteredRMSProp",
    [variable, mg, ms, mom, lr, rho, momentum, epsilon, grad],
    { use_locking: options.useLocking },
    options,
  );
}

/** One step of FTRL-proximal on a variable. */
export function resourceApplyFtrl(
  variable: TensorLike,
  accum: TensorLike,
  linear: TensorLike,
  grad: TensorLike,
  lr: TensorLike,
  l1: TensorLike,
  l2: TensorLike,
  lrPower: TensorLike,
  options: { readonly useLocking?: boolean; readonly multiplyLinearByLr?: boolean; readonly name?: string } = {},
): Operation {
  return buildOp(
    "ResourceApplyFtrl",
    [variable, accum, linear, grad, lr, l1, l2, lrPower],
    { use_locking: options.useLocking, multiply_linear_by_lr: options.multiplyLinearByLr },
    options,
  );
}

/** One step of FTRL-proximal with shrinkage on a variable. */
export function resourceApplyFtrlV2(
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
): Operation {
  return buildOp(
    "ResourceApplyFtrlV2",
    [variable, accum, linear, grad, lr, l1, l2, l2Shrinkage, lrPower],
    { use_locking: options.useLocking, multiply_linear_by_lr: options.multiplyLinearByLr },
    options,
  );
}

/** One step of Adadelta on a variable. */
export function resourceApplyAdadelta(
  variable: TensorLike,
  accum: TensorLike,
  accumUpdate: TensorLike,
  lr: TensorLike,
  rho: TensorLike,
  epsilon: TensorLike,
  grad: TensorLike,
  options: { readonly useLocking?: boolean; readonly name?: string } = {},
): Operation {
  return buildOp(
    "ResourceApplyAdadelta",
    [variable, accum, accumUpdate, lr, rho, epsilon, grad],
    { use_locking: options.useLocking },
    options,
  );
}

/** One step of proximal Adagrad on a variable. */
export function resourceApplyProximalAdagrad(
  variable: TensorLike,
  accum: TensorLike,
  lr: TensorLike,
  l1: TensorLike,
  l2: TensorLike,
  grad: TensorLike,
  options: { readonly useLocking?: boolean; readonly name?: string } = {},
): Operation {
  return buildOp(
    "ResourceApplyProximalAdagrad",
    [variable, accum, lr, l1, l2, grad],
    { use_locking: options.useLocking },
    options,
  );
}

/** One step of proximal gradient descent on a variable. */
export function resourceApplyProximalGradientDescent(
  variable: TensorLike,
  alpha: TensorLike,
  l1: TensorLike,
  l2: TensorLike,
  delta: TensorLike,
  options: { readonly useLocking?: boolean; readonly name?: string } = {},
): Operation {
  return buildOp(
    "ResourceApplyProximalGradientDescent",
    [variable, alpha, l1, l2, delta],
    { use_locking: options.useLocking },
    options,
  );
}

/** One step of Adagrad with dual averaging on a variable. */
export function resourceApplyAdagradDA(
  variable: TensorLike,
  gradientAccumulator: TensorLike,
  gradientSquaredAccumulator: TensorLike,
  grad: TensorLike,
  lr: TensorLike,
  l1: TensorLike,
  l2: TensorLike,
  globalStep: TensorLike,
  options: { readonly useLocking?: boolean; readonly name?: string } = {},
): Operation {
  return buildOp(
    "ResourceApplyAdagradDA",
    [variable, gradientAccumulator, gradientSquaredAccumulator, grad, lr, l1, l2, globalStep],
    { use_locking: options.useLocking },
    options,
  );
}

/** One step of AddSign on a variable. */
export function resourceApplyAddSign(
  variable: TensorLike,
  m: TensorLike,
  lr: TensorLike,
  alpha: TensorLike,
  signDecay: TensorLike,
  beta: TensorLike,
  grad: TensorLike,
  options: { readonly useLocking?: boolean; readonly name?: string } = {},
): Operation {
  return buildOp(
    "ResourceApplyAddSign",
    [variable, m, lr, alpha, signDecay, beta, grad],
    { use_locking: options.useLocking },
    options,
  );
}

/** One step of PowerSign on a variable. */
export function resourceApplyPowerSign(
  variable: TensorLike,
  m: TensorLike,
  lr: TensorLike,
  logbase: TensorLike,
  signDecay: TensorLike,
  beta: TensorLike,
  grad: TensorLike,
  options: { readonly useLocking?: boolean; readonly name?: string } = {},
): Operation {
  return buildOp(
    "ResourceApplyPowerSign",
    [variable, m, lr, logbase, signDecay, beta, grad],
    { use_locking: options.useLocking },
    options,
  );
}

/** One step of Adam with AMSGrad on a variable. */
export function resourceApplyAdamWithAmsgrad(
  variable: TensorLike,
  m: TensorLike,
  v: TensorLike,
  vhat: TensorLike,
  beta1Power: TensorLike,
  beta2Power: TensorLike,
  lr: TensorLike,
  beta1: TensorLike,
  beta2: TensorLike,
  epsilon: TensorLike,
  grad: TensorLike,
  options: { readonly useLocking?: boolean; readonly name?: string } = {},
): Operation {
  return buildOp(
    "ResourceApplyAdamWithAmsgrad",
    [variable, m, v, vhat, beta1Power, beta2Power, lr, beta1, beta2, epsilon, grad],
    { use_locking: options.useLocking },
    options,
  );
}
