import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { isIntegerDType } from "../../core/dtype.js";
import { invalidArgument } from "../../core/status-error.js";
import { build, constant } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import { SparseTensor } from "../../graph/sparse-tensor.js";
import { checkKey } from "./column-checks.js";
import type { CategoricalColumn } from "./feature-column.js";
import { castTo, scalarInt, shapeOf } from "./graph-shape.js";
import { varLenFeature } from "./parse-spec.js";
import { attributeText, dtypeString } from "./python-text.js";
import { toSparseInput } from "./sparse-input.js";

const optionTable: OptionTable<{ readonly defaultValue?: number }> = {
  defaultValue: "optional",
};

/** Integers that are ids already (`tf.feature_column.categorical_column_with_identity`); those out of range become `defaultValue`, or fail. */
export function categoricalColumnWithIdentity(
  key: string,
  numBuckets: number,
  options: { readonly defaultValue?: number } = {},
): CategoricalColumn {
  checkOptions("categoricalColumnWithIdentity", options, optionTable);
  if (numBuckets < 1) throw invalidArgument(`num_buckets ${numBuckets} < 1, column_name ${key}`);
  const { defaultValue } = options;
  if (defaultValue !== undefined && (defaultValue < 0 || defaultValue >= numBuckets)) {
    throw invalidArgument(`default_value ${defaultValue} not in range [0, ${numBuckets}), column_name ${key}`);
  }
  checkKey(key);
  const column: CategoricalColumn = Object.freeze<CategoricalColumn>({
    kind: "IdentityCategoricalColumn",
    name: key,
    numBuckets,
    parents: Object.freeze([key]),
    parseExampleSpec: Object.freeze({ [key]: varLenFeature("int64") }),
    description: attributeText("IdentityCategoricalColumn", [
      ["key", key],
      ["number_buckets", numBuckets],
      ["default_value", defaultValue],
    ]),
    transform: (cache) => {
      const input = toSparseInput(cache.feature(key));
      if (!isIntegerDType(input.dtype)) {
        throw invalidArgument(`Invalid input, not integer. key: ${key} dtype: ${dtypeString(input.dtype)}`);
      }
      const values = castTo(input.values, "int64", "values");
      const ids = defaultValue === undefined ? values : replaceOutOfRange(input.values, numBuckets, defaultValue);
      return new SparseTensor(input.indices, ids, input.denseShape);
    },
    sparseTensors: (cache) => ({ idTensor: cache.transformed(column) as SparseTensor, weightTensor: undefined }),
  });
  return column;
}

function replaceOutOfRange(input: Tensor, numBuckets: number, defaultValue: number): Tensor {
  const values = castTo(input, "int64", "values");
  const buckets = castScalar(numBuckets, "num_buckets");
  const below = build("Less", [values, castScalar(0, "zero")], {}, "Less");
  const outOfRange = build(
    "LogicalOr",
    [below, build("GreaterEqual", [values, buckets], {}, "GreaterEqual")],
    {},
    "out_of_range",
  );
  const shape = shapeOf(values);
  const replacement = build("Fill", [shape, castScalar(defaultValue, "Cast")], {}, "default_values");
  return build("SelectV2", [outOfRange, replacement, values], {}, "SelectV2");
}

/** A Python integer cast to int64. */
function castScalar(value: number, name: string): Tensor {
  return nameScope(name, (scope) => castTo(constant(scalarInt(value), undefined, "x"), "int64", scope));
}
