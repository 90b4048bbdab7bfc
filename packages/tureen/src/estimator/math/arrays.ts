import { checkOptions, nameOnly, type OptionTable } from "../../core/check-options.js";
import type { DType } from "../../core/dtype.js";
import { invalidArgument } from "../../core/status-error.js";
import { build, buildOp, constant, type TensorLike } from "../../graph/build-op.js";
import { type Operation, Tensor } from "../../graph/graph.js";
import { controlDependencies, nameScope } from "../../graph/scope.js";
import { cast, sub, unary } from "../nn/arithmetic.js";
import { concat, reshape, shapeOf, sliceFirst } from "../nn/tensor-shape.js";
import { reduceMax } from "./reductions.js";

interface Named {
  readonly name?: string;
}

/** Tensors of one shape side by side along a new axis, the first by default (`tf.stack`). */
export function stack(values: readonly TensorLike[], options: Named & { readonly axis?: number } = {}): Tensor {
  checkOptions("stack", options, { name: "optional", axis: "optional" });
  return build("Pack", [values], { axis: options.axis }, options.name ?? "stack");
}

/** The slices along an axis, the first by default (`tf.unstack`); INVALID_ARGUMENT where neither `num` nor the shape tells how many. */
export function unstack(
  value: Tensor,
  options: Named & { readonly num?: number; readonly axis?: number } = {},
): readonly Tensor[] {
  checkOptions("unstack", options, { name: "optional", num: "optional", axis: "optional" });
  const { axis = 0 } = options;
  const rank = value.shape?.length;
  if (rank !== undefined && (axis < -rank || axis >= rank)) {
    throw invalidArgument(`Argument \`axis\` = ${axis} not in range [${-rank}, ${rank})`);
  }
  const num = options.num ?? value.shape?.at(axis) ?? -1;
  if (num < 0) throw invalidArgument(`Cannot infer argument \`num\` from shape ${String(value.shape)}`);
  return buildOp("Unpack", [value], { num, axis }, options.name ?? "unstack").outputs;
}

function filled(value: number | boolean, shape: TensorLike, dtype: DType, name: string): Tensor {
  const size = shape instanceof Tensor ? shape : intVector(shape, "shape");
  return nameScope(name, (scope) => build("Fill", [size, constant(value, dtype, "Const")], {}, scope));
}

function intVector(value: TensorLike, name: string): Tensor {
  if (Array.isArray(value) && value.length === 0) {
    return constant({ dtype: "int32", shape: [0], data: new Int32Array(0) }, undefined, name);
  }
  return value instanceof Tensor ? value : constant(value, "int32", name);
}

/** Zeros, or false, of a shape (`tf.zeros`); float32 by default. */
export function zeros(shape: TensorLike, dtype: DType = "float32", options: Named = {}): Tensor {
  checkOptions("zeros", options, nameOnly);
  return filled(dtype === "bool" ? false : 0, shape, dtype, options.name ?? "zeros");
}

/** Ones, or true, of a shape (`tf.ones`); float32 by default. */
export function ones(shape: TensorLike, dtype: DType = "float32", options: Named = {}): Tensor {
  checkOptions("ones", options, nameOnly);
  return filled(dtype === "bool" ? true : 1, shape, dtype, options.name ?? "ones");
}

/** [..., maxlen]: true before each length (`tf.sequence_mask`); `maxlen` is the greatest length unless given, `dtype` bool. */
export function sequenceMask(
  lengths: Tensor,
  options: Named & { readonly maxlen?: TensorLike; readonly dtype?: DType } = {},
): Tensor {
  checkOptions("sequenceMask", options, { name: "optional", maxlen: "optional", dtype: "optional" });
  return nameScope(options.name ?? "SequenceMask", () => {
    const { maxlen, dtype = "bool" } = options;
    const most =
      maxlen === undefined ? reduceMax(lengths) : maxlen instanceof Tensor ? maxlen : constant(maxlen, lengths.dtype);
    const row = build(
      "Range",
      [constant(0, lengths.dtype), cast(most, lengths.dtype), constant(1, lengths.dtype)],
      {},
      "Range",
    );
    const column = build("ExpandDims", [lengths, constant(-1, "int32")], {}, "ExpandDims");
    return cast(build("Less", [row, column], {}, "Less"), dtype);
  });
}

