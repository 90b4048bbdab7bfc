import { build, constant, type TensorLike } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { type AnyRagged, isRows, RaggedTensor } from "../../graph/ragged-tensor.js";
import { nameScope } from "../../graph/scope.js";
import { castTo, scalarInt, sliceOf } from "./graph-shape.js";
import type { RaggedPartition } from "./parse-spec.js";

/** Rows of a batch of Examples, of any depth. */
export type ParsedRows = AnyRagged;

/**
 * Divides each Example's values into rows, the innermost partition last (TensorFlow's `_add_batched_ragged_partition`).
 *
 * `partitionOf` gives the rows of the Example's feature that a partition is written in, int64.
 */
export function partitioned(
  rows: RaggedTensor,
  partitions: readonly RaggedPartition[],
  partitionOf: (key: string) => RaggedTensor,
): ParsedRows {
  let found: ParsedRows = rows;
  for (const partition of [...partitions].reverse()) {
    found = nameScope("AddRaggedPartition", () =>
      partition.kind === "UniformRowLength"
        ? uniform(found, partition.length)
        : divided(found, partition.kind, partitionOf(partition.key)),
    );
  }
  return found;
}

function uniform(rows: ParsedRows, length: number): ParsedRows {
  const { rowSplits, values } = rows;
  const step = constant(rowSplits.dtype === "int64" ? BigInt(length) : length, rowSplits.dtype, "length");
  const outer = build("FloorDiv", [rowSplits, step], {}, "floordiv");
  if (isRows(values)) {
    const splits = build("Range", [of(rowSplits, 0), build("AddV2", [last(rowSplits), of(rowSplits, 1)]), step]);
    return new RaggedTensor(new RaggedTensor(values, splits, { uniformRowLength: length }), outer);
  }
  const rest = sliceOf(build("Shape", [values]), [{ from: 1 }]);
  const shape = build("ConcatV2", [[constant([-1, length], "int32"), rest], scalarInt(0)], {}, "concat");
  return new RaggedTensor(build("Reshape", [values, shape]), outer);
}

function divided(
  rows: ParsedRows,
  kind: Exclude<RaggedPartition["kind"], "UniformRowLength">,
  raw: RaggedTensor,
): ParsedRows {
  const { rowSplits } = rows;
  const written = new RaggedTensor(castTo(raw.values, rowSplits.dtype), castTo(raw.rowSplits, rowSplits.dtype));
  const zero = build("ExpandDims", [of(rowSplits, 0), scalarInt(0)]);
  const within = (splits: Tensor, outer: Tensor): ParsedRows =>
    new RaggedTensor(new RaggedTensor(rows.values, splits), outer);
  const join = (...parts: readonly Tensor[]): Tensor => build("ConcatV2", [parts, scalarInt(0)], {}, "concat");
  switch (kind) {
    case "RowLengths":
      return within(join(zero, sums(written.values)), written.rowSplits);
    case "RowLimits":
      return within(join(zero, inBatch(written, rowSplits)), written.rowSplits);
    case "RowStarts":
      return within(join(inBatch(written, rowSplits), last(rowSplits, true)), written.rowSplits);
    case "RowSplits": {
      // Without each Example's first split, which is 0, splits are limits.
      const limits = withoutFirst(written);
      return within(join(zero, inBatch(limits, rowSplits)), limits.rowSplits);
    }
    case "ValueRowIds": {
      const ids = rowIds(written.rowSplits);
      const examples = build("Sub", [build("Size", [written.rowSplits]), scalarInt(1)]);
      const next = build("AddV2", [written.values, of(rowSplits, 1)]);
      const most = build("UnsortedSegmentMax", [next, ids, examples]);
      const counts = build("Maximum", [most, of(rowSplits, 0)]);
      const before = build("Cumsum", [counts, scalarInt(0)], { exclusive: true });
      const adjusted = build("AddV2", [written.values, gather(before, ids)]);
      const ones = build("OnesLike", [adjusted]);
      const total = build("Sum", [counts, constant([0], "int32")]);
      const lengths = build("UnsortedSegmentSum", [ones, adjusted, total]);
      return within(join(zero, sums(lengths)), join(zero, sums(counts)));
    }
  }
}

/** What is written of each Example's own values, counted in the values of the batch. */
function inBatch(written: RaggedTensor, rowSplits: Tensor): Tensor {
  const starts = sliceOf(rowSplits, [{ to: -1 }]);
  return build("AddV2", [written.values, gather(starts, rowIds(written.rowSplits))]);
}

function withoutFirst({ values, rowSplits }: RaggedTensor): RaggedTensor {
  const numbers = build("Range", [of(rowSplits, 0), last(rowSplits), of(rowSplits, 1)]);
  const first = gather(rowSplits, rowIds(rowSplits));
  const kept = build("Squeeze", [build("Where", [build("NotEqual", [numbers, first])])], { squeeze_dims: [1] });
  const lengths = build("Sub", [sliceOf(rowSplits, [{ from: 1 }]), sliceOf(rowSplits, [{ to: -1 }])]);
  const shorter = build("Maximum", [build("Sub", [lengths, of(rowSplits, 1)]), of(rowSplits, 0)]);
  const zero = build("ExpandDims", [of(rowSplits, 0), scalarInt(0)]);
  return new RaggedTensor(gather(values, kept), build("ConcatV2", [[zero, sums(shorter)], scalarInt(0)], {}, "concat"));
}

/** The number of the row that each value is in. */
function rowIds(splits: Tensor): Tensor {
  const numbers = build("Range", [of(splits, 0), last(splits), of(splits, 1)]);
  const asRow = (vector: Tensor): Tensor => build("ExpandDims", [vector, scalarInt(0)]);
  const bounds = build("UpperBound", [asRow(splits), asRow(numbers)], { out_type: "int32" });
  return build("Sub", [build("Squeeze", [bounds], { squeeze_dims: [0] }), scalarInt(1)]);
}

function gather(from: TensorLike, ids: Tensor): Tensor {
  return build("GatherV2", [from, ids, scalarInt(0)], {}, "GatherV2");
}

function sums(lengths: Tensor): Tensor {
  return build("Cumsum", [lengths, scalarInt(0)], {}, "Cumsum");
}

/** The last split, which is the number of values: a scalar, or a vector of one. */
function last(splits: Tensor, asVector = false): Tensor {
  const vector = sliceOf(splits, [{ from: -1 }]);
  return asVector ? vector : build("Squeeze", [vector], { squeeze_dims: [0] });
}

/** A constant of the splits' dtype. */
function of(splits: Tensor, value: number): Tensor {
  return constant(splits.dtype === "int64" ? BigInt(value) : value, splits.dtype);
}
