import { adagradPasses, adamPasses, leastElements } from "./optimizer-module.js";

/** Numbers of one dtype that optimizers compute on. */
export type Numbers = Float32Array | Float64Array;

/** What an optimizer's step sees of its op. */
export interface StepInputs {
  /** The variable's elements and those of its slots, in the op's order. */
  readonly slots: readonly Numbers[];
  readonly grad: Numbers;
  /** A scalar input by its name in the OpDef. */
  scalar(name: string): number;
  /** A boolean attribute; false where the op has none of that name. */
  flag(name: string): boolean;
}

/** Updates `count` elements of the slots from `at` on by those of the gradient from `from` on. */
export type Step = (at: number, from: number, count: number) => void;

/** The formula of an optimizer: reads scalars once, then steps over ranges. */
export interface OptimizerRule {
  readonly slots: readonly string[];
  readonly prepare: (inputs: StepInputs) => Step;
}

/*
 * The formulas are those of TensorFlow's CPU functors (tensorflow/core/kernels/training_ops.cc); what differs in order of operations only
 * moves the last bit. Computation is in float64, rounded where a slot is stored.
 */

const gradientDescent: OptimizerRule = {
  slots: ["var"],
  prepare: ({ slots: [variable], grad, scalar }) => {
    const v = variable!;
    const alpha = scalar("alpha");
    return (at, from, count) => {
      for (let i = 0; i < count; i++) v[at + i] = v[at + i]! - alpha * grad[from + i]!;
    };
  },
};

const momentum: OptimizerRule = {
  slots: ["var", "accum"],
  prepare: ({ slots: [variable, accumulated], grad, scalar, flag }) => {
    const [v, a] = [variable!, accumulated!];
    const [lr, decay] = [scalar("lr"), scalar("momentum")];
    const nesterov = flag("use_nesterov");
    return (at, from, count) => {
      for (let i = at, j = from; i < at + count; i++, j++) {
        const g = grad[j]!;
        const speed = a[i]! * decay + g;
        a[i] = speed;
        v[i] = v[i]! - (nesterov ? g * lr + speed * decay * lr : speed * lr);
      }
    };
  },
};

const kerasMomentum: OptimizerRule = {
  slots: ["var", "accum"],
  prepare: ({ slots: [variable, accumulated], grad, scalar, flag }) => {
    const [v, a] = [variable!, accumulated!];
    const [lr, decay] = [scalar("lr"), scalar("momentum")];
    const nesterov = flag("use_nesterov");
    return (at, from, count) => {
      for (let i = at, j = from; i < at + count; i++, j++) {
        const step = grad[j]! * lr;
        const speed = a[i]! * decay - step;
        a[i] = speed;
        v[i] = v[i]! + (nesterov ? speed * decay - step : speed);
      }
    };
  },
};

/** Adagrad's loop for float32, undefined for float64; made when the first long range comes. */
function adagradRanges(v: Numbers, a: Numbers, grad: Numbers, rate: number, epsilon: number): Step | undefined {
  if (!(v instanceof Float32Array && a instanceof Float32Array && grad instanceof Float32Array)) return undefined;
  return grad.length < leastElements ? undefined : adagradPasses([v, a], grad, { rate, epsilon });
}

function adamRanges(
  [w, m, v]: readonly [Numbers, Numbers, Numbers],
  grad: Numbers,
  scalars: Parameters<typeof adamPasses>[2],
): Step | undefined {
  if (!(w instanceof Float32Array && m instanceof Float32Array)) return undefined;
  if (!(v instanceof Float32Array && grad instanceof Float32Array) || grad.length < leastElements) return undefined;
  return adamPasses([w, m, v], grad, scalars);
}

const adagrad: OptimizerRule = {
  slots: ["var", "accum"],
  prepare: ({ slots: [variable, accumulated], grad, scalar, flag }) => {
    const [v, a] = [variable!, accumulated!];
    const lr = scalar("lr");
    const updates = flag("update_slots");
    const wide = updates ? adagradRanges(v, a, grad, lr, 0) : undefined;
    return (at, from, count) => {
      if (wide !== undefined && count >= leastElements) return wide(at, from, count);
      for (let i = at, j = from; i < at + count; i++, j++) {
        const g = grad[j]!;
        if (updates) a[i] = a[i]! + g * g;
        v[i] = v[i]! - (g * lr) / Math.sqrt(a[i]!);
      }
    };
  },
};

