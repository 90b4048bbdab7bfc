import { checkOptions, type OptionTable } from "../../../core/check-options.js";
import { buildOp, constant } from "../../../graph/build-op.js";
import type { Operation, Tensor } from "../../../graph/graph.js";
import { controlDependencies } from "../../../graph/scope.js";
import type { Variable } from "../../../graph/variable.js";
import { add, cast, div, maximum, mul, pow, sub, unary } from "../../nn/arithmetic.js";
import { assigned, scatterAdd } from "../apply-gradients.js";
import {
  type AddSlot,
  groupOf,
  KerasOptimizer,
  type KerasOptimizerOptions,
  kerasOptions,
  type UpdateContext,
  type UpdateRule,
} from "./keras-optimizer.js";

/** Options of Adam and Adamax. */
export interface AdamOptions extends KerasOptimizerOptions {
  readonly beta1?: number | undefined;
  readonly beta2?: number | undefined;
  readonly epsilon?: number | undefined;
  /** Whether to keep the largest second moment seen (Adam only). */
  readonly amsgrad?: boolean | undefined;
}

const table: OptionTable<AdamOptions> = {
  ...kerasOptions,
  beta1: "optional",
  beta2: "optional",
  epsilon: "optional",
  amsgrad: "optional",
};

/** Adam as `tf.keras.optimizers.legacy.Adam`: learning rate 0.001, betas 0.9 and 0.999, epsilon 1e-7; slots `m`, `v`, with AMSGrad `vhat`. */
export class Adam extends KerasOptimizer {
  readonly #beta1: number;
  readonly #beta2: number;
  readonly #epsilon: number;
  readonly #amsgrad: boolean;

  constructor(options: AdamOptions = {}) {
    checkOptions("Adam", options, table);
    super("Adam", options, 0.001);
    this.#beta1 = options.beta1 ?? 0.9;
    this.#beta2 = options.beta2 ?? 0.999;
    this.#epsilon = options.epsilon ?? 1e-7;
    this.#amsgrad = options.amsgrad ?? false;
  }

  protected override hypers(): Readonly<Record<string, number>> {
    return { beta_1: this.#beta1, beta_2: this.#beta2 };
  }

  protected override createSlots(variables: readonly Variable[], addSlot: AddSlot): void {
    for (const name of this.#amsgrad ? ["m", "v", "vhat"] : ["m", "v"]) {
      for (const variable of variables) addSlot(variable, name);
    }
  }

  protected override prepare({ learningRate, hyper, iterations, slot }: UpdateContext): UpdateRule {
    const step = cast(add(iterations.read(), 1), "float32");
    const beta1 = hyper("beta_1");
    const beta2 = hyper("beta_2");
    const beta1Power = pow(beta1, step);
    const beta2Power = pow(beta2, step);
    const rate = mul(learningRate, div(unary("Sqrt", sub(1, beta2Power)), sub(1, beta1Power)));
    const epsilon = constant(this.#epsilon, "float32");
    const oneMinusBeta1 = sub(1, beta1);
    const oneMinusBeta2 = sub(1, beta2);
    const dense = (variable: Variable, gradient: Tensor): Operation => {
      const slots = [slot(variable, "m").handle, slot(variable, "v").handle];
      if (this.#amsgrad) slots.push(slot(variable, "vhat").handle);
      return buildOp(
        this.#amsgrad ? "ResourceApplyAdamWithAmsgrad" : "ResourceApplyAdam",
        [variable.handle, ...slots, beta1Power, beta2Power, learningRate, beta1, beta2, epsilon, gradient],
        { use_locking: true },
      );
    };
    const sparse = (variable: Variable, values: Tensor, indices: Tensor): Operation => {
      const decayed = (name: string, beta: Tensor, added: Tensor): Tensor => {
        const moment = slot(variable, name);
        const kept = assigned(moment, mul(moment.read(), beta));
        return controlDependencies([kept], () => scatterAdd(moment, indices, added));
      };
      const m = decayed("m", beta1, mul(values, oneMinusBeta1));
      const v = decayed("v", beta2, mul(mul(values, values), oneMinusBeta2));
      const second = this.#amsgrad ? assigned(slot(variable, "vhat"), maximum(slot(variable, "vhat").read(), v)) : v;
      const update = variable.assignSub(div(mul(rate, m), add(unary("Sqrt", second), epsilon)), "AssignSubVariableOp");
      return groupOf([update, m, v]);
    };
    return { dense, sparse };
  }
}
