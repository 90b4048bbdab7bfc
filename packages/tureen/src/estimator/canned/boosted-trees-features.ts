import { invalidArgument } from "../../core/status-error.js";
import { build, buildOp } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { boostedTreesBucketize } from "../../graph/ops/quantile-and-trees.js";
import { nameScope } from "../../graph/scope.js";
import type { BucketizedColumn } from "../feature-column/bucketized-column.js";
import { compareText } from "../feature-column/compare-text.js";
import {
  type CategoricalColumn,
  type DenseColumn,
  type FeatureColumn,
  isCategoricalColumn,
} from "../feature-column/feature-column.js";
import { castTo, scalarInt } from "../feature-column/graph-shape.js";
import { TransformationCache } from "../feature-column/transformation-cache.js";
import type { Features } from "../model-fn.js";
import { expandDims } from "../nn/tensor-shape.js";

/** A column of a tree model, told apart by what it is to the trees. */
export type TreeColumn =
  | { readonly kind: "bucketized"; readonly column: BucketizedColumn }
  | { readonly kind: "indicator"; readonly column: DenseColumn; readonly numFeatures: number }
  | { readonly kind: "numeric"; readonly column: DenseColumn; readonly numFeatures: number }
  | { readonly kind: "categorical"; readonly column: CategoricalColumn };

/** How a feature is split: below or above a bucket, or one bucket against the others. */
export type SplitType = "inequality" | "equality";

/** Features that take as many buckets, and are searched for splits together. */
export interface FeatureGroup {
  readonly numBuckets: number;
  readonly featureIds: readonly number[];
  readonly splitTypes: readonly SplitType[];
}

/** The columns by name, each as trees see it; INVALID_ARGUMENT for one that they cannot take. */
export function treeColumns(columns: readonly FeatureColumn[]): readonly TreeColumn[] {
  return [...columns].sort((a, b) => compareText(a.name, b.name)).map(treeColumn);
}

function treeColumn(column: FeatureColumn): TreeColumn {
  switch (column.kind) {
    case "BucketizedColumn":
      return { kind: "bucketized", column: column as BucketizedColumn };
    case "IndicatorColumn": {
      const indicator = column as DenseColumn;
      return { kind: "indicator", column: indicator, numFeatures: indicator.variableShape.at(-1)! };
    }
    case "NumericColumn": {
      const numeric = column as DenseColumn;
      if (numeric.variableShape.length > 1) {
        throw invalidArgument(
          `For now, we only support Dense column with rank of 1, but column \`${column.name}\` got: (${numeric.variableShape.join(", ")})`,
        );
      }
      return { kind: "numeric", column: numeric, numFeatures: numeric.variableShape[0] ?? 1 };
    }
  }
  if (isCategoricalColumn(column)) return { kind: "categorical", column };
  throw invalidArgument(`Encountered unexpected column ${column.description}`);
}

/** How many features a column gives: those that the trees number. */
export function numFeaturesOf(column: TreeColumn): number {
  return column.kind === "indicator" || column.kind === "numeric" ? column.numFeatures : 1;
}

/** How many numbers of an example have quantiles. */
export function numFloatFeatures(columns: readonly TreeColumn[]): number {
  return columns.reduce((sum, column) => sum + (column.kind === "numeric" ? column.numFeatures : 0), 0);
}

