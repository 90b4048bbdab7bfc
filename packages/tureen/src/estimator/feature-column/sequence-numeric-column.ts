import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { type DType, isFloatingDType } from "../../core/dtype.js";
import { elementCount } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { intValue, scalarValue } from "../../core/tensor-value.js";
import { build } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { SparseTensor } from "../../graph/sparse-tensor.js";
import { checkNumber, checkShape } from "./column-checks.js";
import type { SequenceDenseColumn } from "./feature-column.js";
import { scalarInt, shapeOf, sliceOf, sparseRank } from "./graph-shape.js";
import { varLenFeature } from "./parse-spec.js";
import { attributeText, dtypeText, floatText, pythonText, tupleText } from "./python-text.js";
import { sequenceLength } from "./sequence-length.js";

/** How sequences of numbers are read. */
export interface SequenceNumericOptions {
  /** Shape of one step; default [1]. */
  readonly shape?: readonly number[] | number;
  /** What pads shorter sequences; default 0. */
  readonly defaultValue?: number;
  /** Default float32. */
  readonly dtype?: DType;
  /** Applied to the raw sparse tensor. */
  readonly normalizerFn?: (tensor: SparseTensor) => SparseTensor;
}

const optionTable: OptionTable<SequenceNumericOptions> = {
  shape: "optional",
  defaultValue: "optional",
  dtype: "optional",
  normalizerFn: "optional",
};

/** Sequences of real numbers (`tf.feature_column.sequence_numeric_column`), [batch, steps, …shape]. */
export function sequenceNumericColumn(key: string, options: SequenceNumericOptions = {}): SequenceDenseColumn {
  checkOptions("sequenceNumericColumn", options, optionTable);
  const shape = checkShape(options.shape ?? [1], key);
  const dtype = options.dtype ?? "float32";
  checkNumber(dtype, key);
  const { normalizerFn } = options;
  if (normalizerFn !== undefined && typeof normalizerFn !== "function") {
    throw invalidArgument(`normalizer_fn must be a callable. Given: ${pythonText(normalizerFn)}`);
  }
  const defaultValue = options.defaultValue ?? 0;
  const column: SequenceDenseColumn = Object.freeze<SequenceDenseColumn>({
    kind: "SequenceNumericColumn",
    name: key,
    variableShape: shape,
    parents: Object.freeze([key]),
    parseExampleSpec: Object.freeze({ [key]: varLenFeature(dtype) }),
    description: attributeText("SequenceNumericColumn", [
      ["key", key],
      ["shape", tupleText(shape)],
      [
        "default_value",
        options.defaultValue === undefined || isFloatingDType(dtype) ? floatText(defaultValue) : defaultValue,
      ],
      ["dtype", dtypeText(dtype)],
      ["normalizer_fn", normalizerFn],
    ]),
    transform: (cache) => {
      const input = cache.feature(key);
      if (!(input instanceof SparseTensor)) {
        throw invalidArgument(`The feature of a sequence column must be a SparseTensor. key: ${key}`);
      }
      return normalizerFn === undefined ? input : normalizerFn(input);
    },
    sequenceDenseTensor: (cache) => {
      const sparse = cache.transformed(column) as SparseTensor;
      const padding = scalarValue(sparse.dtype, defaultValue);
      const padded = build(
        "SparseToDense",
        [sparse.indices, sparse.denseShape, sparse.values, padding],
        {},
        "SparseToDense",
      );
      const denseTensor = inSteps(padded, shape);
      return {
        denseTensor,
        sequenceLength: sequenceLength(sparse, sparseRank(sparse) === 2 ? elementCount(shape) : 1),
      };
    },
  });
  return column;
}

function inSteps(padded: Tensor, shape: readonly number[]): Tensor {
  const batch = sliceOf(shapeOf(padded), [{ to: 1 }]);
  const sizes = build("ConcatV2", [[batch, intValue([-1]), intValue(shape)], scalarInt(0)], {}, "concat");
  return build("Reshape", [padded, sizes], {}, "Reshape");
}
