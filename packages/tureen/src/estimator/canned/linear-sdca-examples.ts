import { invalidArgument } from "../../core/status-error.js";
import { build, buildOp } from "../../graph/build-op.js";
import { Tensor } from "../../graph/graph.js";
import type { Variable } from "../../graph/variable.js";
import { type IdWeightPair, isCategoricalColumn } from "../feature-column/feature-column.js";
import { sliceOf } from "../feature-column/graph-shape.js";
import type { LinearModelLogits } from "../feature-column/linear-model.js";
import { type WeightColumn, weightColumnKey } from "../head/example-weights.js";
import { booleanMask } from "../math/arrays.js";
import type { Features } from "../model-fn.js";
import { add, cast, greaterEqual, mul, sub } from "../nn/arithmetic.js";
import { reshape, sliceFirst } from "../nn/tensor-shape.js";
import type { SdcaExamples, SdcaSparseFeature, SdcaVariables } from "./sdca-model.js";

/** What a step takes of a batch. */
export interface SdcaBatchArgs {
  readonly model: LinearModelLogits;
  readonly features: Features;
  readonly labels: Tensor;
  readonly exampleIdColumn: string;
  readonly weightColumn: WeightColumn | undefined;
}

/**
 * The columns of a linear model as dual coordinate ascent takes them, with the variables of their weights (TensorFlow's `LinearSDCA.get_train_step`).
 *
 * The bias is a dense column of ones. INVALID_ARGUMENT for a dense column that is no vector, and for ids or weights that are not among the features.
 */
export function sdcaBatch({ model, features, labels, exampleIdColumn, weightColumn }: SdcaBatchArgs): {
  readonly examples: SdcaExamples;
  readonly variables: SdcaVariables;
} {
  const batchSize = rowsOf(labels);
  const sparseFeatures: SdcaSparseFeature[] = [];
  const denseFeatures: Tensor[] = [];
  const [sparse, dense]: [Variable[], Variable[]] = [[], []];
  model.columns.forEach((column, i) => {
    if (isCategoricalColumn(column)) {
      sparseFeatures.push(uniqueFeatures(column.sparseTensors(model.cache)));
      sparse.push(model.weights[i]!);
      return;
    }
    const rank = column.variableShape.length;
    if (rank !== 1) throw invalidArgument(`Column ${column.kind} has rank ${rank}, larger than 1.`);
    denseFeatures.push(column.denseTensor(model.cache));
    dense.push(model.weights[i]!);
  });
  denseFeatures.push(build("Fill", [build("Pack", [[batchSize, 1]]), 1], {}, "ones"));
  dense.push(model.bias);
  const weights =
    weightColumn === undefined
      ? build("Fill", [build("Pack", [[batchSize]]), 1], {}, "ones")
      : reshape(givenFeature(features, weightFeature(weightColumn)), [-1]);
  return {
    examples: {
      sparseFeatures,
      denseFeatures,
      labels: cast(reshape(labels, [-1]), "float32"),
      weights,
      ids: givenFeature(features, exampleIdColumn),
    },
    variables: { sparse, dense },
  };
}

/** The ids of a column that are not negative, each once an example, with the sum of its weights. */
function uniqueFeatures({ idTensor, weightTensor }: IdWeightPair): SdcaSparseFeature {
  const weights = weightTensor?.values ?? build("Fill", [build("Pack", [[rowsOf(idTensor.indices)]]), 1], {}, "ones");
  const rows = reshape(sliceOf(idTensor.indices, [{}, 0]), [-1]);
  const flat = cast(reshape(idTensor.values, [-1]), "int64");
  // Below 0 are those that are not in a vocabulary.
  const isValid = greaterEqual(flat, 0);
  const ids = booleanMask(flat, isValid);
  const exampleIds = booleanMask(rows, isValid);
  // One number of an example and an id, and back.
  const stride = add(build("Max", [ids, [0]]), 1);
  const projected = add(mul(stride, exampleIds), ids);
  const [unique, places] = buildOp("Unique", [projected]).outputs as [Tensor, Tensor];
  const count = rowsOf(unique);
  const exampleIndices = build("UnsortedSegmentMin", [exampleIds, places, count]);
  return {
    exampleIndices,
    featureIndices: sub(unique, mul(stride, exampleIndices)),
    featureValues: reshape(build("UnsortedSegmentSum", [booleanMask(weights, isValid), places, count]), [-1]),
  };
}

function rowsOf(tensor: Tensor): Tensor {
  return sliceFirst(build("Shape", [tensor]), { begin: 0, shrink: true });
}

/** The key of the weights. TensorFlow takes them from the features as they are: of a column, which may make others of them, it finds none. */
function weightFeature(column: WeightColumn): string {
  return typeof column === "string" ? column : `NumericColumn(key='${weightColumnKey(column)}')`;
}

function givenFeature(features: Features, key: string): Tensor {
  const feature = Object.hasOwn(features, key) ? features[key] : undefined;
  if (feature === undefined) throw invalidArgument(`Feature ${key} is not in features dictionary.`);
  if (feature instanceof Tensor) return feature;
  throw invalidArgument(`Feature ${key} must be a Tensor. SparseTensor is not supported.`);
}
