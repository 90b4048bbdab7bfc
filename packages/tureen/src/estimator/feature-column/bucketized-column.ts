import { invalidArgument } from "../../core/status-error.js";
import { intValue } from "../../core/tensor-value.js";
import { build, constant } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import { SparseTensor } from "../../graph/sparse-tensor.js";
import type { CategoricalColumn, DenseColumn } from "./feature-column.js";
import { batchSizeOf, castTo, packScalars, reshapeTo, scalarInt } from "./graph-shape.js";
import type { NumericColumn } from "./numeric-column.js";
import { oneHot } from "./one-hot.js";
import { attributeText, floatText, pythonText, tupleText } from "./python-text.js";

/** Numbers as the buckets they fall into; both a dense and a categorical column. */
export interface BucketizedColumn extends DenseColumn, CategoricalColumn {
  readonly kind: "BucketizedColumn";
  readonly sourceColumn: NumericColumn;
  readonly boundaries: readonly number[];
}

/**
 * The buckets of a numeric column of rank 1 (`tf.feature_column.bucketized_column`); a number equal to a boundary lies above it.
 *
 * Dense it is one-hot, [batch, size, buckets]; as ids it is `bucket + buckets · position`.
 */
export function bucketizedColumn(source: NumericColumn, boundaries: readonly number[]): BucketizedColumn {
  if (source?.kind !== "NumericColumn") {
    throw invalidArgument(
      `source_column must be a column generated with numeric_column(). Given: ${pythonText(source)}`,
    );
  }
  if (source.shape.length > 1)
    throw invalidArgument(`source_column must be one-dimensional column. Given: ${source.description}`);
  if (!Array.isArray(boundaries)) throw invalidArgument("boundaries must be a sorted list.");
  if (boundaries.length === 0) throw invalidArgument("boundaries must not be empty.");
  if (boundaries.some((value, i) => i > 0 && boundaries[i - 1]! >= value))
    throw invalidArgument("boundaries must be a sorted list.");
  const limits = Object.freeze([...boundaries]) as readonly number[];
  const buckets = limits.length + 1;
  const size = source.shape[0] ?? 1;
  const column: BucketizedColumn = Object.freeze<BucketizedColumn>({
    kind: "BucketizedColumn",
    name: `${source.name}_bucketized`,
    sourceColumn: source,
    boundaries: limits,
    variableShape: Object.freeze([...source.shape, buckets]),
    numBuckets: buckets * size,
    parents: Object.freeze([source]),
    parseExampleSpec: source.parseExampleSpec,
    description: attributeText("BucketizedColumn", [
      ["source_column", source],
      ["boundaries", tupleText(limits.map((value) => floatText(value)))],
    ]),
    transform: (cache) =>
      build("Bucketize", [cache.transformed(source) as Tensor], { boundaries: limits }, "Bucketize"),
    denseTensor: (cache) => oneHot(castTo(cache.transformed(column) as Tensor, "int64"), buckets),
    sparseTensors: (cache) => ({
      idTensor: bucketIds(cache.transformed(column) as Tensor, buckets, size),
      weightTensor: undefined,
    }),
  });
  return column;
}

function bucketIds(input: Tensor, buckets: number, size: number): SparseTensor {
  const batch = batchSizeOf(input);
  const rows = build(
    "Tile",
    [build("ExpandDims", [rangeTo(batch), scalarInt(1)], {}, "ExpandDims"), intValue([1, size])],
    {},
    "Tile",
  );
  const i1 = reshapeTo(rows, [-1]);
  const positions = rangeTo(size);
  const i2 = nameScope("Tile", (scope) =>
    build("Tile", [positions, packScalars([batch], "int32", "multiples")], {}, scope),
  );
  const flat = reshapeTo(input, [-1]);
  const offsets = build("Mul", [scalarInt(buckets), i2], {}, "mul");
  const values = build("AddV2", [flat, offsets], {}, "add");
  const pairs = build("Pack", [[i1, i2]], {}, "stack");
  const transposed = nameScope("transpose", (scope) =>
    build("Transpose", [pairs, constant(intValue([1, 0]), undefined, "perm")], {}, scope),
  );
  const indices = castTo(transposed, "int64");
  const denseShape = castTo(packScalars([batch, size], "int32", "stack"), "int64");
  return new SparseTensor(indices, values, denseShape);
}

function rangeTo(limit: Tensor | number): Tensor {
  return nameScope("range", (scope) => {
    const start = constant(scalarInt(0), undefined, "start");
    const end = typeof limit === "number" ? constant(scalarInt(limit), undefined, "limit") : limit;
    return build("Range", [start, end, constant(scalarInt(1), undefined, "delta")], {}, scope);
  });
}
