import type { DType } from "../../core/dtype.js";
import { build, buildOp, type TensorLike } from "../build-op.js";
import type { Tensor } from "../graph.js";

/** Keeps a sparse tensor in the session and gives its number. */
export function addSparseToTensorsMap(
  sparseIndices: TensorLike,
  sparseValues: TensorLike,
  sparseShape: TensorLike,
  options: { readonly container?: string; readonly sharedName?: string; readonly name?: string } = {},
): Tensor {
  return build(
    "AddSparseToTensorsMap",
    [sparseIndices, sparseValues, sparseShape],
    { container: options.container, shared_name: options.sharedName },
    options,
  );
}

/** Keeps the rows of a sparse tensor in the session and gives their numbers. */
export function addManySparseToTensorsMap(
  sparseIndices: TensorLike,
  sparseValues: TensorLike,
  sparseShape: TensorLike,
  options: { readonly container?: string; readonly sharedName?: string; readonly name?: string } = {},
): Tensor {
  return build(
    "AddManySparseToTensorsMap",
    [sparseIndices, sparseValues, sparseShape],
    { container: options.container, shared_name: options.sharedName },
    options,
  );
}

/** Takes kept sparse tensors out of the session as one. */
export function takeManySparseFromTensorsMap(
  sparseHandles: TensorLike,
  options: { readonly dtype: DType; readonly container?: string; readonly sharedName?: string; readonly name?: string },
): { readonly sparseIndices: Tensor; readonly sparseValues: Tensor; readonly sparseShape: Tensor } {
  const { outputs } = buildOp(
    "TakeManySparseFromTensorsMap",
    [sparseHandles],
    { dtype: options.dtype, container: options.container, shared_name: options.sharedName },
    options,
  );
  return { sparseIndices: outputs[0]!, sparseValues: outputs[1]!, sparseShape: outputs[2]! };
}
