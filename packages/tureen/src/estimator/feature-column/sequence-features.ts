import { checkOptions } from "../../core/check-options.js";
import { elementCount } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { intValue, scalarValue } from "../../core/tensor-value.js";
import { build, buildOp, constant } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { controlDependencies, currentNameScope, nameScope } from "../../graph/scope.js";
import type { Features } from "../model-fn.js";
import { checkBatchSizes } from "./check-batch-sizes.js";
import { columnScope, scopeName } from "./column-scope.js";
import { concatColumns } from "./concat-columns.js";
import type { DenseFeaturesOptions } from "./dense-features.js";
import { denseFeaturesOptionsTable } from "./dense-features.js";
import {
  type FeatureColumn,
  isSequenceDenseColumn,
  type SequenceDenseColumn,
  type SequenceTensor,
} from "./feature-column.js";
import { elementAt, reshapeTo, shapeOf } from "./graph-shape.js";
import { normalizeColumns } from "./normalize-columns.js";
import { TransformationCache } from "./transformation-cache.js";

/**
 * Sequence columns side by side, [batch, steps, width], and the sequences' lengths (`tf.keras.experimental.SequenceFeatures`).
 *
 * A run fails with INVALID_ARGUMENT where two columns disagree about a length.
 */
export function sequenceFeatures(
  features: Features,
  columns: readonly FeatureColumn[],
  options: DenseFeaturesOptions = {},
): SequenceTensor {
  checkOptions("sequenceFeatures", options, denseFeaturesOptionsTable);
  const sorted = normalizeColumns(columns).map(requireSequence);
  const cache = new TransformationCache(features);
  const name = options.name ?? "sequence_features";
  return nameScope(name, () => {
    const prefix = options.variableScope ?? currentNameScope();
    for (const column of sorted) {
      column.createState?.(cache, {
        prefix: `${prefix}/${scopeName(column.name)}`,
        trainable: options.trainable ?? true,
      });
    }
    cache.castFeatures();
    const parts = sorted.map((column) =>
      columnScope(column.name, () => {
        const { denseTensor, sequenceLength } = column.sequenceDenseTensor(cache);
        return { denseTensor: flattenSteps(denseTensor, elementCount(column.variableShape)), sequenceLength };
      }),
    );
    const lengths = parts.map((part) => part.sequenceLength);
    checkBatchSizes(lengths, sorted);
    const sequenceLength = allEqual(lengths);
    const tensors = parts.map((part) => part.denseTensor);
    checkBatchSizes(tensors, sorted);
    return { denseTensor: concatColumns(tensors, -1), sequenceLength };
  });
}

function flattenSteps(tensor: Tensor, width: number): Tensor {
  const shape = shapeOf(tensor);
  return reshapeTo(tensor, [elementAt(shape, 0), elementAt(shape, 1), width]);
}

/** The first of tensors that must all be equal. */
function allEqual(tensors: readonly Tensor[]): Tensor {
  return nameScope("assert_all_equal", () => {
    const [first, ...others] = tensors;
    if (others.length === 0) return first!;
    const checks = others.map((other) => assertEqual(first!, other));
    return controlDependencies(checks, () => build("Identity", [first!], {}, "Identity"));
  });
}

function assertEqual(x: Tensor, y: Tensor): ReturnType<typeof buildOp> {
  return nameScope("assert_equal_1", () => {
    const equal = build("Equal", [x, y], {}, "Equal");
    const all = build("All", [equal, constant(intValue([0]), undefined, "Const")], {}, "All");
    return nameScope("Assert", (scope) => {
      const text = (value: string): Tensor => constant(scalarValue("string", value), undefined, "Const");
      const data = [
        text("Condition x == y did not hold element-wise:"),
        text(`x (${x.name}) = `),
        x,
        text(`y (${y.name}) = `),
        y,
      ];
      return buildOp("Assert", [all, data], { summarize: 3 }, scope);
    });
  });
}

function requireSequence(column: FeatureColumn): SequenceDenseColumn {
  if (isSequenceDenseColumn(column)) return column;
  throw invalidArgument(
    `Items of feature_columns must be a <class 'tensorflow.python.feature_column.feature_column_v2.SequenceDenseColumn'>. You can wrap a categorical column with an embedding_column or indicator_column. Given: ${column.description}`,
  );
}