/** The features in the groups in which TensorFlow searches for splits, in its order: ties between equal gains depend on it. */
export function featureGroups(columns: readonly TreeColumn[], numQuantiles: number): readonly FeatureGroup[] {
  const groups = new Map<number, [id: number, type: SplitType][]>();
  const put = (numBuckets: number, id: number, type: SplitType): void => {
    const group = groups.get(numBuckets);
    if (group === undefined) groups.set(numBuckets, [[id, type]]);
    else group.push([id, type]);
  };
  const bucketized: number[] = [];
  // All bucketized columns share the widest one's buckets; two are the least that can be split.
  let bucketizedBuckets = 2;
  let id = 0;
  for (const one of columns) {
    switch (one.kind) {
      case "bucketized":
        bucketizedBuckets = Math.max(bucketizedBuckets, one.column.boundaries.length + 1);
        bucketized.push(id++);
        break;
      case "indicator":
        for (let i = 0; i < one.numFeatures; i++) put(2, id++, "inequality");
        break;
      case "numeric":
        for (let i = 0; i < one.numFeatures; i++) put(numQuantiles, id++, "inequality");
        break;
      case "categorical":
        put(one.column.numBuckets, id++, "equality");
        break;
    }
  }
  for (const feature of bucketized) put(bucketizedBuckets, feature, "inequality");
  return [...groups].map(([numBuckets, features]) => ({
    numBuckets,
    featureIds: features.map(([feature]) => feature),
    splitTypes: features.map(([, type]) => type),
  }));
}

/** A batch as trees read it. */
export interface TreeFeatures {
  /** Int32 [batch, 1] for each feature (wider for a bucketized column of several numbers). */
  readonly bucketized: readonly Tensor[];
  /** The numbers that quantiles are learned of, [batch] each. */
  readonly floats: readonly Tensor[];
}

/** Builds int32 [batch] buckets of [batch] numbers and their boundaries; `featureId` is the first one's. */
export type Bucketize = (
  numbers: readonly Tensor[],
  boundaries: readonly Tensor[],
  featureId: number,
) => readonly Tensor[];

/** Builds the features of a batch; `boundaries` has a vector for each number that is bucketized by its quantiles. */
export function transformFeatures(
  features: Features,
  columns: readonly TreeColumn[],
  boundaries: readonly Tensor[],
  bucketize: Bucketize = (numbers, own) => boostedTreesBucketize(numbers, own),
): TreeFeatures {
  const cache = new TransformationCache(features);
  nameScope("transform_features", () => {
    for (const { column } of columns) nameScope(column.name, () => cache.transformed(column));
  });
  const bucketized: Tensor[] = [];
  const floats: Tensor[] = [];
  for (const one of columns) {
    switch (one.kind) {
      case "bucketized": {
        const buckets = cache.transformed(one.column) as Tensor;
        if ((buckets.shape?.length ?? 2) > 2) {
          throw invalidArgument(
            `For now, only supports features equivalent to rank 2 but column \`${one.column.sourceColumn.name}\` got: (${buckets.shape!.join(", ")})`,
          );
        }
        bucketized.push(buckets);
        break;
      }
      case "indicator": {
        const hot = castTo(cache.transformed(one.column) as Tensor, "int32");
        bucketized.push(...unstack(hot, one.numFeatures).map(asColumn));
        break;
      }
      case "numeric": {
        const numbers = unstack(cache.transformed(one.column) as Tensor, one.numFeatures);
        const own = boundaries.slice(floats.length, floats.length + one.numFeatures);
        bucketized.push(...bucketize(numbers, own, bucketized.length).map(asColumn));
        floats.push(...numbers);
        break;
      }
      case "categorical": {
        const { idTensor: ids, weightTensor } = one.column.sparseTensors(cache);
        if (weightTensor !== undefined)
          throw invalidArgument(`Encountered unexpected column ${one.column.description}`);
        const zero = build("Cast", [scalarInt(0)], { DstT: ids.values.dtype }, "zeros");
        const dense = build("SparseToDense", [ids.indices, ids.denseShape, ids.values, zero], {}, "SparseToDense");
        bucketized.push(castTo(dense, "int32"));
        break;
      }
    }
  }
  return { bucketized, floats };
}

function unstack(matrix: Tensor, num: number): readonly Tensor[] {
  return buildOp("Unpack", [matrix], { num, axis: 1 }, "unstack").outputs;
}

function asColumn(vector: Tensor): Tensor {
  return expandDims(vector, 1);
}
