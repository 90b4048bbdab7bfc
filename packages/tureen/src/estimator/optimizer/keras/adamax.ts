import { checkOptions, type OptionTable } from "../../../core/check-options.js";
import { type build, buildOp, constant } from "../../../graph/build-op.js";
import { controlDependencies } from "../../../graph/scope.js";
import type { Variable } from "../../../graph/variable.js";
import { add, cast, div, maximum, mul, pow, sub, unary } from "../../nn/arithmetic.js";
import { scatterAdd } from "../apply-gradients.js";
import type { AdamOptions } from "./adam.js";
import {
  type AddSlot,
  groupOf,
  KerasOptimizer,
  kerasOptions,
  type UpdateContext,
  type UpdateRule,
} from "./keras-optimizer.js";

const table: OptionTable<Omit<AdamOptions, "amsgrad">> = {
  ...kerasOptions,
  beta1: "optional",
  beta2: "optional",
  epsilon: "optional",
};

/** Adamax as `tf.keras.optimizers.legacy.Adamax`: Adam with the largest gradient in place of the second moment. */
export class Adamax extends KerasOptimizer {
  readonly #beta1: number;
  readonly #beta2: number;
  readonly #epsilon: number;

  constructor(options: Omit<AdamOptions, "amsgrad"> = {}) {
    checkOptions("Adamax", options, table);
    super("Adamax", options, 0.001);
    this.#beta1 = options.beta1 ?? 0.9;
    this.#beta2 = options.beta2 ?? 0.999;
    this.#epsilon = options.epsilon ?? 1e-7;
  }

  protected override hypers(): Readonly<Record<string, number>> {
    return { beta_1: this.#beta1, beta_2: this.#beta2 };
  }

  protected override createSlots(variables: readonly Variable[], addSlot: AddSlot): void {
    for (const name of ["m", "v"]) for (const variable of variables) addSlot(variable, name);
  }

  protected override prepare({ learningRate, hyper, iterations, slot }: UpdateContext): UpdateRule {
    const step = cast(add(iterations.read(), 1), "float32");
    const beta1 = hyper("beta_1");
    const beta2 = hyper("beta_2");
    const beta1Power = pow(beta1, step);
    const epsilon = constant(this.#epsilon, "float32");
    const negativeRate = div(unary("Neg", learningRate), sub(1, beta1Power));
    const oneMinusBeta1 = sub(1, beta1);
    return {
      dense: (variable, gradient) =>
        buildOp(
          "ResourceApplyAdaMax",
          [
            variable.handle,
            slot(variable, "m").handle,
            slot(variable, "v").handle,
            beta1Power,
            learningRate,
            beta1,
            beta2,
            epsilon,
            gradient,
          ],
          { use_locking: true },
        ),
      sparse: (variable, values, indices) => {
        const rows = (of: Variable): ReturnType<typeof build> => of.gather(indices);
        const m = slot(variable, "m");
        const v = slot(variable, "v");
        const newM = add(mul(rows(m), beta1), mul(values, oneMinusBeta1));
        const newV = maximum(mul(rows(v), beta2), unary("Abs", values));
        const sets = [
          [m, newM],
          [v, newV],
        ].map(([moment, value]) =>
          buildOp("ResourceScatterUpdate", [(moment as Variable).handle, indices, value as ReturnType<typeof build>], {
            dtype: variable.dtype,
          }),
        );
        return controlDependencies(sets, () =>
          groupOf([scatterAdd(variable, indices, mul(negativeRate, div(newM, add(newV, epsilon)))), ...sets]),
        );
      },
    };
  }
}
