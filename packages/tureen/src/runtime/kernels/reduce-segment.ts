import { isFloatingDType } from "../../core/dtype.js";
import { elementCount, type Shape, shapeText } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { type TensorValue, toIntegers } from "../../core/tensor-value.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import { fromNumbers } from "./math/element-wise.js";
import { missingKernel } from "./missing-kernel.js";
import { type RowOperation, rowArithmetic } from "./reduce/row-arithmetic.js";

/** Walks sorted segment ids as TensorFlow does: each run of equal ids, checked as it is reached. */
function forEachSegment(
  ids: readonly number[],
  rows: number,
  visit: (segment: number, from: number, to: number) => void,
): void {
  for (let start = 0; start < ids.length; ) {
    const segment = ids[start]!;
    let end = start + 1;
    while (end < ids.length && ids[end] === segment) end++;
    if (end < ids.length && ids[end]! < segment) throw invalidArgument("segment ids are not increasing");
    if (segment < 0 || segment >= rows) {
      throw invalidArgument(
        `Segment id ${segment} out of range [0, ${rows}), possibly because 'segment_ids' input is not sorted.`,
      );
    }
    visit(segment, start, end);
    start = end;
  }
}

/** A reduction of neighbouring rows with the same id. Segments that no row belongs to are 0, of products 1. */
function segmentKernel(operation: RowOperation, isMean = false): KernelFactory {
  return (node) => {
    const arithmetic = rowArithmetic(operation, node.inputTypes[0]!, node);
    return ([data, segmentIds]) => {
      checkSegmentInputs(data!, segmentIds!);
      const ids = toIntegers(segmentIds!);
      const rows = ids.length === 0 ? 0 : ids[ids.length - 1]! + 1;
      if (rows < 0 || (ids.length > 0 && rows === 0)) throw invalidArgument("segment ids must be >= 0");
      const width = elementCount(data!.shape.slice(1));
      const x = arithmetic.read(data!);
      const acc = arithmetic.accumulators(rows * width);
      let filled = 0;
      const gap = operation === "product" ? 1 : 0;
      forEachSegment(ids, rows, (segment, from, to) => {
        arithmetic.fill(acc, gap, filled * width, segment * width);
        for (let i = from; i < to; i++) arithmetic.loop(x, i * width, width, acc, segment * width, 1);
        if (isMean) arithmetic.divide(acc, to - from, segment * width, (segment + 1) * width);
        filled = segment + 1;
      });
      return [arithmetic.finish([rows, ...data!.shape.slice(1)], acc)];
    };
  };
}

function checkSegmentInputs(data: TensorValue, segmentIds: TensorValue): void {
  if (data.shape.length < 1) throw invalidArgument("input must be at least rank 1");
  if (segmentIds.shape.length !== 1) throw invalidArgument("segment_ids should be a vector.");
  if (segmentIds.shape[0] !== data.shape[0]) {
    throw invalidArgument("segment_ids should be the same size as dimension 0 of input.");
  }
}

function scalarCount(value: TensorValue): number {
  if (value.shape.length > 0)
    throw invalidArgument(`num_segments should be a scalar, not shape ${shapeText(value.shape)}`);
  return toIntegers(value)[0]!;
}

/** A reduction of rows by ids in any order; rows with a negative id do not count. */
function unsortedKernel(operation: RowOperation): KernelFactory {
  return (node) => {
    const arithmetic = rowArithmetic(operation, node.inputTypes[0]!, node);
    return ([data, segmentIds, numSegments]) => {
      const idShape = segmentIds!.shape;
      const count = scalarCount(numSegments!);
      if (!startsWith(data!.shape, idShape)) {
        throw invalidArgument(
          `data.shape = ${shapeText(data!.shape)} does not start with segment_ids.shape = ${shapeText(idShape)}`,
        );
      }
      if (count < 0) throw invalidArgument(`Input num_segments == ${count} must not be negative.`);
      const rest = data!.shape.slice(idShape.length);
      const width = elementCount(rest);
      const ids = toIntegers(segmentIds!);
      const x = arithmetic.read(data!);
      const acc = arithmetic.accumulators(count * width);
      // Where there is nothing to add up no id is looked at.
      const used = width === 0 ? 0 : ids.length;
      for (let i = 0; i < used; i++) {
        const id = ids[i]!;
        if (id < 0) continue;
        if (id >= count) {
          throw invalidArgument(
            `segment_ids${idShape.length === 0 ? "" : indexText(i, idShape)} = ${id} is out of range [0, ${count})`,
          );
        }
        arithmetic.loop(x, i * width, width, acc, id * width, 1);
      }
      return [arithmetic.finish([count, ...rest], acc)];
    };
  };
}

