import { build, buildOp, type TensorLike } from "../build-op.js";
import type { Operation, Tensor } from "../graph.js";

/** Fails with INVALID_ARGUMENT and a summary of `data` where the condition is false. */
export function assert(
  condition: TensorLike,
  data: readonly TensorLike[],
  options: { readonly summarize?: number; readonly name?: string } = {},
): Operation {
  return buildOp("Assert", [condition, data], { summarize: options.summarize }, options);
}

/** The input; INVALID_ARGUMENT where it holds NaN or infinity. */
export function checkNumerics(
  tensor: TensorLike,
  options: { readonly message: string; readonly name?: string },
): Tensor {
  return build("CheckNumerics", [tensor], { message: options.message }, options);
}

/** The input; INVALID_ARGUMENT where it holds NaN or infinity, told apart by sign. */
export function checkNumericsV2(
  tensor: TensorLike,
  options: { readonly message: string; readonly name?: string },
): Tensor {
  return build("CheckNumericsV2", [tensor], { message: options.message }, options);
}
