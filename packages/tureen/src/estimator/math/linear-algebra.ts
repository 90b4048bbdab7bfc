import { checkOptions, nameOnly } from "../../core/check-options.js";
import type { DType } from "../../core/dtype.js";
import { invalidArgument } from "../../core/status-error.js";
import { build, constant } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import { cast, div, maximum, mul, pow, unary } from "../nn/arithmetic.js";
import { concat, reshape, shapeOf } from "../nn/tensor-shape.js";
import { reduceMax, reduceSum } from "./reductions.js";

interface Named {
  readonly name?: string;
}

/** Ones on the diagonal of [rows, columns], zeros elsewhere (`tf.eye`); square and float32 by default. */
export function eye(
  numRows: number,
  options: Named & {
    readonly numColumns?: number;
    readonly batchShape?: readonly number[];
    readonly dtype?: DType;
  } = {},
): Tensor {
  checkOptions("eye", options, { name: "optional", numColumns: "optional", batchShape: "optional", dtype: "optional" });
  const { numColumns = numRows, batchShape = [], dtype = "float32" } = options;
  return nameScope(options.name ?? "eye", () => {
    const least = Math.min(numRows, numColumns);
    const diagonal = build("Fill", [constant([...batchShape, least], "int32"), constant(1, dtype)], {}, "ones");
    if (numRows === numColumns) return build("MatrixDiag", [diagonal], {}, "diag");
    const zero = build(
      "Fill",
      [constant([...batchShape, numRows, numColumns], "int32"), constant(0, dtype)],
      {},
      "zeros",
    );
    return build("MatrixSetDiag", [zero, diagonal], {}, "diag");
  });
}

/** The sum of the diagonals of [..., rows, columns] (`tf.linalg.trace`). */
export function trace(x: Tensor, options: Named = {}): Tensor {
  checkOptions("trace", options, nameOnly);
  return nameScope(options.name ?? "Trace", (scope) =>
    build("Sum", [build("MatrixDiagPart", [x], {}, "MatrixDiagPart"), constant([-1], "int32")], {}, scope),
  );
}

/** [..., rows, columns] with rows for columns (`tf.linalg.matrix_transpose`). */
export function matrixTranspose(a: Tensor, options: Named = {}): Tensor {
  checkOptions("matrixTranspose", options, nameOnly);
  const rank = a.shape?.length;
  if (rank === undefined || rank < 2) {
    throw invalidArgument(
      `Argument \`a\` should be a (batch) matrix with rank >= 2. Received \`a\` = ${String(a.shape)}`,
    );
  }
  const order = Array.from({ length: rank }, (_, i) => i);
  [order[rank - 2], order[rank - 1]] = [rank - 1, rank - 2];
  return build("Transpose", [a, constant(order, "int32", "perm")], {}, options.name ?? "matrix_transpose");
}

/** [..., rows, columns] times [..., columns] (`tf.linalg.matvec`). */
export function matvec(a: Tensor, b: Tensor, options: Named & { readonly transposeA?: boolean } = {}): Tensor {
  checkOptions("matvec", options, { name: "optional", transposeA: "optional" });
  return nameScope(options.name ?? "MatVec", () => {
    const column = build("ExpandDims", [b, constant(-1, "int32")], {}, "ExpandDims");
    const product = build("BatchMatMulV2", [a, column], { adj_x: options.transposeA === true }, "MatMul");
    return build("Squeeze", [product], { squeeze_dims: [-1] }, "Squeeze");
  });
}

/**
 * Sums products over axes of two tensors (`tf.tensordot`): `axes` a number n, for the last n of a and the first n of b, or one list of axes for each.
 *
 * The sizes of all dimensions that are kept may be unknown in the first one only.
 */
export function tensordot(
  a: Tensor,
  b: Tensor,
  axes: number | readonly [a: readonly number[], b: readonly number[]],
  options: Named = {},
): Tensor {
  checkOptions("tensordot", options, nameOnly);
  const [rankA, rankB] = [a.shape?.length, b.shape?.length];
  if (rankA === undefined || rankB === undefined)
    throw invalidArgument("The ranks of tensordot's operands must be known.");
  const own = (list: readonly number[], rank: number): number[] => list.map((axis) => (axis < 0 ? axis + rank : axis));
  const [axesA, axesB] =
    typeof axes === "number"
      ? [Array.from({ length: axes }, (_, i) => rankA - axes + i), Array.from({ length: axes }, (_, i) => i)]
      : [own(axes[0], rankA), own(axes[1], rankB)];
  if (axesA.length !== axesB.length) {
    throw invalidArgument(`Different number of contraction axes \`a\` and \`b\`, ${axesA.length} != ${axesB.length}.`);
  }
  return nameScope(options.name ?? "Tensordot", () => {
    const freeA = Array.from({ length: rankA }, (_, i) => i).filter((i) => !axesA.includes(i));
    const freeB = Array.from({ length: rankB }, (_, i) => i).filter((i) => !axesB.includes(i));
    const picked = (x: Tensor, which: readonly number[]): Tensor =>
      build("GatherV2", [shapeOf(x), ints(which, "axes"), constant(0, "int32")], {}, "GatherV2");
    const count = (sizes: Tensor): Tensor => reshape(build("Prod", [sizes, constant([0], "int32")], {}, "Prod"), [1]);
    const inner = count(picked(a, axesA));
    const [keptA, keptB] = [picked(a, freeA), picked(b, freeB)];
    const flatA = reshape(ordered(a, [...freeA, ...axesA]), concat([count(keptA), inner], 0));
    const flatB = reshape(ordered(b, [...axesB, ...freeB]), concat([inner, count(keptB)], 0));
    const product = build("MatMul", [flatA, flatB], {}, "MatMul");
    const result = reshape(product, concat([keptA, keptB], 0));
    result.shape = [...freeA.map((i) => a.shape![i]!), ...freeB.map((i) => b.shape![i]!)];
    return result;
  });
}