const adagradV2: OptimizerRule = {
  slots: ["var", "accum"],
  prepare: ({ slots: [variable, accumulated], grad, scalar, flag }) => {
    const [v, a] = [variable!, accumulated!];
    const [lr, epsilon] = [scalar("lr"), scalar("epsilon")];
    const updates = flag("update_slots");
    const wide = updates ? adagradRanges(v, a, grad, lr, epsilon) : undefined;
    return (at, from, count) => {
      if (wide !== undefined && count >= leastElements) return wide(at, from, count);
      for (let i = at, j = from; i < at + count; i++, j++) {
        const g = grad[j]!;
        if (updates) a[i] = a[i]! + g * g;
        v[i] = v[i]! - (g * lr) / (Math.sqrt(a[i]!) + epsilon);
      }
    };
  },
};

const adadelta: OptimizerRule = {
  slots: ["var", "accum", "accum_update"],
  prepare: ({ slots: [variable, accumulated, updates], grad, scalar }) => {
    const [v, a, u] = [variable!, accumulated!, updates!];
    const [lr, rho, epsilon] = [scalar("lr"), scalar("rho"), scalar("epsilon")];
    return (at, from, count) => {
      for (let i = at, j = from; i < at + count; i++, j++) {
        const g = grad[j]!;
        a[i] = a[i]! * rho + g * g * (1 - rho);
        const update = (Math.sqrt(u[i]! + epsilon) / Math.sqrt(a[i]! + epsilon)) * g;
        v[i] = v[i]! - update * lr;
        u[i] = u[i]! * rho + update * update * (1 - rho);
      }
    };
  },
};

const adam: OptimizerRule = {
  slots: ["var", "m", "v"],
  prepare: ({ slots: [variable, first, second], grad, scalar, flag }) => {
    const [w, m, v] = [variable!, first!, second!];
    const [beta1, beta2, epsilon] = [scalar("beta1"), scalar("beta2"), scalar("epsilon")];
    const alpha = adamRate(scalar);
    const nesterov = flag("use_nesterov");
    const wide = nesterov ? undefined : adamRanges([w, m, v], grad, { rate: alpha, beta1, beta2, epsilon });
    return (at, from, count) => {
      if (wide !== undefined && count >= leastElements) return wide(at, from, count);
      for (let i = at, j = from; i < at + count; i++, j++) {
        const g = grad[j]!;
        const mean = m[i]! + (g - m[i]!) * (1 - beta1);
        const square = v[i]! + (g * g - v[i]!) * (1 - beta2);
        m[i] = mean;
        v[i] = square;
        const direction = nesterov ? g * (1 - beta1) + beta1 * mean : mean;
        w[i] = w[i]! - (direction * alpha) / (Math.sqrt(square) + epsilon);
      }
    };
  },
};

function adamRate(scalar: StepInputs["scalar"]): number {
  return (scalar("lr") * Math.sqrt(1 - scalar("beta2_power"))) / (1 - scalar("beta1_power"));
}

const adamWithAmsgrad: OptimizerRule = {
  slots: ["var", "m", "v", "vhat"],
  prepare: ({ slots: [variable, first, second, largest], grad, scalar }) => {
    const [w, m, v, top] = [variable!, first!, second!, largest!];
    const [beta1, beta2, epsilon] = [scalar("beta1"), scalar("beta2"), scalar("epsilon")];
    const alpha = adamRate(scalar);
    return (at, from, count) => {
      for (let i = at, j = from; i < at + count; i++, j++) {
        const g = grad[j]!;
        m[i] = m[i]! + (g - m[i]!) * (1 - beta1);
        v[i] = v[i]! + (g * g - v[i]!) * (1 - beta2);
        top[i] = Math.max(top[i]!, v[i]!);
        w[i] = w[i]! - (m[i]! * alpha) / (Math.sqrt(top[i]!) + epsilon);
      }
    };
  },
};

