import type { OptionTable } from "../../../core/check-options.js";
import { invalidArgument } from "../../../core/status-error.js";
import { zeros } from "../../../core/tensor-value.js";
import { build, buildOp, constant } from "../../../graph/build-op.js";
import type { IndexedSlices } from "../../../graph/gradient.js";
import type { Operation, Tensor } from "../../../graph/graph.js";
import { colocateWith, controlDependencies, nameScope } from "../../../graph/scope.js";
import { Variable, variableName } from "../../../graph/variable.js";
import { group } from "../../head/train-op.js";
import { constantInitializer, zerosInitializer } from "../../layers/initializers.js";
import { add, cast, div, mul } from "../../nn/arithmetic.js";
import { countStep, gradientsOf, isSparse, uniqueRows } from "../apply-gradients.js";
import { clipGradients, type GradientClipping } from "../clip-gradients.js";
import { constrained } from "../constrain.js";
import type { LearningRate } from "../learning-rate.js";
import type { Optimizer } from "../optimizer.js";

/** What every Keras optimizer takes. */
export interface KerasOptimizerOptions extends GradientClipping {
  readonly learningRate?: LearningRate | undefined;
  /** Divides the learning rate by 1 + decay * step; default 0. */
  readonly decay?: number | undefined;
  readonly name?: string | undefined;
}

/** Options of every Keras optimizer, for `checkOptions`. */
export const kerasOptions: OptionTable<KerasOptimizerOptions> = {
  learningRate: "optional",
  decay: "optional",
  name: "optional",
  clipnorm: "optional",
  clipvalue: "optional",
  globalClipnorm: "optional",
};

/** What rules see of one `minimize`: hyperparameters read once, slots, and the learning rate of this step. */
export interface UpdateContext {
  readonly learningRate: Tensor;
  /** Reads a hyperparameter. */
  hyper(name: string): Tensor;
  /** A hyperparameter that the rule itself changes. */
  weight(name: string): Variable;
  slot(variable: Variable, name: string): Variable;
  /** The step as float32. */
  readonly iterations: Variable;
}

/** How one `minimize` updates its variables: made once, called per variable. */
export interface UpdateRule {
  dense(variable: Variable, gradient: Tensor): Operation;
  /** Rows with each index once. */
  sparse(variable: Variable, values: Tensor, indices: Tensor): Operation;
  /** Rows as they come; default they are made unique for `sparse`. */
  duplicates?(variable: Variable, slices: IndexedSlices): Operation;
}

/** Makes a slot of each variable: its name and what it starts from. */
export type AddSlot = (variable: Variable, name: string, initialValue?: number) => void;

/**
 * The frame of `tf.keras.optimizers.legacy`: hyperparameters and slots are saved variables under `<scope>/<name>/`, updates are fused ops, and
 * `iterations` counts the steps.
 */
export abstract class KerasOptimizer implements Optimizer {
  readonly name: string;
  readonly #learningRate: LearningRate;
  readonly #decay: number;
  readonly #clipping: GradientClipping;

  protected constructor(name: string, options: KerasOptimizerOptions, defaultLearningRate: number) {
    this.name = options.name ?? name;
    this.#learningRate = options.learningRate ?? defaultLearningRate;
    this.#decay = options.decay ?? 0;
    if (this.#decay < 0) throw invalidArgument(`decay cannot be less than 0. Received: decay=${this.#decay}.`);
    this.#clipping = options;
  }

  /** Hyperparameters apart from learning_rate and decay, by their Keras names. */
  protected abstract hypers(): Readonly<Record<string, number>>;
  protected abstract createSlots(variables: readonly Variable[], addSlot: AddSlot): void;
  protected abstract prepare(context: UpdateContext): UpdateRule;

  minimize(
    loss: Tensor,
    options: { readonly variables: readonly Variable[]; readonly iterations: Variable | undefined },
  ): Operation {
    const found = gradientsOf(loss, options.variables, `${this.name}/gradients/gradients`);
    const gradients = clipGradients(found, this.#clipping);
    const variables = gradients.map(({ variable }) => variable);
    return nameScope(this.name, () => {
      const iterations = options.iterations ?? this.#weight("iter", "int64");
      const hypers = this.#createHypers();
      const slots = new Map<string, Variable>();
      this.createSlots(variables, (variable, name, value = 0) => {
        slots.set(`${variable.name}/${name}`, this.#slot(variable, name, value));
      });
      const rule = this.prepare(this.#context(iterations, hypers, slots));
      return nameScope(this.name, () => {
        const updates = gradients.map(({ variable, gradient }) =>
          colocateWith(variable.handle.op, () =>
            nameScope(`update_${variable.name}`, () =>
              constrained(variable, gradient, () => {
                if (!isSparse(gradient)) return rule.dense(variable, gradient);
                if (rule.duplicates !== undefined) return rule.duplicates(variable, gradient);
                const { values, indices } = uniqueRows(gradient);
                return rule.sparse(variable, values, indices);
              }),
            ),
          ),
        );
        return countStep(iterations, [group(updates)]);
      });
    });
  }

  #context(
    iterations: Variable,
    hypers: ReadonlyMap<string, Variable>,
    slots: ReadonlyMap<string, Variable>,
  ): UpdateContext {
    const hyper = (name: string): Tensor => readIdentity(hypers.get(name)!);
    return {
      iterations,
      hyper,
      weight: (name) => hypers.get(name)!,
      learningRate: this.#decayedLearningRate(iterations, hyper),
      slot: (variable, name) => slots.get(`${variable.name}/${name}`)!,
    };
  }

  #decayedLearningRate(iterations: Variable, hyper: (name: string) => Tensor): Tensor {
    const rate =
      typeof this.#learningRate === "number"
        ? hyper("learning_rate")
        : cast(this.#learningRate(cast(iterations.read(), "float32")), "float32");
    if (this.#decay === 0) return rate;
    return div(rate, add(1, mul(constant(this.#decay, "float32"), cast(iterations.read(), "float32"))));
  }

  /** Keras makes them in the order of their names; a schedule has none. */
  #createHypers(): Map<string, Variable> {
    const values: Record<string, number> = { ...this.hypers(), decay: this.#decay };
    if (typeof this.#learningRate === "number") values["learning_rate"] = this.#learningRate;
    const made = new Map<string, Variable>();
    for (const name of Object.keys(values).sort()) made.set(name, this.#weight(name, "float32", values[name]));
    return made;
  }

  #weight(name: string, dtype: "float32" | "int64", value?: number): Variable {
    return new Variable({
      name: variableName(name),
      dtype,
      shape: [],
      initializer:
        value === undefined
          ? () => constant(zeros(dtype, []), dtype, "zeros")
          : () => constant(value, "float32", "initial_value"),
      trainable: false,
    });
  }

  #slot(variable: Variable, name: string, value: number): Variable {
    return new Variable({
      name: variableName(`${variable.name}/${name}`),
      dtype: variable.dtype,
      shape: variable.shape,
      initializer: value === 0 ? zerosInitializer() : constantInitializer(value),
      trainable: false,
    });
  }
}

/** `tf.identity` of a variable, which reads it within its own scope. */
function readIdentity(variable: Variable): Tensor {
  return nameScope("Identity", (scope) => build("Identity", [variable.read()], {}, scope));
}

/** The op of a value that other updates wait for. */
export function groupOf(ops: readonly (Operation | Tensor)[]): Operation {
  return controlDependencies(ops, () => buildOp("NoOp", [], {}, "group_deps"));
}
