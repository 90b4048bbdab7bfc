import { buildOp, type TensorLike } from "../build-op.js";
import type { Tensor } from "../graph.js";

/** Values by row number with a default in each row that has none. */
export function raggedFillEmptyRows(
  valueRowids: TensorLike,
  values: TensorLike,
  nrows: TensorLike,
  defaultValue: TensorLike,
  options: { readonly name?: string } = {},
): {
  readonly outputValueRowids: Tensor;
  readonly outputValues: Tensor;
  readonly emptyRowIndicator: Tensor;
  readonly reverseIndexMap: Tensor;
} {
  const { outputs } = buildOp("RaggedFillEmptyRows", [valueRowids, values, nrows, defaultValue], {}, options);
  return {
    outputValueRowids: outputs[0]!,
    outputValues: outputs[1]!,
    emptyRowIndicator: outputs[2]!,
    reverseIndexMap: outputs[3]!,
  };
}

/** The gradient of RaggedFillEmptyRows. */
export function raggedFillEmptyRowsGrad(
  reverseIndexMap: TensorLike,
  gradValues: TensorLike,
  options: { readonly name?: string } = {},
): { readonly dValues: Tensor; readonly dDefaultValue: Tensor } {
  const { outputs } = buildOp("RaggedFillEmptyRowsGrad", [reverseIndexMap, gradValues], {}, options);
  return { dValues: outputs[0]!, dDefaultValue: outputs[1]! };
}
