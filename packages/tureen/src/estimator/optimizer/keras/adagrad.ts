import { checkOptions, type OptionTable } from "../../../core/check-options.js";
import { invalidArgument } from "../../../core/status-error.js";
import { buildOp, constant } from "../../../graph/build-op.js";
import type { Variable } from "../../../graph/variable.js";
import {
  type AddSlot,
  KerasOptimizer,
  type KerasOptimizerOptions,
  kerasOptions,
  type UpdateContext,
  type UpdateRule,
} from "./keras-optimizer.js";

/** Options of Adagrad. */
export interface AdagradOptions extends KerasOptimizerOptions {
  readonly initialAccumulatorValue?: number | undefined;
  readonly epsilon?: number | undefined;
}

const table: OptionTable<AdagradOptions> = {
  ...kerasOptions,
  initialAccumulatorValue: "optional",
  epsilon: "optional",
};

/** Adagrad as `tf.keras.optimizers.legacy.Adagrad`: learning rate 0.001, slot `accumulator` from 0.1, epsilon 1e-7. */
export class Adagrad extends KerasOptimizer {
  readonly #start: number;
  readonly #epsilon: number;

  constructor(options: AdagradOptions = {}) {
    checkOptions("Adagrad", options, table);
    super("Adagrad", options, 0.001);
    this.#start = options.initialAccumulatorValue ?? 0.1;
    if (this.#start < 0) throw invalidArgument(`initial_accumulator_value must be non-negative: ${this.#start}`);
    this.#epsilon = options.epsilon ?? 1e-7;
  }

  protected override hypers(): Readonly<Record<string, number>> {
    return {};
  }

  protected override createSlots(variables: readonly Variable[], addSlot: AddSlot): void {
    for (const variable of variables) addSlot(variable, "accumulator", this.#start);
  }

  protected override prepare({ learningRate, slot }: UpdateContext): UpdateRule {
    const epsilon = constant(this.#epsilon, "float32");
    const locking = { use_locking: true };
    return {
      dense: (variable, gradient) =>
        buildOp(
          "ResourceApplyAdagradV2",
          [variable.handle, slot(variable, "accumulator").handle, learningRate, epsilon, gradient],
          locking,
        ),
      sparse: (variable, values, indices) =>
        buildOp(
          "ResourceSparseApplyAdagradV2",
          [variable.handle, slot(variable, "accumulator").handle, learningRate, epsilon, values, indices],
          locking,
        ),
    };
  }
}
