import { checkOptions, type OptionTable } from "../../../core/check-options.js";
import { invalidArgument } from "../../../core/status-error.js";
import { buildOp, constant, type TensorLike } from "../../../graph/build-op.js";
import type { Operation } from "../../../graph/graph.js";
import type { Variable } from "../../../graph/variable.js";
import { add, div, mul } from "../../nn/arithmetic.js";
import {
  type AddSlot,
  KerasOptimizer,
  type KerasOptimizerOptions,
  kerasOptions,
  type UpdateContext,
  type UpdateRule,
} from "./keras-optimizer.js";

/** Options of Ftrl. */
export interface FtrlOptions extends KerasOptimizerOptions {
  readonly learningRatePower?: number | undefined;
  readonly initialAccumulatorValue?: number | undefined;
  readonly l1RegularizationStrength?: number | undefined;
  readonly l2RegularizationStrength?: number | undefined;
  readonly l2ShrinkageRegularizationStrength?: number | undefined;
  readonly beta?: number | undefined;
}

const table: OptionTable<FtrlOptions> = {
  ...kerasOptions,
  learningRatePower: "optional",
  initialAccumulatorValue: "optional",
  l1RegularizationStrength: "optional",
  l2RegularizationStrength: "optional",
  l2ShrinkageRegularizationStrength: "optional",
  beta: "optional",
};

/** Follow-the-regularized-leader as `tf.keras.optimizers.legacy.Ftrl`: learning rate 0.001; slots `accumulator` from 0.1 and `linear`. */
export class Ftrl extends KerasOptimizer {
  readonly #options: FtrlOptions;
  readonly #start: number;
  readonly #shrinkage: number;

  constructor(options: FtrlOptions = {}) {
    checkOptions("Ftrl", options, table);
    super("Ftrl", options, 0.001);
    this.#options = options;
    this.#start = options.initialAccumulatorValue ?? 0.1;
    this.#shrinkage = options.l2ShrinkageRegularizationStrength ?? 0;
    nonNegative("initial_accumulator_value", this.#start);
    if ((options.learningRatePower ?? -0.5) > 0) {
      throw invalidArgument(
        `\`learning_rate_power\` needs to be negative or zero. Received: learning_rate_power=${options.learningRatePower}.`,
      );
    }
    nonNegative("l1_regularization_strength", options.l1RegularizationStrength ?? 0);
    nonNegative("l2_regularization_strength", options.l2RegularizationStrength ?? 0);
    nonNegative("l2_shrinkage_regularization_strength", this.#shrinkage);
  }

  protected override hypers(): Readonly<Record<string, number>> {
    const { learningRatePower, l1RegularizationStrength, l2RegularizationStrength, beta } = this.#options;
    return {
      learning_rate_power: learningRatePower ?? -0.5,
      l1_regularization_strength: l1RegularizationStrength ?? 0,
      l2_regularization_strength: l2RegularizationStrength ?? 0,
      beta: beta ?? 0,
    };
  }

  protected override createSlots(variables: readonly Variable[], addSlot: AddSlot): void {
    for (const variable of variables) {
      addSlot(variable, "accumulator", this.#start);
      addSlot(variable, "linear");
    }
  }

  protected override prepare({ learningRate, hyper, slot }: UpdateContext): UpdateRule {
    const power = hyper("learning_rate_power");
    const l1 = hyper("l1_regularization_strength");
    const l2 = hyper("l2_regularization_strength");
    const beta = hyper("beta");
    const shrinkage = constant(this.#shrinkage, "float32", "Cast/x");
    const version = this.#shrinkage > 0 ? "V2" : "";
    const apply = (type: string, variable: Variable, gradient: readonly TensorLike[]): Operation => {
      const adjustedL2 = add(l2, div(beta, mul(2, learningRate)));
      return buildOp(
        type + version,
        [
          variable.handle,
          slot(variable, "accumulator").handle,
          slot(variable, "linear").handle,
          ...gradient,
          learningRate,
          l1,
          adjustedL2,
          ...(this.#shrinkage > 0 ? [shrinkage] : []),
          power,
        ],
        { use_locking: true },
      );
    };
    return {
      dense: (variable, gradient) => apply("ResourceApplyFtrl", variable, [gradient]),
      sparse: (variable, values, indices) => apply("ResourceSparseApplyFtrl", variable, [values, indices]),
    };
  }
}

function nonNegative(name: string, value: number): void {
  if (value < 0) throw invalidArgument(`\`${name}\` needs to be positive or zero. Received: ${name}=${value}.`);
}
