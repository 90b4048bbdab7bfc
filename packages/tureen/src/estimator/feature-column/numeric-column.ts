import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { type DType, isFloatingDType } from "../../core/dtype.js";
import type { Shape } from "../../core/shape.js";
import { invalidArgument, unimplemented } from "../../core/status-error.js";
import type { Tensor } from "../../graph/graph.js";
import { SparseTensor } from "../../graph/sparse-tensor.js";
import { checkNumber, checkShape } from "./column-checks.js";
import type { DenseColumn } from "./feature-column.js";
import { castTo } from "./graph-shape.js";
import { fixedLenFeature } from "./parse-spec.js";
import { attributeText, dtypeString, dtypeText, numbersText, pythonText, tupleText } from "./python-text.js";

/** A number, or nested lists of numbers. */
export type NumberList = number | readonly NumberList[];

/** Real-valued features. */
export interface NumericColumn extends DenseColumn {
  readonly kind: "NumericColumn";
  readonly key: string;
  readonly shape: Shape;
  readonly dtype: DType;
}

/** How a numeric column reads its feature. */
export interface NumericOptions {
  /** Shape of one example; default [1]. */
  readonly shape?: readonly number[] | number;
  /** What stands in for a missing feature when Examples are parsed: one number, or as many as the shape says. */
  readonly defaultValue?: NumberList;
  /** Default float32. */
  readonly dtype?: DType;
  /** Applied to the raw tensor before the cast to float32. */
  readonly normalizerFn?: (tensor: Tensor) => Tensor;
}

const optionTable: OptionTable<NumericOptions> = {
  shape: "optional",
  defaultValue: "optional",
  dtype: "optional",
  normalizerFn: "optional",
};

/** A column of real numbers (`tf.feature_column.numeric_column`), float32 [batch, …shape]. */
export function numericColumn(key: string, options: NumericOptions = {}): NumericColumn {
  checkOptions("numericColumn", options, optionTable);
  const shape = checkShape(options.shape ?? [1], key);
  const dtype = options.dtype ?? "float32";
  checkNumber(dtype, key);
  const defaultValue = checkDefault(shape, options.defaultValue, dtype, key);
  const { normalizerFn } = options;
  if (normalizerFn !== undefined && typeof normalizerFn !== "function") {
    throw invalidArgument(`normalizer_fn must be a callable. Given: ${pythonText(normalizerFn)}`);
  }
  const description = attributeText("NumericColumn", [
    ["key", key],
    ["shape", tupleText(shape)],
    ["default_value", numbersText(defaultValue, dtype)],
    ["dtype", dtypeText(dtype)],
    ["normalizer_fn", normalizerFn],
  ]);
  const column: NumericColumn = Object.freeze<NumericColumn>({
    kind: "NumericColumn",
    key,
    name: key,
    shape,
    dtype,
    variableShape: shape,
    parents: Object.freeze([key]),
    parseExampleSpec: Object.freeze({ [key]: fixedLenFeature(shape, dtype, defaultValue) }),
    description,
    transform: (cache) => {
      const input = cache.feature(key);
      if (input instanceof SparseTensor) {
        throw invalidArgument(
          `The corresponding Tensor of numerical column must be a Tensor. SparseTensor is not supported. key: ${key}`,
        );
      }
      const numbers = normalizerFn === undefined ? input : normalizerFn(input);
      if (numbers.dtype === "string") {
        throw unimplemented(
          `Cast string to float is not supported. The feature '${key}' of a numeric column is of strings`,
        );
      }
      return castTo(numbers, "float32");
    },
    denseTensor: (cache) => cache.transformed(column) as Tensor,
  });
  return column;
}

function checkDefault(shape: Shape, value: NumberList | undefined, dtype: DType, key: string): NumberList | undefined {
  if (value === undefined) return undefined;
  const numbers = typeof value === "number" ? [value] : flatNumbers(value);
  const whole = numbers.every((item) => Number.isInteger(item));
  if (Array.isArray(value) && !fits(value, shape)) {
    throw invalidArgument(
      `The shape of default_value must be equal to given shape. default_value: ${listText(value, dtype)}, shape: ${tupleText(shape).text}, key: ${key}`,
    );
  }
  const usable = numbers.every((item) => typeof item === "number") && (whole || isFloatingDType(dtype));
  if (!usable) {
    throw invalidArgument(
      `default_value must be compatible with dtype. default_value: ${String(value)}, dtype: ${dtypeString(dtype)}, key: ${key}`,
    );
  }
  return typeof value === "number" ? filled(shape, value) : value;
}

function listText(value: NumberList, dtype: DType): string {
  return typeof value === "number"
    ? numbersText(value, dtype).text
    : `[${value.map((item) => listText(item, dtype)).join(", ")}]`;
}

function flatNumbers(value: NumberList): number[] {
  return typeof value === "object" ? value.flatMap(flatNumbers) : [value];
}

function fits(value: NumberList, shape: Shape): boolean {
  if (shape.length === 0 || typeof value === "number") return shape.length === 0 && typeof value === "number";
  return value.length === shape[0] && value.every((item) => fits(item, shape.slice(1)));
}

function filled(shape: Shape, value: number): NumberList {
  return shape.length === 0 ? value : Array.from({ length: shape[0]! }, () => filled(shape.slice(1), value));
}
