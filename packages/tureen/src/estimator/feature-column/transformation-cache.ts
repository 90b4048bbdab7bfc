import type { DType } from "../../core/dtype.js";
import type { Shape } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { type Initializer, Variable } from "../../graph/variable.js";
import type { Features } from "../model-fn.js";
import { notRagged } from "../nn/not-convertible.js";
import { castFeatures } from "./cast-features.js";
import type { FeatureColumn, StateScope, Transformed } from "./feature-column.js";
import { type ColumnInput, withColumns } from "./feature-rank.js";

/** A variable of a column. */
export interface ColumnVariable {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: DType;
  readonly initializer: Initializer;
  readonly trainable: boolean;
}

/**
 * What one layer has made of its features: each feature and column is transformed once, in the scope of the first that asks.
 *
 * It also holds the variables and tables of the layer's columns.
 */
export class TransformationCache {
  #features: Features;
  readonly #tensors = new Map<string, ColumnInput>();
  readonly #transformed = new Map<string, Transformed>();
  readonly #variables = new Map<string, Variable>();
  readonly #resources = new Map<string, unknown>();

  constructor(features: Features) {
    this.#features = features;
  }

  /** Casts the features as a Keras layer does; to be called before anything is read. */
  castFeatures(): void {
    this.#features = castFeatures(this.#features);
  }

  /** The raw feature, of rank 2 at least; INVALID_ARGUMENT for a missing, scalar or ragged one. */
  feature(key: string): ColumnInput {
    const known = this.#tensors.get(key);
    if (known !== undefined) return known;
    if (!Object.hasOwn(this.#features, key)) throw invalidArgument(`Feature ${key} is not in features dictionary.`);
    const tensor = withColumns(key, notRagged(this.#features[key]!));
    this.#tensors.set(key, tensor);
    return tensor;
  }

  /** The column's transformation. */
  transformed(column: FeatureColumn): Transformed {
    const known = this.#transformed.get(column.description);
    if (known !== undefined) return known;
    const made = column.transform(this);
    this.#transformed.set(column.description, made);
    return made;
  }

  /** Makes a variable of a column; INVALID_ARGUMENT where it has it already. */
  createVariable(column: FeatureColumn, scope: StateScope, variable: ColumnVariable): Variable {
    const key = `${column.description}\0${variable.name}`;
    if (this.#variables.has(key)) throw invalidArgument("Variable already exists.");
    const made = new Variable({
      ...variable,
      name: scope.prefix === "" ? variable.name : `${scope.prefix}/${variable.name}`,
      trainable: scope.trainable && variable.trainable,
    });
    this.#variables.set(key, made);
    return made;
  }

  /** A variable that `createVariable` made. */
  variable(column: FeatureColumn, name: string): Variable {
    const known = this.#variables.get(`${column.description}\0${name}`);
    if (known === undefined) throw invalidArgument("Variable does not exist.");
    return known;
  }

  /** The variables in the order of their making. */
  get variables(): readonly Variable[] {
    return [...this.#variables.values()];
  }

  /** A resource of a column, made when first asked for. */
  resource<T>(column: FeatureColumn, name: string, make: () => T): T {
    const key = `${column.description}\0${name}`;
    if (!this.#resources.has(key)) this.#resources.set(key, make());
    return this.#resources.get(key) as T;
  }
}
