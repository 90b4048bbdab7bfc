/** An example as its loss sees it; a label of two classes is -1 or 1. */
export interface LabelledExample {
  readonly label: number;
  readonly weight: number;
}

/** What the best dual of one example, given those of all others, depends on. */
export interface DualProblem extends LabelledExample {
  /** The dual so far. */
  readonly dual: number;
  /** The logit. */
  readonly wx: number;
  /** The squared norm of the example divided by l2, times the number of partitions of the loss. */
  readonly norm: number;
}

/** A loss as dual coordinate ascent needs it: the loss, its conjugate, and the step in one coordinate. */
export interface DualLoss {
  /** The label that formulas take; undefined for one that the loss is not for. */
  convertLabel(label: number): number | undefined;
  /** What TensorFlow says to such a label, before the label itself. */
  readonly refusal: string;
  updatedDual(problem: DualProblem): number;
  primalLoss(wx: number, example: LabelledExample): number;
  dualLoss(dual: number, example: LabelledExample): number;
  /** The derivative of the unweighted loss by the logit. */
  derivative(wx: number, label: number): number;
  readonly smoothness: number;
}

/** Newton's method converges quadratically: so many steps from anywhere. */
const newtonSteps = 10;

function newton(start: number, step: (x: number) => number): number {
  let x = start;
  for (let i = 0; i < newtonSteps; i++) x -= step(x);
  return x;
}

/** Labels of two classes. */
const binary = {
  convertLabel: (label: number): number | undefined => (label === 0 ? -1 : label === 1 ? 1 : undefined),
  refusal: "Only labels of 0.0 or 1.0 are supported right now. ",
} as const;

const logisticLoss: DualLoss = {
  ...binary,
  // The dual times the label is a probability, here (1 + tanh x) / 2.
  updatedDual: ({ label, weight, dual, wx, norm }) => {
    const pull = norm * weight;
    const x = newton(0, (at) => {
      const tanh = Math.tanh(at);
      const value = -2 * label * at - wx - pull * ((0.5 * (1 + tanh)) / label - dual);
      const slope = -2 * label - (pull * (1 - tanh * tanh) * 0.5) / label;
      return value / slope;
    });
    return (0.5 * (1 + Math.tanh(x))) / label;
  },
  primalLoss: (wx, { label, weight }) => {
    const margin = label * wx;
    return (Math.log1p(Math.exp(-Math.abs(margin))) + Math.max(-margin, 0)) * weight;
  },
  dualLoss: (dual, { label, weight }) => {
    const p = dual * label;
    const term = (x: number): number => (x > 0 ? x * Math.log(x) : 0);
    return (term(p) + term(1 - p)) * weight;
  },
  derivative: (wx, label) => {
    const margin = label * wx;
    const ratio = margin > 0 ? Math.exp(-margin) / (1 + Math.exp(-margin)) : 1 / (1 + Math.exp(margin));
    return -ratio * label;
  },
  smoothness: 4,
};

const squaredLoss: DualLoss = {
  convertLabel: (label) => label,
  refusal: "",
  updatedDual: ({ label, weight, dual, wx, norm }) => dual + (label - dual - wx) / (1 + norm * weight),
  primalLoss: (wx, { label, weight }) => (wx - label) ** 2 * weight * 0.5,
  dualLoss: (dual, { label, weight }) => dual * (0.5 * dual - label) * weight,
  derivative: (wx, label) => wx - label,
  smoothness: 1,
};

/** The dual times the label lies between 0 and 1. */
function bounded(dual: number, label: number): number {
  if (label * dual < 0) return 0;
  return label * dual > 1 ? label : dual;
}

const isBounded = (dual: number, label: number): boolean => !(dual * label < 0 || dual * label > 1);

const hingeLoss: DualLoss = {
  ...binary,
  updatedDual: ({ label, weight, dual, wx, norm }) => bounded(dual + (label - wx) / (norm * weight), label),
  primalLoss: (wx, { label, weight }) => Math.max(0, 1 - label * wx) * weight,
  dualLoss: (dual, { label, weight }) => (isBounded(dual, label) ? -dual * label * weight : Number.MAX_VALUE),
  derivative: (wx, label) => (label * wx < 1 ? -label : 0),
  smoothness: 0,
};

const smoothHingeLoss: DualLoss = {
  ...binary,
  updatedDual: ({ label, weight, dual, wx, norm }) => bounded(dual + (label - wx - dual) / (norm * weight + 1), label),
  primalLoss: (wx, { label, weight }) => {
    const margin = label * wx;
    if (margin >= 1) return 0;
    return (margin <= 0 ? 0.5 - margin : 0.5 * (1 - margin) ** 2) * weight;
  },
  dualLoss: (dual, { label, weight }) =>
    isBounded(dual, label) ? (-dual * label + 0.5 * dual * dual) * weight : Number.MAX_VALUE,
  derivative: (wx, label) => {
    if (label * wx >= 1) return 0;
    return label * wx <= 0 ? -label : wx - label;
  },
  smoothness: 1,
};

const poissonLoss: DualLoss = {
  convertLabel: (label) => (label < 0 ? undefined : label),
  refusal: "Only non-negative labels can be used with the Poisson log loss. ",
  // The label less the dual is a rate, here exp x.
  updatedDual: ({ label, weight, dual, wx, norm }) => {
    const rate = label - dual;
    const pull = norm * weight;
    const x = newton(rate > 0 ? Math.log(rate) : 0, (at) => {
      const exp = Math.exp(at);
      return (at - wx - pull * (rate - exp)) / (1 + pull * exp);
    });
    return label - Math.exp(x);
  },
  primalLoss: (wx, { label, weight }) => (Math.exp(wx) - wx * label) * weight,
  dualLoss: (dual, { label, weight }) => {
    const rate = label - dual;
    if (rate === 0) return 0;
    return rate < 0 ? Number.MAX_VALUE : rate * (Math.log(rate) - 1) * weight;
  },
  derivative: (wx, label) => Math.exp(wx) - label,
  smoothness: 1,
};

/** The losses by their names in TensorFlow. */
export const dualLosses: Readonly<Record<string, DualLoss>> = {
  logistic_loss: logisticLoss,
  squared_loss: squaredLoss,
  hinge_loss: hingeLoss,
  smooth_hinge_loss: smoothHingeLoss,
  poisson_loss: poissonLoss,
};