const adaMax: OptimizerRule = {
  slots: ["var", "m", "v"],
  prepare: ({ slots: [variable, first, norm], grad, scalar }) => {
    const [w, m, v] = [variable!, first!, norm!];
    const [beta1, beta2, epsilon] = [scalar("beta1"), scalar("beta2"), scalar("epsilon")];
    const rate = scalar("lr") / (1 - scalar("beta1_power"));
    return (at, from, count) => {
      for (let i = at, j = from; i < at + count; i++, j++) {
        const g = grad[j]!;
        m[i] = m[i]! + (g - m[i]!) * (1 - beta1);
        v[i] = Math.max(beta2 * v[i]!, Math.abs(g));
        w[i] = w[i]! - rate * (m[i]! / (v[i]! + epsilon));
      }
    };
  },
};

const rmsProp: OptimizerRule = {
  slots: ["var", "ms", "mom"],
  prepare: ({ slots: [variable, squares, speeds], grad, scalar }) => {
    const [v, ms, mom] = [variable!, squares!, speeds!];
    const [lr, rho, decay, epsilon] = [scalar("lr"), scalar("rho"), scalar("momentum"), scalar("epsilon")];
    return (at, from, count) => {
      for (let i = at, j = from; i < at + count; i++, j++) {
        const g = grad[j]!;
        ms[i] = ms[i]! + (g * g - ms[i]!) * (1 - rho);
        mom[i] = mom[i]! * decay + (g * lr) / Math.sqrt(ms[i]! + epsilon);
        v[i] = v[i]! - mom[i]!;
      }
    };
  },
};

const centeredRmsProp: OptimizerRule = {
  slots: ["var", "mg", "ms", "mom"],
  prepare: ({ slots: [variable, means, squares, speeds], grad, scalar }) => {
    const [v, mg, ms, mom] = [variable!, means!, squares!, speeds!];
    const [lr, rho, decay, epsilon] = [scalar("lr"), scalar("rho"), scalar("momentum"), scalar("epsilon")];
    return (at, from, count) => {
      for (let i = at, j = from; i < at + count; i++, j++) {
        const g = grad[j]!;
        ms[i] = ms[i]! + (g * g - ms[i]!) * (1 - rho);
        mg[i] = mg[i]! + (g - mg[i]!) * (1 - rho);
        mom[i] = mom[i]! * decay + (g * lr) / Math.sqrt(ms[i]! - mg[i]! * mg[i]! + epsilon);
        v[i] = v[i]! - mom[i]!;
      }
    };
  },
};

function ftrl(withShrinkage: boolean): OptimizerRule {
  return {
    slots: ["var", "accum", "linear"],
    prepare: ({ slots: [variable, accumulated, linears], grad, scalar, flag }) => {
      const [v, a, linear] = [variable!, accumulated!, linears!];
      const [lr, l1, l2] = [scalar("lr"), scalar("l1"), scalar("l2")];
      const shrinkage = withShrinkage ? 2 * scalar("l2_shrinkage") : 0;
      const exponent = -scalar("lr_power");
      const byRate = flag("multiply_linear_by_lr");
      const power = exponent === 0.5 ? Math.sqrt : (x: number): number => x ** exponent;
      const [gradRate, sigmaRate, limit] = byRate ? [lr, 1, l1 * lr] : [1, 1 / lr, l1];
      const ridge = byRate ? 2 * l2 * lr : 2 * l2;
      return (at, from, count) => {
        for (let i = at, j = from; i < at + count; i++, j++) {
          const g = grad[j]!;
          const sum = a[i]! + g * g;
          const grown = power(sum);
          const shrunk = g + shrinkage * v[i]!;
          linear[i] = linear[i]! + shrunk * gradRate - (grown - power(a[i]!)) * sigmaRate * v[i]!;
          const pull = linear[i]!;
          const adjust = Math.max(-limit, Math.min(limit, pull));
          v[i] = (adjust - pull) / (grown * sigmaRate + ridge);
          a[i] = sum;
        }
      };
    },
  };
}

/** The value nearest to `x` by `threshold`, zero within it: soft thresholding. */
function shrink(x: number, threshold: number): number {
  return Math.sign(x) * Math.max(Math.abs(x) - threshold, 0);
}

