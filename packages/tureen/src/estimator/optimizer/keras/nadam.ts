import { checkOptions, type OptionTable } from "../../../core/check-options.js";
import { invalidArgument } from "../../../core/status-error.js";
import { constant } from "../../../graph/build-op.js";
import type { Tensor } from "../../../graph/graph.js";
import { controlDependencies } from "../../../graph/scope.js";
import type { Variable } from "../../../graph/variable.js";
import { add, cast, div, mul, pow, sub, unary } from "../../nn/arithmetic.js";
import { assigned, scatterAdd } from "../apply-gradients.js";
import type { AdamOptions } from "./adam.js";
import { type AddSlot, groupOf, KerasOptimizer, type UpdateContext, type UpdateRule } from "./keras-optimizer.js";

/** Options of Nadam. */
export interface NadamOptions extends Omit<AdamOptions, "amsgrad" | "decay"> {
  /** How fast the momentum grows to `beta1`; default 0.004. */
  readonly scheduleDecay?: number | undefined;
}

/** The base of the momentum's schedule (Dozat, "Incorporating Nesterov Momentum into Adam", 2016). */
const decayBase = 0.96;

const table: OptionTable<NadamOptions> = {
  learningRate: "optional",
  name: "optional",
  clipnorm: "optional",
  clipvalue: "optional",
  globalClipnorm: "optional",
  beta1: "optional",
  beta2: "optional",
  epsilon: "optional",
  scheduleDecay: "optional",
};

/** Adam with Nesterov momentum as `tf.keras.optimizers.legacy.Nadam`; its variable `momentum_cache` is the product of all momenta so far. */
export class Nadam extends KerasOptimizer {
  readonly #beta1: number;
  readonly #beta2: number;
  readonly #epsilon: number;
  readonly #scheduleDecay: number;

  constructor(options: NadamOptions = {}) {
    checkOptions("Nadam", options, table);
    if (typeof options.learningRate === "function") {
      throw invalidArgument(
        "The Nadam optimizer does not support tf.keras.optimizers.LearningRateSchedules as the learning rate.",
      );
    }
    const scheduleDecay = options.scheduleDecay ?? 0.004;
    super("Nadam", { ...options, decay: scheduleDecay }, 0.001);
    this.#beta1 = options.beta1 ?? 0.9;
    this.#beta2 = options.beta2 ?? 0.999;
    this.#epsilon = options.epsilon ?? 1e-7;
    this.#scheduleDecay = scheduleDecay;
  }

  protected override hypers(): Readonly<Record<string, number>> {
    return { beta_1: this.#beta1, beta_2: this.#beta2, momentum_cache: 1 };
  }

  protected override createSlots(variables: readonly Variable[], addSlot: AddSlot): void {
    for (const name of ["m", "v"]) for (const variable of variables) addSlot(variable, name);
  }

  protected override prepare({ hyper, weight, iterations, slot }: UpdateContext): UpdateRule {
    // The decay is the momentum's, not the learning rate's.
    const rate = hyper("learning_rate");
    const beta1 = hyper("beta_1");
    const beta2 = hyper("beta_2");
    const step = cast(add(iterations.read(), 1), "float32");
    const next = cast(add(iterations.read(), 2), "float32");
    const momentumAt = (at: Tensor): Tensor =>
      mul(beta1, sub(1, mul(0.5, pow(constant(decayBase, "float32"), mul(this.#scheduleDecay, at)))));
    const momentum = momentumAt(step);
    const nextMomentum = momentumAt(next);
    const cache = weight("momentum_cache");
    const schedule = assigned(cache, mul(cache.read(), momentum));
    const oneMinusSchedule = sub(1, schedule);
    const oneMinusNextSchedule = sub(1, mul(schedule, nextMomentum));
    const secondCorrection = sub(1, pow(beta2, step));
    const oneMinusBeta1 = sub(1, beta1);
    const oneMinusBeta2 = sub(1, beta2);
    const move = (gradient: Tensor, m: Tensor, v: Tensor): Tensor => {
      const mean = add(
        mul(sub(1, momentum), div(gradient, oneMinusSchedule)),
        mul(nextMomentum, div(m, oneMinusNextSchedule)),
      );
      return div(mul(rate, mean), add(unary("Sqrt", div(v, secondCorrection)), this.#epsilon));
    };
    return {
      dense: (variable, gradient) => {
        const [first, second] = [slot(variable, "m"), slot(variable, "v")];
        const m = assigned(first, add(mul(beta1, first.read()), mul(oneMinusBeta1, gradient)));
        const v = assigned(second, add(mul(beta2, second.read()), mul(oneMinusBeta2, unary("Square", gradient))));
        const update = variable.assignSub(move(gradient, m, v), "AssignSubVariableOp");
        return groupOf([update, m, v]);
      },
      sparse: (variable, values, indices) => {
        const decayed = (name: string, beta: Tensor, added: Tensor): Tensor => {
          const moment = slot(variable, name);
          const kept = assigned(moment, mul(moment.read(), beta));
          const whole = controlDependencies([kept], () => scatterAdd(moment, indices, added));
          return controlDependencies([whole], () => moment.gather(indices));
        };
        const m = decayed("m", beta1, mul(values, oneMinusBeta1));
        const v = decayed("v", beta2, mul(mul(values, values), oneMinusBeta2));
        return groupOf([scatterAdd(variable, indices, unary("Neg", move(values, m, v))), m, v]);
      },
    };
  }
}