/** The parts of a tensor where a mask of its first dimensions, whose rank is known, is true (`tf.boolean_mask`), in one dimension. */
export function booleanMask(tensor: Tensor, mask: Tensor, options: Named & { readonly axis?: number } = {}): Tensor {
  checkOptions("booleanMask", options, { name: "optional", axis: "optional" });
  const { axis = 0, name = "boolean_mask" } = options;
  const rank = mask.shape?.length;
  if (rank === undefined) {
    throw invalidArgument(
      "Number of mask dimensions must be specified, even if some dimensions are None. E.g. shape=[None] is ok, but shape=None is not.",
    );
  }
  if (rank === 0) throw invalidArgument("mask cannot be scalar.");
  return nameScope(name, () => {
    const shape = shapeOf(tensor);
    const lead = axis > 0 ? [sliceFirst(shape, { end: axis })] : [];
    const flat = reshape(
      tensor,
      concat([...lead, constant([-1], "int32"), sliceFirst(shape, { begin: axis + rank })], 0),
    );
    const places = build("Where", [reshape(mask, [-1])], {}, "Where");
    const indices = build("Squeeze", [places], { squeeze_dims: [1] }, "Squeeze");
    return build("GatherV2", [flat, indices, constant(axis, "int32", "axis")], {}, "GatherV2");
  });
}

/** Each element `repeats` times, one after the other, along an axis; over all elements where there is none (`tf.repeat`). */
export function repeat(
  input: Tensor,
  repeats: number | readonly number[],
  options: Named & { readonly axis?: number } = {},
): Tensor {
  checkOptions("repeat", options, { name: "optional", axis: "optional" });
  return nameScope(options.name ?? "Repeat", () => {
    const data = options.axis === undefined ? reshape(input, [-1]) : input;
    const axis = options.axis ?? 0;
    const size = data.shape?.at(axis) ?? -1;
    if (typeof repeats !== "number") {
      if (size >= 0 && repeats.length !== size && repeats.length !== 1) {
        throw invalidArgument(`repeats has ${repeats.length} elements, the axis ${size}`);
      }
      const counts = repeats.length === 1 && size > 1 ? Array<number>(size).fill(repeats[0]!) : repeats;
      const indices = counts.flatMap((count, i) => Array<number>(count).fill(i));
      return build("GatherV2", [data, intVector(indices, "indices"), constant(axis, "int32", "axis")], {}, "GatherV2");
    }
    const length = build("GatherV2", [
      shapeOf(data),
      constant(axis < 0 ? axis + data.shape!.length : axis, "int32"),
      constant(0, "int32"),
    ]);
    const range = build("Range", [constant(0, "int32"), length, constant(1, "int32")], {}, "range");
    const rows = build("Tile", [build("ExpandDims", [range, constant(1, "int32")]), constant([1, repeats], "int32")]);
    return build("GatherV2", [data, reshape(rows, [-1]), constant(axis, "int32", "axis")], {}, "GatherV2");
  });
}

/** Vectors as coordinates over a grid, one tensor each (`tf.meshgrid`); indexing "xy" swaps the first two dimensions, as by default. */
export function meshgrid(
  vectors: readonly Tensor[],
  options: Named & { readonly indexing?: "xy" | "ij" } = {},
): readonly Tensor[] {
  checkOptions("meshgrid", options, { name: "optional", indexing: "optional" });
  const { indexing = "xy" } = options;
  return nameScope(options.name ?? "meshgrid", () => {
    const count = vectors.length;
    const place = (i: number): number => (indexing === "xy" && i < 2 && count > 1 ? 1 - i : i);
    const lined = vectors.map((vector, i) =>
      reshape(
        vector,
        Array.from({ length: count }, (_, axis) => (axis === place(i) ? -1 : 1)),
      ),
    );
    const order = Array.from({ length: count }, (_, axis) => vectors[place(axis)]!);
    const shape = concat(
      order.map((vector) => reshape(build("Size", [vector], {}, "Size"), [1])),
      0,
    );
    return lined.map((vector) => build("BroadcastTo", [vector, shape], {}, "BroadcastTo"));
  });
}