function startsWith(shape: Shape, start: Shape): boolean {
  return shape.length >= start.length && start.every((size, i) => size === shape[i]);
}

/** `[1,0]`, the place of a flat index. */
function indexText(flat: number, shape: Shape): string {
  const place: number[] = [];
  for (let d = shape.length - 1, rest = flat; d >= 0; d--) {
    place.unshift(rest % shape[d]!);
    rest = Math.floor(rest / shape[d]!);
  }
  return shapeText(place);
}

/** What the sum of a segment's rows is divided by. */
type SegmentScale = "sum" | "mean" | "sqrtn";

function divisor(scale: SegmentScale, count: number): number {
  return scale === "sqrtn" ? Math.sqrt(count) : count;
}

function checkSparseInputs(indices: TensorValue, segmentIds: TensorValue): void {
  if (indices.shape.length !== 1) throw invalidArgument("indices should be a vector.");
  if (segmentIds.shape.length !== 1) throw invalidArgument("segment_ids should be a vector.");
  if (indices.shape[0] !== segmentIds.shape[0]) throw invalidArgument("segment_ids and indices should have same size.");
}

/** A segment reduction of the rows that `indices` names. */
function sparseSegmentKernel(scale: SegmentScale): KernelFactory {
  return (node) => {
    const arithmetic = rowArithmetic("sum", node.inputTypes[0]!, node);
    return ([data, indices, segmentIds, numSegments]) => {
      const given = numSegments === undefined ? undefined : scalarCount(numSegments);
      if (given !== undefined && given < 0) throw invalidArgument("segment ids must be >= 0");
      checkSparseInputs(indices!, segmentIds!);
      if (data!.shape.length < 1) throw invalidArgument("Shape must be at least rank 1");
      const ids = toIntegers(segmentIds!);
      const rows = toIntegers(indices!);
      const last = ids.length === 0 ? 0 : ids[ids.length - 1]! + 1;
      if (given !== undefined && last > given) throw invalidArgument("segment ids must be < num_segments");
      const count = given ?? last;
      if (count < 0 || (given === undefined && count === 0 && ids.length > 0)) {
        throw invalidArgument("segment ids must be >= 0");
      }
      const width = elementCount(data!.shape.slice(1));
      const x = arithmetic.read(data!);
      const acc = arithmetic.accumulators(count * width);
      const limit = data!.shape[0]!;
      forEachSegment(ids, count, (segment, from, to) => {
        for (let i = from; i < to; i++) {
          const row = rows[i]!;
          if (row < 0 || row >= limit) throw invalidArgument(`Bad: indices[${i}] == ${row} out of range [0, ${limit})`);
          arithmetic.loop(x, row * width, width, acc, segment * width, 1);
        }
        if (scale !== "sum") arithmetic.divide(acc, divisor(scale, to - from), segment * width, (segment + 1) * width);
      });
      return [arithmetic.finish([count, ...data!.shape.slice(1)], acc)];
    };
  };
}

/**
 * The gradient of a sparse segment reduction: each named row gets its segment's gradient, divided as the sum was.
 *
 * The second version gives only the rows that are named, in order, and which they are.
 */
