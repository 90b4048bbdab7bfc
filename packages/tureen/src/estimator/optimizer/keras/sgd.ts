import { checkOptions, type OptionTable } from "../../../core/check-options.js";
import { buildOp } from "../../../graph/build-op.js";
import type { Variable } from "../../../graph/variable.js";
import { mul, unary } from "../../nn/arithmetic.js";
import { checkMomentum } from "./check-momentum.js";
import {
  type AddSlot,
  KerasOptimizer,
  type KerasOptimizerOptions,
  kerasOptions,
  type UpdateContext,
  type UpdateRule,
} from "./keras-optimizer.js";

/** Options of SGD. */
export interface SGDOptions extends KerasOptimizerOptions {
  readonly momentum?: number | undefined;
  readonly nesterov?: boolean | undefined;
}

const table: OptionTable<SGDOptions> = {
  ...kerasOptions,
  momentum: "optional",
  nesterov: "optional",
};

/** Gradient descent as `tf.keras.optimizers.legacy.SGD`: learning rate 0.01; slot `momentum` where there is momentum. */
export class SGD extends KerasOptimizer {
  readonly #momentum: number;
  readonly #nesterov: boolean;

  constructor(options: SGDOptions = {}) {
    checkOptions("SGD", options, table);
    super("SGD", options, 0.01);
    this.#momentum = checkMomentum(options.momentum ?? 0);
    this.#nesterov = options.nesterov ?? false;
  }

  protected override hypers(): Readonly<Record<string, number>> {
    return { momentum: this.#momentum };
  }

  protected override createSlots(variables: readonly Variable[], addSlot: AddSlot): void {
    if (this.#momentum > 0) for (const variable of variables) addSlot(variable, "momentum");
  }

  protected override prepare({ learningRate, hyper, slot }: UpdateContext): UpdateRule {
    const momentum = hyper("momentum");
    const fused = { use_locking: true, use_nesterov: this.#nesterov };
    const handles = (variable: Variable): readonly [Variable["handle"], Variable["handle"]] => [
      variable.handle,
      slot(variable, "momentum").handle,
    ];
    const withMomentum: UpdateRule = {
      dense: (variable, gradient) =>
        buildOp("ResourceApplyKerasMomentum", [...handles(variable), learningRate, gradient, momentum], fused),
      sparse: (variable, values, indices) =>
        buildOp(
          "ResourceSparseApplyKerasMomentum",
          [...handles(variable), learningRate, values, indices, momentum],
          fused,
        ),
    };
    if (this.#momentum > 0) return withMomentum;
    return {
      ...withMomentum,
      dense: (variable, gradient) =>
        buildOp("ResourceApplyGradientDescent", [variable.handle, learningRate, gradient], { use_locking: true }),
      // Without momentum the rows can be subtracted as they come.
      duplicates: (variable, { values, indices }) =>
        buildOp("ResourceScatterAdd", [variable.handle, indices, mul(unary("Neg", values), learningRate)], {
          dtype: variable.dtype,
        }),
    };
  }
}
