import { checkOptions, nameOnly } from "../../core/check-options.js";
import { invalidArgument } from "../../core/status-error.js";
import { asTensor, build, constant, type NamedOptions, type TensorLike } from "../../graph/build-op.js";
import { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import { rankOf } from "../nn/tensor-shape.js";

/** Without the dimensions of size 1 (`tf.squeeze`): all of them, or those at the axes given, which must be. */
export function squeeze(
  input: TensorLike,
  options: NamedOptions & { readonly axis?: number | readonly number[] | undefined } = {},
): Tensor {
  checkOptions("squeeze", options, { axis: "optional", name: "optional" });
  const dims = [options.axis ?? []].flat();
  return build("Squeeze", [input], { squeeze_dims: dims }, options.name ?? "Squeeze");
}

/** Options of `transpose`. */
export interface TransposeOptions extends NamedOptions {
  /** Whether complex numbers become their conjugates; default false. */
  readonly conjugate?: boolean | undefined;
}

/** With its dimensions in the order of `perm`, reversed unless told (`tf.transpose`). */
export function transpose(a: TensorLike, options?: TransposeOptions): Tensor;
export function transpose(a: TensorLike, perm: readonly number[] | Tensor, options?: TransposeOptions): Tensor;
export function transpose(
  a: TensorLike,
  permOrOptions: readonly number[] | Tensor | TransposeOptions = {},
  last: TransposeOptions = {},
): Tensor {
  const isPerm = Array.isArray(permOrOptions) || permOrOptions instanceof Tensor;
  const options = isPerm ? last : (permOrOptions as TransposeOptions);
  checkOptions("transpose", options, { conjugate: "optional", name: "optional" });
  const { conjugate = false, name = "transpose" } = options;
  return nameScope(name, (scope) => {
    const x = asTensor(a, undefined, "a");
    const perm = isPerm
      ? asTensor(permOrOptions as readonly number[] | Tensor, permDtype(permOrOptions), "perm")
      : reversed(x);
    return build(conjugate ? "ConjugateTranspose" : "Transpose", [x, perm], {}, scope);
  });
}

function permDtype(perm: unknown): "int32" | undefined {
  return perm instanceof Tensor ? undefined : "int32";
}

/** The dimensions from the last to the first. */
function reversed(x: Tensor): Tensor {
  if (x.shape !== undefined) {
    const order = Int32Array.from(x.shape.keys()).reverse();
    return constant({ dtype: "int32", shape: [order.length], data: order }, undefined, "perm");
  }
  const last = build("Sub", [rankOf(x), constant(1, "int32")], {}, "sub");
  return build("Range", [last, constant(-1, "int32"), constant(-1, "int32")], {}, "Range");
}

/** With the order reversed along axes (`tf.reverse`). */
export function reverse(tensor: TensorLike, axis: readonly number[] | Tensor, options: NamedOptions = {}): Tensor {
  checkOptions("reverse", options, nameOnly);
  const axes =
    axis instanceof Tensor
      ? axis
      : constant({ dtype: "int32", shape: [axis.length], data: Int32Array.from(axis) }, undefined, "axis");
  return build("ReverseV2", [tensor, axes], {}, options.name ?? "ReverseV2");
}

/** Options of `pad`. */
export interface PadOptions extends NamedOptions {
  /** "CONSTANT" (default), "REFLECT" without the edge, or "SYMMETRIC" with it; case does not matter. */
  readonly mode?: string | undefined;
  /** What a constant padding is made of; default 0. */
  readonly constantValues?: TensorLike | undefined;
}

/** With rows before and behind each dimension, as many as `paddings` [rank, 2] says (`tf.pad`). INVALID_ARGUMENT for other modes. */
export function pad(
  tensor: Tensor,
  paddings: readonly (readonly [before: number, after: number])[] | Tensor,
  options: PadOptions = {},
): Tensor {
  checkOptions("pad", options, { mode: "optional", constantValues: "optional", name: "optional" });
  const { constantValues, name } = options;
  const mode = (options.mode ?? "CONSTANT").toUpperCase();
  const sizes =
    paddings instanceof Tensor
      ? paddings
      : constant(
          paddings.map((pair) => [...pair]),
          "int32",
          "paddings",
        );
  if (mode === "REFLECT" || mode === "SYMMETRIC")
    return build("MirrorPad", [tensor, sizes], { mode }, name ?? "MirrorPad");
  if (mode !== "CONSTANT") {
    throw invalidArgument(
      `Value of argument \`mode\` expected to be one of "CONSTANT", "REFLECT", or "SYMMETRIC". Received \`mode\` = ${mode}`,
    );
  }
  if (constantValues === undefined) return build("Pad", [tensor, sizes], {}, name ?? "Pad");
  const filling = asTensor(constantValues, tensor.dtype, "PadV2/constant_values");
  return build("PadV2", [tensor, sizes, filling], {}, name ?? "PadV2");
}