/** How values are put in order. */
export interface SortOptions extends Named {
  /** The axis, default the last. */
  readonly axis?: number;
  /** Default "ASCENDING". */
  readonly direction?: "ASCENDING" | "DESCENDING";
}

/** The same for `checkOptions`. */
const sortOptionsTable: OptionTable<SortOptions> = { axis: "optional", direction: "optional", name: "optional" };

/** Values and their places in order along an axis, by TopK as TensorFlow has it. */
function ordered(values: Tensor, options: SortOptions): readonly [values: Tensor, indices: Tensor] {
  const { axis = -1, direction = "ASCENDING" } = options;
  const rank = values.shape?.length;
  if (rank === undefined) throw invalidArgument("The rank of what is sorted must be known.");
  if (rank === 0) throw invalidArgument("Argument `values` must have rank at least 1.");
  const last = axis === -1 || axis === rank - 1;
  const order = Array.from({ length: rank }, (_, i) => i);
  const from = axis < 0 ? axis + rank : axis;
  [order[from], order[rank - 1]] = [rank - 1, from];
  const swap = (x: Tensor): Tensor =>
    last ? x : build("Transpose", [x, constant(order, "int32", "perm")], {}, "transpose");
  const ascending = direction === "ASCENDING";
  const moved = swap(values);
  const keys = ascending ? unary("Neg", moved) : moved;
  const k = sliceFirst(shapeOf(keys), { begin: rank - 1, shrink: true });
  const [found, indices] = buildOp("TopKV2", [keys, k], {}, "TopKV2").outputs as [Tensor, Tensor];
  return [swap(ascending ? unary("Neg", found) : found), swap(indices)];
}

/** Values in order (`tf.sort`); signed numbers only. */
export function sort(values: Tensor, options: SortOptions = {}): Tensor {
  checkOptions("sort", options, sortOptionsTable);
  return nameScope(options.name ?? "sort", () => ordered(values, options)[0]);
}

/** The places of values in order, int32; equal ones stay in theirs (`tf.argsort`). */
export function argsort(values: Tensor, options: SortOptions = {}): Tensor {
  checkOptions("argsort", options, sortOptionsTable);
  return nameScope(options.name ?? "argsort", () => ordered(values, options)[1]);
}

/** Where values would go in sorted sequences of the same leading dimensions (`tf.searchsorted`): before equal ones by default. */
export function searchsorted(
  sortedSequence: Tensor,
  values: Tensor,
  options: Named & { readonly side?: "left" | "right"; readonly outType?: DType } = {},
): Tensor {
  checkOptions("searchsorted", options, { name: "optional", side: "optional", outType: "optional" });
  return nameScope(options.name ?? "searchsorted", () => {
    const rows = (x: Tensor): Tensor =>
      reshape(x, concat([constant([-1], "int32"), sliceFirst(shapeOf(x), { begin: -1 })], 0));
    const op = options.side === "right" ? "UpperBound" : "LowerBound";
    const found = build(op, [rows(sortedSequence), rows(values)], { out_type: options.outType ?? "int32" }, op);
    return reshape(found, shapeOf(values));
  });
}

