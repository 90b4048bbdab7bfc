import { invalidArgument } from "../../../core/status-error.js";
import { toTensor } from "../../../core/tensor-value.js";
import { build, buildOp, constant } from "../../../graph/build-op.js";
import { collectionKeys } from "../../../graph/collections.js";
import type { IndexedSlices } from "../../../graph/gradient.js";
import type { Operation, Tensor } from "../../../graph/graph.js";
import { colocateWith, controlDependencies, currentGraph, nameScope } from "../../../graph/scope.js";
import { Variable, variableName } from "../../../graph/variable.js";
import { group } from "../../head/train-op.js";
import { constantInitializer, zerosInitializer } from "../../layers/initializers.js";
import { add, cast } from "../../nn/arithmetic.js";
import { gradientsOf, isSparse, uniqueRows } from "../apply-gradients.js";
import { constrained } from "../constrain.js";
import { checkLearningRate, type LearningRate } from "../learning-rate.js";
import type { Optimizer } from "../optimizer.js";

/** What makes the slots and other variables of one `minimize`. */
export interface SlotMaker {
  /** A slot named `<variable>/<optimizer>`, the next one `<variable>/<optimizer>_1`. */
  slot(variable: Variable, key: string, initialValue?: number): void;
  /** A scalar variable of the optimizer itself, under the current scope. */
  scalar(key: string, initialValue: number): void;
}

/** What rules see of one `minimize`. */
export interface TrainContext {
  readonly learningRate: Tensor;
  slot(variable: Variable, key: string): Variable;
  scalar(key: string): Variable;
  /** The number of this step, an int64 scalar from 1; INVALID_ARGUMENT where nothing counts them. */
  nextStep(): Tensor;
  /** A hyperparameter as a constant. */
  constant(value: number, name: string): Tensor;
}

/** How one `minimize` updates its variables. */
export interface TrainRule {
  dense(variable: Variable, gradient: Tensor): Operation;
  /** Rows with each index once. */
  sparse(variable: Variable, values: Tensor, indices: Tensor): Operation;
  /** Rows as they come; default they are made unique for `sparse`. */
  duplicates?(variable: Variable, slices: IndexedSlices): Operation;
  /** What is left to do when all variables are updated. */
  finish?(): readonly Operation[];
}

/** What makes an optimizer of TensorFlow 1.x's kind. */
export interface TrainOptimizerSpec {
  readonly name: string;
  readonly learningRate: LearningRate;
  readonly createSlots: (variables: readonly Variable[], make: SlotMaker) => void;
  readonly prepare: (context: TrainContext) => TrainRule;
}

/**
 * The frame of `tf.compat.v1.train.Optimizer`: slots are named after their variables, `<variable>/<name>`, hyperparameters are constants.
 *
 * A learning-rate schedule gets the global step as float32.
 */
export function trainOptimizer(spec: TrainOptimizerSpec): Optimizer {
  checkLearningRate(spec.name, spec.learningRate);
  return {
    name: spec.name,
    minimize: (loss, { variables, iterations, name, slotScope }) => {
      const found = gradientsOf(loss, variables);
      const slots = new Map<string, Variable>();
      spec.createSlots(
        found.map(({ variable }) => variable),
        slotMaker(slotScope === undefined ? spec.name : `${slotScope}/${spec.name}`, slots),
      );
      const trainOp = nameScope(name ?? spec.name, (scope) => {
        const rule = spec.prepare(trainContext(spec, slots, iterations));
        const updates = found.map(({ variable, gradient }) =>
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
        const last = rule.finish === undefined ? [] : controlDependencies(updates, () => rule.finish!());
        const all = [...updates, ...last];
        if (iterations === undefined) return group(all, scope);
        const done = group(all, "update");
        return controlDependencies([done], () =>
          nameScope(null, () =>
            buildOp(
              "AssignAddVariableOp",
              [iterations.handle, constant(toTensor(1, iterations.dtype), undefined, `${scope}value`)],
              { dtype: iterations.dtype },
              scope,
            ),
          ),
        );
      });
      currentGraph().addToCollection(collectionKeys.trainOp, trainOp);
      return trainOp;
    },
  };
}

function slotMaker(optimizer: string, slots: Map<string, Variable>): SlotMaker {
  return {
    slot: (variable, key, value = 0) => {
      const graph = currentGraph();
      let name = `${variable.name}/${optimizer}`;
      for (let i = 1; graph.findOperation(name) !== undefined; i++) name = `${variable.name}/${optimizer}_${i}`;
      const made = new Variable({
        name,
        dtype: variable.dtype,
        shape: variable.shape,
        initializer: value === 0 ? zerosInitializer() : constantInitializer(value),
        trainable: false,
      });
      slots.set(`${variable.name}\n${key}`, made);
    },
    scalar: (key, value) => {
      const made = new Variable({
        name: variableName(key),
        dtype: "float32",
        shape: [],
        initializer: () => constant(value, "float32", "initial_value"),
        trainable: false,
      });
      slots.set(key, made);
    },
  };
}

function trainContext(
  spec: TrainOptimizerSpec,
  slots: ReadonlyMap<string, Variable>,
  iterations: Variable | undefined,
): TrainContext {
  const { learningRate } = spec;
  const step = (): Tensor => (iterations === undefined ? constant(0, "float32") : cast(iterations.read(), "float32"));
  return {
    learningRate:
      typeof learningRate === "number"
        ? constant(learningRate, "float32", "learning_rate")
        : build("Identity", [learningRate(step())], {}, "learning_rate"),
    slot: (variable, key) => slots.get(`${variable.name}\n${key}`)!,
    scalar: (key) => slots.get(key)!,
    nextStep: () => {
      if (iterations === undefined) throw invalidArgument("This optimizer needs a global step");
      return add(iterations.read(), toTensor(1n, "int64"));
    },
    constant: (value, name) => constant(value, "float32", name),
  };
}
