import { checkOptions, type OptionTable } from "../../../core/check-options.js";
import { buildOp, constant } from "../../../graph/build-op.js";
import type { Tensor } from "../../../graph/graph.js";
import type { Variable } from "../../../graph/variable.js";
import {
  type AddSlot,
  KerasOptimizer,
  type KerasOptimizerOptions,
  kerasOptions,
  type UpdateContext,
  type UpdateRule,
} from "./keras-optimizer.js";

/** Options of Adadelta. */
export interface AdadeltaOptions extends KerasOptimizerOptions {
  readonly rho?: number | undefined;
  readonly epsilon?: number | undefined;
}

const table: OptionTable<AdadeltaOptions> = {
  ...kerasOptions,
  rho: "optional",
  epsilon: "optional",
};

/** Adadelta as `tf.keras.optimizers.legacy.Adadelta`: learning rate 0.001, rho 0.95, epsilon 1e-7; slots `accum_grad`, `accum_var`. */
export class Adadelta extends KerasOptimizer {
  readonly #rho: number;
  readonly #epsilon: number;

  constructor(options: AdadeltaOptions = {}) {
    checkOptions("Adadelta", options, table);
    super("Adadelta", options, 0.001);
    this.#rho = options.rho ?? 0.95;
    this.#epsilon = options.epsilon ?? 1e-7;
  }

  protected override hypers(): Readonly<Record<string, number>> {
    return { rho: this.#rho };
  }

  protected override createSlots(variables: readonly Variable[], addSlot: AddSlot): void {
    for (const name of ["accum_grad", "accum_var"]) for (const variable of variables) addSlot(variable, name);
  }

  protected override prepare({ learningRate, hyper, slot }: UpdateContext): UpdateRule {
    const epsilon = constant(this.#epsilon, "float32");
    const rho = hyper("rho");
    const inputs = (variable: Variable): Tensor[] => [
      variable.handle,
      slot(variable, "accum_grad").handle,
      slot(variable, "accum_var").handle,
      learningRate,
      rho,
      epsilon,
    ];
    return {
      dense: (variable, gradient) =>
        buildOp("ResourceApplyAdadelta", [...inputs(variable), gradient], { use_locking: true }),
      sparse: (variable, values, indices) =>
        buildOp("ResourceSparseApplyAdadelta", [...inputs(variable), values, indices], { use_locking: true }),
    };
  }
}