/** How often each class was predicted for each (`tf.math.confusion_matrix`): [classes, classes], rows are labels; int32 unless told. */
export function confusionMatrix(
  labels: Tensor,
  predictions: Tensor,
  options: Named & { readonly numClasses: number; readonly weights?: Tensor; readonly dtype?: DType },
): Tensor {
  checkOptions("confusionMatrix", options, {
    name: "optional",
    numClasses: "required",
    weights: "optional",
    dtype: "optional",
  });
  const { numClasses, weights, dtype = "int32" } = options;
  return nameScope(options.name ?? "confusion_matrix", () => {
    const pairs = build("Pack", [[cast(labels, "int64"), cast(predictions, "int64")]], { axis: 1 }, "stack");
    const counts = weights === undefined ? filled(1, shapeOf(predictions), dtype, "ones_like") : cast(weights, dtype);
    const shape = constant([BigInt(numClasses), BigInt(numClasses)], "int64", "shape");
    return build("ScatterNd", [pairs, counts, shape], {}, "ScatterNd");
  });
}

/** An operation that is done when all of them are (`tf.group`). */
export function group(inputs: readonly (Operation | Tensor)[], options: Named = {}): Operation {
  checkOptions("group", options, nameOnly);
  return controlDependencies(inputs, () => buildOp("NoOp", [], {}, options.name ?? "group_deps"));
}

/** The tensors, none of which is to be had before all of them and `controlInputs` are done (`tf.tuple`). */
export function tuple(
  tensors: readonly Tensor[],
  options: Named & { readonly controlInputs?: readonly (Operation | Tensor)[] } = {},
): readonly Tensor[] {
  checkOptions("tuple", options, { name: "optional", controlInputs: "optional" });
  return nameScope(options.name ?? "tuple", () => {
    const gate = group([...tensors, ...(options.controlInputs ?? [])]);
    return controlDependencies([gate], () =>
      tensors.map((tensor) => build("Identity", [tensor], {}, "control_dependency")),
    );
  });
}

/** Elements that are not 0, "" or false, counted along axes (`tf.math.count_nonzero`); int64 unless told. */
export function countNonzero(
  input: Tensor,
  options: Named & {
    readonly axis?: number | readonly number[];
    readonly keepDims?: boolean;
    readonly dtype?: DType;
  } = {},
): Tensor {
  checkOptions("countNonzero", options, {
    name: "optional",
    axis: "optional",
    keepDims: "optional",
    dtype: "optional",
  });
  return nameScope(options.name ?? "count_nonzero", () => {
    const zero = build("ZerosLike", [input], {}, "zeros_like");
    const isSome = cast(build("NotEqual", [input, zero], {}, "NotEqual"), "int64");
    const axes = options.axis ?? input.shape?.map((_, i) => i);
    if (axes === undefined) throw invalidArgument("The rank of what is counted over all axes must be known.");
    const where = intVector(typeof axes === "number" ? axes : [...axes], "axis");
    return cast(
      build("Sum", [isSome, where], { keep_dims: options.keepDims === true }, "Sum"),
      options.dtype ?? "int64",
    );
  });
}

/** Whether each element is no less than the one before it, all elements in a row (`tf.math.is_non_decreasing`). */
export function isNonDecreasing(x: Tensor, options: Named = {}): Tensor {
  checkOptions("isNonDecreasing", options, nameOnly);
  return compareNeighbours(x, "GreaterEqual", options.name ?? "is_non_decreasing");
}

/** Whether each element is greater than the one before it (`tf.math.is_strictly_increasing`). */
export function isStrictlyIncreasing(x: Tensor, options: Named = {}): Tensor {
  checkOptions("isStrictlyIncreasing", options, nameOnly);
  return compareNeighbours(x, "Greater", options.name ?? "is_strictly_increasing");
}

function compareNeighbours(x: Tensor, op: "Greater" | "GreaterEqual", name: string): Tensor {
  return nameScope(name, () => {
    const flat = reshape(x, [-1]);
    const steps = sub(sliceFirst(flat, { begin: 1 }), sliceFirst(flat, { end: -1 }));
    const holds = build(op, [steps, constant(0, x.dtype)], {}, op);
    return build("All", [holds, constant([0], "int32")], {}, "All");
  });
}
