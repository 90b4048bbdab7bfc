/** Optimizers by the name within their ops' types, with the kinds of ops that TensorFlow has for each. */
interface OptimizerKinds {
  readonly sparse: boolean;
  readonly ref: boolean;
}

const both: OptimizerKinds = { sparse: true, ref: true };
const denseOnly: OptimizerKinds = { sparse: false, ref: true };

const optimizers: Readonly<Record<string, OptimizerKinds>> = {
  GradientDescent: denseOnly,
  Momentum: both,
  KerasMomentum: { sparse: true, ref: false },
  Adagrad: both,
  AdagradV2: both,
  Adadelta: both,
  Adam: denseOnly,
  AdamWithAmsgrad: { sparse: false, ref: false },
  AdaMax: denseOnly,
  RMSProp: both,
  CenteredRMSProp: both,
  Ftrl: both,
  FtrlV2: both,
  ProximalAdagrad: both,
  ProximalGradientDescent: both,
  AdagradDA: both,
  AddSign: denseOnly,
  PowerSign: denseOnly,
};

/** One op of an optimizer. */
export interface OptimizerOp {
  readonly type: string;
  /** The name of the formula: what follows Apply or SparseApply. */
  readonly optimizer: string;
  readonly isSparse: boolean;
  /** Whether it updates a ref and gives it on, rather than a resource. */
  readonly isRef: boolean;
}

/** Every optimizer op that TensorFlow registers. */
export const optimizerOps: readonly OptimizerOp[] = Object.entries(optimizers).flatMap(
  ([optimizer, { sparse, ref }]) => {
    const ops: OptimizerOp[] = [];
    for (const isRef of ref ? [false, true] : [false]) {
      const prefix = isRef ? "" : "Resource";
      ops.push({ type: `${prefix}Apply${optimizer}`, optimizer, isSparse: false, isRef });
      if (sparse) ops.push({ type: `${prefix}SparseApply${optimizer}`, optimizer, isSparse: true, isRef });
    }
    return ops;
  },
);