function sparseSegmentGradKernel(scale: SegmentScale, isCompact = false): KernelFactory {
  return (node) => {
    const dtype = node.inputTypes[0]!;
    const arithmetic = rowArithmetic("sum", dtype, node);
    if (!isFloatingDType(dtype)) throw missingKernel(node);
    return ([grad, indices, segmentIds, outputDim0]) => {
      checkSparseInputs(indices!, segmentIds!);
      if (outputDim0!.shape.length > 0) throw invalidArgument("output_dim0 should be a scalar.");
      const limit = toIntegers(outputDim0!)[0]!;
      const ids = toIntegers(segmentIds!);
      const rows = toIntegers(indices!);
      if (isCompact && limit === 0) {
        return [
          arithmetic.finish([0, ...grad!.shape.slice(1)], arithmetic.accumulators(0) as Float64Array),
          fromNumbers(node.outputTypes[1]!, [0], new Float64Array(0)),
        ];
      }
      const segments = grad!.shape[0]!;
      const width = elementCount(grad!.shape.slice(1));
      const counts = new Int32Array(segments);
      for (const id of ids) {
        if (id < 0 || id >= segments) {
          throw invalidArgument(
            isCompact && id < 0 ? `Segment id ${id} out of range [0, ${segments}).` : "Invalid number of segments",
          );
        }
        counts[id]!++;
      }
      const x = arithmetic.read(grad!) as Float32Array;
      for (const row of rows) {
        if (row < 0 || row >= limit) throw invalidArgument(`Index ${row} out of range [0, ${limit}).`);
      }
      const named = isCompact ? [...new Set(rows)].sort((a, b) => a - b) : undefined;
      const place = named === undefined ? undefined : new Map(named.map((row, i) => [row, i] as const));
      const count = named?.length ?? limit;
      const acc = arithmetic.accumulators(count * width) as Float64Array;
      for (let i = 0; i < rows.length; i++) {
        const [row, segment] = [place?.get(rows[i]!) ?? rows[i]!, ids[i]!];
        const by = scale === "sum" ? 1 : divisor(scale, counts[segment]!);
        for (let k = 0; k < width; k++) acc[row * width + k]! += x[segment * width + k]! / by;
      }
      const result = arithmetic.finish([count, ...grad!.shape.slice(1)], acc);
      if (named === undefined) return [result];
      return [result, fromNumbers(node.outputTypes[1]!, [count], Float64Array.from(named))];
    };
  };
}

/** Kernels of the segment reductions. */
export const reduceSegmentKernels: KernelTable = {
  SegmentMax: segmentKernel("max"),
  SegmentMean: segmentKernel("sum", true),
  SegmentMin: segmentKernel("min"),
  SegmentProd: segmentKernel("product"),
  SegmentSum: segmentKernel("sum"),
  SparseSegmentMean: sparseSegmentKernel("mean"),
  SparseSegmentMeanGrad: sparseSegmentGradKernel("mean"),
  SparseSegmentMeanGradV2: sparseSegmentGradKernel("mean", true),
  SparseSegmentMeanWithNumSegments: sparseSegmentKernel("mean"),
  SparseSegmentSqrtN: sparseSegmentKernel("sqrtn"),
  SparseSegmentSqrtNGrad: sparseSegmentGradKernel("sqrtn"),
  SparseSegmentSqrtNGradV2: sparseSegmentGradKernel("sqrtn", true),
  SparseSegmentSqrtNWithNumSegments: sparseSegmentKernel("sqrtn"),
  SparseSegmentSum: sparseSegmentKernel("sum"),
  SparseSegmentSumGrad: sparseSegmentGradKernel("sum"),
  SparseSegmentSumGradV2: sparseSegmentGradKernel("sum", true),
  SparseSegmentSumWithNumSegments: sparseSegmentKernel("sum"),
  UnsortedSegmentMax: unsortedKernel("max"),
  UnsortedSegmentMin: unsortedKernel("min"),
  UnsortedSegmentProd: unsortedKernel("product"),
  UnsortedSegmentSum: unsortedKernel("sum"),
};