const proximalAdagrad: OptimizerRule = {
  slots: ["var", "accum"],
  prepare: ({ slots: [variable, accumulated], grad, scalar }) => {
    const [v, a] = [variable!, accumulated!];
    const [lr, l1, l2] = [scalar("lr"), scalar("l1"), scalar("l2")];
    return (at, from, count) => {
      for (let i = at, j = from; i < at + count; i++, j++) {
        const g = grad[j]!;
        a[i] = a[i]! + g * g;
        const rate = lr / Math.sqrt(a[i]!);
        const stepped = v[i]! - g * rate;
        v[i] = (l1 > 0 ? shrink(stepped, rate * l1) : stepped) / (1 + l2 * rate);
      }
    };
  },
};

const proximalGradientDescent: OptimizerRule = {
  slots: ["var"],
  prepare: ({ slots: [variable], grad, scalar }) => {
    const v = variable!;
    const [alpha, l1, l2] = [scalar("alpha"), scalar("l1"), scalar("l2")];
    return (at, from, count) => {
      for (let i = at, j = from; i < at + count; i++, j++) {
        const stepped = v[i]! - alpha * grad[j]!;
        v[i] = (l1 > 0 ? shrink(stepped, alpha * l1) : stepped) / (1 + l2 * alpha);
      }
    };
  },
};

const adagradDa: OptimizerRule = {
  slots: ["var", "gradient_accumulator", "gradient_squared_accumulator"],
  prepare: ({ slots: [variable, sums, squares], grad, scalar }) => {
    const [v, sum, square] = [variable!, sums!, squares!];
    const [lr, l1, l2, step] = [scalar("lr"), scalar("l1"), scalar("l2"), scalar("global_step")];
    return (at, from, count) => {
      for (let i = at, j = from; i < at + count; i++, j++) {
        const g = grad[j]!;
        sum[i] = sum[i]! + g;
        square[i] = square[i]! + g * g;
        const pull = l1 > 0 ? shrink(sum[i]!, l1 * step) : sum[i]!;
        v[i] = (-lr * pull) / (l2 * step * lr + Math.sqrt(square[i]!));
      }
    };
  },
};

const addSign: OptimizerRule = {
  slots: ["var", "m"],
  prepare: ({ slots: [variable, means], grad, scalar }) => {
    const [v, m] = [variable!, means!];
    const [lr, alpha, decay, beta] = [scalar("lr"), scalar("alpha"), scalar("sign_decay"), scalar("beta")];
    return (at, from, count) => {
      for (let i = at, j = from; i < at + count; i++, j++) {
        const g = grad[j]!;
        m[i] = m[i]! * beta + g * (1 - beta);
        v[i] = v[i]! - lr * (alpha + decay * Math.sign(g) * Math.sign(m[i]!)) * g;
      }
    };
  },
};

const powerSign: OptimizerRule = {
  slots: ["var", "m"],
  prepare: ({ slots: [variable, means], grad, scalar }) => {
    const [v, m] = [variable!, means!];
    const [lr, logbase, decay, beta] = [scalar("lr"), scalar("logbase"), scalar("sign_decay"), scalar("beta")];
    return (at, from, count) => {
      for (let i = at, j = from; i < at + count; i++, j++) {
        const g = grad[j]!;
        m[i] = m[i]! * beta + g * (1 - beta);
        v[i] = v[i]! - lr * Math.exp(logbase * decay * Math.sign(g) * Math.sign(m[i]!)) * g;
      }
    };
  },
};

/** The formulas by the name that follows Apply or SparseApply in an op's type. */
export const optimizerRules: Readonly<Record<string, OptimizerRule>> = {
  GradientDescent: gradientDescent,
  Momentum: momentum,
  KerasMomentum: kerasMomentum,
  Adagrad: adagrad,
  AdagradV2: adagradV2,
  Adadelta: adadelta,
  Adam: adam,
  AdamWithAmsgrad: adamWithAmsgrad,
  AdaMax: adaMax,
  RMSProp: rmsProp,
  CenteredRMSProp: centeredRmsProp,
  Ftrl: ftrl(false),
  FtrlV2: ftrl(true),
  ProximalAdagrad: proximalAdagrad,
  ProximalGradientDescent: proximalGradientDescent,
  AdagradDA: adagradDa,
  AddSign: addSign,
  PowerSign: powerSign,
};
