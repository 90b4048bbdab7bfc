import { checkOptions } from "../../core/check-options.js";
import type { DType } from "../../core/dtype.js";
import { build, buildOp, type TensorLike } from "../build-op.js";
import type { Tensor } from "../graph.js";

interface Named {
  readonly name?: string;
}

/** A ragged tensor's entries as a sparse tensor. */
export function raggedTensorToSparse(
  nestedSplits: readonly TensorLike[],
  denseValues: TensorLike,
  options: Named = {},
): { readonly indices: Tensor; readonly values: Tensor; readonly shape: Tensor } {
  const op = buildOp("RaggedTensorToSparse", [nestedSplits, denseValues], {}, options);
  return { indices: op.outputs[0]!, values: op.outputs[1]!, shape: op.outputs[2]! };
}

/** A ragged tensor as a dense one, padded with the default. */
export function raggedTensorToTensor(
  shape: TensorLike,
  values: TensorLike,
  defaultValue: TensorLike,
  rowPartitionTensors: readonly TensorLike[],
  options: Named & { readonly rowPartitionTypes: readonly string[] },
): Tensor {
  return build(
    "RaggedTensorToTensor",
    [shape, values, defaultValue, rowPartitionTensors],
    { row_partition_types: options.rowPartitionTypes },
    options,
  );
}

/** Ranges one after another, one a row. */
export function raggedRange(
  starts: TensorLike,
  limits: TensorLike,
  deltas: TensorLike,
  options: Named & { readonly splitsDtype?: DType } = {},
): { readonly splits: Tensor; readonly values: Tensor } {
  checkOptions("raggedRange", options, { name: "optional", splitsDtype: "optional" });
  const op = buildOp("RaggedRange", [starts, limits, deltas], { Tsplits: options.splitsDtype }, options.name);
  return { splits: op.outputs[0]!, values: op.outputs[1]! };
}

/** Rows of a ragged tensor by index. */
export function raggedGather(
  paramsNestedSplits: readonly TensorLike[],
  paramsDenseValues: TensorLike,
  indices: TensorLike,
  options: Named & { readonly outputRaggedRank: number },
): { readonly splits: readonly Tensor[]; readonly values: Tensor } {
  checkOptions("raggedGather", options, { name: "optional", outputRaggedRank: "required" });
  const op = buildOp(
    "RaggedGather",
    [paramsNestedSplits, paramsDenseValues, indices],
    { OUTPUT_RAGGED_RANK: options.outputRaggedRank },
    options.name,
  );
  return { splits: op.outputs.slice(0, -1), values: op.outputs.at(-1)! };
}

/** A ragged tensor as a variant: one for each of its rows where `batchedInput`, else one for the whole. */
export function raggedTensorToVariant(
  rtNestedSplits: readonly TensorLike[],
  rtDenseValues: TensorLike,
  options: { readonly batchedInput: boolean; readonly name?: string },
): Tensor {
  return build(
    "RaggedTensorToVariant",
    [rtNestedSplits, rtDenseValues],
    { batched_input: options.batchedInput },
    options,
  );
}

/** Gradient of RaggedTensorToVariant with respect to the dense values, of their shape. */
export function raggedTensorToVariantGradient(
  encodedRaggedGrad: TensorLike,
  rowSplits: TensorLike,
  denseValuesShape: TensorLike,
  options: { readonly tValues: DType; readonly name?: string },
): Tensor {
  checkOptions("raggedTensorToVariantGradient", options, { tValues: "required", name: "optional" });
  return build(
    "RaggedTensorToVariantGradient",
    [encodedRaggedGrad, rowSplits, denseValuesShape],
    { Tvalues: options.tValues },
    options.name,
  );
}
