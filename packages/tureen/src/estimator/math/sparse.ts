/** `tf.sparse`: functions of sparse tensors by TensorFlow's names. The ops they are made of stand at the top of `tf`, with three tensors for each. */
import { checkOptions, nameOnly } from "../../core/check-options.js";
import type { DType } from "../../core/dtype.js";
import { invalidArgument } from "../../core/status-error.js";
import { build, buildOp, constant, type TensorLike } from "../../graph/build-op.js";
import type { Operation, Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import { SparseTensor } from "../../graph/sparse-tensor.js";

export { SparseTensor };

interface Named {
  readonly name?: string;
}

function parts({ indices, values, denseShape }: SparseTensor): [Tensor, Tensor, Tensor] {
  return [indices, values, denseShape];
}

function sparseOf({ outputs }: Operation): SparseTensor {
  return new SparseTensor(outputs[0]!, outputs[1]!, outputs[2]!);
}

/** The dense tensor, with a default (0, false or "") where there is no entry (`tf.sparse.to_dense`); indices are checked unless told not to. */
export function toDense(
  spInput: SparseTensor,
  options: Named & { readonly defaultValue?: TensorLike; readonly validateIndices?: boolean } = {},
): Tensor {
  checkOptions("toDense", options, { name: "optional", defaultValue: "optional", validateIndices: "optional" });
  const { dtype } = spInput;
  const none = dtype === "string" ? "" : dtype === "bool" ? false : 0;
  const fallback = options.defaultValue ?? constant(none, dtype, "default_value");
  return build(
    "SparseToDense",
    [spInput.indices, spInput.denseShape, spInput.values, fallback],
    { validate_indices: options.validateIndices },
    options.name ?? "SparseToDense",
  );
}

/** The entries of a dense tensor that are not 0, false or "" (`tf.sparse.from_dense`). */
export function fromDense(tensor: Tensor, options: Named = {}): SparseTensor {
  checkOptions("fromDense", options, nameOnly);
  return nameScope(options.name ?? "dense_to_sparse", () => {
    const none = tensor.dtype === "string" ? "" : tensor.dtype === "bool" ? false : 0;
    const isSome = build("NotEqual", [tensor, constant(none, tensor.dtype)], {}, "NotEqual");
    const indices = build("Where", [isSome], {}, "indices");
    const values = build("GatherNd", [tensor, indices], {}, "values");
    return new SparseTensor(indices, values, build("Shape", [tensor], { out_type: "int64" }, "dense_shape"));
  });
}

/** The entries in row-major order (`tf.sparse.reorder`). */
export function reorder(spInput: SparseTensor, options: Named = {}): SparseTensor {
  checkOptions("reorder", options, nameOnly);
  const { outputs } = buildOp("SparseReorder", parts(spInput), {}, options.name);
  return new SparseTensor(outputs[0]!, outputs[1]!, spInput.denseShape, spInput.shape);
}

/** The same entries under another shape, one of whose dimensions may be -1 (`tf.sparse.reshape`). */
export function reshape(spInput: SparseTensor, shape: readonly number[], options: Named = {}): SparseTensor {
  checkOptions("reshape", options, nameOnly);
  const wanted = constant(shape.map(BigInt), "int64", "shape");
  const { outputs } = buildOp("SparseReshape", [spInput.indices, spInput.denseShape, wanted], {}, options.name);
  return new SparseTensor(outputs[0]!, spInput.values, outputs[1]!);
}

/** The entries for which `toRetain`, [entries], is true (`tf.sparse.retain`). */
export function retain(spInput: SparseTensor, toRetain: Tensor, options: Named = {}): SparseTensor {
  checkOptions("retain", options, nameOnly);
  return nameScope(options.name ?? "sparse_retain", () => {
    const places = build("Reshape", [build("Where", [toRetain], {}, "Where"), constant([-1], "int32")], {}, "Reshape");
    const [indices, values] = [spInput.indices, spInput.values].map((one) =>
      build("GatherV2", [one, places, constant(0, "int32", "axis")], {}, "GatherV2"),
    );
    return new SparseTensor(indices!, values!, spInput.denseShape, spInput.shape);
  });
}

/** A default value at column 0 of rows without an entry, and which rows they were (`tf.sparse.fill_empty_rows`). */
export function fillEmptyRows(
  spInput: SparseTensor,
  defaultValue: TensorLike,
  options: Named = {},
): { readonly spOrderedOutput: SparseTensor; readonly emptyRowIndicator: Tensor } {
  checkOptions("fillEmptyRows", options, nameOnly);
  const [indices, values, isEmpty] = buildOp(
    "SparseFillEmptyRows",
    [...parts(spInput), defaultValue],
    {},
    options.name,
  ).outputs;
  return {
    spOrderedOutput: new SparseTensor(indices!, values!, spInput.denseShape, spInput.shape),
    emptyRowIndicator: isEmpty!,
  };
}

/** Sparse tensors one after the other along an axis; all other dimensions are equal (`tf.sparse.concat`). */
export function concat(axis: number, spInputs: readonly SparseTensor[], options: Named = {}): SparseTensor {
  checkOptions("concat", options, nameOnly);
  if (spInputs.length === 0) throw invalidArgument("Expected a list of SparseTensor inputs, got none");
  const columns = [0, 1, 2].map((i) => spInputs.map((input) => parts(input)[i]!));
  return sparseOf(buildOp("SparseConcat", columns, { concat_dim: axis }, options.name));
}

/** A part of the tensor by its start and size, each [rank] (`tf.sparse.slice`). */
export function slice(
  spInput: SparseTensor,
  start: readonly number[],
  size: readonly number[],
  options: Named = {},
): SparseTensor {
  checkOptions("slice", options, nameOnly);
  const [from, count] = [start, size].map((values) => constant(values.map(BigInt), "int64"));
  const { indices, values, denseShape } = spInput;
  return sparseOf(buildOp("SparseSlice", [indices, values, denseShape, from!, count!], {}, options.name));
}

/** The sum over axes, all by default, as a dense tensor (`tf.sparse.reduce_sum`). */
export function reduceSum(
  spInput: SparseTensor,
  options: Named & { readonly axis?: number | readonly number[]; readonly keepDims?: boolean } = {},
): Tensor {
  checkOptions("reduceSum", options, { name: "optional", axis: "optional", keepDims: "optional" });
  return reduced("SparseReduceSum", spInput, options);
}

/** The greatest entry over axes, all by default, as a dense tensor (`tf.sparse.reduce_max`). */
export function reduceMax(
  spInput: SparseTensor,
  options: Named & { readonly axis?: number | readonly number[]; readonly keepDims?: boolean } = {},
): Tensor {
  checkOptions("reduceMax", options, { name: "optional", axis: "optional", keepDims: "optional" });
  return reduced("SparseReduceMax", spInput, options);
}

function reduced(
  op: "SparseReduceSum" | "SparseReduceMax",
  spInput: SparseTensor,
  options: Named & { readonly axis?: number | readonly number[]; readonly keepDims?: boolean },
): Tensor {
  const axes = options.axis ?? spInput.shape?.map((_, i) => i);
  if (axes === undefined) throw invalidArgument("The rank of what is reduced over all axes must be known.");
  const where = constant(typeof axes === "number" ? [axes] : [...axes], "int32", "reduction_axes");
  return build(op, [...parts(spInput), where], { keep_dims: options.keepDims === true }, options.name);
}

/** A sparse matrix times a dense one (`tf.sparse.sparse_dense_matmul`). */
export function sparseDenseMatmul(
  spA: SparseTensor,
  b: Tensor,
  options: Named & { readonly adjointA?: boolean; readonly adjointB?: boolean } = {},
): Tensor {
  checkOptions("sparseDenseMatmul", options, { name: "optional", adjointA: "optional", adjointB: "optional" });
  const attrs = { adjoint_a: options.adjointA, adjoint_b: options.adjointB };
  return build("SparseTensorDenseMatMul", [...parts(spA), b], attrs, options.name);
}

/** The softmax over the entries of each row of the last dimension (`tf.sparse.softmax`). */
export function softmax(spInput: SparseTensor, options: Named = {}): SparseTensor {
  checkOptions("softmax", options, nameOnly);
  const values = build("SparseSoftmax", parts(spInput), {}, options.name);
  return new SparseTensor(spInput.indices, values, spInput.denseShape, spInput.shape);
}

/** Dimensions in another order, reversed by default (`tf.sparse.transpose`). */
export function transpose(
  spInput: SparseTensor,
  options: Named & { readonly perm?: readonly number[] } = {},
): SparseTensor {
  checkOptions("transpose", options, { name: "optional", perm: "optional" });
  const rank = spInput.shape?.length ?? options.perm?.length;
  if (rank === undefined) throw invalidArgument("The rank of what is transposed must be known.");
  const perm = options.perm ?? Array.from({ length: rank }, (_, i) => rank - 1 - i);
  return nameScope(options.name ?? "SparseTranspose", () => {
    const order = constant([...perm], "int32", "perm");
    const indices = build("GatherV2", [spInput.indices, order, constant(1, "int32")], {}, "GatherV2");
    const shape = build("GatherV2", [spInput.denseShape, order, constant(0, "int32")], {}, "GatherV2");
    return reorder(new SparseTensor(indices, spInput.values, shape));
  });
}

/** Which ids in [0, vocabSize) each row of integers has, [..., vocabSize] (`tf.sparse.to_indicator`); ids beyond are an error. */
export function toIndicator(spInput: SparseTensor, vocabSize: number, options: Named = {}): Tensor {
  checkOptions("toIndicator", options, nameOnly);
  const rank = spInput.shape?.length ?? spInput.indices.shape?.[1] ?? -1;
  if (rank < 1) throw invalidArgument("The rank of a sparse tensor of ids must be known.");
  return nameScope(options.name ?? "SparseToIndicator", () => {
    const lead = Array.from({ length: rank - 1 }, (_, i) => i);
    const columns = constant({ dtype: "int32", shape: [rank - 1], data: Int32Array.from(lead) }, undefined, "columns");
    const rows = build("GatherV2", [spInput.indices, columns, constant(1, "int32")], {}, "GatherV2");
    const ids = build("ExpandDims", [asInt64(spInput.values), constant(1, "int32")], {}, "ExpandDims");
    const indices = build("ConcatV2", [[rows, ids], constant(1, "int32")], {}, "concat");
    const sizes = build("GatherV2", [spInput.denseShape, columns, constant(0, "int32")], {}, "GatherV2");
    const shape = build(
      "ConcatV2",
      [[sizes, constant([BigInt(vocabSize)], "int64")], constant(0, "int32")],
      {},
      "concat",
    );
    const truths = build("Fill", [build("Shape", [spInput.values]), constant(true, "bool")], {}, "Fill");
    // An id may be there twice and out of order: indices are not checked, as TensorFlow does not.
    return toDense(new SparseTensor(indices, truths, shape), { validateIndices: false });
  });
}

function asInt64(x: Tensor): Tensor {
  const wanted: DType = "int64";
  return x.dtype === wanted ? x : build("Cast", [x], { DstT: wanted }, "Cast");
}
