import { checkOptions } from "../../core/check-options.js";
import { invalidArgument } from "../../core/status-error.js";
import { constant } from "../../graph/build-op.js";
import { collectionKeys } from "../../graph/collections.js";
import type { Operation, Tensor } from "../../graph/graph.js";
import { currentGraph, nameScope } from "../../graph/scope.js";
import { trainableVariables, Variable } from "../../graph/variable.js";
import { add, cast, div, minimum, mul, sub } from "../nn/arithmetic.js";

/** Options of `ExponentialMovingAverage`. */
export interface MovingAverageOptions {
  /** The share of the old average that each update keeps. */
  readonly decay: number;
  /** With it, the share is no more than (1 + updates) / (10 + updates), so that averages follow faster at first. */
  readonly numUpdates?: Tensor | number;
  /** Default "ExponentialMovingAverage"; averages are named `<variable>/<name>`. */
  readonly name?: string;
}

/** Keeps exponentially decaying averages of variables (`tf.train.ExponentialMovingAverage`). */
export class ExponentialMovingAverage {
  readonly name: string;
  readonly #options: MovingAverageOptions;
  readonly #averages = new Map<Variable, Variable>();

  constructor(options: MovingAverageOptions) {
    checkOptions("ExponentialMovingAverage", options, { decay: "required", numUpdates: "optional", name: "optional" });
    this.#options = options;
    this.name = options.name ?? "ExponentialMovingAverage";
  }

  /**
   * Makes an average of each variable, which starts at the variable's first value; the operation that updates all of them.
   *
   * Default: the trainable variables. To be run after each training step.
   */
  apply(variables: readonly Variable[] = trainableVariables()): Operation {
    for (const variable of variables) {
      if (this.#averages.has(variable)) continue;
      const average = new Variable({
        name: `${variable.name}/${this.name}`,
        dtype: variable.dtype,
        shape: variable.shape,
        initializer: variable.initialValue,
        trainable: false,
      });
      currentGraph().addToCollection("moving_average_variables", variable);
      this.#averages.set(variable, average);
    }
    return nameScope(this.name, (scope) => {
      const share = sub(1, this.#decay());
      const updates = variables.map((variable) => {
        const average = this.#averages.get(variable)!;
        const distance = sub(average.read(), variable.read());
        return average.assignSub(mul(distance, cast(share, variable.dtype)), "AssignMovingAvg");
      });
      return group(updates, scope);
    });
  }

  #decay(): Tensor {
    const decay = constant(this.#options.decay, "float32", "decay");
    const { numUpdates } = this.#options;
    if (numUpdates === undefined) return decay;
    const updates =
      typeof numUpdates === "number" ? constant(numUpdates, "float32", "num_updates") : cast(numUpdates, "float32");
    return minimum(decay, div(add(updates, 1), add(updates, 10)));
  }

  /** The average of a variable; INVALID_ARGUMENT where `apply` was not called with it. */
  average(variable: Variable): Variable {
    const average = this.#averages.get(variable);
    if (average === undefined)
      throw invalidArgument(`There is no moving average of ${variable.name}: call apply first`);
    return average;
  }

  /** The name of a variable's average in checkpoints. */
  averageName(variable: Variable): string {
    return this.#averages.get(variable)?.name ?? `${variable.name}/${this.name}`;
  }

  /** Variables by the names to restore them from: trainable ones, and those averaged, from their averages, all others from themselves. */
  variablesToRestore(
    movingAvgVariables: readonly Variable[] = trainableVariables(),
  ): Readonly<Record<string, Variable>> {
    const averaged = new Set([...movingAvgVariables, ...this.#averages.keys()]);
    const all = currentGraph().getCollection<Variable>(collectionKeys.globalVariables);
    const others = all.filter(
      (variable) => !averaged.has(variable) && ![...this.#averages.values()].includes(variable),
    );
    return Object.fromEntries([
      ...[...averaged].map((variable) => [this.averageName(variable), variable] as const),
      ...others.map((variable) => [variable.name, variable] as const),
    ]);
  }
}

function group(updates: readonly Operation[], name: string): Operation {
  return currentGraph().createOperation({
    type: "NoOp",
    name: name.slice(0, -1),
    inputs: [],
    controlInputs: [...updates],
    attrs: new Map(),
  });
}
