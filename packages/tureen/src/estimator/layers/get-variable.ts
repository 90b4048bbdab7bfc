import { checkOptions, type OptionTable } from "../../core/check-options.js";
import type { DType } from "../../core/dtype.js";
import type { PartialShape, Shape } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import type { TensorValue } from "../../core/tensor-value.js";
import type { Tensor } from "../../graph/graph.js";
import { type Constraint, type Initializer, Variable } from "../../graph/variable.js";
import { getVariableScope, sharedVariables } from "../../graph/variable-scope.js";
import { formatTuple } from "../nn/python-format.js";
import { glorotUniformInitializer, zerosInitializer } from "./initializers.js";
import { type Regularizer, regularize } from "./regularizers.js";

/** Options of `getVariable`. */
export interface GetVariableOptions {
  /** Needed unless the initializer is a value. */
  readonly shape?: PartialShape;
  /** Default: the scope's, else that of an initial value, else float32. */
  readonly dtype?: DType;
  /** Default: the scope's, else Glorot's uniform one, and zeros for integers and booleans. */
  readonly initializer?: Initializer | Tensor | TensorValue;
  /** Default: the scope's. */
  readonly regularizer?: Regularizer;
  /** Default: the scope's. */
  readonly constraint?: Constraint;
  readonly trainable?: boolean;
  readonly collections?: readonly string[];
}

const table: OptionTable<GetVariableOptions> = {
  shape: "optional",
  dtype: "optional",
  initializer: "optional",
  regularizer: "optional",
  constraint: "optional",
  trainable: "optional",
  collections: "optional",
};

/**
 * A variable of the current variable scope (`tf.get_variable`): a new one, or the one of that name where the scope reuses.
 *
 * INVALID_ARGUMENT with TensorFlow's texts for a name that exists or does not, as `reuse` has it, and for another shape or dtype than the shared
 * variable's.
 */
export function getVariable(name: string, options: GetVariableOptions = {}): Variable {
  checkOptions("getVariable", options, table);
  const scope = getVariableScope();
  return variableOf({ ...options, name: scope.name === "" ? name : `${scope.name}/${name}` });
}

/** What a variable is asked for with: `name` is the full one. */
export type VariableRequest = { readonly name: string } & {
  readonly [K in keyof GetVariableOptions]: GetVariableOptions[K] | undefined;
};

/** A variable by its full name, new or shared as the current variable scope reuses; what is not said is the scope's. */
export function variableOf(request: VariableRequest): Variable {
  const scope = getVariableScope();
  const { name, shape, initializer = scope.initializer } = request;
  const isValue = initializer !== undefined && typeof initializer !== "function";
  if (isValue && shape !== undefined) throw invalidArgument("If initializer is a constant, do not specify shape.");
  const dtype = request.dtype ?? (isValue ? initializer.dtype : (scope.dtype ?? "float32"));
  const known = sharedVariables().get(name);
  if (known !== undefined) return shared(known, scope.reuse, shape, dtype);
  if (scope.reuse === true) {
    throw invalidArgument(
      `Variable ${name} does not exist, or was not created with tf.get_variable(). Did you mean to set reuse=tf.AUTO_REUSE in VarScope?`,
    );
  }
  if (!isValue && !isDefined(shape)) {
    throw invalidArgument(
      "The initializer passed is not valid. It should be a callable with no arguments and the shape should not be provided or an instance of `tf.keras.initializers.*' and `shape` should be fully defined.",
    );
  }
  const { trainable, collections, constraint = scope.constraint, regularizer = scope.regularizer } = request;
  const made = new Variable({
    name,
    dtype,
    initializer: initializer ?? usualInitializer(dtype),
    ...(shape === undefined ? {} : { shape: shape as Shape }),
    ...(trainable === undefined ? {} : { trainable }),
    ...(collections === undefined ? {} : { collections }),
    constraint,
  });
  sharedVariables().set(name, made);
  regularize(made, regularizer);
  return made;
}

function shared(known: Variable, reuse: boolean | string, shape: PartialShape | undefined, dtype: DType): Variable {
  const { name } = known;
  if (reuse === false) {
    throw invalidArgument(
      `Variable ${name} already exists, disallowed. Did you mean to set reuse=True or reuse=tf.AUTO_REUSE in VarScope?`,
    );
  }
  if (shape !== undefined && !isCompatible(shape, known.shape)) {
    throw invalidArgument(
      `Trying to share variable ${name}, but specified shape ${formatTuple(shape)} and found shape ${formatTuple(known.shape)}.`,
    );
  }
  if (dtype !== known.dtype) {
    throw invalidArgument(
      `Trying to share variable ${name}, but specified dtype ${dtype} and found dtype ${known.dtype}.`,
    );
  }
  return known;
}

function isDefined(shape: PartialShape | undefined): boolean {
  return shape?.every((size) => size >= 0) === true;
}

function isCompatible(wanted: readonly number[], found: readonly number[]): boolean {
  return wanted.length === found.length && wanted.every((size, i) => size < 0 || size === found[i]);
}

function usualInitializer(dtype: DType): Initializer {
  return dtype.startsWith("float") || dtype === "bfloat16" ? glorotUniformInitializer() : zerosInitializer();
}
