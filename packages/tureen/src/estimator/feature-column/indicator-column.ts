import { invalidArgument } from "../../core/status-error.js";
import { intValue, tensorValue } from "../../core/tensor-value.js";
import { build, buildOp, constant } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import type { SparseTensor } from "../../graph/sparse-tensor.js";
import {
  type CategoricalColumn,
  type DenseColumn,
  type IdWeightPair,
  isCategoricalColumn,
  type SequenceDenseColumn,
} from "./feature-column.js";
import { castTo, scalarInt, scalarLong, sliceOf } from "./graph-shape.js";
import { oneHot } from "./one-hot.js";
import { attributeText, pythonText } from "./python-text.js";
import { isSequence, notForSequences, onlyForSequences } from "./sequence-errors.js";
import { sequenceLength } from "./sequence-length.js";

/** How often each id of a categorical column occurs, or the sum of its weights (`tf.feature_column.indicator_column`), float32 [batch, 1, buckets]. */
export function indicatorColumn(categoricalColumn: CategoricalColumn): DenseColumn & SequenceDenseColumn {
  if (!isCategoricalColumn(categoricalColumn)) {
    throw invalidArgument(
      `Unsupported input type. Input must be a CategoricalColumn. Given: ${pythonText(categoricalColumn)}`,
    );
  }
  const name = `${categoricalColumn.name}_indicator`;
  const column: DenseColumn & SequenceDenseColumn = Object.freeze<DenseColumn & SequenceDenseColumn>({
    kind: "IndicatorColumn",
    name,
    variableShape: Object.freeze([1, categoricalColumn.numBuckets]),
    parents: Object.freeze([categoricalColumn]),
    get parseExampleSpec() {
      return categoricalColumn.parseExampleSpec;
    },
    description: attributeText("IndicatorColumn", [["categorical_column", categoricalColumn]]),
    transform: (cache) => multiHot(categoricalColumn.sparseTensors(cache), categoricalColumn.numBuckets),
    denseTensor: (cache) => {
      if (isSequence(categoricalColumn)) throw notForSequences("indicator_column", name, categoricalColumn);
      return cache.transformed(column) as Tensor;
    },
    sequenceDenseTensor: (cache) => {
      if (!isSequence(categoricalColumn)) throw onlyForSequences("indicator_column", name, categoricalColumn);
      const denseTensor = cache.transformed(column) as Tensor;
      const { idTensor } = categoricalColumn.sparseTensors(cache);
      return { denseTensor, sequenceLength: sequenceLength(idTensor) };
    },
  });
  return column;
}

function multiHot({ idTensor, weightTensor }: IdWeightPair, buckets: number): Tensor {
  if (weightTensor !== undefined) return weightedMultiHot(idTensor, weightTensor, buckets);
  const minusOne = idTensor.dtype === "int32" ? scalarInt(-1) : scalarLong(-1);
  const dense = build(
    "SparseToDense",
    [idTensor.indices, idTensor.denseShape, idTensor.values, minusOne],
    {},
    "SparseToDense",
  );
  const hot = oneHot(dense, buckets);
  return build("Sum", [hot, intValue([-2])], {}, "Sum");
}

/** Weights at (row, id): `tf.sparse.merge` of ids and weights, cut to its own shape, and scattered. */
function weightedMultiHot(ids: SparseTensor, weights: SparseTensor, buckets: number): Tensor {
  const [indices, values, shape] = nameScope("SparseMerge", () => {
    const longIds = castTo(ids.values, "int64");
    const column = build("ExpandDims", [longIds, scalarInt(1)], {}, "ExpandDims");
    const size = nameScope("Cast", (scope) => castTo(constant(scalarInt(buckets), undefined, "x"), "int64", scope));
    const kept = sliceOf(ids.indices, [{}, { to: -1 }]);
    const newIndices = build("ConcatV2", [[kept, column], scalarInt(1)], {}, "concat");
    const keptShape = sliceOf(ids.denseShape, [{ to: -1 }]);
    const newShape = nameScope("concat", (scope) => {
      const last = build("Pack", [[size]], {}, "values_1");
      return build("ConcatV2", [[keptShape, last], scalarInt(0)], {}, scope);
    });
    const { outputs } = buildOp("SparseReorder", [newIndices, weights.values, newShape], {}, "SparseReorder");
    build("Identity", [newShape], {}, "Identity");
    return [outputs[0]!, outputs[1]!, newShape];
  });
  const start = constant(tensorValue("int64", [2], new BigInt64Array(2)), undefined, "Const");
  const { outputs } = buildOp("SparseSlice", [indices, values, shape, start, shape], {}, "SparseSlice");
  return build("ScatterNd", [outputs[0]!, outputs[1]!, outputs[2]!], {}, "ScatterNd");
}
