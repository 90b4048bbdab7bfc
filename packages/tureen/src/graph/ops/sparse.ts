import type { DType } from "../../core/dtype.js";
import { build, buildOp, type TensorLike } from "../build-op.js";
import type { Operation, Tensor } from "../graph.js";

interface Named {
  readonly name?: string;
}

/** A sparse tensor as the three tensors an op gives. */
export interface SparseOutput {
  readonly indices: Tensor;
  readonly values: Tensor;
  readonly shape: Tensor;
}

function sparseOutput(op: Operation): SparseOutput {
  return { indices: op.outputs[0]!, values: op.outputs[1]!, shape: op.outputs[2]! };
}

/** The entries in row-major order. */
export function sparseReorder(
  inputIndices: TensorLike,
  inputValues: TensorLike,
  inputShape: TensorLike,
  options: Named = {},
): { readonly indices: Tensor; readonly values: Tensor } {
  const [indices, values] = buildOp("SparseReorder", [inputIndices, inputValues, inputShape], {}, options).outputs;
  return { indices: indices!, values: values! };
}

/** The same entries under another shape. */
export function sparseReshape(
  inputIndices: TensorLike,
  inputShape: TensorLike,
  newShape: TensorLike,
  options: Named = {},
): { readonly indices: Tensor; readonly shape: Tensor } {
  const [indices, shape] = buildOp("SparseReshape", [inputIndices, inputShape, newShape], {}, options).outputs;
  return { indices: indices!, shape: shape! };
}

/** The default at column 0 of each row that has no entry. */
export function sparseFillEmptyRows(
  indices: TensorLike,
  values: TensorLike,
  denseShape: TensorLike,
  defaultValue: TensorLike,
  options: Named = {},
): {
  readonly indices: Tensor;
  readonly values: Tensor;
  readonly emptyRowIndicator: Tensor;
  readonly reverseIndexMap: Tensor;
} {
  const op = buildOp("SparseFillEmptyRows", [indices, values, denseShape, defaultValue], {}, options);
  return {
    indices: op.outputs[0]!,
    values: op.outputs[1]!,
    emptyRowIndicator: op.outputs[2]!,
    reverseIndexMap: op.outputs[3]!,
  };
}

/** The gradient of SparseFillEmptyRows for its values and its default. */
export function sparseFillEmptyRowsGrad(
  reverseIndexMap: TensorLike,
  gradValues: TensorLike,
  options: Named = {},
): { readonly values: Tensor; readonly defaultValue: Tensor } {
  const [values, defaultValue] = buildOp("SparseFillEmptyRowsGrad", [reverseIndexMap, gradValues], {}, options).outputs;
  return { values: values!, defaultValue: defaultValue! };
}

/** A dense tensor with values at indices and the default elsewhere. */
export function sparseToDense(
  sparseIndices: TensorLike,
  outputShape: TensorLike,
  sparseValues: TensorLike,
  defaultValue: TensorLike,
  options: Named & { readonly validateIndices?: boolean } = {},
): Tensor {
  return build(
    "SparseToDense",
    [sparseIndices, outputShape, sparseValues, defaultValue],
    { validate_indices: options.validateIndices },
    options,
  );
}

/** The crosses of columns, row by row, hashed into buckets or joined as texts. */
export function sparseCross(
  indices: readonly TensorLike[],
  values: readonly TensorLike[],
  shapes: readonly TensorLike[],
  denseInputs: readonly TensorLike[],
  options: Named & {
    readonly hashedOutput: boolean;
    readonly numBuckets: number;
    readonly hashKey: number | bigint;
    readonly outType: DType;
    readonly internalType: DType;
  },
): SparseOutput {
  const attrs = {
    hashed_output: options.hashedOutput,
    num_buckets: options.numBuckets,
    hash_key: options.hashKey,
    out_type: options.outType,
    internal_type: options.internalType,
  };
  return sparseOutput(buildOp("SparseCross", [indices, values, shapes, denseInputs], attrs, options));
}

/** Part of a sparse tensor. */
export function sparseSlice(
  indices: TensorLike,
  values: TensorLike,
  shape: TensorLike,
  start: TensorLike,
  size: TensorLike,
  options: Named = {},
): SparseOutput {
  return sparseOutput(buildOp("SparseSlice", [indices, values, shape, start, size], {}, options));
}

/** The gradient of SparseSlice for its values. */
export function sparseSliceGrad(
  backpropValGrad: TensorLike,
  inputIndices: TensorLike,
  inputStart: TensorLike,
  outputIndices: TensorLike,
  options: Named = {},
): Tensor {
  return build("SparseSliceGrad", [backpropValGrad, inputIndices, inputStart, outputIndices], {}, options);
}

/** Sparse tensors joined along a dimension. */
export function sparseConcat(
  indices: readonly TensorLike[],
  values: readonly TensorLike[],
  shapes: readonly TensorLike[],
  options: Named & { readonly concatDim: number },
): SparseOutput {
  return sparseOutput(buildOp("SparseConcat", [indices, values, shapes], { concat_dim: options.concatDim }, options));
}

/** A sparse matrix times a dense one. */
export function sparseTensorDenseMatMul(
  aIndices: TensorLike,
  aValues: TensorLike,
  aShape: TensorLike,
  b: TensorLike,
  options: Named & { readonly adjointA?: boolean; readonly adjointB?: boolean } = {},
): Tensor {
  const attrs = { adjoint_a: options.adjointA, adjoint_b: options.adjointB };
  return build("SparseTensorDenseMatMul", [aIndices, aValues, aShape, b], attrs, options);
}

