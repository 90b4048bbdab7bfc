import { checkOptions, type OptionTable } from "../../../core/check-options.js";
import { buildOp, constant } from "../../../graph/build-op.js";
import type { Operation, Tensor } from "../../../graph/graph.js";
import { controlDependencies } from "../../../graph/scope.js";
import type { Variable } from "../../../graph/variable.js";
import { add, div, mul, sub, unary } from "../../nn/arithmetic.js";
import { assigned, scatterAdd } from "../apply-gradients.js";
import { checkMomentum } from "./check-momentum.js";
import {
  type AddSlot,
  groupOf,
  KerasOptimizer,
  type KerasOptimizerOptions,
  kerasOptions,
  type UpdateContext,
  type UpdateRule,
} from "./keras-optimizer.js";

/** Options of RMSprop. */
export interface RMSpropOptions extends KerasOptimizerOptions {
  readonly rho?: number | undefined;
  readonly momentum?: number | undefined;
  readonly epsilon?: number | undefined;
  /** Whether to divide by the variance instead of the second moment. */
  readonly centered?: boolean | undefined;
}

const table: OptionTable<RMSpropOptions> = {
  ...kerasOptions,
  rho: "optional",
  momentum: "optional",
  epsilon: "optional",
  centered: "optional",
};

/** RMSprop as `tf.keras.optimizers.legacy.RMSprop`: learning rate 0.001, rho 0.9, epsilon 1e-7; slots `rms`, `momentum`, `mg`. */
export class RMSprop extends KerasOptimizer {
  readonly #rho: number;
  readonly #momentum: number;
  readonly #epsilon: number;
  readonly #centered: boolean;

  constructor(options: RMSpropOptions = {}) {
    checkOptions("RMSprop", options, table);
    super("RMSprop", options, 0.001);
    this.#rho = options.rho ?? 0.9;
    this.#momentum = checkMomentum(options.momentum ?? 0);
    this.#epsilon = options.epsilon ?? 1e-7;
    this.#centered = options.centered ?? false;
  }

  protected override hypers(): Readonly<Record<string, number>> {
    return { rho: this.#rho, momentum: this.#momentum };
  }

  protected override createSlots(variables: readonly Variable[], addSlot: AddSlot): void {
    const names = ["rms", ...(this.#momentum > 0 ? ["momentum"] : []), ...(this.#centered ? ["mg"] : [])];
    for (const name of names) for (const variable of variables) addSlot(variable, name);
  }

  protected override prepare({ learningRate, hyper, slot }: UpdateContext): UpdateRule {
    const rho = hyper("rho");
    const epsilon = constant(this.#epsilon, "float32");
    const momentum = hyper("momentum");
    const oneMinusRho = sub(1, rho);
    if (this.#momentum > 0) return this.#fused(slot, [learningRate, rho, momentum, epsilon]);
    const negativeRate = unary("Neg", learningRate);
    const blend = (of: Variable, value: Tensor): Tensor =>
      assigned(of, add(mul(rho, of.read()), mul(oneMinusRho, value)));
    const blendRows = (of: Variable, indices: Tensor, value: Tensor): Tensor => {
      const kept = assigned(of, mul(of.read(), rho));
      const sum = controlDependencies([kept], () => scatterAdd(of, indices, mul(value, oneMinusRho)));
      return controlDependencies([sum], () => of.gather(indices));
    };
    return {
      dense: (variable, gradient) => {
        const square = blend(slot(variable, "rms"), unary("Square", gradient));
        const spread = this.#centered ? sub(square, unary("Square", blend(slot(variable, "mg"), gradient))) : square;
        const step = div(mul(learningRate, gradient), add(unary("Sqrt", spread), epsilon));
        return variable.assign(sub(variable.read(), step), "AssignVariableOp");
      },
      sparse: (variable, values, indices) => {
        const square = blendRows(slot(variable, "rms"), indices, mul(values, values));
        const mean = this.#centered ? blendRows(slot(variable, "mg"), indices, values) : undefined;
        const spread = mean === undefined ? square : sub(square, unary("Square", mean));
        return groupOf([
          scatterAdd(variable, indices, div(mul(negativeRate, values), add(unary("Sqrt", spread), epsilon))),
        ]);
      },
    };
  }

  #fused(slot: UpdateContext["slot"], coefficients: readonly Tensor[]): UpdateRule {
    const kind = this.#centered ? "CenteredRMSProp" : "RMSProp";
    const handles = (variable: Variable): Tensor[] => [
      variable.handle,
      ...(this.#centered ? [slot(variable, "mg").handle] : []),
      slot(variable, "rms").handle,
      slot(variable, "momentum").handle,
    ];
    const apply = (prefix: string, variable: Variable, gradient: readonly Tensor[]): Operation =>
      buildOp(`${prefix}${kind}`, [...handles(variable), ...coefficients, ...gradient], { use_locking: true });
    return {
      dense: (variable, gradient) => apply("ResourceApply", variable, [gradient]),
      sparse: (variable, values, indices) => apply("ResourceSparseApply", variable, [values, indices]),
    };
  }
}