function ints(values: readonly number[], name: string): Tensor {
  return constant({ dtype: "int32", shape: [values.length], data: Int32Array.from(values) }, undefined, name);
}

function ordered(x: Tensor, order: readonly number[]): Tensor {
  return order.every((axis, i) => axis === i) ? x : build("Transpose", [x, ints(order, "perm")], {}, "transpose");
}

/** Options of `norm`. */
export interface NormOptions extends Named {
  /** "euclidean", the default, is 2 for vectors and Frobenius's for matrices; else p, or Infinity. */
  readonly ord?: "euclidean" | "fro" | number;
  /** One axis for vectors, two for matrices; default all elements as one vector. */
  readonly axis?: number | readonly number[];
  readonly keepDims?: boolean;
}

/** The norm of vectors or matrices (`tf.norm`); of matrices Euclidean, 1 and Infinity. INVALID_ARGUMENT for others. */
export function norm(tensor: Tensor, options: NormOptions = {}): Tensor {
  checkOptions("norm", options, { ord: "optional", axis: "optional", keepDims: "optional", name: "optional" });
  const { ord = "euclidean", axis, keepDims = false } = options;
  const isMatrix = typeof axis === "object" && axis.length === 2;
  const over = { ...(axis === undefined ? {} : { axis }), keepDims };
  return nameScope(options.name ?? "norm", () => {
    const sizes = unary("Abs", tensor);
    if (ord === "euclidean" || ord === "fro" || (ord === 2 && !isMatrix)) {
      return unary("Sqrt", reduceSum(mul(tensor, tensor), over));
    }
    if (isMatrix) {
      if (ord !== 1 && ord !== Number.POSITIVE_INFINITY) {
        throw invalidArgument(`'ord' must be a supported matrix norm in ['euclidean', 'fro', 1, inf], got ${ord}`);
      }
      const [rows, columns] = axis as readonly [number, number];
      const [summed, other] = ord === 1 ? [rows, columns] : [columns, rows];
      const most = reduceMax(reduceSum(sizes, { axis: summed, keepDims: true }), { axis: other, keepDims: true });
      return keepDims ? most : build("Squeeze", [most], { squeeze_dims: [...axis] }, "Squeeze");
    }
    if (ord <= 0) {
      throw invalidArgument(`'ord' must be a supported vector norm, got ${ord}`);
    }
    if (ord === Number.POSITIVE_INFINITY) return reduceMax(sizes, over);
    if (ord === 1) return reduceSum(sizes, over);
    return pow(reduceSum(pow(sizes, ord), over), 1 / ord);
  });
}

/** The root of the sum of squares along axes (`tf.math.reduce_euclidean_norm`). */
export function reduceEuclideanNorm(
  input: Tensor,
  options: Named & { readonly axis?: number | readonly number[]; readonly keepDims?: boolean } = {},
): Tensor {
  checkOptions("reduceEuclideanNorm", options, { name: "optional", axis: "optional", keepDims: "optional" });
  const axes = options.axis ?? input.shape?.map((_, i) => i);
  if (axes === undefined) throw invalidArgument("The rank of what is reduced over all axes must be known.");
  const where = typeof axes === "number" ? constant(axes, "int32", "axis") : ints(axes, "axis");
  return build(
    "EuclideanNorm",
    [input, where],
    { keep_dims: options.keepDims === true },
    options.name ?? "EuclideanNorm",
  );
}

function segmentCounts(data: Tensor, segmentIds: Tensor, numSegments: number): Tensor {
  const one = build("Fill", [shapeOf(segmentIds), constant(1, data.dtype)], {}, "ones");
  const counts = build("UnsortedSegmentSum", [one, segmentIds, constant(numSegments, "int32")], {}, "counts");
  const more = data.shape!.length - segmentIds.shape!.length;
  return maximum(reshape(counts, [numSegments, ...Array<number>(more).fill(1)]), 1);
}

/** The mean of each segment, 0 where it has none (`tf.math.unsorted_segment_mean`). */
export function unsortedSegmentMean(
  data: Tensor,
  segmentIds: Tensor,
  numSegments: number,
  options: Named = {},
): Tensor {
  checkOptions("unsortedSegmentMean", options, nameOnly);
  return nameScope(options.name ?? "UnsortedSegmentMean", () => {
    const sums = build("UnsortedSegmentSum", [data, segmentIds, constant(numSegments, "int32")], {}, "sums");
    return div(sums, segmentCounts(data, segmentIds, numSegments));
  });
}

/** The sum of each segment over the root of its count (`tf.math.unsorted_segment_sqrt_n`). */
export function unsortedSegmentSqrtN(
  data: Tensor,
  segmentIds: Tensor,
  numSegments: number,
  options: Named = {},
): Tensor {
  checkOptions("unsortedSegmentSqrtN", options, nameOnly);
  return nameScope(options.name ?? "UnsortedSegmentSqrtN", () => {
    const sums = build("UnsortedSegmentSum", [data, segmentIds, constant(numSegments, "int32")], {}, "sums");
    return div(sums, cast(unary("Sqrt", segmentCounts(data, segmentIds, numSegments)), data.dtype));
  });
}