/** A sparse tensor plus a dense one. */
export function sparseTensorDenseAdd(
  aIndices: TensorLike,
  aValues: TensorLike,
  aShape: TensorLike,
  b: TensorLike,
  options: Named = {},
): Tensor {
  return build("SparseTensorDenseAdd", [aIndices, aValues, aShape, b], {}, options);
}

/** The sum of two sparse tensors; sums smaller than `thresh` are left out. */
export function sparseAdd(a: SparseOutput, b: SparseOutput, thresh: TensorLike, options: Named = {}): SparseOutput {
  const inputs = [a.indices, a.values, a.shape, b.indices, b.values, b.shape, thresh];
  return sparseOutput(buildOp("SparseAdd", inputs, {}, options));
}

/** The gradients of SparseAdd for the values of both. */
export function sparseAddGrad(
  backpropValGrad: TensorLike,
  aIndices: TensorLike,
  bIndices: TensorLike,
  sumIndices: TensorLike,
  options: Named = {},
): { readonly a: Tensor; readonly b: Tensor } {
  const inputs = [backpropValGrad, aIndices, bIndices, sumIndices];
  const [a, b] = buildOp("SparseAddGrad", inputs, {}, options).outputs;
  return { a: a!, b: b! };
}

/** Softmax over the last dimension of the entries there are. */
export function sparseSoftmax(
  spIndices: TensorLike,
  spValues: TensorLike,
  spShape: TensorLike,
  options: Named = {},
): Tensor {
  return build("SparseSoftmax", [spIndices, spValues, spShape], {}, options);
}

/** Sums of entries over axes, dense. */
export function sparseReduceSum(
  inputIndices: TensorLike,
  inputValues: TensorLike,
  inputShape: TensorLike,
  reductionAxes: TensorLike,
  options: Named & { readonly keepDims?: boolean } = {},
): Tensor {
  const inputs = [inputIndices, inputValues, inputShape, reductionAxes];
  return build("SparseReduceSum", inputs, { keep_dims: options.keepDims }, options);
}

/** Largest entries over axes, dense. */
export function sparseReduceMax(
  inputIndices: TensorLike,
  inputValues: TensorLike,
  inputShape: TensorLike,
  reductionAxes: TensorLike,
  options: Named & { readonly keepDims?: boolean } = {},
): Tensor {
  const inputs = [inputIndices, inputValues, inputShape, reductionAxes];
  return build("SparseReduceMax", inputs, { keep_dims: options.keepDims }, options);
}

/** The entries of a sparse tensor plus those of a dense one, which is broadcast; what the dense one has elsewhere is left out. */
export function sparseDenseCwiseAdd(
  spIndices: TensorLike,
  spValues: TensorLike,
  spShape: TensorLike,
  dense: TensorLike,
  options: Named = {},
): Tensor {
  return build("SparseDenseCwiseAdd", [spIndices, spValues, spShape, dense], {}, options);
}

/** The entries of a sparse tensor times those of a dense one, which is broadcast. */
export function sparseDenseCwiseMul(
  spIndices: TensorLike,
  spValues: TensorLike,
  spShape: TensorLike,
  dense: TensorLike,
  options: Named = {},
): Tensor {
  return build("SparseDenseCwiseMul", [spIndices, spValues, spShape, dense], {}, options);
}

/** The entries of a sparse tensor divided by those of a dense one, which is broadcast. */
export function sparseDenseCwiseDiv(
  spIndices: TensorLike,
  spValues: TensorLike,
  spShape: TensorLike,
  dense: TensorLike,
  options: Named = {},
): Tensor {
  return build("SparseDenseCwiseDiv", [spIndices, spValues, spShape, dense], {}, options);
}

/** A set operation on the rows of two dense tensors: "a-b", "b-a", "intersection" or "union". */
export function denseToDenseSetOperation(
  set1: TensorLike,
  set2: TensorLike,
  options: Named & { readonly setOperation: string; readonly validateIndices?: boolean },
): SparseOutput {
  const attrs = { set_operation: options.setOperation, validate_indices: options.validateIndices };
  return sparseOutput(buildOp("DenseToDenseSetOperation", [set1, set2], attrs, options));
}

/** A set operation on the rows of a dense and a sparse tensor. */
export function denseToSparseSetOperation(
  set1: TensorLike,
  set2: SparseOutput,
  options: Named & { readonly setOperation: string; readonly validateIndices?: boolean },
): SparseOutput {
  const attrs = { set_operation: options.setOperation, validate_indices: options.validateIndices };
  const inputs = [set1, set2.indices, set2.values, set2.shape];
  return sparseOutput(buildOp("DenseToSparseSetOperation", inputs, attrs, options));
}

/** A set operation on the rows of two sparse tensors. */
export function sparseToSparseSetOperation(
  set1: SparseOutput,
  set2: SparseOutput,
  options: Named & { readonly setOperation: string; readonly validateIndices?: boolean },
): SparseOutput {
  const attrs = { set_operation: options.setOperation, validate_indices: options.validateIndices };
  const inputs = [set1.indices, set1.values, set1.shape, set2.indices, set2.values, set2.shape];
  return sparseOutput(buildOp("SparseToSparseSetOperation", inputs, attrs, options));
}
